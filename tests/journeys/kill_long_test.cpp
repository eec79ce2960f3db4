// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/journeys/kill_journey.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(LongJourney, ManyKillsOverAllStagesChangeNoBit) { expectTheSameBitsAfter(60, 29); }

} // namespace
} // namespace tessera
