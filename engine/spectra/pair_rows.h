// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/kernel.h"
#include "engine/spectra/points.h"

#include <cstdint>
#include <memory>

namespace tessera {

/// One row of a kernel matrix at a time, for a stretch of columns. Safe to call from several threads.
class PairRows {
public:
    virtual ~PairRows() = default;
    /// Kernels of point i of the left side with the points first to last - 1 of the right one; a null pointer is not wanted.
    /// At most kTile columns at a time.
    virtual void run(std::int64_t i, std::int64_t first, std::int64_t last, double *gp, double *ntk) const = 0;

    static constexpr std::int64_t kTile = 256;
};

/// For vectors (fc, resfc, laplace, gamma_exponential, linear).
std::unique_ptr<PairRows> densePairRows(const Kernel &kernel, const Points &x, const Points &z);
/// For images (conv, resconv).
std::unique_ptr<PairRows> convPairRows(const Kernel &kernel, const Points &x, const Points &z);

/// Pairs of unit vectors given by s = sin^2 and c = cos^2 of half their angles; count at most PairRows::kTile; s and c are overwritten.
void profileRow(const Kernel &kernel, std::int64_t count, double *s, double *c, double *gp, double *ntk);

} // namespace tessera
