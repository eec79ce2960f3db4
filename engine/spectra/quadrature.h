// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace tessera {

/// The integral of f over an interval is about the sum of weights times f(nodes).
struct Quadrature {
    std::vector<double> nodes, weights;
};

/// Exact for polynomials of degree 2 count - 1; converges faster than every power for functions analytic on the closed interval.
Quadrature gaussLegendre(std::int64_t count, double from, double to);

/// For functions with algebraic singularities at the ends of the interval: trapezoids in a variable in which they vanish doubly
/// exponentially (Takahasi and Mori 1974). Nodes near from keep all their digits when from is 0.
Quadrature doubleExponential(std::int64_t count, double from, double to);

} // namespace tessera
