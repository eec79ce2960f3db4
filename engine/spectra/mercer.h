// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/kernel.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// The eigenvalues of a dot-product kernel on the unit sphere S^(dimension - 1) under the uniform probability measure:
/// K(x.z) = sum over k of mu_k N(d,k) P_k(x.z), with P_k the Legendre (Gegenbauer) polynomials of the dimension, P_k(1) = 1.
struct MercerSpectrum {
    std::int64_t dimension = 0;
    std::vector<double> values;         ///< mu_k for k = 0, 1, ...
    std::vector<double> errors;         ///< Bounds of their absolute errors, estimated.
    std::vector<double> multiplicities; ///< N(d,k): how many eigenfunctions share mu_k.
    double trace = 0;                   ///< K(1) = sum of mu_k N(d,k) over all k.
};

inline constexpr std::int64_t kMostDegrees = 20'000, kMostDimensions = 10'000;

/// The first degrees eigenvalues. Closed forms where they exist (one hidden layer, Laplace and gamma-exponential tails, Gauss,
/// linear), which keep all digits of the smallest eigenvalue; Gauss-Legendre quadrature in the angle elsewhere, whose absolute error
/// is about the rounding of K(1). Throws Error (BadInput) for a convolutional kernel, a dimension below 2 or above
/// kMostDimensions, degrees below 1 or above kMostDegrees.
MercerSpectrum mercerSpectrum(const Kernel &kernel, KernelOf of, std::int64_t dimension, std::int64_t degrees);

/// N(d,k) = (2k + d - 2)/k binomial(k + d - 3, d - 2).
double multiplicity(std::int64_t dimension, std::int64_t degree);

/// mu_k of (1 - u)^nu, nu >= 0: 2^(nu+d-2) Gamma(d/2) Gamma(nu+(d-1)/2) / sqrt(pi) (-nu)_k / Gamma(k+nu+d-1), for k below degrees.
std::vector<double> powerSpectrum(std::int64_t dimension, double nu, std::int64_t degrees);
/// mu_k of the arc-cosine kernels of degree 0 and 1 (Bach 2017).
std::vector<double> kappaSpectrum(int order, std::int64_t dimension, std::int64_t degrees);

/// How the eigenvalues fall: mu_k ~ (plus + (-1)^k minus) C(d,nu) (k + (d-2)/2)^exponent (Bietti and Bach 2009.14397), with nu from
/// the kernel's behaviour at both ends of [-1, 1].
struct DecayTheory {
    double exponent = 0;                ///< -d - 2 nu + 1.
    std::optional<double> even, odd;    ///< Factors for even and odd k where they are known; 0: these eigenvalues vanish.
    std::string sentence;               ///< What is expected, for a person.
};

/// Nothing where the eigenvalues fall faster than every power (Gauss, linear).
std::optional<DecayTheory> decayTheory(const Kernel &kernel, KernelOf of, std::int64_t dimension);

/// A straight line through log mu over log(k + (d-2)/2), for even or for odd k: mixed, a parity gap would bend it.
struct DecayFit {
    double slope = 0, slopeError = 0; ///< Standard error of the regression.
    std::int64_t points = 0;
};
struct DecayFits {
    std::optional<DecayFit> even, odd; ///< Nothing where fewer than 5 eigenvalues are large enough to be known.
};

/// Uses degrees from first to last that are known to 1 %.
DecayFits fitDecay(const MercerSpectrum &spectrum, std::int64_t first = 40, std::int64_t last = 200);

} // namespace tessera
