// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/score/logit_rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

// The rows are worked on in vectors of 16 floats, which the compiler splits into what a processor has. Everything is
// inlined into one function for each instruction set, picked at run time; not by the compiler's own dispatcher, since that
// one does not work under sanitizers.
#define TESSERA_INLINE inline __attribute__((always_inline))

namespace tessera {
namespace {

constexpr std::int64_t kLanes = 16;
using Floats = float __attribute__((vector_size(64)));
using Ints = std::int32_t __attribute__((vector_size(64)));
using Halves = std::uint16_t __attribute__((vector_size(32)));

/// Elements whose float32 sums are carried over to float64 at once.
constexpr std::int64_t kBlock = 512;
/// Largest |d| for which e^d and p e^d stay well inside float32.
constexpr float kSmallChange = 40;
constexpr double kLeastGrowth = -0.5;
/// Stands in where a row has no element: its probability is 0 beside that of any element.
constexpr float kNothing = -1e30f;

TESSERA_INLINE float wide(float value) { return value; }
TESSERA_INLINE float wide(BFloat16Bits bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

TESSERA_INLINE void load(const float *from, Floats &to) { std::memcpy(&to, from, sizeof to); }
TESSERA_INLINE void load(const BFloat16Bits *from, Floats &to)
{
    Halves bits;
    std::memcpy(&bits, from, sizeof bits);
    const Ints shifted = __builtin_convertvector(bits, Ints) << 16;
    std::memcpy(&to, &shifted, sizeof to);
}

TESSERA_INLINE void fill(float value, float &to) { to = value; }
TESSERA_INLINE void fill(float value, BFloat16Bits &to)
{
    to = static_cast<BFloat16Bits>(std::bit_cast<std::uint32_t>(value) >> 16);
}

/// Elements [first, first + 16) of a row; those beyond count are filler.
template <typename T>
TESSERA_INLINE void loadPart(const T *row, std::int64_t first, std::int64_t count, float filler, Floats &to)
{
    if (first + kLanes <= count) [[likely]] {
        load(row + first, to);
        return;
    }
    std::array<T, kLanes> part;
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
        fill(filler, part[static_cast<std::size_t>(lane)]);
        if (first + lane < count)
            part[static_cast<std::size_t>(lane)] = row[first + lane];
    }
    load(part.data(), to);
}

TESSERA_INLINE void raise(Floats &largest, const Floats &values) { largest = values > largest ? values : largest; }

TESSERA_INLINE float largestOf(const Floats &values)
{
    float largest = values[0];
    for (std::int64_t lane = 1; lane < kLanes; ++lane)
        largest = values[lane] > largest ? values[lane] : largest;
    return largest;
}

TESSERA_INLINE double sumOf(const Floats &values)
{
    double sum = 0;
    for (std::int64_t lane = 0; lane < kLanes; ++lane)
        sum += static_cast<double>(values[lane]);
    return sum;
}

/// x = n ln 2 + r with |r| <= ln 2 / 2: scale = 2^n and e^r = 1 + r + tail. |x| <= 87.
TESSERA_INLINE void splitExp(const Floats &x, Floats &scale, Floats &r, Floats &tail)
{
    constexpr float kRound = 12582912.0f; // 1.5 * 2^23: adding it rounds to whole numbers, which end in the lowest bits
    constexpr float kLog2E = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
    const Floats shifted = x * kLog2E + kRound;
    const Floats n = shifted - kRound;
    r = (x - n * kLn2High) - n * kLn2Low;
    // (e^r - 1 - r) / r^2, interpolated at the Chebyshev nodes of the interval; largest error 7e-08.
    const Floats series = (((0.00139262508f * r + 0.00836323288f) * r + 0.0416665542f) * r + 0.166665767f) * r + 0.5f;
    tail = series * (r * r);
    Ints bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    std::memcpy(&scale, &bits, sizeof scale);
}

/// e^x for x <= 87; at least e^-87, which no sum over a row notices.
TESSERA_INLINE void expOf(Floats x, Floats &result)
{
    Floats scale, r, tail;
    const Floats least = Floats{} - 87.0f;
    raise(x, least);
    splitExp(x, scale, r, tail);
    result = scale + scale * (r + tail);
}

/// e^x - 1 - x without cancellation, |x| <= kSmallChange.
TESSERA_INLINE void expBeyondLinear(const Floats &x, Floats &result)
{
    Floats scale, r, tail;
    splitExp(x, scale, r, tail);
    result = scale * tail + ((scale * r - x) + (scale - 1.0f));
}

template <typename T> TESSERA_INLINE RowSummary summarise(const T *logits, std::int64_t count)
{
    float largest = wide(logits[0]);
    std::int64_t argmax = 0;
    for (std::int64_t first = 0; first < count; first += kBlock) {
        Floats block = Floats{} + largest, a;
        for (std::int64_t i = first; i < std::min(first + kBlock, count); i += kLanes) {
            loadPart(logits, i, count, kNothing, a);
            raise(block, a);
        }
        if (const float blockLargest = largestOf(block); blockLargest > largest) {
            largest = blockLargest;
            argmax = first;
        }
    }
    while (argmax + 1 < count && wide(logits[argmax]) != largest)
        ++argmax;
    double sum = 0;
    for (std::int64_t first = 0; first < count; first += kBlock) {
        Floats block{}, a, e;
        for (std::int64_t i = first; i < std::min(first + kBlock, count); i += kLanes) {
            loadPart(logits, i, count, kNothing, a);
            expOf(a - largest, e);
            block += e;
        }
        sum += sumOf(block);
    }
    return {static_cast<double>(largest) + std::log(sum), argmax};
}

/// Sums over a row of p, p d and p (e^d - 1 - d), and what tells whether they can be trusted.
struct Sums {
    double mass = 0, linear = 0, beyond = 0;
    float largest = 0;       ///< Of a + d.
    float largestChange = 0; ///< Of |d|.
    std::int64_t argmax = 0; ///< Of a + d.
};

template <typename T>
TESSERA_INLINE Sums sumsOf(const T *logits, const T *change, std::int64_t count, float logSumExp)
{
    Sums sums;
    sums.largest = wide(logits[0]) + wide(change[0]);
    Floats changes{};
    const Floats bound = Floats{} + kSmallChange;
    for (std::int64_t first = 0; first < count; first += kBlock) {
        Floats block = Floats{} + sums.largest, mass{}, linear{}, beyond{}, a, d, p, e;
        for (std::int64_t i = first; i < std::min(first + kBlock, count); i += kLanes) {
            loadPart(logits, i, count, kNothing, a);
            loadPart(change, i, count, 0.0f, d);
            raise(block, a + d);
            raise(changes, d * d);
            expOf(a - logSumExp, p);
            // Out of bounds the row is summed again in another way; here it only must not overflow.
            expBeyondLinear(d < bound ? d : bound, e);
            mass += p;
            linear += p * d;
            beyond += p * e;
        }
        sums.mass += sumOf(mass);
        sums.linear += sumOf(linear);
        sums.beyond += sumOf(beyond);
        if (const float blockLargest = largestOf(block); blockLargest > sums.largest) {
            sums.largest = blockLargest;
            sums.argmax = first;
        }
    }
    while (sums.argmax + 1 < count && wide(logits[sums.argmax]) + wide(change[sums.argmax]) != sums.largest)
        ++sums.argmax;
    sums.largestChange = std::sqrt(largestOf(changes));
    return sums;
}

/// log E_p[e^d] for any finite changes: largest is the largest a + d.
template <typename T>
TESSERA_INLINE double logShiftOf(const T *logits, const T *change, std::int64_t count, double logSumExp, float largest)
{
    double changed = 0;
    for (std::int64_t first = 0; first < count; first += kBlock) {
        Floats block{}, a, d, q;
        for (std::int64_t i = first; i < std::min(first + kBlock, count); i += kLanes) {
            loadPart(logits, i, count, kNothing, a);
            loadPart(change, i, count, 0.0f, d);
            expOf((a + d) - largest, q);
            block += q;
        }
        changed += sumOf(block);
    }
    return static_cast<double>(largest) + std::log(changed) - logSumExp;
}

template <typename T>
TESSERA_INLINE RowDamage damageOf(const T *logits, const T *change, std::int64_t count, double logSumExp)
{
    const Sums sums = sumsOf(logits, change, count, static_cast<float>(logSumExp));
    RowDamage damage;
    damage.argmax = sums.argmax;
    const double mean = sums.linear / sums.mass;
    if (!std::isfinite(mean))
        damage.klDivergence = damage.logShift = std::nan("");
    else if (sums.largestChange == 0)
        return damage;
    else {
        // E_p[e^d] - 1. Near -1, where a likely token lost most of its probability, this sum is what cancellation left.
        const double growth = mean + sums.beyond / sums.mass;
        const bool trusted = sums.largestChange <= kSmallChange && growth > kLeastGrowth;
        damage.logShift = trusted ? std::log1p(growth) : logShiftOf(logits, change, count, logSumExp, sums.largest);
        damage.klDivergence = std::max(damage.logShift - mean, 0.0);
    }
    return damage;
}

template <typename T> RowSummary summariseBaseline(const T *logits, std::int64_t count) { return summarise(logits, count); }
template <typename T>
RowDamage damageBaseline(const T *logits, const T *change, std::int64_t count, double logSumExp)
{
    return damageOf(logits, change, count, logSumExp);
}

#if defined(__x86_64__)
#define TESSERA_AVX2 __attribute__((target("avx2,fma")))
#define TESSERA_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512")))

template <typename T> TESSERA_AVX2 RowSummary summariseAvx2(const T *logits, std::int64_t count) { return summarise(logits, count); }
template <typename T> TESSERA_AVX512 RowSummary summariseAvx512(const T *logits, std::int64_t count) { return summarise(logits, count); }
template <typename T>
TESSERA_AVX2 RowDamage damageAvx2(const T *logits, const T *change, std::int64_t count, double logSumExp)
{
    return damageOf(logits, change, count, logSumExp);
}
template <typename T>
TESSERA_AVX512 RowDamage damageAvx512(const T *logits, const T *change, std::int64_t count, double logSumExp)
{
    return damageOf(logits, change, count, logSumExp);
}
#endif

template <typename T> struct Kernels {
    RowSummary (*summary)(const T *, std::int64_t) = summariseBaseline<T>;
    RowDamage (*damage)(const T *, const T *, std::int64_t, double) = damageBaseline<T>;
};

template <typename T> Kernels<T> pickKernels()
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return {summariseAvx512<T>, damageAvx512<T>};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return {summariseAvx2<T>, damageAvx2<T>};
#endif
    return {};
}

template <typename T> const Kernels<T> &kernels()
{
    static const Kernels<T> kPicked = pickKernels<T>();
    return kPicked;
}

} // namespace

RowSummary summariseRow(const float *logits, std::int64_t count) { return kernels<float>().summary(logits, count); }
RowSummary summariseRow(const BFloat16Bits *logits, std::int64_t count) { return kernels<BFloat16Bits>().summary(logits, count); }

RowDamage damageOfRow(const float *logits, const float *change, std::int64_t count, double logSumExp)
{
    return kernels<float>().damage(logits, change, count, logSumExp);
}

RowDamage damageOfRow(const BFloat16Bits *logits, const BFloat16Bits *change, std::int64_t count, double logSumExp)
{
    return kernels<BFloat16Bits>().damage(logits, change, count, logSumExp);
}

double cosineDistance(const float *a, const float *b, std::int64_t count)
{
    double product = 0, squareA = 0, squareB = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const double x = a[i], y = b[i];
        product += x * y;
        squareA += x * x;
        squareB += y * y;
    }
    // The root of a rounded square is the number itself: equal vectors have exactly no distance.
    const double lengths = std::sqrt(squareA * squareB);
    if (lengths == 0)
        return squareA == squareB ? 0 : 1;
    return std::max(1 - product / lengths, 0.0);
}

} // namespace tessera
