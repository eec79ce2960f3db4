// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"
#include "engine/cost/block_library.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

inline constexpr Amount kNoLowerBound = std::numeric_limits<Amount>::min();
inline constexpr Amount kNoUpperBound = std::numeric_limits<Amount>::max();

/// The search as numbers alone: from every slot exactly one option is chosen so that the sum of the chosen scores is least
/// and the sum of the chosen amounts of every row lies between its bounds. Options are numbered through all slots; those of
/// slot s are begin[s] .. begin[s + 1] - 1, at least one each. Scores are finite; the sum of any row's largest magnitudes
/// over the slots fits 62 bits (Problem sees to both).
struct Program {
    struct Row {
        std::vector<Amount> amounts; ///< By option.
        Amount lower = kNoLowerBound;
        Amount upper = kNoUpperBound;
    };
    /// lower <= sum of coefficient * [option chosen] + sum of coefficient * [auxiliary set] <= upper: what rules become.
    /// Auxiliary variables are binaries of the rules' own, numbered from 0.
    struct Rule {
        struct Term {
            std::int32_t index = 0;
            std::int64_t coefficient = 0;
        };
        std::vector<Term> options;
        std::vector<Term> auxiliaries;
        std::int64_t lower = kNoLowerBound;
        std::int64_t upper = kNoUpperBound;
    };

    std::vector<std::int32_t> begin{0};
    std::vector<double> scores; ///< By option.
    std::vector<Row> rows;
    std::vector<Rule> rules;
    std::vector<double> auxiliaryScores; ///< By auxiliary variable; usually 0.

    std::size_t slots() const { return begin.size() - 1; }
    std::size_t options() const { return scores.size(); }
};

/// One option a slot, by its number in the program.
using Selection = std::vector<std::int32_t>;

/// Scores of the chosen options, added in the order of the slots. Without auxiliaryScores: rules cost nothing here.
double scoreOf(const Program &program, const Selection &selection);
Amount amountOf(const Program::Row &row, const Selection &selection);
/// Whether every row lies between its bounds, in integers. Rules are not looked at.
bool withinRows(const Program &program, const Selection &selection);

/// The program with the options that keep marks alone, and their numbers in program. Nothing where a slot keeps none.
struct RestrictedProgram {
    Program program;
    std::vector<std::int32_t> original;
    Selection inOriginal(const Selection &selection) const;
};
std::optional<RestrictedProgram> restricted(const Program &program, const std::vector<char> &keep);

enum class SolveStatus {
    Optimal,   ///< Proved: bound equals objective.
    Feasible,  ///< The best that was found; bound and gap say how sure.
    Infeasible,///< Proved: no selection is within all bounds.
    Unknown    ///< Stopped before any selection was found.
};
std::string toString(SolveStatus status);

struct ProgramResult {
    SolveStatus status = SolveStatus::Unknown;
    Selection selection;  ///< Empty unless Optimal or Feasible.
    double objective = 0; ///< scoreOf(selection).
    double bound = -std::numeric_limits<double>::infinity(); ///< No selection is better than this.
    std::int64_t nodes = 0;
    double seconds = 0;
    /// By row: how much the linear relaxation's optimum falls when the binding bound is relaxed by one; at least 0 for an
    /// upper bound, at most 0 for a lower one.
    std::vector<double> prices;
};

/// What every solver of a Program takes.
struct SolverOptions {
    StopToken stop;
    double maxSeconds = std::numeric_limits<double>::infinity();
    /// A known selection within all rows and rules; may be empty.
    Selection start;
    /// Called with every better selection and bound, from the solving thread.
    std::function<void(const ProgramResult &)> onProgress;
};

} // namespace tessera
