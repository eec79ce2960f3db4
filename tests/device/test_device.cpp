// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/device.h"

#include "engine/base/error.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace tessera::nn {
namespace {

std::string errorOf(const std::string &choice)
{
    const OnDevice before(device());
    try {
        useDevice(choice);
    } catch (const Error &error) {
        return std::to_string(error.exitCode()) + ": " + error.what();
    }
    return {};
}

TEST(Device, IsTheProcessorUntilSomebodyChooses)
{
    EXPECT_TRUE(device().is_cpu());
    EXPECT_EQ(errorOf("cpu"), "");
    EXPECT_EQ(errorOf("auto"), "");
    EXPECT_FALSE(deviceMemory().has_value());
    EXPECT_EQ(deviceName(), "");
}

TEST(Device, AnUnknownWordIsRefusedWithTheKnownOnes)
{
    for (const char *word : {"gpu", "", "cuda:", "cuda:x", "cuda:-1", "cuda:1x"})
        EXPECT_EQ(errorOf(word).substr(0, 3), "2: ") << word;
    EXPECT_NE(errorOf("gpu").find("use auto, cpu, cuda or cuda:1"), std::string::npos);
}

TEST(Device, AGpuThatIsNotThereIsASentence)
{
    const std::string error = errorOf(torch::cuda::is_available() ? "cuda:99" : "cuda");
    EXPECT_EQ(error.substr(0, 3), "1: ");
}

TEST(Device, AChoiceEndsWithItsScope)
{
    {
        const OnDevice other(at::Device(at::kMeta));
        EXPECT_TRUE(here(at::ones({2})).is_meta());
    }
    EXPECT_TRUE(here(at::ones({2})).is_cpu());
}

TEST(Device, KnowsItsErrorsApart)
{
    const auto thrown = [](const std::string &text) { return c10::Error({__func__, __FILE__, __LINE__}, text); };
    EXPECT_TRUE(isOutOfMemory(
        c10::OutOfMemoryError({__func__, __FILE__, __LINE__}, "CUDA out of memory. Tried to allocate 2 GiB")));
    EXPECT_TRUE(isOutOfMemory(thrown("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate")));
    EXPECT_FALSE(isOutOfMemory(thrown("mat1 and mat2 shapes cannot be multiplied")));
    EXPECT_FALSE(isOutOfMemory(std::runtime_error("CUDA error: out of memory")));
    EXPECT_TRUE(isDeviceLost(thrown("CUDA error: an illegal memory access was encountered")));
    EXPECT_FALSE(isDeviceLost(thrown("CUDA out of memory")));
}

TEST(Device, ClockAndReplayDoTheWork)
{
    int done = 0;
    Replay replay([&] { ++done; });
    DeviceClock clock;
    clock.start();
    replay.run();
    EXPECT_GE(clock.stop(), 0);
    EXPECT_EQ(done, 1);
}

} // namespace
} // namespace tessera::nn
