// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/solve.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tessera {

struct PoolRequest {
    int count = 8;            ///< How many children, 1 to 10,000.
    std::int64_t distance = 1;///< Every two of them differ in at least so many layers.
};

/// Good children side by side: the optimum is flat, and a pool shows which of its choices are sure.
struct Pool {
    /// What the children agree on in one layer.
    struct Consensus {
        LayerChoice choice;      ///< The most frequent variant of either sub-block.
        double attention = 0;    ///< Share of the children that have it.
        double ffn = 0;
        std::size_t distinct = 0;///< Different (attention, FFN) pairs among the children.
    };
    std::vector<Solution> solutions; ///< The best first.
    std::vector<Consensus> consensus;
    bool complete = false; ///< No further child exists, though fewer than asked for were found.
};

/// With a distance of 1 the count best children. With a larger one each child is the best among those that differ enough
/// from all before it, as Puzzle's and Puzzletron's pools are. A solution whose bound does not reach its objective is
/// Feasible. onSolution gets each as soon as it is found. Throws Error (BadInput) for counts and distances that make no
/// sense, Error (Interrupted) when stopped.
Pool findPool(const Problem &problem, const PoolRequest &request, const SolveOptions &options,
              const std::function<void(const Solution &)> &onSolution = {});

std::vector<Pool::Consensus> consensusOf(const std::vector<Solution> &solutions);
/// {"solutions":[...],"consensus":[{"layer","attention","ffn","attention_share","ffn_share","distinct"}],"complete"}
Json toJson(const Pool &pool);

} // namespace tessera
