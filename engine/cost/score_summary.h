// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"

#include <vector>

namespace tessera {

/// Mean and standard error of a score's samples (cli.md): the sample standard deviation with n - 1 over the root of n; no
/// standard error below two samples. Neither depends on the order in which samples came by more than the last digits, and
/// equal samples have the standard error 0. Throws Error (BadInput) without samples or with one that is not finite.
Score summariseScore(std::vector<double> samples);

} // namespace tessera
