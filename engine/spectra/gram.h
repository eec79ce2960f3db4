// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/progress.h"
#include "engine/base/stop_token.h"
#include "engine/spectra/kernel.h"
#include "engine/spectra/points.h"

#include <optional>
#include <vector>

namespace tessera {

// Formulas, for a pair x, z with Sigma_0 = x.z (no 1/d), kappa0 and kappa1 of the angle between the two features:
//   fc       Theta_0 = Sigma_0 + bias^2; every layer: Sigma <- |.||.| kappa1, Theta <- Theta kappa0 + Sigma + bias^2; with normal
//            biases Sigma gains bias^2 before every ReLU. gp = Sigma (zero) or Sigma + bias^2 (normal), ntk = Theta.
//   resfc    Sigma <- Sigma + alpha^2 E, Theta <- Theta + alpha^2 (E + (Sigma + Theta) kappa0), E = |.||.| kappa1, Theta_0 = 0: the first
//            map and the read-out are fixed.
//   conv     T averages over the filter's aligned circular shifts. S = Theta = T(x.z); depth - 1 times S <- T E, Theta <- S + T(Theta kappa0);
//            before the head gp = E, ntk = E + Theta kappa0.
//   resconv  S = Theta = x.z by a trained 1 x 1 convolution. A: S <- S + alpha^2 T E, Theta <- Theta + alpha^2 T(E + Theta kappa0).
//            B: with G = T S: S <- S + alpha^2 T E(G), Theta <- Theta + alpha^2 T(E(G) + (G + T Theta) kappa0(G)). gp = S, ntk = S + Theta.
//            An even filter reaches one pixel further to the right and below.
//   laplace, gamma_exponential: exp(-c r^gamma), r the distance. linear: x.z.

struct GramOptions {
    int threads = 0; ///< 0: one a processor.
    StopToken stop;
    ProgressSink progress;
};

struct KernelMatrices {
    Matrix gp, ntk; ///< Equal where the kernel belongs to no network.
};

/// Checks what the formulas need of the points: pixels where the family is convolutional (and a filter that fits), the same shape on
/// both sides, no zero vector for a network. Throws Error (BadInput) with a sentence.
void checkPoints(const Kernel &kernel, const Points &points, const std::string &where);

/// Both kernels of all pairs x, z.
KernelMatrices evaluate(const Kernel &kernel, const Points &x, const Points &z, const GramOptions &options = {});
/// One kernel of all pairs x, z.
Matrix crossGram(const Kernel &kernel, KernelOf of, const Points &x, const Points &z, const GramOptions &options = {});
/// One kernel of all pairs of points: symmetric to the last bit; half of it is computed.
Matrix gram(const Kernel &kernel, KernelOf of, const Points &points, const GramOptions &options = {});
// All three throw Error (BadInput) where a value is beyond the range of double, Error (Interrupted) when asked to stop.

/// The kernel as a function of the angle between two unit vectors (0 to pi), for the families that have one: Error (BadInput)
/// for a convolutional one.
std::vector<double> profile(const Kernel &kernel, KernelOf of, const std::vector<double> &angles);

} // namespace tessera
