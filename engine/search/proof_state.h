// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/program.h"

#include <vector>

namespace tessera {

/// Drops options that break a row or a rule whatever kept options the other slots have, until nothing changes: each row and
/// each rule is looked at alone, at its least and its greatest sum; auxiliary variables are fixed where a rule leaves one
/// value. Integers alone. Returns false when a slot has no option left or a row or rule cannot be kept: no selection is left.
bool dropWhatCannotFit(const Program &program, std::vector<char> &keep);

} // namespace tessera
