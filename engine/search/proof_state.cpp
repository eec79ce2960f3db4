// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/proof_state.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tessera {
namespace {

/// The least (or, negated, the greatest) amount of a slot's kept options; the slot must have one.
Amount leastIn(const Program &program, const Program::Row &row, const std::vector<char> &keep, std::size_t slot, Amount sign)
{
    bool any = false;
    Amount least = 0;
    for (std::int32_t option = program.begin[slot]; option < program.begin[slot + 1]; ++option) {
        const auto number = static_cast<std::size_t>(option);
        if (!keep[number])
            continue;
        const Amount amount = sign * row.amounts[number];
        least = any ? std::min(least, amount) : amount;
        any = true;
    }
    return least;
}

enum class Change { None, Some, Impossible };

/// One side of one row: sum of sign * amounts <= capacity.
Change dropOn(const Program &program, const Program::Row &row, Amount sign, Amount capacity, std::vector<char> &keep)
{
    std::vector<Amount> least(program.slots());
    Amount room = capacity;
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        least[slot] = leastIn(program, row, keep, slot, sign);
        if (__builtin_sub_overflow(room, least[slot], &room))
            return Change::None;
    }
    if (room < 0)
        return Change::Impossible;
    Change change = Change::None;
    for (std::size_t slot = 0; slot < program.slots(); ++slot)
        for (std::int32_t option = program.begin[slot]; option < program.begin[slot + 1]; ++option) {
            const auto number = static_cast<std::size_t>(option);
            if (keep[number] && sign * row.amounts[number] - least[slot] > room) {
                keep[number] = 0;
                change = Change::Some;
            }
        }
    return change;
}

bool everySlotHasOne(const Program &program, const std::vector<char> &keep)
{
    for (std::size_t slot = 0; slot < program.slots(); ++slot)
        if (std::find(keep.begin() + program.begin[slot], keep.begin() + program.begin[slot + 1], 1) == keep.begin() + program.begin[slot + 1])
            return false;
    return true;
}

} // namespace

bool dropWhatCannotFit(const Program &program, std::vector<char> &keep)
{
    if (!everySlotHasOne(program, keep))
        return false;
    for (bool again = true; again;) {
        again = false;
        for (const Program::Row &row : program.rows)
            for (auto [there, sign, capacity] : {std::tuple{row.upper != kNoUpperBound, Amount{1}, row.upper},
                                                 std::tuple{row.lower != kNoLowerBound, Amount{-1}, row.lower == kNoLowerBound ? 0 : -row.lower}}) {
                if (!there)
                    continue;
                const Change change = dropOn(program, row, sign, capacity, keep);
                if (change == Change::Impossible)
                    return false;
                again = again || change == Change::Some;
            }
    }
    return true;
}

} // namespace tessera
