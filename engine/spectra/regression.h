// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/data_set.h"
#include "engine/spectra/gram.h"

#include <vector>

namespace tessera {

struct CrossValidation {
    std::int64_t folds = 4, repeats = 5;
    std::vector<double> ridges = {1e-6, 1e-4, 1e-2, 1}; ///< Times the mean of the kernel matrix's diagonal.
    std::uint64_t seed = 1;
};

struct RegressionResult {
    double accuracy = 0;  ///< Mean share of held-out points whose class is found, with the best ridge.
    double deviation = 0; ///< Standard deviation over the repeats.
    double ridge = 0;     ///< The best of the grid: chosen by the same folds, so the accuracy is a little optimistic.
};

/// Kernel ridge regression on one target a class (1 for it, 0 else), the largest answer wins. The folds depend on the seed and the number of
/// points alone, so that kernels are compared on the same ones. Throws Error (BadInput) for fewer than 2 classes, folds that do
/// not fit, ridges that are not positive, and a kernel matrix that no ridge of the grid makes positive definite.
RegressionResult crossValidate(const Matrix &kernel, const std::vector<int> &labels, const CrossValidation &how, const GramOptions &options = {});

} // namespace tessera
