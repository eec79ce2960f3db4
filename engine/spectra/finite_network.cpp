// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/finite_network.h"

#include "engine/base/error.h"
#include "engine/spectra/lapack.h"

#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <utility>

namespace tessera {
namespace {

/// C = alpha A B + beta C for matrices in row-major order, with A or B transposed where the letter is T.
void multiply(char a, char b, double alpha, const Matrix &left, const Matrix &right, double beta, Matrix &out)
{
    const int rows = static_cast<int>(out.rows), columns = static_cast<int>(out.columns);
    const int depth = static_cast<int>(a == 'N' ? left.columns : left.rows);
    const int strideLeft = static_cast<int>(left.columns), strideRight = static_cast<int>(right.columns);
    // Read column by column, row-major matrices are their transposes: C' = B' A'.
    dgemm_(&b, &a, &columns, &rows, &depth, &alpha, right.values.data(), &strideRight, left.values.data(), &strideLeft, &beta,
           out.values.data(), &columns);
}

/// Standard normal numbers by Box and Muller: the same with every standard library.
class Normal {
public:
    explicit Normal(std::uint64_t seed) : m_bits(seed) {}

    double operator()()
    {
        if (m_kept) {
            m_kept = false;
            return m_second;
        }
        const double radius = std::sqrt(-2 * std::log(uniform())), angle = 2 * std::numbers::pi * uniform();
        m_second = radius * std::sin(angle);
        m_kept = true;
        return radius * std::cos(angle);
    }

private:
    /// In (0, 1].
    double uniform() { return (static_cast<double>(m_bits() >> 11) + 1) * 0x1p-53; }

    std::mt19937_64 m_bits;
    double m_second = 0;
    bool m_kept = false;
};

Matrix squareOf(const Matrix &rows)
{
    Matrix result(rows.rows, rows.rows);
    multiply('N', 'T', 1, rows, rows, 0, result);
    return result;
}

} // namespace

FiniteNetwork::FiniteNetwork(Points points, std::int64_t depth, std::int64_t units, double bias, std::uint64_t seed) : m_bias(bias)
{
    constexpr std::int64_t kMostUnits = 16384, kMostWeights = std::int64_t{1} << 27;
    if (depth < 1 || units < 1 || units > kMostUnits)
        throw badInput("a network of " + std::to_string(depth) + " layers of " + std::to_string(units) + " units: take 1 layer or more of 1 to "
                       + std::to_string(kMostUnits) + " units");
    if ((depth - 1) > kMostWeights / (units * units))
        throw badInput("a network of " + std::to_string(depth) + " layers of " + std::to_string(units) + " units does not fit into memory");
    m_points = Matrix(points.count(), points.size());
    m_points.values.assign(points.values.begin(), points.values.end());
    Normal normal(seed);
    for (std::int64_t layer = 0; layer < depth; ++layer) {
        Layer made;
        made.in = layer == 0 ? m_points.columns : units;
        made.weights = Matrix(units, made.in);
        for (double &weight : made.weights.values)
            weight = normal();
        made.biases.assign(static_cast<std::size_t>(units), 0);
        made.activations = Matrix(m_points.rows, units);
        made.open = Matrix(m_points.rows, units);
        m_layers.push_back(std::move(made));
    }
    for (std::int64_t unit = 0; unit < units; ++unit)
        m_readOut.push_back(normal());
    run();
    m_start = m_raw;
}

const Matrix &FiniteNetwork::inputOf(std::size_t layer) const { return layer == 0 ? m_points : m_layers[layer - 1].activations; }

void FiniteNetwork::run()
{
    const auto units = static_cast<std::int64_t>(m_readOut.size());
    const double scale = std::sqrt(2 / static_cast<double>(units));
    for (std::size_t l = 0; l < m_layers.size(); ++l) {
        Layer &layer = m_layers[l];
        multiply('N', 'T', 1, inputOf(l), layer.weights, 0, layer.activations);
        for (std::int64_t i = 0; i < m_points.rows; ++i)
            for (std::int64_t u = 0; u < units; ++u) {
                const double value = layer.activations(i, u) + m_bias * layer.biases[static_cast<std::size_t>(u)];
                layer.open(i, u) = value > 0 ? scale : 0;
                layer.activations(i, u) = value > 0 ? scale * value : 0;
            }
    }
    m_raw.assign(static_cast<std::size_t>(m_points.rows), m_bias * m_readOutBias);
    for (std::int64_t i = 0; i < m_points.rows; ++i)
        for (std::int64_t u = 0; u < units; ++u)
            m_raw[static_cast<std::size_t>(i)] += m_layers.back().activations(i, u) * m_readOut[static_cast<std::size_t>(u)];
}

std::vector<double> FiniteNetwork::outputs() const
{
    std::vector<double> result = m_raw;
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] -= m_start[i];
    return result;
}

