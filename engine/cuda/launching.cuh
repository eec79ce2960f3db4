// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/error.h"
#include "engine/cuda/launch.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include <cuda_runtime.h>

namespace tessera::cuda::detail {

constexpr int kThreads = 256;
/// What the first dimension of a grid may have on every device.
constexpr std::int64_t kMostBlocks = std::numeric_limits<std::int32_t>::max();

inline void require(bool holds, const char *launcher, const char *what)
{
    if (!holds)
        throw failed(std::string("the kernel ") + launcher + " was asked for " + what);
}

inline void checkLaunch(const char *launcher)
{
    const cudaError_t error = cudaGetLastError();
    if (error != cudaSuccess)
        throw failed(std::string("the kernel ") + launcher
                     + " could not be started on the GPU: " + cudaGetErrorString(error));
}

/// Whether a times b has at most 2^60 elements, so that no index overflows in bytes either.
inline bool fits(std::int64_t a, std::int64_t b)
{
    return a >= 0 && b >= 0 && (b == 0 || a <= (std::int64_t{1} << 60) / b);
}

/// Blocks for count items of one thread each; kernels stride over what a grid does not cover.
inline unsigned blocksFor(std::int64_t count)
{
    constexpr std::int64_t kEnough = 1 << 16;
    return static_cast<unsigned>(std::min((count - 1) / kThreads + 1, kEnough));
}

/// This thread's first item, and how far the next one is.
__device__ inline std::int64_t firstItem() { return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
__device__ inline std::int64_t itemStep() { return static_cast<std::int64_t>(gridDim.x) * blockDim.x; }

} // namespace tessera::cuda::detail
