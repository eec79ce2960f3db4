// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/preconditioning.h"

#include "engine/base/error.h"
#include "engine/spectra/lapack.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace tessera {
namespace {

std::vector<double> inBasis(const Matrix &vectors, const std::vector<double> &y)
{
    std::vector<double> parts(static_cast<std::size_t>(vectors.rows));
    const int rows = static_cast<int>(vectors.columns), columns = static_cast<int>(vectors.rows), step = 1;
    const double one = 1, zero = 0;
    dgemv_("T", &rows, &columns, &one, vectors.values.data(), &rows, y.data(), &step, &zero, parts.data(), &step);
    return parts;
}

void checkLength(const Matrix &vectors, const std::vector<double> &y)
{
    if (static_cast<std::int64_t>(y.size()) != vectors.columns)
        throw badInput("there are " + std::to_string(y.size()) + " targets for " + std::to_string(vectors.columns) + " points");
}

void checkTargets(const Eigenpairs &pairs, const std::vector<double> &targets)
{
    if (targets.size() > pairs.values.size())
        throw badInput("a preconditioner of " + std::to_string(targets.size()) + " eigenvalues needs as many eigenpairs; there are "
                       + std::to_string(pairs.values.size()));
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (!(targets[i] >= 0) || !std::isfinite(targets[i]))
            throw badInput("the target for eigenvalue " + std::to_string(i) + " is no number of 0 or more");
        if (!(pairs.values[i] > 1e-14 * pairs.values.front()))
            throw badInput("eigenvalue " + std::to_string(i) + " of the kernel matrix is zero up to rounding (duplicate points?): it cannot be "
                           "moved; modify fewer eigenvalues or remove duplicates");
    }
}

} // namespace

Matrix modifiedKernel(const Eigenpairs &pairs, const std::function<double(double)> &g)
{
    const std::int64_t k = static_cast<std::int64_t>(pairs.values.size()), n = pairs.vectors.columns;
    Matrix scaled = pairs.vectors, result(n, n);
    for (std::int64_t i = 0; i < k; ++i) {
        const double target = g(std::max(0.0, pairs.values[static_cast<std::size_t>(i)]));
        if (!(target >= 0) || !std::isfinite(target))
            throw badInput("the target function is not 0 or more at the eigenvalue "
                           + std::to_string(pairs.values[static_cast<std::size_t>(i)]));
        for (std::int64_t j = 0; j < n; ++j)
            scaled(i, j) *= target;
    }
    const int order = static_cast<int>(n), depth = static_cast<int>(k);
    const double one = 1, zero = 0;
    dgemm_("N", "T", &order, &order, &depth, &one, scaled.values.data(), &order, pairs.vectors.values.data(), &order, &zero,
           result.values.data(), &order);
    return result;
}

Preconditioner::Preconditioner(const Eigenpairs &pairs, std::vector<double> targets)
    : m_vectors(static_cast<std::int64_t>(targets.size()), pairs.vectors.columns)
{
    checkTargets(pairs, targets);
    std::copy_n(pairs.vectors.values.begin(), m_vectors.values.size(), m_vectors.values.begin());
    for (std::size_t i = 0; i < targets.size(); ++i)
        m_factors.push_back(1 - targets[i] / pairs.values[i]);
}

std::vector<double> Preconditioner::apply(const std::vector<double> &residual) const
{
    checkLength(m_vectors, residual);
    std::vector<double> result = residual;
    if (m_factors.empty())
        return result;
    std::vector<double> parts = inBasis(m_vectors, residual);
    for (std::size_t i = 0; i < parts.size(); ++i)
        parts[i] *= m_factors[i];
    const int rows = static_cast<int>(m_vectors.columns), columns = static_cast<int>(m_vectors.rows), step = 1;
    const double one = 1, minus = -1;
    dgemv_("N", &rows, &columns, &minus, m_vectors.values.data(), &rows, parts.data(), &step, &one, result.data(), &step);
    return result;
}

std::vector<double> clippedTargets(const Eigenpairs &pairs, std::int64_t count)
{
    if (count < 1 || count >= static_cast<std::int64_t>(pairs.values.size()))
        throw badInput("clip 1 to " + std::to_string(pairs.values.size() - 1) + " eigenvalues, not " + std::to_string(count));
    return std::vector<double>(static_cast<std::size_t>(count), pairs.values[static_cast<std::size_t>(count)]);
}

std::vector<double> whitenedTargets(const Eigenpairs &pairs) { return std::vector<double>(pairs.values.size(), 1.0); }

Descent::Descent(const Eigenpairs &pairs, const std::vector<double> &targets, const std::vector<double> &y, double eta)
{
    checkLength(pairs.vectors, y);
    if (pairs.vectors.rows != pairs.vectors.columns)
        throw badInput("descent needs all eigenpairs of the kernel matrix");
    if (!(eta > 0) || !std::isfinite(eta))
        throw badInput("the step size must be positive");
    checkTargets(pairs, targets);
    m_parts = inBasis(pairs.vectors, y);
    for (std::size_t i = 0; i < pairs.values.size(); ++i) {
        const double moved = i < targets.size() ? targets[i] : pairs.values[i];
        m_largest = std::max(m_largest, moved);
        m_contraction.push_back(std::fabs(1 - eta * moved));
    }
    m_norm = residual(0);
}

double Descent::residual(std::int64_t steps) const
{
    double sum = 0;
    for (std::size_t i = 0; i < m_parts.size(); ++i)
        sum += std::pow(m_parts[i] * std::pow(m_contraction[i], static_cast<double>(steps)), 2);
    return std::sqrt(sum);
}

std::optional<std::int64_t> Descent::stepsTo(double tolerance, std::int64_t most) const
{
    const double goal = tolerance * m_norm;
    if (*std::max_element(m_contraction.begin(), m_contraction.end()) > 1 || !(residual(most) <= goal))
        return std::nullopt;
    // No part grows, so the residual falls: halve the interval.
    std::int64_t low = -1, high = most;
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (residual(middle) <= goal ? high : low) = middle;
    }
    return high;
}

} // namespace tessera
