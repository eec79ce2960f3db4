// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/neighbourhood.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tessera {
namespace {

/// Combinations that the free slots may have in either half, and pairs of them that are looked at in a round.
constexpr double kCombinations = 4'000;
constexpr std::size_t kPairs = 200'000;
/// Deviations a slot that are tried on average, the cheapest ones of the core.
constexpr std::size_t kDeviationsPerSlot = 3;

} // namespace

/// The reduced cost up to which deviations are tried.
double Neighbourhood::usefulReduced(const DeviationCore &core)
{
    m_sorted = core.reduced;
    const std::size_t rank = std::min(m_sorted.size() - 1, kDeviationsPerSlot * core.slots());
    std::nth_element(m_sorted.begin(), m_sorted.begin() + static_cast<std::ptrdiff_t>(rank), m_sorted.end());
    return m_sorted[rank];
}

void Neighbourhood::shuffle()
{
    for (std::size_t i = m_order.size(); i-- > 1;) {
        m_random = m_random * 6364136223846793005u + 1442695040888963407u;
        std::swap(m_order[i], m_order[static_cast<std::size_t>(m_random >> 33) % (i + 1)]);
    }
}

/// Frees slots in a random order while their combinations are few enough.
void Neighbourhood::chooseFree(const DeviationCore &core, double mostReduced)
{
    shuffle();
    m_free.assign(core.slots(), 0);
    double combinations = 1;
    for (std::size_t slot : m_order) {
        const auto first = core.reduced.begin() + static_cast<std::ptrdiff_t>(core.begin[slot]);
        const auto last = core.reduced.begin() + static_cast<std::ptrdiff_t>(core.begin[slot + 1]);
        const double ways = 1 + static_cast<double>(std::upper_bound(first, last, mostReduced) - first);
        if (combinations * ways > kCombinations * kCombinations)
            break;
        combinations *= ways;
        m_free[slot] = 1;
    }
}

/// Takes what the slots that stay use from what is left; returns the reduced costs that they have.
double Neighbourhood::fixOthers(const DeviationCore &core, const std::vector<std::size_t> &chosen)
{
    double fixed = 0;
    m_part.left = core.left;
    for (std::size_t slot = 0; slot < core.slots(); ++slot) {
        if (m_free[slot] || chosen[slot] == kMinimiser)
            continue;
        fixed += core.reduced[chosen[slot]];
        for (std::size_t i = 0; i < core.constraints; ++i)
            m_part.left[i] -= core.change[chosen[slot] * core.constraints + i];
    }
    return fixed;
}

void Neighbourhood::buildPart(const DeviationCore &core, const std::vector<std::size_t> &chosen, double mostReduced)
{
    m_part.constraints = core.constraints;
    m_part.growing = core.growing;
    m_part.price = core.price;
    m_part.begin.assign(1, 0);
    m_part.option.clear();
    m_part.reduced.clear();
    m_part.change.clear();
    for (std::size_t slot = 0; slot < core.slots(); ++slot) {
        if (!m_free[slot])
            continue;
        for (std::size_t deviation = core.begin[slot]; deviation < core.begin[slot + 1]; ++deviation) {
            if (core.reduced[deviation] > mostReduced && deviation != chosen[slot])
                continue;
            m_part.option.push_back(static_cast<std::int32_t>(deviation));
            m_part.reduced.push_back(core.reduced[deviation]);
            for (std::size_t i = 0; i < core.constraints; ++i)
                m_part.change.push_back(core.change[deviation * core.constraints + i]);
        }
        m_part.begin.push_back(m_part.option.size());
    }
}

LabelJoin::End Neighbourhood::search(const DeviationCore &core, std::vector<std::size_t> chosen, double interest, int fruitlessRounds,
                                     LabelJoin &join, const LabelJoin::Limits &limits, const LabelJoin::Hit &hit)
{
    if (core.slots() == 0)
        return LabelJoin::End::Complete;
    m_random = 1;
    m_order.resize(core.slots());
    std::iota(m_order.begin(), m_order.end(), 0);
    const double mostReduced = usefulReduced(core);
    LabelJoin::Limits each = limits;
    each.pairs = kPairs;
    for (int fruitless = 0; fruitless < fruitlessRounds;) {
        chooseFree(core, mostReduced);
        const double fixed = fixOthers(core, chosen), before = interest;
        buildPart(core, chosen, mostReduced);
        auto slotOf = [&](std::size_t deviation) {
            return static_cast<std::size_t>(std::upper_bound(core.begin.begin(), core.begin.end(), deviation) - core.begin.begin() - 1);
        };
        auto onHit = [&](const std::vector<std::size_t> &deviations, double excess) {
            m_full.clear();
            std::vector<std::size_t> found = chosen;
            for (std::size_t slot = 0; slot < core.slots(); ++slot)
                if (m_free[slot])
                    found[slot] = kMinimiser;
            for (std::size_t deviation : deviations) {
                const auto of = static_cast<std::size_t>(m_part.option[deviation]);
                found[slotOf(of)] = of;
            }
            for (std::size_t deviation : found)
                if (deviation != kMinimiser)
                    m_full.push_back(deviation);
            const double still = hit(m_full, fixed + excess);
            if (still < interest) {
                interest = still;
                chosen = std::move(found);
            }
            return interest - fixed;
        };
        if (interest > fixed) {
            const LabelJoin::End end = join.run(m_part, interest - fixed, interest - fixed, each, onHit);
            if (end == LabelJoin::End::Stopped)
                return end;
        }
        fruitless = interest < before ? 0 : fruitless + 1;
    }
    return LabelJoin::End::Complete;
}

} // namespace tessera
