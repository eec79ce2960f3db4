// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/least_squares.h"

#include "engine/base/error.h"
#include "engine/library/lapack.h"
#include "engine/nn/device.h"

#include <algorithm>
#include <string>

namespace tessera {
namespace {

at::Tensor zeros(at::IntArrayRef shape) { return at::zeros(shape, at::kDouble); }

/// The solvers work in main memory.
at::Tensor wide(const at::Tensor &tensor) { return nn::inMainMemory(tensor.detach().to(at::kDouble)); }

/// The upper triangle of a row-major matrix, mirrored.
at::Tensor symmetric(const at::Tensor &upper) { return upper.triu() + upper.triu(1).t(); }

/// gram and cross around the means of features and targets: what is left to fit once the best bias is taken.
std::pair<at::Tensor, at::Tensor> centred(const Moments &m)
{
    auto rows = static_cast<double>(m.rows);
    return {m.gram - at::outer(m.featureSum, m.featureSum) / rows, m.cross - at::outer(m.featureSum, m.targetSum) / rows};
}

/// Solves A X' = B' for X [d, f], A [f, f] symmetric positive definite, B [d, f].
at::Tensor solveSymmetric(const at::Tensor &a, const at::Tensor &b)
{
    at::Tensor factor = a.clone(), solution = b.contiguous().clone();
    int order = static_cast<int>(a.size(0)), sides = static_cast<int>(b.size(0)), info = 0;
    dpotrf_("L", &order, factor.data_ptr<double>(), &order, &info);
    if (info == 0)
        dpotrs_("L", &order, &sides, factor.data_ptr<double>(), &order, solution.data_ptr<double>(), &order, &info);
    if (info != 0)
        throw failed("the closed form has no unique solution for " + std::to_string(order)
                     + " features; give more tokens or a larger ridge");
    return solution;
}

} // namespace

MomentSum::MomentSum(std::int64_t features, std::int64_t targets) : m_targets(targets)
{
    m_sum.gram = zeros({features, features});
    m_sum.featureSum = zeros({features});
    if (targets > 0) {
        m_sum.cross = zeros({features, targets});
        m_sum.targetSum = zeros({targets});
    }
}

void MomentSum::add(const at::Tensor &phi, const at::Tensor &y)
{
    at::NoGradGuard noGrad;
    if (!phi.is_cpu()) {
        addElsewhere(phi.detach().to(at::kDouble), m_targets == 0 ? at::Tensor() : y.detach().to(at::kDouble));
        return;
    }
    at::Tensor features = wide(phi);
    int order = static_cast<int>(features.size(1)), depth = static_cast<int>(features.size(0));
    double one = 1;
    // To Fortran, the rows are columns, and its lower triangle is our upper one.
    dsyrk_("L", "N", &order, &depth, &one, features.data_ptr<double>(), &order, &one, m_sum.gram.data_ptr<double>(), &order);
    m_sum.featureSum += features.sum(0);
    m_sum.rows += features.size(0);
    if (m_targets == 0)
        return;
    at::Tensor targets = wide(y);
    m_sum.cross.addmm_(features.t(), targets);
    m_sum.targetSum += targets.sum(0);
    m_sum.targetSquares += targets.square().sum().item<double>();
}

void MomentSum::addElsewhere(const at::Tensor &features, const at::Tensor &targets)
{
    for (at::Tensor *sum : {&m_sum.gram, &m_sum.featureSum, &m_sum.cross, &m_sum.targetSum})
        if (sum->defined() && sum->device() != features.device())
            *sum = sum->to(features.device());
    m_sum.gram.addmm_(features.t(), features);
    m_sum.featureSum += features.sum(0);
    m_sum.rows += features.size(0);
    if (!targets.defined())
        return;
    m_sum.cross.addmm_(features.t(), targets);
    m_sum.targetSum += targets.sum(0);
    m_sum.targetSquares += targets.square().sum().item<double>();
}

Moments MomentSum::moments() const
{
    Moments result = m_sum;
    for (at::Tensor *sum : {&result.gram, &result.featureSum, &result.cross, &result.targetSum})
        if (sum->defined())
            *sum = nn::inMainMemory(*sum);
    result.gram = symmetric(result.gram);
    return result;
}

Moments momentsOfMap(const Moments &features, const at::Tensor &weight, const at::Tensor &bias)
{
    Moments m = features;
    auto rows = static_cast<double>(m.rows);
    at::Tensor w = wide(weight);
    m.cross = at::mm(m.gram, w.t());
    m.targetSum = at::mv(w, m.featureSum);
    m.targetSquares = (m.cross * w.t()).sum().item<double>();
    if (bias.defined()) {
        at::Tensor b = wide(bias);
        m.cross += at::outer(m.featureSum, b);
        m.targetSquares += (2 * at::dot(b, m.targetSum) + rows * at::dot(b, b)).item<double>();
        m.targetSum = m.targetSum + rows * b;
    }
    return m;
}

Moments withFeatures(const Moments &moments, const std::vector<std::int64_t> &indices)
{
    at::Tensor index = at::tensor(indices, at::kLong);
    Moments m = moments;
    m.gram = moments.gram.index_select(0, index).index_select(1, index);
    m.featureSum = moments.featureSum.index_select(0, index);
    if (moments.cross.defined())
        m.cross = moments.cross.index_select(0, index);
    return m;
}

double ridgeWeight(const at::Tensor &gram, double ridge) { return ridge * gram.diagonal().mean().item<double>(); }

LinearMap solveRidge(const Moments &moments, double lambda, const LinearMap &towards)
{
    at::NoGradGuard noGrad;
    bool biased = towards.bias.defined();
    auto [gram, cross] = biased ? centred(moments) : std::pair(moments.gram, moments.cross);
    at::Tensor a = gram.clone();
    a.diagonal().add_(lambda);
    LinearMap result;
    result.weight = solveSymmetric(a, cross.t() + lambda * wide(towards.weight));
    if (biased)
        result.bias = (moments.targetSum - at::mv(result.weight, moments.featureSum)) / static_cast<double>(moments.rows);
    return result;
}

double squaredError(const Moments &moments, const LinearMap &map)
{
    at::NoGradGuard noGrad;
    at::Tensor w = wide(map.weight);
    auto rows = static_cast<double>(moments.rows);
    double error = moments.targetSquares + ((at::mm(w, moments.gram) - 2 * moments.cross.t()) * w).sum().item<double>();
    if (map.bias.defined()) {
        at::Tensor b = wide(map.bias);
        at::Tensor difference = at::mv(w, moments.featureSum) - moments.targetSum;
        error += (2 * at::dot(b, difference) + rows * at::dot(b, b)).item<double>();
    }
    return std::max(0.0, error);
}

} // namespace tessera
