// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/model_source.h"

#include <algorithm>
#include <span>
#include <utility>

namespace tessera {
namespace {

constexpr std::int64_t kElementsAtOnce = 1 << 20;

struct Size {
    std::int64_t rows, columns;
};
Size sizeOf(const std::vector<std::int64_t> &shape)
{
    return {shape.size() < 2 ? 1 : shape.front(), shape.empty() ? 1 : shape.back()};
}

} // namespace

ModelSource::ModelSource(const Checkpoint &model, StopToken stop, ProgressSink progress)
    : m_model(model), m_stop(std::move(stop)), m_progress(std::move(progress)), m_done(std::make_shared<std::int64_t>(0))
{
    for (const StoredTensor &tensor : model.tensors())
        m_total += sizeOf(tensor.shape).rows * sizeOf(tensor.shape).columns;
}

void ModelSource::produce(const std::string &name, const FloatSink &sink) const
{
    const StoredTensor &tensor = m_model.tensor(name);
    auto [rows, columns] = sizeOf(tensor.shape);
    std::int64_t atOnce = std::max<std::int64_t>(1, kElementsAtOnce / std::max<std::int64_t>(1, columns));
    std::vector<float> values;
    for (std::int64_t row = 0; row < rows; row += atOnce) {
        m_stop.throwIfRequested();
        std::int64_t count = std::min(atOnce, rows - row);
        values.resize(static_cast<std::size_t>(count * columns));
        m_model.readRows(tensor, row, count, values);
        sink(values);
        *m_done = std::min(m_total, *m_done + count * columns);
        m_progress({"export", *m_done, m_total, "weights", name});
    }
}

TensorToWrite ModelSource::padded(const std::string &name, const std::vector<std::int64_t> &shape, const std::string &source,
                                  StoredType type) const
{
    auto write = [*this, shape, source, type](const std::function<void(std::span<const std::byte>)> &sink) {
        auto [rows, columns] = sizeOf(shape);
        Size own = source.empty() ? Size{0, 0} : sizeOf(m_model.tensor(source).shape);
        std::vector<float> row(static_cast<std::size_t>(columns), 0.f);
        if (own.rows > 0 && own.columns == columns)
            produce(source, [&](std::span<const float> values) { sink(encodeFloats(values, type)); });
        else if (own.rows > 0)
            produce(source, [&](std::span<const float> values) {
                auto width = static_cast<std::size_t>(own.columns);
                for (std::size_t at = 0; at < values.size(); at += width) {
                    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(at), width, row.begin());
                    sink(encodeFloats(row, type));
                }
            });
        std::fill(row.begin(), row.end(), 0.f);
        for (std::int64_t i = own.rows; i < rows; ++i)
            sink(encodeFloats(row, type));
    };
    return {name, shape, type, write};
}

} // namespace tessera
