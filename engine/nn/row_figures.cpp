// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/row_figures.h"

#include "engine/nn/device.h"

#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(TESSERA_TORCH_CUDA)
#include "engine/cuda/launch.h"

#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace tessera::nn {
namespace {

/// In a type that rows are read in.
at::Tensor readable(const at::Tensor &rows)
{
    return (rows.scalar_type() == at::kBFloat16 ? rows : rows.to(at::kFloat)).contiguous();
}

template <typename T> const T *dataOf(const at::Tensor &tensor) { return static_cast<const T *>(tensor.data_ptr()); }

/// Calls work with a null pointer of the type that rows are read in.
template <typename Work> void forType(const at::Tensor &rows, const Work &work)
{
    if (rows.scalar_type() == at::kFloat)
        work(static_cast<const float *>(nullptr));
    else
        work(static_cast<const cuda::BFloat16 *>(nullptr));
}

template <typename Work> void forEachRow(std::int64_t rows, const Work &work)
{
    at::parallel_for(0, rows, 1, [&](std::int64_t first, std::int64_t end) {
        for (std::int64_t row = first; row < end; ++row)
            work(row);
    });
}

template <typename T>
cuda::RowFigures figuresOfRow(const T *a, const T *b, OtherRows what, std::int64_t columns, std::int64_t target)
{
    cuda::RowState state;
    for (std::int64_t i = 0; i < columns; ++i) {
        const float value = cuda::wide(a[i]);
        if (b)
            cuda::addChange(state, i, value, what == OtherRows::Logits ? cuda::wide(b[i]) - value : cuda::wide(b[i]),
                            target);
        else
            cuda::addLogit(state, i, value, target);
    }
    return cuda::figuresOf(state);
}

std::vector<cuda::RowFigures> figuresInMainMemory(const at::Tensor &a, const at::Tensor &b, OtherRows what,
                                                  const at::Tensor &targets)
{
    const at::Tensor plainA = inMainMemory(a), plainB = b.defined() ? inMainMemory(b) : b;
    const at::Tensor plainTargets = targets.defined() ? inMainMemory(targets) : targets;
    const std::int64_t columns = a.size(1);
    std::vector<cuda::RowFigures> figures(static_cast<std::size_t>(a.size(0)));
    forType(plainA, [&](auto *type) {
        using T = std::remove_const_t<std::remove_pointer_t<decltype(type)>>;
        forEachRow(a.size(0), [&](std::int64_t row) {
            figures[static_cast<std::size_t>(row)] = figuresOfRow(
                dataOf<T>(plainA) + row * columns, b.defined() ? dataOf<T>(plainB) + row * columns : nullptr, what,
                columns, targets.defined() ? plainTargets.data_ptr<std::int64_t>()[row] : -1);
        });
    });
    return figures;
}

#if defined(TESSERA_TORCH_CUDA)

cuda::Element elementOf(const at::Tensor &rows)
{
    return rows.scalar_type() == at::kFloat ? cuda::Element::Float32 : cuda::Element::BFloat16;
}

/// Memory of the device for count values of a plain type.
at::Tensor room(const at::Tensor &like, std::int64_t count, std::size_t bytesEach)
{
    return at::empty({count * static_cast<std::int64_t>(bytesEach)}, like.options().dtype(at::kByte));
}

template <typename T> std::vector<T> readBack(const at::Tensor &bytes, std::int64_t count)
{
    const at::Tensor plain = inMainMemory(bytes);
    std::vector<T> values(static_cast<std::size_t>(count));
    std::memcpy(values.data(), plain.data_ptr(), values.size() * sizeof(T));
    return values;
}

std::vector<cuda::RowFigures> figuresOnGpu(const at::Tensor &a, const at::Tensor &b, OtherRows what,
                                           const at::Tensor &targets)
{
    const c10::cuda::CUDAGuard guard(a.device());
    const cuda::Stream stream = c10::cuda::getCurrentCUDAStream();
    const at::Tensor known = targets.defined() ? targets.to(a.device()).contiguous() : targets;
    const std::int64_t rows = a.size(0), columns = a.size(1);
    const at::Tensor states = room(a, rows, sizeof(cuda::RowState)), figures = room(a, rows, sizeof(cuda::RowFigures));
    cuda::LogitPiece piece{elementOf(a),
                           a.data_ptr(),
                           b.defined() ? b.data_ptr() : nullptr,
                           cuda::Second::None,
                           rows,
                           columns,
                           columns,
                           columns,
                           0};
    if (b.defined())
        piece.second = what == OtherRows::Logits ? cuda::Second::Logits : cuda::Second::Change;
    auto *state = static_cast<cuda::RowState *>(states.data_ptr());
    cuda::gatherScores(piece, known.defined() ? known.data_ptr<std::int64_t>() : nullptr, state, true, stream);
    cuda::finishScores(state, static_cast<cuda::RowFigures *>(figures.data_ptr()), rows, stream);
    return readBack<cuda::RowFigures>(figures, rows);
}

#endif

} // namespace

std::vector<cuda::RowFigures> rowFigures(const at::Tensor &reference, const at::Tensor &other, OtherRows what,
                                         const at::Tensor &targets)
{
    const at::Tensor a = readable(reference), b = other.defined() ? readable(other).to(a.scalar_type()) : other;
#if defined(TESSERA_TORCH_CUDA)
    if (a.is_cuda())
        return figuresOnGpu(a, b, what, targets);
#endif
    return figuresInMainMemory(a, b, what, targets);
}

std::vector<double> cosineDistances(const at::Tensor &a, const at::Tensor &b)
{
    const at::Tensor left = readable(a), right = readable(b).to(left.scalar_type());
    const std::int64_t rows = left.size(0), columns = left.size(1);
#if defined(TESSERA_TORCH_CUDA)
    if (left.is_cuda()) {
        const c10::cuda::CUDAGuard guard(left.device());
        const at::Tensor distances = at::empty({rows}, left.options().dtype(at::kDouble));
        cuda::cosineDistances(elementOf(left), left.data_ptr(), right.data_ptr(), distances.data_ptr<double>(), rows,
                              columns, c10::cuda::getCurrentCUDAStream());
        return readBack<double>(distances, rows);
    }
#endif
    const at::Tensor plainA = inMainMemory(left), plainB = inMainMemory(right);
    std::vector<double> distances(static_cast<std::size_t>(rows));
    forType(plainA, [&](auto *type) {
        using T = std::remove_const_t<std::remove_pointer_t<decltype(type)>>;
        forEachRow(rows, [&](std::int64_t row) {
            cuda::CosineState state;
            for (std::int64_t i = row * columns; i < (row + 1) * columns; ++i)
                cuda::addElement(state, cuda::wide(dataOf<T>(plainA)[i]), cuda::wide(dataOf<T>(plainB)[i]));
            distances[static_cast<std::size_t>(row)] = cuda::cosineDistance(state);
        });
    });
    return distances;
}

} // namespace tessera::nn
