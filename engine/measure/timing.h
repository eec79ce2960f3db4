// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace tessera {

/// Repeated measurements of one thing, summed up.
struct Timing {
    double median = 0; ///< ns
    double spread = 0; ///< Half the interquartile range over the median; 0 for fewer than two repeats or a median of 0.
    std::int64_t repeats = 0;
};

/// Quartiles are linear interpolations of the sorted samples at (n - 1) / 4 and 3 (n - 1) / 4.
Timing summariseTimes(std::vector<double> nanoseconds);

/// Nanoseconds of a monotonic clock.
std::int64_t monotonicNow();

struct RepeatSettings {
    std::int64_t leastRepeats = 7;
    double spreadGoal = 0.02;
    double maxSeconds = 60;
};

/// Takes samples of every probe, a round of all probes at a time, so that a machine that slows down or speeds up does so
/// for all of them; every other round runs backwards. A first round warms up and is thrown away. Ends when each probe has
/// leastRepeats samples and a spread within the goal, or when maxSeconds are over; one full round is always taken. A probe
/// returns the nanoseconds of one sample. afterRound is told the number of rounds. Throws Error (Interrupted) between two
/// samples on request.
std::vector<Timing> measureInterleaved(const std::vector<std::function<double()>> &probes, const RepeatSettings &settings,
                                       const StopToken &stop, const std::function<void(std::int64_t)> &afterRound = {});

/// What decode costs in all: output steps whose cache grows from input on. step(used) is the time of one step with used earlier
/// positions. Steps grow with the cache nearly linearly, so three are timed, in the middle of each third of the way, and their
/// mean stands for all: exact where the growth is linear. Up to three steps are all timed.
double decodeTime(std::int64_t input, std::int64_t output, const std::function<double(std::int64_t used)> &step);

} // namespace tessera
