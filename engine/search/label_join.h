// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"
#include "engine/cost/block_library.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

namespace tessera {

/// The deviations from a Lagrangian minimiser that may still lead to a better selection. Slots whose every deviation is too
/// dear are not here. A selection's score is
///   bound + sum of reduced costs + sum over constraints of price * slack,   slack = left - sum of changes >= 0,
/// three terms that are never negative: that is what the enumeration below lives on.
struct DeviationCore {
    std::size_t constraints = 0;
    std::size_t growing = 0;            ///< How many of the constraints, the last ones, no change is negative in.
    std::vector<std::size_t> begin{0};  ///< By slot, into the deviations of all slots.
    std::vector<std::int32_t> option;   ///< By deviation: whatever the caller calls it.
    std::vector<double> reduced;        ///< By deviation, at least 0, ascending within a slot.
    std::vector<Amount> change;         ///< By deviation, constraints numbers each: amount less the minimiser's.
    std::vector<Amount> left;           ///< By constraint: capacity less the minimisers' amounts; may be negative.
    std::vector<double> price;          ///< By constraint, at least 0.

    std::size_t slots() const { return begin.size() - 1; }
};

/// Enumerates all selections of a core whose score is at most bound + threshold: the slots are split into two halves, each
/// half's combinations of deviations within the threshold become labels, and the halves are joined over a grid of the
/// priced constraints. Labels of equal changes are one label, the cheaper. Keeps its memory between runs.
class LabelJoin {
public:
    enum class End { Complete, TooManyLabels, Stopped }; ///< Too many labels, or pairs of them.
    struct Limits {
        std::size_t labels = 300'000; ///< In either half.
        std::size_t pairs = static_cast<std::size_t>(-1); ///< That are looked at when the halves are joined.
        std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
        StopToken stop;
    };
    /// Takes the deviations of a selection that keeps all constraints, and its score less the bound; returns the excess
    /// over the bound that is from now on of no interest.
    using Hit = std::function<double(const std::vector<std::size_t> &deviations, double excess)>;

    /// interest: selections of this excess or more are not reported, though threshold would allow them.
    End run(const DeviationCore &core, double threshold, double interest, const Limits &limits, const Hit &hit);

    /// Labels of both halves in the last run.
    std::size_t labels() const { return m_halves[0].reduced.size() + m_halves[1].reduced.size(); }

private:
    struct Labels {
        std::vector<double> reduced;       ///< Infinite once a cheaper label with the same changes is there.
        std::vector<Amount> change;        ///< constraints numbers each.
        std::vector<std::uint64_t> hash;   ///< Of the changes; additive.
        std::vector<std::uint32_t> parent, deviation;
        std::vector<std::uint32_t> table;  ///< Open addressing by hash: label + 1.
        void reset(std::size_t constraints);
        void reserve(std::size_t most, std::size_t constraints);
    };
    End expand(const DeviationCore &core, std::size_t slot, double threshold, const Limits &limits, Labels &labels);
    static bool outgrows(const DeviationCore &core, const Labels &labels, std::size_t label, std::size_t deviation);
    End mergeEqual(const DeviationCore &core, std::size_t from, const Limits &limits, Labels &labels);
    End growTable(const Limits &limits, Labels &labels);
    End join(const DeviationCore &core, double threshold, double interest, const Limits &limits, const Hit &hit);
    void chooseGrid(const DeviationCore &core, double threshold);
    End sortIntoCells(const DeviationCore &core, double threshold, const Limits &limits);
    bool outOfTime(const Limits &limits) const;
    bool isLast(std::size_t label, const Limits &limits) const;

    Labels m_halves[2];
    std::vector<std::uint64_t> m_slotHash;
    std::vector<std::size_t> m_order;
    // The grid over the second half.
    std::vector<std::size_t> m_gridRows;
    std::vector<double> m_gridWidth;
    std::vector<std::uint32_t> m_byCost, m_cellBegin, m_cellLabels, m_sorted;
    std::uint64_t m_cellMask = 0;
    std::vector<std::size_t> m_found;
};

} // namespace tessera
