// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/measure/timing.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace tessera {
namespace {

/// The sorted values at a place between 0 and 1.
double quantile(const std::vector<double> &sorted, double place)
{
    const double position = place * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

bool satisfied(const std::vector<std::vector<double>> &samples, const RepeatSettings &settings)
{
    return std::all_of(samples.begin(), samples.end(), [&](const std::vector<double> &times) {
        return static_cast<std::int64_t>(times.size()) >= settings.leastRepeats &&
               summariseTimes(times).spread <= settings.spreadGoal;
    });
}

} // namespace

Timing summariseTimes(std::vector<double> nanoseconds)
{
    Timing timing;
    timing.repeats = static_cast<std::int64_t>(nanoseconds.size());
    if (nanoseconds.empty())
        return timing;
    std::sort(nanoseconds.begin(), nanoseconds.end());
    timing.median = quantile(nanoseconds, 0.5);
    if (timing.median > 0)
        timing.spread = (quantile(nanoseconds, 0.75) - quantile(nanoseconds, 0.25)) / 2 / timing.median;
    return timing;
}

std::int64_t monotonicNow()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<Timing> measureInterleaved(const std::vector<std::function<double()>> &probes, const RepeatSettings &settings,
                                       const StopToken &stop, const std::function<void(std::int64_t)> &afterRound)
{
    std::vector<std::vector<double>> samples(probes.size());
    const std::int64_t begin = monotonicNow();
    const auto timeIsUp = [&] { return static_cast<double>(monotonicNow() - begin) * 1e-9 >= settings.maxSeconds; };
    for (const auto &probe : probes) {
        stop.throwIfRequested();
        probe();
    }
    for (std::int64_t round = 0; round == 0 || (!satisfied(samples, settings) && !timeIsUp()); ++round) {
        for (std::size_t i = 0; i < probes.size(); ++i) {
            stop.throwIfRequested();
            const std::size_t index = round % 2 == 0 ? i : probes.size() - 1 - i;
            samples[index].push_back(probes[index]());
        }
        if (afterRound)
            afterRound(round + 1);
    }
    std::vector<Timing> timings;
    for (std::vector<double> &times : samples)
        timings.push_back(summariseTimes(std::move(times)));
    return timings;
}

double decodeTime(std::int64_t input, std::int64_t output, const std::function<double(std::int64_t used)> &step)
{
    constexpr std::int64_t kPoints = 3;
    const std::int64_t points = std::min(kPoints, output);
    double sum = 0;
    for (std::int64_t point = 0; point < points; ++point)
        sum += step(input + output * (2 * point + 1) / (2 * points));
    return points == 0 ? 0 : sum / static_cast<double>(points) * static_cast<double>(output);
}

} // namespace tessera
