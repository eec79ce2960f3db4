// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/solve.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace tessera {

/// How sure a choice is, given that scores are means over a few windows of text.
struct Robustness {
    struct Layer {
        double attention = 0; ///< Share of the draws whose own best child has the shown variant here.
        double ffn = 0;
    };
    /// A block whose score more windows would make surer.
    struct Need {
        std::int64_t layer = 0;
        std::string block;
        double standardError = 0;
        double share = 0; ///< Of the draws whose best child has it.
        double worth = 0; ///< standardError times 4 share (1 - share): a rule of thumb for where to measure next.
    };
    int draws = 0;
    std::vector<Layer> layers;
    double regretMean = 0; ///< By how much a draw's best child beats the shown one under the draw's scores,
    double regretP95 = 0;  ///< and the 95th percentile of that.
    std::vector<Need> needs; ///< The most worth first; those worth nothing are left out.
    bool proved = true;      ///< Every draw's best child is proved.
};

struct BootstrapRequest {
    int draws = 200; ///< 1 to 100,000.
    std::uint64_t seed = 1;
};

/// One bootstrap draw of the program's scores. Windows are drawn with replacement, the same ones for all options that have
/// as many (scores of one text share its windows); an option without samples gets a normal deviate of its standard error;
/// the noise aversion's part stays as it is.
std::vector<double> drawScores(const Problem &problem, std::mt19937_64 &random);

/// Solves the problem again for every draw. Throws Error (BadInput) where no option has samples or a standard error.
Robustness bootstrap(const Problem &problem, const Selection &shown, const BootstrapRequest &request, const SolveOptions &options);

/// {"draws","regret_mean","regret_p95","survival":[{"layer","attention","ffn"}],"measure_next":[{"layer","block",
///  "standard_error","share","worth"}],"proved"}
Json toJson(const Robustness &robustness);

} // namespace tessera
