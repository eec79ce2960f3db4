// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/problem.h"

#include <vector>

namespace tessera {

struct ShrunkScore {
    double mean = 0, standardError = 0;
};

/// Empirical-Bayes estimates of scores, by option (Efron and Morris, JASA 70, 1975). What a variant costs in a layer is
/// expected to be a factor of the layer times a factor of the variant, fitted to the logarithms of all positive scores;
/// each score is then drawn to what is expected of it, the more the larger its standard error is beside the spread of
/// scores around what is expected. Scores without a standard error stay as they are, and so do those of a layer or a variant
/// that has no positive score.
/// scores are the means of options, one each.
std::vector<ShrunkScore> shrink(const std::vector<Problem::Option> &options, const std::vector<double> &scores);

} // namespace tessera
