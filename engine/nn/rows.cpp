// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/rows.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <omp.h>

// Functions that a vectorised loop calls have to be inlined into it: they take over the instruction set of the loop.
#define TESSERA_INLINE inline __attribute__((always_inline))
#define TESSERA_LOOP __attribute__((always_inline))

namespace tessera::nn::rows {
namespace {

TESSERA_INLINE float load(float value) { return value; }
TESSERA_INLINE float load(Bits16 value) { return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16); }

TESSERA_INLINE void store(float value, float &to) { to = value; }
TESSERA_INLINE void store(float value, Bits16 &to)
{
    auto bits = std::bit_cast<std::uint32_t>(value);
    std::uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    to.bits = static_cast<std::uint16_t>(value != value ? 0x7fc0u : rounded);
}

/// exp(x) within 2 units in the last place; 0 below -87.3, where float32 has no normal numbers; x at most 88.
TESSERA_INLINE float exponential(float x)
{
    constexpr float kMagic = 12582912.0f; // adding it rounds to a whole number
    float clamped = x < -87.3f ? -87.3f : x;
    float whole = (clamped * 1.44269504f + kMagic) - kMagic;
    float rest = clamped - whole * 0.693359375f + whole * 2.12194440e-4f;
    float series = 1.9875691500e-4f;
    series = series * rest + 1.3981999507e-3f;
    series = series * rest + 8.3334519073e-3f;
    series = series * rest + 4.1665795894e-2f;
    series = series * rest + 1.6666665459e-1f;
    series = series * rest + 5.0000001201e-1f;
    float fraction = series * rest * rest + rest + 1.0f;
    auto exponent = static_cast<std::int32_t>(whole) << 23;
    float power = std::bit_cast<float>(std::bit_cast<std::int32_t>(fraction) + exponent);
    return x < -87.3f ? 0.0f : power;
}

TESSERA_INLINE float sigmoid(float x)
{
    float small = exponential(-std::fabs(x));
    float low = small / (1.0f + small);
    return x < 0 ? low : 1.0f - low;
}

#if defined(__x86_64__)
template <typename Body>
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512"))) void
runWide(const Body &body, std::int64_t begin, std::int64_t end)
{
    body(begin, end);
}
template <typename Body>
__attribute__((target("avx2,fma"))) void runMiddle(const Body &body, std::int64_t begin, std::int64_t end)
{
    body(begin, end);
}
#endif

template <typename Body> void run(const Body &body, std::int64_t begin, std::int64_t end)
{
#if defined(__x86_64__)
    static const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    static const bool middle = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (wide)
        return runWide(body, begin, end);
    if (middle)
        return runMiddle(body, begin, end);
#endif
    body(begin, end);
}

/// Shares [0, count) among threads in runs of at least grain. Every item is computed by itself: how they are shared changes
/// no bit of the result.
template <typename Body> void share(std::int64_t count, std::int64_t grain, int threads, const Body &body)
{
    std::int64_t runs = std::min<std::int64_t>(threads, count / std::max<std::int64_t>(1, grain));
    if (runs < 2)
        return run(body, 0, count);
#pragma omp parallel for num_threads(static_cast<int>(runs)) schedule(static)
    for (std::int64_t i = 0; i < runs; ++i)
        run(body, count * i / runs, count * (i + 1) / runs);
}

/// Elements that are worth a second thread.
constexpr std::int64_t kGrain = 1 << 14;

std::int64_t rowGrain(std::int64_t columns) { return 1 + kGrain / std::max<std::int64_t>(1, columns); }

} // namespace

template <typename T>
void rmsNorm(const T *x, const T *weight, T *out, float *scale, std::int64_t count, std::int64_t columns, float epsilon,
             int threads)
{
    share(count, rowGrain(columns), threads, [=](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
        for (std::int64_t r = begin; r < end; ++r) {
            const T *row = x + r * columns;
            T *to = out + r * columns;
            float sum = 0;
#pragma omp simd reduction(+ : sum)
            for (std::int64_t i = 0; i < columns; ++i)
                sum += load(row[i]) * load(row[i]);
            float factor = 1.0f / std::sqrt(sum / static_cast<float>(columns) + epsilon);
            if (scale)
                scale[r] = factor;
#pragma omp simd
            for (std::int64_t i = 0; i < columns; ++i) {
                T normed;
                store(load(row[i]) * factor, normed);
                store(load(normed) * load(weight[i]), to[i]);
            }
        }
    });
}

