// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tessera::nn::rows {

// Passes over rows of numbers in main memory, each reading and writing its data once, vectorised for the processor at hand
// and shared by the given number of threads. No LibTorch: the loops are compiled with OpenMP, LibTorch's headers without.
// All arithmetic is float32; Bits16 is a bfloat16 number as its bits, rounded to nearest even.

struct Bits16 {
    std::uint16_t bits;
};

/// out = round(x * rsqrt(mean(x^2) + epsilon)) * weight for each row of columns numbers. scale receives the factor of each
/// row unless it is null.
template <typename T>
void rmsNorm(const T *x, const T *weight, T *out, float *scale, std::int64_t count, std::int64_t columns, float epsilon,
             int threads);
/// The gradient towards x: scale * (weight grad - x scale^2 mean(weight grad x)). grad is that of rmsNorm's result.
template <typename T>
void rmsNormBackward(const T *x, const T *weight, const float *scale, const T *grad, T *gradX, std::int64_t count,
                     std::int64_t columns, int threads);

/// out = silu(gate) * up, element by element.
template <typename T> void gatedSilu(const T *gate, const T *up, T *out, std::int64_t count, int threads);
template <typename T>
void gatedSiluBackward(const T *gate, const T *up, const T *grad, T *gradGate, T *gradUp, std::int64_t count, int threads);

/// Rotary embedding of heads [batch][length][heads][dim] with cosines and sines [length][dim] (rows strideAngles apart, the
/// first half of each row is read), to [batch][heads][length][dim].
struct RotateShape {
    std::int64_t batch, length, heads, dim, strideAngles;
};
template <typename T>
void rotate(const T *in, const float *cosine, const float *sine, T *out, const RotateShape &shape, int threads);
/// The transpose of rotate: from [batch][heads][length][dim] to [batch][length][heads][dim].
template <typename T>
void rotateBackward(const T *in, const float *cosine, const float *sine, T *out, const RotateShape &shape, int threads);

/// In place: row r of a matrix of rowCount x columns sees its first columns - rowCount + r + 1 columns; softmax of scale *
/// value over these, 0 elsewhere.
template <typename T>
void causalSoftmax(T *scores, std::int64_t matrices, std::int64_t rowCount, std::int64_t columns, float scale, int threads);
/// gradIn = scale * p * (grad - sum(grad * p)) for each row of columns numbers.
template <typename T>
void softmaxBackward(const T *p, const T *grad, T *gradIn, std::int64_t count, std::int64_t columns, float scale, int threads);

/// What one row of logits says about the token that followed.
struct RowLoss {
    double logSum;       ///< log of the sum of exp(logit)
    float target;        ///< the target's logit
    std::int64_t argmax; ///< the largest logit's index, the lowest among equals
};
template <typename T>
void rowLosses(const T *logits, const std::int64_t *targets, RowLoss *out, std::int64_t count, std::int64_t columns,
               int threads);
/// KL(p || q) of softmax rows, given both rows' logSum; sums in float64.
template <typename T>
void rowDivergences(const T *p, const T *q, const RowLoss *lossP, const RowLoss *lossQ, double *out, std::int64_t count,
                    std::int64_t columns, int threads);

} // namespace tessera::nn::rows
