// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/checked.h"

#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tessera {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

__extension__ using Int128 = __int128;

std::optional<std::int64_t> fits(Int128 exact)
{
    return exact < kLeast || exact > kMost ? std::nullopt : std::optional(static_cast<std::int64_t>(exact));
}

TEST(Checked, SumsAndProductsAgreeWith128BitArithmetic)
{
    EXPECT_TRUE(rc::check([] {
        auto a = *rc::gen::arbitrary<std::int64_t>() >> *rc::gen::inRange(0, 63);
        auto b = *rc::gen::arbitrary<std::int64_t>() >> *rc::gen::inRange(0, 63);
        RC_ASSERT(checkedAdd(a, b) == fits(static_cast<Int128>(a) + b));
        RC_ASSERT(checkedMultiply(a, b) == fits(static_cast<Int128>(a) * b));
    }));
}

TEST(Checked, TheLargestNumbersThatFitAreKept)
{
    EXPECT_EQ(checkedAdd<std::int64_t>(kMost - 1, 1), kMost);
    EXPECT_EQ(checkedAdd<std::int64_t>(kMost, 1), std::nullopt);
    EXPECT_EQ(checkedMultiply<std::int64_t>(kLeast, -1), std::nullopt);
    EXPECT_EQ(checkedMultiply<std::uint8_t>(16, 16), std::nullopt);
}

TEST(Checked, AShapeHoldsTheProductOfItsDimensions)
{
    using Shape = std::vector<std::int64_t>;
    EXPECT_EQ(checkedProduct(Shape{}), 1);
    EXPECT_EQ(checkedProduct(Shape{3, 4, 5}), 60);
    EXPECT_EQ(checkedProduct(Shape{kMost, 1}), kMost);
    EXPECT_EQ(checkedProduct(Shape{kMost, 2}), std::nullopt);
    EXPECT_EQ(checkedProduct(Shape{3, -1}), std::nullopt);
    EXPECT_EQ(checkedProduct(Shape{0, -1}), std::nullopt);
}

TEST(Checked, AShapeThatOverflowsBeforeItReachesZeroIsRefused)
{
    // Whoever walks such a shape dimension by dimension would overflow, though its product is zero.
    EXPECT_EQ(checkedProduct(std::vector<std::int64_t>{kMost, kMost, 0}), std::nullopt);
}

} // namespace
} // namespace tessera
