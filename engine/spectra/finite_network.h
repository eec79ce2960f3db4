// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/points.h"

#include <cstdint>
#include <vector>

namespace tessera {

/// A fully connected ReLU network of finite width, in the parametrisation of the kernels fc (biases that start at zero): f_1 = W_1 x + bias
/// b_1, g_l = sqrt(2 / units) relu(f_l), f_(l+1) = W_(l+1) g_l + bias b_(l+1), all weights standard normal. As its width grows its
/// tangent kernel approaches that of fc, and gradient descent on it the dynamics of Descent. In float64.
class FiniteNetwork {
public:
    /// Throws Error (BadInput) for fewer than 1 layer or unit, more than 16384 units a layer, or weights of more than 1 GiB.
    FiniteNetwork(Points points, std::int64_t depth, std::int64_t units, double bias, std::uint64_t seed);

    /// At the points, minus what the network said at the start: so every network starts from 0.
    std::vector<double> outputs() const;
    /// Theta at the points, of the weights as they are: J J'.
    Matrix tangentKernel() const;
    /// One step of gradient descent on half the squared error, or of a preconditioned one: weights -= eta J' residual.
    void descend(const std::vector<double> &residual, double eta);

private:
    struct Layer {
        std::int64_t in = 0;
        Matrix weights;             ///< units x in
        std::vector<double> biases; ///< units
        Matrix activations;         ///< points x units, behind the ReLU
        Matrix open;                ///< points x units: sqrt(2 / units) where the ReLU passes, else 0
    };

    const Matrix &inputOf(std::size_t layer) const;
    void run();
    /// The output's derivatives by every f_l: points x units.
    std::vector<Matrix> signals() const;

    Matrix m_points;
    double m_bias = 0, m_readOutBias = 0;
    std::vector<Layer> m_layers;
    std::vector<double> m_readOut, m_raw, m_start;
};

} // namespace tessera
