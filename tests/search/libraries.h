// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"
#include "engine/search/program.h"
#include "engine/search/scenario.h"

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

/// A program as a library of pairs and a scenario of its upper bounds: option number a * ffns + f of a slot becomes the pair
/// of the a-th attention and the f-th FFN, row r the cost "cost<r>" in billionths. Every slot must have attentions * ffns options.
struct LibraryAndScenario {
    std::shared_ptr<const BlockLibrary> library;
    Scenario scenario;
};
LibraryAndScenario libraryOf(const Program &program, int attentions, int ffns);

} // namespace tessera::instances
