// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/measure/timing.h"

#include "engine/base/error.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(Timing, MedianAndHalfTheInterquartileRange)
{
    const Timing timing = summariseTimes({50, 10, 40, 20, 30});
    EXPECT_DOUBLE_EQ(timing.median, 30);
    EXPECT_DOUBLE_EQ(timing.spread, (40.0 - 20.0) / 2 / 30);
    EXPECT_EQ(timing.repeats, 5);
    EXPECT_DOUBLE_EQ(summariseTimes({1, 2}).median, 1.5);
    EXPECT_DOUBLE_EQ(summariseTimes({7}).spread, 0);
    EXPECT_EQ(summariseTimes({}).repeats, 0);
}

TEST(Timing, ProbesTakeTurnsAndTheFirstRoundIsThrownAway)
{
    std::string order;
    const std::vector<std::function<double()>> probes{[&] { order += 'a'; return order.size() == 1 ? 1e9 : 5.0; },
                                                      [&] { order += 'b'; return 7.0; }};
    const std::vector<Timing> timings = measureInterleaved(probes, {3, 0.02, 60}, {});
    EXPECT_EQ(order, "ab" "ab" "ba" "ab");
    EXPECT_DOUBLE_EQ(timings[0].median, 5);
    EXPECT_DOUBLE_EQ(timings[1].median, 7);
    EXPECT_EQ(timings[0].repeats, 3);
}

TEST(Timing, RepeatsUntilTheSpreadIsSmall)
{
    int calls = 0;
    const std::vector<std::function<double()>> probes{[&] { return ++calls < 8 ? 100.0 + 30 * (calls % 2) : 100.0; }};
    const Timing timing = measureInterleaved(probes, {3, 0.01, 60}, {}).front();
    EXPECT_LE(timing.spread, 0.01);
    EXPECT_GT(timing.repeats, 7);
}

TEST(Timing, TheTimeLimitEndsANoisyMeasurementAfterAtLeastOneRound)
{
    int calls = 0;
    const std::vector<std::function<double()>> probes{[&] { return 100.0 * (1 + ++calls % 2); }};
    EXPECT_EQ(measureInterleaved(probes, {3, 0.01, 0}, {}).front().repeats, 1);
    EXPECT_GE(measureInterleaved(probes, {3, 0.01, 0.05}, {}).front().repeats, 3);
}

TEST(Timing, AStopEndsTheMeasurement)
{
    StopToken stop;
    const std::vector<std::function<double()>> probes{[&] { stop.request(); return 1.0; }, [] { return 1.0; }};
    EXPECT_THROW(measureInterleaved(probes, {3, 0.01, 60}, stop), Error);
}

TEST(Timing, DecodeIntegratedFromThreeStepsEqualsAllStepsWhereTheyGrowLinearly)
{
    for (std::int64_t input : {0, 512})
        for (std::int64_t output : {0, 1, 2, 3, 6, 60, 600}) {
            const auto step = [](std::int64_t used) { return 100.0 + 3.0 * static_cast<double>(used); };
            double all = 0;
            for (std::int64_t t = 0; t < output; ++t)
                all += step(input + t);
            // The middle of a third lies between two steps: half a step's growth for each of them.
            EXPECT_NEAR(decodeTime(input, output, step), all, 1.5 * static_cast<double>(output) + 1e-9) << input << " + " << output;
        }
}

} // namespace
} // namespace tessera
