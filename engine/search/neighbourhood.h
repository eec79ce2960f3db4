// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/label_join.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// Better selections where a core has too many labels to enumerate it whole: a few slots at a time are set free while all
/// others stay as they are, and everything that the free ones can do together is enumerated. The same calls give the same
/// selections.
class Neighbourhood {
public:
    static constexpr std::size_t kMinimiser = static_cast<std::size_t>(-1);

    /// chosen: by slot of the core the deviation that a selection has, or kMinimiser. interest: the excess over the bound
    /// from which on selections are of no interest. Goes on until so many rounds in a row found nothing better. hit is
    /// called as by LabelJoin, with deviations of the whole core.
    LabelJoin::End search(const DeviationCore &core, std::vector<std::size_t> chosen, double interest, int fruitlessRounds, LabelJoin &join,
                          const LabelJoin::Limits &limits, const LabelJoin::Hit &hit);

private:
    double usefulReduced(const DeviationCore &core);
    void shuffle();
    void chooseFree(const DeviationCore &core, double mostReduced);
    double fixOthers(const DeviationCore &core, const std::vector<std::size_t> &chosen);
    void buildPart(const DeviationCore &core, const std::vector<std::size_t> &chosen, double mostReduced);

    std::uint64_t m_random = 1;
    std::vector<double> m_sorted;
    std::vector<std::size_t> m_order;  ///< Slots in the order in which they are set free.
    std::vector<char> m_free;          ///< By slot.
    std::vector<std::size_t> m_full;
    DeviationCore m_part;              ///< The free slots; its options are deviations of the core.
};

} // namespace tessera
