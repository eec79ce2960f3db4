// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cuda/launching.cuh"

namespace tessera::cuda {
namespace {

using namespace detail;

/// Merges the states of all threads of a block into that of thread 0, always in the same order.
template <typename State> __device__ void mergeBlock(State &mine)
{
    __shared__ alignas(16) unsigned char memory[kThreads * sizeof(State)];
    State *states = reinterpret_cast<State *>(memory);
    states[threadIdx.x] = mine;
    for (unsigned half = kThreads / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half)
            merge(states[threadIdx.x], states[threadIdx.x + half]);
    }
    __syncthreads();
    mine = states[0];
    __syncthreads();
}

/// What one load of 16 bytes brings.
template <typename T> struct alignas(16) Packet {
    static constexpr int kCount = 16 / sizeof(T);
    T values[kCount];
};

template <Second kSecond>
__device__ void addColumn(RowState &state, std::int64_t column, float a, float second, std::int64_t target)
{
    if (kSecond == Second::None)
        addLogit(state, column, a, target);
    else
        addChange(state, column, a, kSecond == Second::Logits ? second - a : second, target);
}

template <typename T> __device__ bool isAligned(const T *pointer)
{
    return reinterpret_cast<std::uintptr_t>(pointer) % 16 == 0;
}

/// One block a row.
template <typename T, Second kSecond> __global__ void __launch_bounds__(kThreads)
    gatherKernel(LogitPiece piece, const std::int64_t *targets, RowState *states, bool fresh)
{
    constexpr int kPacket = Packet<T>::kCount;
    for (std::int64_t row = blockIdx.x; row < piece.rows; row += gridDim.x) {
        const T *a = static_cast<const T *>(piece.reference) + row * piece.referenceStride;
        const T *b = kSecond == Second::None ? a : static_cast<const T *>(piece.other) + row * piece.otherStride;
        const std::int64_t target = targets ? targets[row] : -1;
        RowState state;
        const std::int64_t packets = isAligned(a) && isAligned(b) ? piece.columns / kPacket : 0;
        for (std::int64_t i = threadIdx.x; i < packets; i += kThreads) {
            const Packet<T> pa = reinterpret_cast<const Packet<T> *>(a)[i],
                            pb = reinterpret_cast<const Packet<T> *>(b)[i];
#pragma unroll
            for (int k = 0; k < kPacket; ++k)
                addColumn<kSecond>(state, piece.firstColumn + i * kPacket + k, wide(pa.values[k]), wide(pb.values[k]),
                                   target);
        }
        for (std::int64_t i = packets * kPacket + threadIdx.x; i < piece.columns; i += kThreads)
            addColumn<kSecond>(state, piece.firstColumn + i, wide(a[i]), wide(b[i]), target);
        mergeBlock(state);
        if (threadIdx.x == 0) {
            if (!fresh) {
                RowState before = states[row];
                merge(before, state);
                state = before;
            }
            states[row] = state;
        }
    }
}

__global__ void __launch_bounds__(kThreads) finishKernel(const RowState *states, RowFigures *figures, std::int64_t rows)
{
    for (std::int64_t row = firstItem(); row < rows; row += itemStep())
        figures[row] = figuresOf(states[row]);
}

template <typename T> __global__ void __launch_bounds__(kThreads)
    cosineKernel(const T *a, const T *b, double *distances, std::int64_t rows, std::int64_t columns)
{
    for (std::int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        CosineState state;
        for (std::int64_t i = threadIdx.x; i < columns; i += kThreads)
            addElement(state, wide(a[row * columns + i]), wide(b[row * columns + i]));
        mergeBlock(state);
        if (threadIdx.x == 0)
            distances[row] = cosineDistance(state);
    }
}

template <typename T>
void gatherAs(const LogitPiece &piece, const std::int64_t *targets, RowState *states, bool fresh, Stream stream)
{
    const auto blocks = static_cast<unsigned>(std::min(piece.rows, kMostBlocks));
    switch (piece.second) {
    case Second::None:
        gatherKernel<T, Second::None><<<blocks, kThreads, 0, stream>>>(piece, targets, states, fresh);
        break;
    case Second::Change:
        gatherKernel<T, Second::Change><<<blocks, kThreads, 0, stream>>>(piece, targets, states, fresh);
        break;
    case Second::Logits:
        gatherKernel<T, Second::Logits><<<blocks, kThreads, 0, stream>>>(piece, targets, states, fresh);
        break;
    }
}

} // namespace

void gatherScores(const LogitPiece &piece, const std::int64_t *targets, RowState *states, bool fresh, Stream stream)
{
    constexpr const char *kName = "gatherScores";
    require(piece.rows >= 0 && piece.columns >= 0 && piece.firstColumn >= 0, kName, "a negative count");
    require(piece.referenceStride >= piece.columns && fits(piece.rows, piece.referenceStride), kName,
            "overlapping or too many rows");
    require(piece.second == Second::None || (piece.otherStride >= piece.columns && fits(piece.rows, piece.otherStride)),
            kName, "overlapping or too many rows");
    if (piece.rows == 0)
        return;
    if (piece.type == Element::Float32)
        gatherAs<float>(piece, targets, states, fresh, stream);
    else
        gatherAs<BFloat16>(piece, targets, states, fresh, stream);
    checkLaunch(kName);
}

void finishScores(const RowState *states, RowFigures *figures, std::int64_t rows, Stream stream)
{
    require(fits(rows, sizeof(RowState)), "finishScores", "a count that no memory holds");
    if (rows == 0)
        return;
    finishKernel<<<blocksFor(rows), kThreads, 0, stream>>>(states, figures, rows);
    checkLaunch("finishScores");
}

void cosineDistances(Element type, const void *a, const void *b, double *distances, std::int64_t rows,
                     std::int64_t columns, Stream stream)
{
    require(fits(rows, columns), "cosineDistances", "a count that no memory holds");
    if (rows == 0)
        return;
    const auto blocks = static_cast<unsigned>(std::min(rows, kMostBlocks));
    if (type == Element::Float32)
        cosineKernel<<<blocks, kThreads, 0, stream>>>(static_cast<const float *>(a), static_cast<const float *>(b),
                                                      distances, rows, columns);
    else
        cosineKernel<<<blocks, kThreads, 0, stream>>>(static_cast<const BFloat16 *>(a),
                                                      static_cast<const BFloat16 *>(b), distances, rows, columns);
    checkLaunch("cosineDistances");
}

} // namespace tessera::cuda
