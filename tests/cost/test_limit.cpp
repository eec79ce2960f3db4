// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/limit.h"

#include "engine/cost/totals.h"
#include "tests/cost/cost_fixtures.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tessera {
namespace {

using test::errorOf;

Amount atMost(const std::string &text, const BlockLibrary &library = test::twoLayerLibrary())
{
    return resolveLimit(parseLimit(text, LimitSense::Max), library).atMost.value();
}

/// A library of one layer whose parent's total of every cost is amount.
BlockLibrary libraryWithTotal(Amount amount)
{
    BlockLibrary library = test::twoLayerLibrary();
    library.layers.resize(1);
    library.fixed.clear();
    for (LibraryEntry &entry : library.layers[0].entries)
        entry.costs.assign(2, {{"memory", {entry.attention == gqa(2) ? amount : 0, false}},
                               {"runtime", {entry.attention == gqa(2) ? amount : 0, false}}});
    return library;
}

TEST(Limit, UnitsAreExact)
{
    EXPECT_EQ(atMost("memory=24GiB"), 24LL << 30);
    EXPECT_EQ(atMost("memory=1437.1MiB"), 1'506'908'569); // floor(1437.1 * 2^20) = floor(1506908569.6)
    EXPECT_EQ(atMost("memory=1KB"), 1000);
    EXPECT_EQ(atMost("memory=2.5e3"), 2500);
    EXPECT_EQ(atMost("runtime=12.5ms"), 12'500'000);
    EXPECT_EQ(atMost("runtime=12.5"), 12'500'000);
    EXPECT_EQ(atMost("runtime=1.5us"), 1500);
    EXPECT_EQ(atMost("runtime=0.000000001s"), 1);
}

TEST(Limit, TheWorkloadIsTheFirstUnlessNamed)
{
    const BlockLibrary library = test::twoLayerLibrary();
    EXPECT_EQ(resolveLimit(parseLimit("memory=1", LimitSense::Max), library).workload, 0u);
    EXPECT_EQ(resolveLimit(parseLimit("memory@code=1", LimitSense::Max), library).workload, 1u);
    EXPECT_EQ(errorOf([&] { resolveLimit(parseLimit("memory@x=1", LimitSense::Max), library); }),
              "2: the limit \"memory@x=1\" names the workload \"x\"; there is chat, code");
}

TEST(Limit, PercentagesHoldExactlyInIntegers)
{
    EXPECT_TRUE(rc::check([] {
        const Amount parent = *rc::gen::inRange<Amount>(0, INT64_MAX);
        const int decimals = *rc::gen::inRange(0, 10);
        const std::int64_t digits = *rc::gen::inRange<std::int64_t>(0, 200'000'000'000);
        std::string text = std::to_string(digits);
        if (decimals > 0) {
            text.insert(0, std::string(static_cast<std::size_t>(decimals), '0'));
            text.insert(text.size() - static_cast<std::size_t>(decimals), ".");
        }
        const BlockLibrary library = libraryWithTotal(parent);
        const Amount bound = atMost("memory=" + text + "%", library);
        const AmountLimit least = resolveLimit(parseLimit("memory=" + text + "%", LimitSense::Min), library);
        __extension__ using Wide = __int128;
        Wide scale = 100;
        for (int i = 0; i < decimals; ++i)
            scale *= 10;
        // 100 bound <= P parent < 100 (bound + 1), except where the bound stops at the largest amount.
        RC_ASSERT(scale * bound <= Wide{digits} * parent);
        RC_ASSERT(bound == INT64_MAX || scale * (Wide{bound} + 1) > Wide{digits} * parent);
        RC_ASSERT(*least.atLeast == INT64_MAX || scale * Wide{*least.atLeast} >= Wide{digits} * parent);
        RC_ASSERT(scale * (Wide{*least.atLeast} - 1) < Wide{digits} * parent);
    }));
}

TEST(Limit, TheParentIsFeasibleAtAHundredPerCentOfAnything)
{
    EXPECT_TRUE(rc::check([] {
        const Amount parent = *rc::gen::inRange<Amount>(1, INT64_MAX);
        const std::string cost = *rc::gen::element<std::string>("memory", "runtime", "throughput");
        const BlockLibrary library = libraryWithTotal(parent);
        for (LimitSense sense : {LimitSense::Max, LimitSense::Min}) {
            const AmountLimit limit = resolveLimit(parseLimit(cost + "=100%", sense), library);
            RC_ASSERT(limit.atMost.value_or(parent) == parent);
            RC_ASSERT(limit.atLeast.value_or(parent) == parent);
        }
    }));
}

TEST(Limit, ThroughputBoundsTheRunTimeFromAbove)
{
    const BlockLibrary library = test::twoLayerLibrary(); // batch 4, output 5
    const AmountLimit limit = resolveLimit(parseLimit("throughput=3tokens/s", LimitSense::Min), library);
    EXPECT_EQ(limit.cost, "runtime");
    EXPECT_EQ(limit.atMost, 6'666'666'666);
    EXPECT_FALSE(limit.atLeast);
    EXPECT_EQ(resolveLimit(parseLimit("throughput=200%", LimitSense::Min), library).atMost,
              totalCost(library, parentChoice(library), "runtime", 0)->amount / 2);
}

TEST(Limit, WrongFormsUnitsAndNumbersAreRefusedWithTheText)
{
    for (const char *text : {"memory", "=3", "memory@=3", "memory=", "memory=GiB", "memory=3ms", "runtime=3GiB", "parameters=3s",
                             "energy=3J", "throughput=0", "throughput=-1", "memory=-1", "memory=-1%", "memory=1.2.3", "memory=1e99",
                             "memory=0.00000000001", "memory=1234567890123456789012", "memory=nan", "memory=inf", "memory=0x10",
                             "memory=3 GiB extra", "memory=+-3", "memory=1e", "memory=."}) {
        const std::string error = errorOf([&] { parseLimit(text, LimitSense::Max); });
        EXPECT_EQ(error.substr(0, 2), "2:") << text;
        EXPECT_NE(error.find(text), std::string::npos) << error;
    }
    EXPECT_NE(errorOf([] { resolveLimit(parseLimit("energy=3", LimitSense::Max), test::twoLayerLibrary()); }).find("it knows"),
              std::string::npos);
}

TEST(Limit, APercentageOfAnUnknownTotalIsRefused)
{
    BlockLibrary library = test::twoLayerLibrary();
    library.layers[1].entries[0].costs[0].erase("decode");
    EXPECT_NE(errorOf([&] { resolveLimit(parseLimit("runtime=50%", LimitSense::Max), library); }).find("is not known"),
              std::string::npos);
    EXPECT_EQ(atMost("runtime=50", library), 50'000'000);
}

TEST(Limit, AnyBoundWrittenAsALimitReadsBackAsItself)
{
    const BlockLibrary library = libraryWithTotal(1);
    EXPECT_TRUE(rc::check([&] {
        const std::string cost = *rc::gen::element<std::string>("memory", "runtime");
        const Amount bound = *rc::gen::inRange<Amount>(0, Amount{1} << 59);
        const Limit limit = parseLimit(cost + "@code=5", LimitSense::Max);
        RC_ASSERT(atMost(limitWithBound(limit, library, bound), library) == bound);
    }));
    const Limit rate = parseLimit("throughput=5", LimitSense::Min);
    const std::string text = limitWithBound(rate, library, 7'000'000'123);
    EXPECT_GE(resolveLimit(parseLimit(text, LimitSense::Min), library).atMost.value(), 7'000'000'123) << text;
}

} // namespace
} // namespace tessera
