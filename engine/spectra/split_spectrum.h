// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/gram.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// A number over several seeds: their mean, the smallest and the largest; with one seed all three are one.
struct Band {
    double mean = 0, low = 0, high = 0;
};
Band bandOf(const std::vector<double> &values);
/// Whether two bands have a number in common: then the difference of their means says nothing.
bool overlap(const Band &a, const Band &b);

/// A kernel as the sum of the kernels of parts of the parameters: Theta = sum over b of Theta_b, one matrix a part and seed.
struct SplitKernel {
    std::vector<std::vector<Matrix>> parts; ///< [seed][part], all square and of one order.

    Matrix whole(std::size_t seed) const;
};

struct SplitSpectrum {
    Band trace;
    std::vector<Band> values;        ///< lambda_i / trace, in descending order.
    Band effectiveRank, stableRank;
    std::optional<Band> logCondition; ///< log10 of largest / smallest; nothing where it is rounding for any seed.
    std::vector<Band> traceShares;   ///< Of every part: trace(Theta_b) / trace.
    /// [mode][part]: v_i' Theta_b v_i / lambda_i. The parts of a mode add up to 1: Theta is the sum of the Theta_b, so lambda_i = sum
    /// over b of v_i' Theta_b v_i, exactly.
    std::vector<std::vector<Band>> modeShares;
};

/// Modes: for so many of the largest eigenvalues the parts' shares are computed. Throws Error (BadInput) for matrices of
/// different orders, or that are not finite, or a kernel of trace 0; Error (Interrupted) when asked to stop.
SplitSpectrum splitSpectrum(const SplitKernel &kernel, std::int64_t modes, const GramOptions &options = {});

/// Centred alignment (CKA) of two kernels on the same points, seed by seed: 1 where one is a multiple of the other.
Band similarity(const SplitKernel &a, const SplitKernel &b);

} // namespace tessera
