// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/compact_program.h"

#include <algorithm>
#include <numeric>

namespace tessera {
namespace {

Amount signedAmount(const Program &program, CompactProgram::Side side, std::int32_t option)
{
    Amount amount = program.rows[side.row].amounts[static_cast<std::size_t>(option)];
    return side.upper ? amount : -amount;
}

bool dominates(const Program &program, const std::vector<CompactProgram::Side> &sides, std::int32_t a, std::int32_t b)
{
    if (program.scores[static_cast<std::size_t>(a)] > program.scores[static_cast<std::size_t>(b)])
        return false;
    return std::all_of(sides.begin(), sides.end(), [&](CompactProgram::Side side) {
        return signedAmount(program, side, a) <= signedAmount(program, side, b);
    });
}

/// The options of a slot that no other one dominates, in their order.
std::vector<std::int32_t> undominated(const Program &program, const std::vector<CompactProgram::Side> &sides, std::size_t slot)
{
    std::vector<std::int32_t> order(static_cast<std::size_t>(program.begin[slot + 1] - program.begin[slot]));
    std::iota(order.begin(), order.end(), program.begin[slot]);
    // A dominating option scores no more, so that it stands before what it dominates.
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        return program.scores[static_cast<std::size_t>(a)] < program.scores[static_cast<std::size_t>(b)];
    });
    std::vector<std::int32_t> kept;
    for (std::int32_t option : order) {
        bool dominated = std::any_of(kept.begin(), kept.end(),
                                     [&](std::int32_t other) { return dominates(program, sides, other, option); });
        if (dominated)
            continue;
        // Among equal scores a later option may still dominate an earlier one.
        std::erase_if(kept, [&](std::int32_t other) { return dominates(program, sides, option, other); });
        kept.push_back(option);
    }
    std::sort(kept.begin(), kept.end());
    return kept;
}

} // namespace

Amount CompactProgram::capacity(const Program &program, std::size_t side) const
{
    const Program::Row &row = program.rows[sides[side].row];
    return (sides[side].upper ? row.upper : -row.lower) - least[side];
}

std::vector<CompactProgram::Side> activeSides(const Program &program)
{
    std::vector<CompactProgram::Side> sides;
    for (std::size_t row = 0; row < program.rows.size(); ++row) {
        if (program.rows[row].upper != kNoUpperBound)
            sides.push_back({row, true});
        if (program.rows[row].lower != kNoLowerBound)
            sides.push_back({row, false});
    }
    return sides;
}

bool areActiveSides(const Program &program, const std::vector<CompactProgram::Side> &sides)
{
    std::size_t next = 0;
    auto isNext = [&](CompactProgram::Side side) { return next < sides.size() && sides[next++] == side; };
    for (std::size_t row = 0; row < program.rows.size(); ++row) {
        if (program.rows[row].upper != kNoUpperBound && !isNext({row, true}))
            return false;
        if (program.rows[row].lower != kNoLowerBound && !isNext({row, false}))
            return false;
    }
    return next == sides.size();
}

CompactProgram compact(const Program &program)
{
    CompactProgram result;
    result.sides = activeSides(program);
    result.amounts.resize(result.sides.size());
    result.least.assign(result.sides.size(), 0);
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        std::vector<std::int32_t> kept = undominated(program, result.sides, slot);
        double leastScore = program.scores[static_cast<std::size_t>(kept.front())];
        for (std::int32_t option : kept)
            leastScore = std::min(leastScore, program.scores[static_cast<std::size_t>(option)]);
        result.offset += leastScore;
        for (std::int32_t option : kept) {
            result.original.push_back(option);
            result.scores.push_back(program.scores[static_cast<std::size_t>(option)] - leastScore);
        }
        for (std::size_t side = 0; side < result.sides.size(); ++side) {
            Amount least = signedAmount(program, result.sides[side], kept.front());
            for (std::int32_t option : kept)
                least = std::min(least, signedAmount(program, result.sides[side], option));
            result.least[side] += least;
            for (std::int32_t option : kept)
                result.amounts[side].push_back(signedAmount(program, result.sides[side], option) - least);
        }
        result.begin.push_back(static_cast<std::int32_t>(result.original.size()));
    }
    return result;
}

} // namespace tessera
