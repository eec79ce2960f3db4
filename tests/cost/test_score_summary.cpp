// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/score_summary.h"

#include "tests/cost/cost_fixtures.h"

#include <cmath>

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(ScoreSummary, TheStandardErrorIsTheSampleDeviationOverTheRootOfTheCount)
{
    const Score score = summariseScore({1, 2, 3, 6});
    EXPECT_DOUBLE_EQ(score.mean, 3);
    EXPECT_DOUBLE_EQ(score.standardError.value(), std::sqrt((4.0 + 1 + 0 + 9) / 3 / 4));
    EXPECT_EQ(score.samples, (std::vector<double>{1, 2, 3, 6}));
}

TEST(ScoreSummary, OneSampleHasNoStandardErrorAndEqualOnesHaveZero)
{
    EXPECT_EQ(summariseScore({0.3}).mean, 0.3);
    EXPECT_FALSE(summariseScore({0.3}).standardError);
    EXPECT_EQ(summariseScore({0.1, 0.1, 0.1}).mean, 0.1);
    EXPECT_EQ(summariseScore({0.1, 0.1, 0.1}).standardError, 0.0);
}

TEST(ScoreSummary, NothingAndWhatIsNotFiniteAreRefused)
{
    EXPECT_NE(test::errorOf([] { summariseScore({}); }), "");
    EXPECT_NE(test::errorOf([] { summariseScore({1, std::nan("")}); }), "");
}

} // namespace
} // namespace tessera
