// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/deviation_core.h"

#include <cstddef>
#include <vector>

namespace tessera {

/// What other prices say of the selections of a core. With the price of one constraint moved by delta >= -price, the score
///   bound + sum of reduced + price . slack
/// of a selection is, since slack = left - sum of changes,
///   bound + sum of (reduced + delta * change) - delta * left + (price + delta) * slack,
/// and its last term is not negative either: a selection within a threshold keeps
///   sum over slots of (reduced + delta * change)  <=  threshold + delta * left.
/// A part of a selection breaks that when the rest of the slots, each at its least, cannot make up for it. Two cuts a
/// constraint, one to either side, bound what a half of a selection may use.
class PriceCuts {
public:
    /// For selections within threshold that deviate in these slots alone. Without slots there are no cuts.
    void reset(const DeviationCore &core, const std::vector<std::size_t> &slots, double threshold);
    /// A half (0 or 1) has decided one more slot; allow() is from now on of that half.
    void see(const DeviationCore &core, std::size_t slot, std::size_t half);
    /// Whether a part of a selection may lead to one within the threshold; change: as in the core.
    bool allow(double reduced, const Amount *change) const
    {
        bool allowed = true;
        for (const Cut &cut : m_cuts)
            allowed = allowed & (reduced + cut.delta * static_cast<double>(change[cut.row]) <= cut.room);
        return allowed;
    }

private:
    struct Cut {
        std::size_t row = 0;
        double delta = 0;
        double room = 0;           ///< For the sum over the slots that the half at hand has decided.
        double spare = 0;          ///< By how much a sum over all slots may exceed its least.
        double least[2] = {0, 0};  ///< The least sum over the slots that a half has decided.
    };
    double leastOf(const DeviationCore &core, std::size_t slot, const Cut &cut) const;
    double spareOf(const DeviationCore &core, const std::vector<std::size_t> &slots, const Cut &cut) const;

    std::vector<Cut> m_cuts;
    double m_threshold = 0;
};

} // namespace tessera
