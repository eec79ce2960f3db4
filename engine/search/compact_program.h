// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/program.h"

#include <cstdint>
#include <vector>

namespace tessera {

/// A program without rules in the form that bounds and enumerations want: every active bound is a constraint
/// "sum of amounts <= capacity" whose amounts start at 0 in each slot, scores start at 0 in each slot, and dominated options
/// are gone. Which bounds are active decides its shape; where they lie does not, so that it outlives a moving limit.
struct CompactProgram {
    /// One side of a row.
    struct Side {
        std::size_t row = 0;
        bool upper = true;
        bool operator==(const Side &) const = default;
    };

    std::vector<Side> sides;
    std::vector<std::int32_t> begin{0};
    std::vector<std::int32_t> original;       ///< By option: its number in the program.
    std::vector<double> scores;               ///< By option, shifted: at least 0, 0 once in each slot.
    std::vector<std::vector<Amount>> amounts; ///< By side and option, shifted (and negated for lower sides): at least 0.
    std::vector<Amount> least;                ///< By side: what was shifted away, summed over the slots.
    double offset = 0;                        ///< What was shifted away from the scores, summed over the slots.

    std::size_t slots() const { return begin.size() - 1; }
    std::size_t options() const { return original.size(); }
    /// What a side leaves above the least: negative when it cannot be kept.
    Amount capacity(const Program &program, std::size_t side) const;
};

/// The sides of a program's rows that have a bound.
std::vector<CompactProgram::Side> activeSides(const Program &program);
/// Whether sides are those, without making a list.
bool areActiveSides(const Program &program, const std::vector<CompactProgram::Side> &sides);

/// Options are kept in their order; of options that do not differ the first stays. An option is dominated when another one
/// of its slot scores no more and needs no more on any side.
CompactProgram compact(const Program &program);

} // namespace tessera
