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

/// Looks at rules one after the other; what it learns of auxiliary variables lasts as long as it does.
class RulePropagation {
public:
    explicit RulePropagation(const Program &program)
        : m_program(program), m_least(program.auxiliaryScores.size(), 0), m_most(program.auxiliaryScores.size(), 1), m_parts(program.slots())
    {
        if (program.rules.empty())
            return;
        m_slotOf.resize(program.options());
        for (std::size_t slot = 0; slot < program.slots(); ++slot)
            std::fill(m_slotOf.begin() + program.begin[slot], m_slotOf.begin() + program.begin[slot + 1], slot);
    }

    Change propagate(std::vector<char> &keep)
    {
        Change change = Change::None;
        for (const Program::Rule &rule : m_program.rules) {
            const Change here = propagate(rule, keep);
            if (here == Change::Impossible)
                return here;
            change = here == Change::Some ? here : change;
        }
        return change;
    }

private:
    /// What a slot may add to a rule: the coefficients of its kept options, 0 for those that the rule does not name.
    struct Part {
        std::int64_t least = 0, most = 0;
        std::ptrdiff_t named = 0;
        bool touched = false;
    };

    void collect(const Program::Rule &rule, const std::vector<char> &keep)
    {
        for (std::size_t slot : m_touched)
            m_parts[slot] = {};
        m_touched.clear();
        for (const Program::Rule::Term &term : rule.options) {
            Part &part = m_parts[slotOf(term)];
            if (!std::exchange(part.touched, true))
                m_touched.push_back(slotOf(term));
            if (!keep[static_cast<std::size_t>(term.index)])
                continue;
            part.least = part.named ? std::min(part.least, term.coefficient) : term.coefficient;
            part.most = part.named ? std::max(part.most, term.coefficient) : term.coefficient;
            ++part.named;
        }
        for (std::size_t slot : m_touched)
            if (hasUnnamed(slot, keep)) {
                m_parts[slot].least = std::min<std::int64_t>(m_parts[slot].least, 0);
                m_parts[slot].most = std::max<std::int64_t>(m_parts[slot].most, 0);
            }
    }

    std::size_t slotOf(const Program::Rule::Term &term) const { return m_slotOf[static_cast<std::size_t>(term.index)]; }
    bool hasUnnamed(std::size_t slot, const std::vector<char> &keep) const
    {
        return std::count(keep.begin() + m_program.begin[slot], keep.begin() + m_program.begin[slot + 1], 1) > m_parts[slot].named;
    }
    std::int64_t leastOf(const Program::Rule::Term &term) const
    {
        const auto number = static_cast<std::size_t>(term.index);
        return std::min(term.coefficient * m_least[number], term.coefficient * m_most[number]);
    }
    std::int64_t mostOf(const Program::Rule::Term &term) const
    {
        const auto number = static_cast<std::size_t>(term.index);
        return std::max(term.coefficient * m_least[number], term.coefficient * m_most[number]);
    }

    Change propagate(const Program::Rule &rule, std::vector<char> &keep)
    {
        collect(rule, keep);
        std::int64_t least = 0, most = 0;
        for (std::size_t slot : m_touched) {
            least += m_parts[slot].least;
            most += m_parts[slot].most;
        }
        for (const Program::Rule::Term &term : rule.auxiliaries) {
            least += leastOf(term);
            most += mostOf(term);
        }
        const bool hasUpper = rule.upper != kNoUpperBound, hasLower = rule.lower != kNoLowerBound;
        if ((hasUpper && least > rule.upper) || (hasLower && most < rule.lower))
            return Change::Impossible;
        // Whether the rule can hold when something that adds least to most adds exactly value.
        auto fits = [&](std::int64_t value, std::int64_t itsLeast, std::int64_t itsMost) {
            return !(hasUpper && least - itsLeast + value > rule.upper) && !(hasLower && most - itsMost + value < rule.lower);
        };
        Change change = Change::None;
        for (const Program::Rule::Term &term : rule.auxiliaries) {
            const auto number = static_cast<std::size_t>(term.index);
            if (m_least[number] == m_most[number])
                continue;
            const bool zero = fits(0, leastOf(term), mostOf(term)), one = fits(term.coefficient, leastOf(term), mostOf(term));
            if (!zero && !one)
                return Change::Impossible;
            if (zero && one)
                continue;
            m_least[number] = m_most[number] = one ? 1 : 0;
            return Change::Some; // The sums are others now: the rule comes up again.
        }
        for (std::size_t slot : m_touched) {
            if (fits(0, m_parts[slot].least, m_parts[slot].most) || !hasUnnamed(slot, keep))
                continue;
            std::vector<char> named(keep.size(), 0);
            for (const Program::Rule::Term &term : rule.options)
                named[static_cast<std::size_t>(term.index)] = 1;
            for (std::int32_t option = m_program.begin[slot]; option < m_program.begin[slot + 1]; ++option)
                if (!named[static_cast<std::size_t>(option)])
                    keep[static_cast<std::size_t>(option)] = 0;
            change = Change::Some;
        }
        for (const Program::Rule::Term &term : rule.options) {
            const Part &part = m_parts[slotOf(term)];
            char &kept = keep[static_cast<std::size_t>(term.index)];
            if (kept && !fits(term.coefficient, part.least, part.most)) {
                kept = 0;
                change = Change::Some;
            }
        }
        return change;
    }

    const Program &m_program;
    std::vector<std::size_t> m_slotOf; ///< By option.
    std::vector<std::int64_t> m_least, m_most; ///< By auxiliary variable.
    std::vector<Part> m_parts;
    std::vector<std::size_t> m_touched;
};

} // namespace

bool dropWhatCannotFit(const Program &program, std::vector<char> &keep)
{
    if (!everySlotHasOne(program, keep))
        return false;
    RulePropagation rules(program);
    for (bool again = true; again;) {
        const Change byRules = rules.propagate(keep);
        if (byRules == Change::Impossible || !everySlotHasOne(program, keep))
            return false;
        again = byRules == Change::Some;
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
