// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"
#include "engine/search/deviation_core.h"
#include "engine/search/price_cuts.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

namespace tessera {

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
        std::vector<std::uint64_t> table;  ///< Open addressing by hash: the upper half of it, and label + 1.
        void reset(std::size_t constraints);
        void reserve(std::size_t most, std::size_t constraints);
    };
    End expand(const DeviationCore &core, std::size_t slot, double threshold, const Limits &limits, Labels &labels);
    End extensible(const DeviationCore &core, const Labels &labels, std::size_t before, std::size_t deviation, double room, const Limits &limits);
    void extend(const DeviationCore &core, std::size_t deviation, Labels &labels) const;
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
    PriceCuts m_cuts;
    std::vector<std::uint32_t> m_extensible; ///< Labels that a deviation can be added to.
    // The grid over the second half.
    std::vector<std::size_t> m_gridRows;
    std::vector<double> m_gridWidth;
    std::vector<std::uint32_t> m_byCost, m_cellBegin, m_cellLabels, m_sorted;
    std::uint64_t m_cellMask = 0;
    std::vector<std::size_t> m_found;
};

} // namespace tessera
