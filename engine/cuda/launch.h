// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cuda/relu_pairs.h"
#include "engine/cuda/row_scores.h"

#include <cstdint>

struct CUstream_st;

namespace tessera::cuda {

// Launchers of the kernels: raw pointers into the memory of the current device, and a stream. They queue their work behind what the
// stream already holds and return at once; nothing may be freed or read before the stream has come by. No launcher allocates.
//
// Everywhere: matrices are dense and row-major, counts are int64 and indices are computed in 64 bits; a pointer is aligned to its
// element. 16-byte aligned rows of logits are read faster, others as well. A count of 0 does nothing. Throws Error (Failed) for counts
// and types that no launch can have (naming the launcher), and with CUDA's own words where the launch fails; errors of work under way
// come out of a later call of the runtime, as CUDA does it. The same input gives the same bits: nothing is added up in an order that
// changes from run to run.

/// A CUDA stream; null is the default one. The same as cudaStream_t.
using Stream = CUstream_st *;

enum class Element { Float32, BFloat16 };
enum class Real { Float32, Float64 };

/// What a second matrix of logits holds.
enum class Second { None, Change, Logits };

// --- Scores

/// A piece of the logits of rows predictions: columns firstColumn to firstColumn + columns - 1 of the vocabulary. So two models are
/// compared without all of their logits ever being in memory: a piece is multiplied out, gathered, and overwritten by the next.
struct LogitPiece {
    Element type = Element::Float32;
    const void *reference = nullptr; ///< [rows, columns], rows referenceStride elements apart
    const void *other =
        nullptr; ///< [rows, columns], rows otherStride apart: the change of the reference's logits, or logits
    Second second = Second::None;
    std::int64_t rows = 0, columns = 0, referenceStride = 0, otherStride = 0, firstColumn = 0;
};

/// Adds a piece to every row's state. The first piece of a row needs no prepared states: fresh makes them new. targets: int64 [rows],
/// columns of the whole vocabulary; null where there are none. states: [rows].
void gatherScores(const LogitPiece &piece, const std::int64_t *targets, RowState *states, bool fresh, Stream stream);

/// figures: [rows], of states that have seen every column.
void finishScores(const RowState *states, RowFigures *figures, std::int64_t rows, Stream stream);

/// distances[row] = 1 - cosine of rows of a and b, [rows, columns] each.
void cosineDistances(Element type, const void *a, const void *b, double *distances, std::int64_t rows,
                     std::int64_t columns, Stream stream);

// --- Pruned channels

/// out[i] = in[indices[i]] for rows of in [rows, columns]; out [count, columns]. indices: int64, on the device. An index outside
/// [0, rows) gives zeros and sets *outside, an int on the device that the caller has cleared (null: nobody asks).
void gatherRows(Element type, const void *in, std::int64_t rows, std::int64_t columns, const std::int64_t *indices,
                std::int64_t count, void *out, int *outside, Stream stream);
/// out[r][i] = in[r][indices[i]]; out [rows, count]. As gatherRows, indices in [0, columns).
void gatherColumns(Element type, const void *in, std::int64_t rows, std::int64_t columns, const std::int64_t *indices,
                   std::int64_t count, void *out, int *outside, Stream stream);

// --- Kernels of infinitely wide networks

/// Lengths of points [count, size], and the points divided by them; a zero point stays zero. May work in place.
void unitPoints(Real type, const void *points, void *units, void *lengths, std::int64_t count, std::int64_t size,
                Stream stream);

/// Points as unitPoints leaves them.
struct PointSet {
    const void *units = nullptr;   ///< [count, size]
    const void *lengths = nullptr; ///< [count], none of them 0
    std::int64_t count = 0;
};

/// A block of the Gram matrices of a fully connected network: gp[i][j] and ntk[i][j] of x_i and z_j, rows stride elements apart.
/// Either may be null.
void fullyConnectedGram(Real type, const FullyConnected &net, const PointSet &x, const PointSet &z, std::int64_t size,
                        void *gp, void *ntk, std::int64_t stride, Stream stream);

/// One layer of a plain convolutional network for pairs of images at one offset each: in and out hold below and theta (PixelPair) of
/// every pixel, [pairs, pixels] each; lengthX and lengthZ every pixel's feature lengths in front of the layer, the latter shifted by
/// the pair's offset, [pairs, pixels]. Behind it: the ReLU, then the mean over the filter. scratchBelow and scratchTheta, [pairs,
/// pixels] each, are overwritten; out may be in.
struct PixelPairs {
    void *below = nullptr, *theta = nullptr;
};
void convolutionalStep(Real type, const PixelGrid &grid, const PixelPairs &in, const void *lengthX, const void *lengthZ,
                       const PixelPairs &scratch, const PixelPairs &out, std::int64_t pairs, Stream stream);

} // namespace tessera::cuda
