// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/cost_names.h"

#include "tests/cost/cost_fixtures.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tessera {
namespace {

TEST(CostNames, JsonShowsMillisecondsAndWholeBytes)
{
    EXPECT_EQ(toJsonNumber("prefill", 12'345'678).dump(), "12.345678");
    EXPECT_EQ(toJsonNumber("prefill", 3'000'000).dump(), "3");
    EXPECT_EQ(toJsonNumber("memory", 9'007'199'254'740'993).dump(), "9007199254740993");
    EXPECT_EQ(toJsonNumber("energy", 1'500'000'000).dump(), "1.5");
}

TEST(CostNames, EveryAmountSurvivesJsonExactly)
{
    EXPECT_TRUE(rc::check([] {
        const std::string cost = *rc::gen::element<std::string>("memory", "decode", "parameters", "energy");
        const Amount amount = *rc::gen::inRange<Amount>(0, Amount{1} << 52);
        const Json text = Json::parse(toJsonNumber(cost, amount).dump());
        RC_ASSERT(amountFromJson(cost, text, "test") == amount);
    }));
}

TEST(CostNames, ImportedFiguresAreTakenToTheNearestUnit)
{
    EXPECT_EQ(amountFromJson("runtime", Json(816.97), "test"), 816'970'000);
    EXPECT_EQ(amountFromJson("mib", Json(1437.11), "test"), 1'437'110'000'000);
    EXPECT_EQ(amountFromJson("mib", Json(0.1 + 0.2), "test"), 300'000'000);
    EXPECT_EQ(amountFromJson("runtime", Json(nullptr), "test"), std::nullopt);
}

TEST(CostNames, ImpossibleFiguresAreRefusedWithASentence)
{
    using test::errorOf;
    EXPECT_EQ(errorOf([] { amountFromJson("memory", Json(1.5), "block 3"); }),
              "2: the cost \"memory\" in block 3 must be a whole number");
    EXPECT_EQ(errorOf([] { amountFromJson("decode", Json(-1), "block 3"); }), "2: the cost \"decode\" in block 3 is negative");
    EXPECT_EQ(errorOf([] { amountFromJson("memory", Json(1e30), "block 3"); }), "2: the cost \"memory\" in block 3 is too large");
    EXPECT_EQ(errorOf([] { amountFromJson("memory", Json(UINT64_MAX), "block 3"); }),
              "2: the cost \"memory\" in block 3 is too large");
    EXPECT_EQ(errorOf([] { amountFromJson("decode", Json(INT64_MAX), "block 3"); }),
              "2: the cost \"decode\" in block 3 is too large");
    EXPECT_NE(errorOf([] { amountFromJson("memory", Json("x"), "block 3"); }), "");
    EXPECT_NE(errorOf([] { amountFromJson("throughput", Json(3), "block 3"); }), "");
}

TEST(CostNames, PeopleReadBinaryBytesDecimalCountsAndTimes)
{
    EXPECT_EQ(formatAmount("memory", 1'342'177'280), "1.25 GiB");
    EXPECT_EQ(formatAmount("memory", 512), "512 B");
    EXPECT_EQ(formatAmount("parameters", 134'515'008), "134.5 M");
    EXPECT_EQ(formatAmount("attention_layers", 30), "30");
    EXPECT_EQ(formatAmount("decode", 12'300'000), "12.3 ms");
    EXPECT_EQ(formatAmount("decode", 2'500'000'000), "2.5 s");
    EXPECT_EQ(formatAmount("energy", 2'500'000'000), "2.5");
}

} // namespace
} // namespace tessera
