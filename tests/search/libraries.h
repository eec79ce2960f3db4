// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"

#include <cstdint>
#include <memory>

namespace tessera::instances {

/// A small random library: every layer additive, or of pairs, or of both; two workloads; per-sample scores; a fixed part.
struct LibraryShape {
    int layers = 3;
    bool pairs = false;     ///< All layers as complete pairs.
    bool somePairs = false; ///< Additive layers with a few pairs that overrule the sums.
    bool unknownCosts = false, unknownScores = false;
};
std::shared_ptr<const BlockLibrary> randomLibrary(const LibraryShape &shape, std::uint64_t seed);

} // namespace tessera::instances