template <typename T>
void rmsNormBackward(const T *x, const T *weight, const float *scale, const T *grad, T *gradX, std::int64_t count,
                     std::int64_t columns, int threads)
{
    share(count, rowGrain(columns), threads, [=](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
        for (std::int64_t r = begin; r < end; ++r) {
            const T *row = x + r * columns, *g = grad + r * columns;
            T *to = gradX + r * columns;
            float dot = 0;
#pragma omp simd reduction(+ : dot)
            for (std::int64_t i = 0; i < columns; ++i)
                dot += load(weight[i]) * load(g[i]) * load(row[i]);
            float s = scale[r], shift = dot * s * s / static_cast<float>(columns);
#pragma omp simd
            for (std::int64_t i = 0; i < columns; ++i)
                store(s * (load(weight[i]) * load(g[i]) - load(row[i]) * shift), to[i]);
        }
    });
}

template <typename T> void gatedSilu(const T *gate, const T *up, T *out, std::int64_t count, int threads)
{
    share(count, kGrain / 4, threads, [=](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
#pragma omp simd
        for (std::int64_t i = begin; i < end; ++i) {
            float g = load(gate[i]);
            store(g * sigmoid(g) * load(up[i]), out[i]);
        }
    });
}

template <typename T>
void gatedSiluBackward(const T *gate, const T *up, const T *grad, T *gradGate, T *gradUp, std::int64_t count, int threads)
{
    share(count, kGrain / 4, threads, [=](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
#pragma omp simd
        for (std::int64_t i = begin; i < end; ++i) {
            float g = load(gate[i]), s = sigmoid(g), d = load(grad[i]);
            store(d * load(up[i]) * s * (1.0f + g * (1.0f - s)), gradGate[i]);
            store(d * g * s, gradUp[i]);
        }
    });
}

namespace {

template <typename T> TESSERA_INLINE void turn(const T *from, const float *c, const float *s, float sign, T *to, std::int64_t half)
{
#pragma omp simd
    for (std::int64_t i = 0; i < half; ++i) {
        float low = load(from[i]), high = load(from[half + i]), sine = sign * s[i];
        store(low * c[i] - high * sine, to[i]);
        store(high * c[i] + low * sine, to[half + i]);
    }
}

} // namespace

template <typename T>
void rotate(const T *in, const float *cosine, const float *sine, T *out, const RotateShape &shape, int threads)
{
    auto [batch, length, heads, dim, stride] = shape;
    share(batch * heads * length, rowGrain(dim), threads,
          [=, length = length, heads = heads, dim = dim, stride = stride](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
              for (std::int64_t r = begin; r < end; ++r) {
                  std::int64_t t = r % length, head = r / length % heads, b = r / length / heads;
                  turn(in + ((b * length + t) * heads + head) * dim, cosine + t * stride, sine + t * stride, 1.0f,
                       out + r * dim, dim / 2);
              }
          });
}

template <typename T>
void rotateBackward(const T *in, const float *cosine, const float *sine, T *out, const RotateShape &shape, int threads)
{
    auto [batch, length, heads, dim, stride] = shape;
    share(batch * heads * length, rowGrain(dim), threads,
          [=, length = length, heads = heads, dim = dim, stride = stride](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
              for (std::int64_t r = begin; r < end; ++r) {
                  std::int64_t t = r % length, head = r / length % heads, b = r / length / heads;
                  turn(in + r * dim, cosine + t * stride, sine + t * stride, -1.0f,
                       out + ((b * length + t) * heads + head) * dim, dim / 2);
              }
          });
}

template <typename T>
void causalSoftmax(T *scores, std::int64_t matrices, std::int64_t rowCount, std::int64_t columns, float scale, int threads)
{
    share(matrices * rowCount, rowGrain(columns * 4), threads, [=](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
        for (std::int64_t r = begin; r < end; ++r) {
            T *row = scores + r * columns;
            std::int64_t seen = columns - rowCount + r % rowCount + 1;
            float largest = -std::numeric_limits<float>::infinity(), sum = 0;
#pragma omp simd reduction(max : largest)
            for (std::int64_t i = 0; i < seen; ++i)
                largest = load(row[i]) > largest ? load(row[i]) : largest;
#pragma omp simd reduction(+ : sum)
            for (std::int64_t i = 0; i < seen; ++i) {
                float e = exponential(scale * (load(row[i]) - largest));
                sum += e;
                store(e, row[i]);
            }
            float factor = 1.0f / sum;
#pragma omp simd
            for (std::int64_t i = 0; i < seen; ++i)
                store(load(row[i]) * factor, row[i]);
            for (std::int64_t i = seen; i < columns; ++i)
                store(0.0f, row[i]);
        }
    });
}

