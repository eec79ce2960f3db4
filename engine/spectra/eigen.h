// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/gram.h"

#include <functional>
#include <vector>

namespace tessera {

/// The largest eigenvalues of a symmetric matrix, in descending order, with their eigenvectors.
struct Eigenpairs {
    std::vector<double> values;
    Matrix vectors; ///< Row i is the eigenvector of values[i], of length 1.
};

/// All eigenvalues of a symmetric matrix, in descending order. Stops between panels of the reduction. Throws Error (BadInput)
/// for a matrix that is not square or not finite.
std::vector<double> eigenvalues(Matrix matrix, const GramOptions &options = {});
/// The count largest eigenpairs (all for 0). The whole matrix is reduced: O(n^3).
Eigenpairs eigenpairs(Matrix matrix, std::int64_t count = 0, const GramOptions &options = {});

/// y = A x for a symmetric A of this order.
struct SymmetricOperator {
    std::int64_t order = 0;
    std::function<void(const double *x, double *y)> apply;
};

/// A stored matrix; it must outlive the operator.
SymmetricOperator operatorOf(const Matrix &matrix);
/// The kernel matrix of points that is never stored: every product computes it again. The points must outlive the operator.
SymmetricOperator kernelOperator(const Kernel &kernel, KernelOf of, const Points &points, const GramOptions &options = {});

/// Eigenpairs with a bound for each: some eigenvalue lies within residuals[i] of values[i].
struct LanczosResult {
    Eigenpairs pairs;
    std::vector<double> residuals;
    std::int64_t products = 0;
};

/// The count largest eigenpairs by Lanczos' iteration with full reorthogonalisation, for matrices too large to reduce: until every
/// residual is below tolerance times the largest eigenvalue, or mostProducts are done.
LanczosResult lanczos(const SymmetricOperator &matrix, std::int64_t count, double tolerance = 1e-10, std::int64_t mostProducts = 1000,
                      std::uint64_t seed = 1, const GramOptions &options = {});

/// What a spectrum says about training with its kernel.
struct SpectrumSummary {
    double trace = 0, largest = 0, smallest = 0;
    /// largest / smallest; nothing above 1e12, where it is rounding, or where an eigenvalue is not positive.
    std::optional<double> conditionNumber;
    double effectiveRank = 0;      ///< exp of the entropy of the eigenvalues' shares.
    double stableRank = 0;         ///< trace / largest.
    double participationRatio = 0; ///< trace^2 / sum of squares.
};

/// values: all of them, in any order. Small negative ones, as rounding leaves them, count as zero for the ranks.
SpectrumSummary summarise(const std::vector<double> &values);

/// How well a kernel fits targets y of mean anything (one a point): all between -1 and 1.
struct Alignment {
    double plain = 0;    ///< Cosine of K and yy' (Cristianini's kernel-target alignment).
    double centred = 0;  ///< The same with both centred by rows and columns (CKA).
    double labelwise = 0; ///< Correlation of the entries of K with those of yy' (LGA, Mok et al. 2022).
};
Alignment alignment(const Matrix &kernel, const std::vector<double> &targets);

} // namespace tessera