std::vector<Matrix> FiniteNetwork::signals() const
{
    std::vector<Matrix> all(m_layers.size());
    for (std::size_t l = m_layers.size(); l-- > 0;) {
        Matrix signal = m_layers[l].open;
        if (l + 1 == m_layers.size()) {
            for (std::int64_t i = 0; i < signal.rows; ++i)
                for (std::int64_t u = 0; u < signal.columns; ++u)
                    signal(i, u) *= m_readOut[static_cast<std::size_t>(u)];
        } else {
            Matrix behind(signal.rows, signal.columns);
            multiply('N', 'N', 1, all[l + 1], m_layers[l + 1].weights, 0, behind);
            for (std::size_t k = 0; k < signal.values.size(); ++k)
                signal.values[k] *= behind.values[k];
        }
        all[l] = std::move(signal);
    }
    return all;
}

Matrix FiniteNetwork::tangentKernel() const
{
    // A layer's gradient is the outer product of signal and input, so its inner products are products of inner products.
    const double bias2 = m_bias * m_bias;
    Matrix kernel = squareOf(m_layers.back().activations);
    for (double &value : kernel.values)
        value += bias2;
    const std::vector<Matrix> behind = signals();
    for (std::size_t l = 0; l < m_layers.size(); ++l) {
        const Matrix inputs = squareOf(inputOf(l)), both = squareOf(behind[l]);
        for (std::size_t k = 0; k < kernel.values.size(); ++k)
            kernel.values[k] += (inputs.values[k] + bias2) * both.values[k];
    }
    return kernel;
}

void FiniteNetwork::descend(const std::vector<double> &residual, double eta)
{
    if (static_cast<std::int64_t>(residual.size()) != m_points.rows)
        throw badInput("there are " + std::to_string(residual.size()) + " residuals for " + std::to_string(m_points.rows) + " points");
    std::vector<Matrix> steps = signals();
    for (Matrix &step : steps)
        for (std::int64_t i = 0; i < step.rows; ++i)
            for (std::int64_t u = 0; u < step.columns; ++u)
                step(i, u) *= residual[static_cast<std::size_t>(i)];
    for (std::int64_t i = 0; i < m_points.rows; ++i) {
        const double moved = eta * residual[static_cast<std::size_t>(i)];
        m_readOutBias -= m_bias * moved;
        for (std::size_t u = 0; u < m_readOut.size(); ++u)
            m_readOut[u] -= moved * m_layers.back().activations(i, static_cast<std::int64_t>(u));
    }
    for (std::size_t l = 0; l < m_layers.size(); ++l) {
        for (std::int64_t i = 0; i < m_points.rows; ++i)
            for (std::int64_t u = 0; u < steps[l].columns; ++u)
                m_layers[l].biases[static_cast<std::size_t>(u)] -= eta * m_bias * steps[l](i, u);
        multiply('T', 'N', -eta, steps[l], inputOf(l), 1, m_layers[l].weights);
    }
    run();
}

} // namespace tessera
