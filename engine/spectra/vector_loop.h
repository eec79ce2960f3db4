// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Loops that the compiler turns into vector code for the processor at hand, not for the one that built the program.

namespace tessera {

#define TESSERA_INLINE __attribute__((always_inline)) inline

namespace detail {
#if defined(__x86_64__)
template <typename Body>
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512"))) void
runWide(const Body &body)
{
    body();
}
template <typename Body> __attribute__((target("avx2,fma"))) void runMiddle(const Body &body) { body(); }
#endif
} // namespace detail

/// Calls body(), compiled for the widest vectors that this processor has. body is a lambda marked always_inline, and so is
/// what it calls.
template <typename Body> void vectorised(const Body &body)
{
#if defined(__x86_64__)
    static const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    static const bool middle = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (wide)
        return detail::runWide(body);
    if (middle)
        return detail::runMiddle(body);
#endif
    body();
}

} // namespace tessera
