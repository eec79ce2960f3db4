// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/measure/gpu_state.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(GpuState, IsWhatTheDriverSaysAndNullWhereItSaysNothing)
{
    EXPECT_EQ(gpuState("00000000:1b:00.0", TESSERA_FAKE_NVML), Json({{"sm_mhz", 1980}, {"memory_mhz", 3201}, {"celsius", nullptr}}));
}

TEST(GpuState, IsNullWithoutTheLibraryOrTheGpu)
{
    EXPECT_TRUE(gpuState("00000000:1b:00.0", "libnothing-of-the-kind.so.1").is_null());
    EXPECT_TRUE(gpuState("00000000:00:00.0", TESSERA_FAKE_NVML).is_null());
    EXPECT_TRUE(gpuState("", TESSERA_FAKE_NVML).is_null());
}

} // namespace
} // namespace tessera
