// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace tessera {

/// What least squares has to know of n rows of features phi (f of them) and targets y (d of them): sums over the rows, all
/// float64. 8 f (f + d) bytes, whatever the number of rows.
struct Moments {
    at::Tensor gram;       ///< Phi'Phi [f, f]
    at::Tensor cross;      ///< Phi'Y [f, d]
    at::Tensor featureSum; ///< [f]
    at::Tensor targetSum;  ///< [d]
    double targetSquares = 0;
    std::int64_t rows = 0;
};

/// Gathers moments over blocks of rows. Every block is widened to float64 before it is multiplied, so that the error is that
/// of the features alone; the same blocks in the same order give the same bits.
class MomentSum {
public:
    /// targets 0: features alone (gram, featureSum).
    MomentSum(std::int64_t features, std::int64_t targets);
    /// phi [n, features]; y [n, targets], not looked at where targets is 0. Any floating type.
    void add(const at::Tensor &phi, const at::Tensor &y = {});
    /// What has been gathered, the Gram matrix with both of its triangles.
    Moments moments() const;

private:
    /// On the device that the rows are on; float64.
    void addElsewhere(const at::Tensor &features, const at::Tensor &targets);

    Moments m_sum;
    std::int64_t m_targets;
};

/// The moments of targets that are a linear map of the features, y = W phi + b (W [d, f], b [d] or undefined): no look at
/// the rows is needed. features holds gram, featureSum and rows.
Moments momentsOfMap(const Moments &features, const at::Tensor &weight, const at::Tensor &bias);

/// The same rows with the features of these indices only.
Moments withFeatures(const Moments &moments, const std::vector<std::int64_t> &indices);

/// A last matrix and its bias (undefined where there is none), float64.
struct LinearMap {
    at::Tensor weight; ///< [d, f]
    at::Tensor bias;   ///< [d]
};

/// The ridge's weight: ridge * mean diagonal of the Gram matrix.
double ridgeWeight(const at::Tensor &gram, double ridge);

/// The W [d, f], and b where towards has one, that minimise sum |y - W phi - b|^2 + lambda |W - W0|^2 with W0 = towards.weight;
/// the bias is not drawn anywhere. By Cholesky in float64. Throws Error (Failed) where the matrix is not positive definite,
/// which a positive lambda prevents.
LinearMap solveRidge(const Moments &moments, double lambda, const LinearMap &towards);

/// Sum over the rows of |y - W phi - b|^2, at least 0. Differences of float64 sums: exact to about 1e-13 of targetSquares.
double squaredError(const Moments &moments, const LinearMap &map);

} // namespace tessera
