// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

// Arithmetic that kernels and their tests share is compiled for both sides: a test without a GPU runs the very lines that a
// kernel runs for one row or one pair.
#if defined(__CUDACC__)
#define TESSERA_BOTH __host__ __device__ inline
#else
#define TESSERA_BOTH inline
#endif

namespace tessera::cuda {

/// A bfloat16 number as its bits.
struct BFloat16 {
    std::uint16_t bits;
};

TESSERA_BOTH float wide(float value) { return value; }
TESSERA_BOTH float wide(BFloat16 value)
{
    const std::uint32_t bits = static_cast<std::uint32_t>(value.bits) << 16;
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/// Rounded to nearest even; what is no number stays none.
TESSERA_BOTH BFloat16 narrow(float value)
{
    std::uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const std::uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return {static_cast<std::uint16_t>(value != value ? 0x7fc0u : rounded)};
}

} // namespace tessera::cuda
