// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/program.h"

#include <vector>

namespace tessera {

/// Drops options that break a row even beside the lightest (or heaviest) kept options of all other slots, until nothing
/// changes. Integers alone. Returns false when a slot has no option left or a row cannot be kept: no selection is left.
bool dropWhatCannotFit(const Program &program, std::vector<char> &keep);

} // namespace tessera
