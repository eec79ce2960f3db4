// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/eigen.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace tessera {

// Modified spectrum kernels and preconditioned gradient descent (Geifman et al. 2307.14531). The matrices there carry 1/n: a target g
// that is not linear sees eigenvalues of K/n, which approach the operator's; scale the Gram matrix before.

/// V g(Lambda) V' from all eigenpairs of a kernel matrix. g must be 0 or more: Error (BadInput).
Matrix modifiedKernel(const Eigenpairs &pairs, const std::function<double(double)> &g);

/// S = I - sum over i of (1 - g_i / lambda_i) v_i v_i', so that the eigenvalues of K S are g_i where given, else K's.
class Preconditioner {
public:
    /// targets[i] replaces the i-th largest eigenvalue. Throws Error (BadInput) for more targets than pairs, a negative target or
    /// an eigenvalue that is not positive.
    Preconditioner(const Eigenpairs &pairs, std::vector<double> targets);

    /// S r. 4 n k operations; S itself is never stored.
    std::vector<double> apply(const std::vector<double> &residual) const;

private:
    Matrix m_vectors;
    std::vector<double> m_factors;
};

/// The first count targets are lambda_(count + 1): the spectrum clipped from above. count 1 to n - 1.
std::vector<double> clippedTargets(const Eigenpairs &pairs, std::int64_t count);
/// All targets are 1: S = K^-1.
std::vector<double> whitenedTargets(const Eigenpairs &pairs);

/// Gradient descent on a kernel matrix from f = 0, r_(t+1) = (I - eta K S) r_t, by its exact solution in the eigenbasis.
class Descent {
public:
    /// pairs: all of the kernel matrix's. targets: as of Preconditioner, empty for plain descent. Throws Error (BadInput) where
    /// numbers do not match or eta is not positive.
    Descent(const Eigenpairs &pairs, const std::vector<double> &targets, const std::vector<double> &y, double eta);

    /// |r_t|.
    double residual(std::int64_t steps) const;
    /// The first t with |r_t| <= tolerance |y|; nothing where most steps do not reach it, or where descent diverges.
    std::optional<std::int64_t> stepsTo(double tolerance, std::int64_t most = 1'000'000'000) const;
    /// Largest stable step: 2 / largest eigenvalue of K S (the bound is strict).
    double largestEta() const { return 2 / m_largest; }

private:
    std::vector<double> m_contraction, m_parts;
    double m_norm = 0, m_largest = 0;
};

} // namespace tessera
