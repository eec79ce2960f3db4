// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/stop_token.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(StopToken, ARequestReachesEveryCopy)
{
    StopToken token;
    StopToken copy = token;
    EXPECT_NO_THROW(copy.throwIfRequested());
    token.request();
    EXPECT_TRUE(copy.requested());
    EXPECT_FALSE(StopToken().requested());
}

TEST(StopToken, AStoppedOperationEndsWithTheExitCodeOfAnInterruption)
{
    StopToken token;
    token.request();
    try {
        token.throwIfRequested();
        FAIL() << "went on";
    } catch (const Error &e) {
        EXPECT_EQ(e.exitCode(), 130);
    }
}

TEST(Error, KindsAreTheExitCodesOfTheCommandLine)
{
    EXPECT_EQ(failed("a").exitCode(), 1);
    EXPECT_EQ(badInput("a").exitCode(), 2);
    EXPECT_EQ(interrupted("a").exitCode(), 130);
    EXPECT_STREQ(badInput("the sentence").what(), "the sentence");
}

} // namespace
} // namespace tessera
