// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cuda/launching.cuh"

namespace tessera::cuda {
namespace {

using namespace detail;

/// Numbers are moved as bits: what a signalling number is does not matter.
using Bits32 = std::uint32_t;
using Bits16 = std::uint16_t;

/// out [outRows, outColumns]; along the picked dimension indices say where each comes from.
template <typename T, bool kRows> __global__ void __launch_bounds__(kThreads)
    gatherKernel(const T *in, std::int64_t columns, std::int64_t limit, const std::int64_t *indices, T *out,
                 std::int64_t outRows, std::int64_t outColumns, int *outside)
{
    for (std::int64_t i = firstItem(); i < outRows * outColumns; i += itemStep()) {
        const std::int64_t row = i / outColumns, column = i % outColumns, from = indices[kRows ? row : column];
        if (from < 0 || from >= limit) {
            out[i] = 0;
            if (outside)
                *outside = 1;
        } else {
            out[i] = kRows ? in[from * columns + column] : in[row * columns + from];
        }
    }
}

template <bool kRows> void launch(const char *name, Element type, const void *in, std::int64_t rows,
                                  std::int64_t columns, const std::int64_t *indices, std::int64_t count, void *out,
                                  int *outside, Stream stream)
{
    const std::int64_t outRows = kRows ? count : rows, outColumns = kRows ? columns : count;
    require(fits(rows, columns) && fits(outRows, outColumns), name, "a count that no memory holds");
    if (outRows == 0 || outColumns == 0)
        return;
    const std::int64_t limit = kRows ? rows : columns;
    const unsigned blocks = blocksFor(outRows * outColumns);
    if (type == Element::Float32)
        gatherKernel<Bits32, kRows><<<blocks, kThreads, 0, stream>>>(static_cast<const Bits32 *>(in), columns, limit,
                                                                     indices, static_cast<Bits32 *>(out), outRows,
                                                                     outColumns, outside);
    else
        gatherKernel<Bits16, kRows><<<blocks, kThreads, 0, stream>>>(static_cast<const Bits16 *>(in), columns, limit,
                                                                     indices, static_cast<Bits16 *>(out), outRows,
                                                                     outColumns, outside);
    checkLaunch(name);
}

} // namespace

void gatherRows(Element type, const void *in, std::int64_t rows, std::int64_t columns, const std::int64_t *indices,
                std::int64_t count, void *out, int *outside, Stream stream)
{
    launch<true>("gatherRows", type, in, rows, columns, indices, count, out, outside, stream);
}

void gatherColumns(Element type, const void *in, std::int64_t rows, std::int64_t columns, const std::int64_t *indices,
                   std::int64_t count, void *out, int *outside, Stream stream)
{
    launch<false>("gatherColumns", type, in, rows, columns, indices, count, out, outside, stream);
}

} // namespace tessera::cuda