template <typename T>
void softmaxBackward(const T *p, const T *grad, T *gradIn, std::int64_t count, std::int64_t columns, float scale, int threads)
{
    share(count, rowGrain(columns), threads, [=](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
        for (std::int64_t r = begin; r < end; ++r) {
            const T *row = p + r * columns, *g = grad + r * columns;
            T *to = gradIn + r * columns;
            float dot = 0;
#pragma omp simd reduction(+ : dot)
            for (std::int64_t i = 0; i < columns; ++i)
                dot += load(row[i]) * load(g[i]);
#pragma omp simd
            for (std::int64_t i = 0; i < columns; ++i)
                store(scale * load(row[i]) * (load(g[i]) - dot), to[i]);
        }
    });
}

template <typename T>
void rowLosses(const T *logits, const std::int64_t *targets, RowLoss *out, std::int64_t count, std::int64_t columns,
               int threads)
{
    share(count, rowGrain(columns), threads, [=](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
        for (std::int64_t r = begin; r < end; ++r) {
            const T *row = logits + r * columns;
            float largest = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : largest)
            for (std::int64_t i = 0; i < columns; ++i)
                largest = load(row[i]) > largest ? load(row[i]) : largest;
            double sum = 0;
#pragma omp simd reduction(+ : sum)
            for (std::int64_t i = 0; i < columns; ++i)
                sum += static_cast<double>(exponential(load(row[i]) - largest));
            std::int64_t argmax = 0;
            while (argmax + 1 < columns && load(row[argmax]) != largest)
                ++argmax;
            out[r] = {static_cast<double>(largest) + std::log(sum), load(row[targets[r]]), argmax};
        }
    });
}

template <typename T>
void rowDivergences(const T *p, const T *q, const RowLoss *lossP, const RowLoss *lossQ, double *out, std::int64_t count,
                    std::int64_t columns, int threads)
{
    share(count, rowGrain(columns), threads, [=](std::int64_t begin, std::int64_t end) TESSERA_LOOP {
        for (std::int64_t r = begin; r < end; ++r) {
            const T *rowP = p + r * columns, *rowQ = q + r * columns;
            auto shift = static_cast<float>(lossP[r].logSum);
            double shiftedQ = lossQ[r].logSum - lossP[r].logSum, sum = 0, mass = 0;
#pragma omp simd reduction(+ : sum, mass)
            for (std::int64_t i = 0; i < columns; ++i) {
                auto weight = static_cast<double>(exponential(load(rowP[i]) - shift));
                sum += weight * static_cast<double>(load(rowP[i]) - load(rowQ[i]));
                mass += weight;
            }
            // Dividing by the mass takes the rounding of the shift out.
            out[r] = sum / mass + shiftedQ;
        }
    });
}

#define TESSERA_FOR_TYPE(T)                                                                                                    \
    template void rmsNorm<T>(const T *, const T *, T *, float *, std::int64_t, std::int64_t, float, int);                      \
    template void rmsNormBackward<T>(const T *, const T *, const float *, const T *, T *, std::int64_t, std::int64_t, int);    \
    template void gatedSilu<T>(const T *, const T *, T *, std::int64_t, int);                                                  \
    template void gatedSiluBackward<T>(const T *, const T *, const T *, T *, T *, std::int64_t, int);                          \
    template void rotate<T>(const T *, const float *, const float *, T *, const RotateShape &, int);                           \
    template void rotateBackward<T>(const T *, const float *, const float *, T *, const RotateShape &, int);                   \
    template void causalSoftmax<T>(T *, std::int64_t, std::int64_t, std::int64_t, float, int);                                 \
    template void softmaxBackward<T>(const T *, const T *, T *, std::int64_t, std::int64_t, float, int);                       \
    template void rowLosses<T>(const T *, const std::int64_t *, RowLoss *, std::int64_t, std::int64_t, int);                   \
    template void rowDivergences<T>(const T *, const T *, const RowLoss *, const RowLoss *, double *, std::int64_t,            \
                                    std::int64_t, int);
TESSERA_FOR_TYPE(float)
TESSERA_FOR_TYPE(Bits16)

} // namespace tessera::nn::rows
