// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/price_cuts.h"

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

/// How much more spare a cut has than the threshold itself: moving the price further costs bound, moving it less leaves the
/// changes more room. Labels were fewest between 0.1 and 0.3.
constexpr double kSpare = 1.15;
constexpr int kHalvings = 12;
constexpr double kLargestRise = 1e3;

} // namespace

double PriceCuts::leastOf(const DeviationCore &core, std::size_t slot, const Cut &cut) const
{
    double least = 0; // the minimiser's
    for (std::size_t deviation = core.begin[slot]; deviation < core.begin[slot + 1] && core.reduced[deviation] <= m_threshold; ++deviation)
        least = std::min(least, core.reduced[deviation] + cut.delta * static_cast<double>(core.change[deviation * core.constraints + cut.row]));
    return least;
}

double PriceCuts::spareOf(const DeviationCore &core, const std::vector<std::size_t> &slots, const Cut &cut) const
{
    const double moved = cut.delta * static_cast<double>(core.left[cut.row]);
    double least = 0;
    for (std::size_t slot : slots)
        least += leastOf(core, slot, cut);
    // Rounding errors must not cut off what lies on the edge.
    return m_threshold + moved - least + 1e-9 * (m_threshold + std::abs(moved) + std::abs(least));
}

void PriceCuts::reset(const DeviationCore &core, const std::vector<std::size_t> &slots, double threshold)
{
    m_cuts.clear();
    m_threshold = threshold;
    for (std::size_t row = 0; !slots.empty() && row + core.growing < core.constraints; ++row)
        for (double sign : {1.0, -1.0}) {
            Cut cut;
            cut.row = row;
            // The spare is convex in delta and the threshold at 0.
            auto fits = [&](double share) {
                cut.delta = sign * share * core.price[row];
                return spareOf(core, slots, cut) <= kSpare * threshold;
            };
            double low = 0, high = 1;
            while (sign > 0 && high < kLargestRise && fits(high))
                high *= 2;
            if (fits(high))
                low = high;
            for (int i = 0; i < kHalvings && low < high; ++i) {
                const double middle = 0.5 * (low + high);
                (fits(middle) ? low : high) = middle;
            }
            cut.delta = sign * low * core.price[row];
            if (cut.delta == 0)
                continue;
            cut.spare = spareOf(core, slots, cut);
            m_cuts.push_back(cut);
        }
}

void PriceCuts::see(const DeviationCore &core, std::size_t slot, std::size_t half)
{
    for (Cut &cut : m_cuts) {
        cut.least[half] += leastOf(core, slot, cut);
        cut.room = cut.spare + cut.least[half];
    }
}

} // namespace tessera
