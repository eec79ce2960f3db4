// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

TEST(Memory, IsThatOfTheMachine)
{
    const auto total = totalMainMemory(), free = freeMainMemory();
    ASSERT_TRUE(total && free);
    const double pages = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGE_SIZE));
    EXPECT_NEAR(static_cast<double>(*total), pages, 0.05 * pages);
    EXPECT_GT(*free, 0);
    EXPECT_LE(*free, *total);
}

} // namespace
} // namespace tessera
