// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/checkpoint.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/checkpoint/gguf_model.h"
#include "engine/checkpoint/numbers.h"

#include <algorithm>
#include <cstdio>
#include <map>

namespace tessera {
namespace {

constexpr std::int64_t kHashedWhole = 16 << 20; ///< A model of at most so many bytes is hashed as a whole.
constexpr std::size_t kSamples = 8;             ///< A larger one by so many pieces of each tensor,
constexpr std::size_t kSampleBytes = 4096;      ///< each of so many bytes, first and last included.

struct Size {
    std::int64_t rows, columns;
};
Size sizeOf(const StoredTensor &tensor)
{
    return {tensor.shape.size() < 2 ? 1 : tensor.shape.front(), tensor.shape.empty() ? 1 : tensor.shape.back()};
}

std::string exact(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%a", value);
    return text;
}

/// Everything about an architecture that changes what the model computes and that its tensors' shapes do not say.
std::string describe(const ModelArchitecture &model)
{
    const ModelConfig &c = model.config;
    const RopeScaling &s = c.ropeScaling;
    std::string text = c.architecture;
    for (std::int64_t number : {c.heads, c.headDim, c.context, static_cast<std::int64_t>(s.kind), s.originalContext})
        text += " " + std::to_string(number);
    for (double number : {c.normEpsilon, c.ropeBase, s.factor, s.lowFrequencyFactor, s.highFrequencyFactor})
        text += " " + exact(number);
    for (const LayerChoice &layer : model.layers)
        text += " " + shortName(layer.attention) + " " + shortName(layer.ffn);
    return text;
}

std::string hashSample(std::span<const std::byte> bytes)
{
    if (bytes.size() <= kSamples * kSampleBytes)
        return hashBytes(bytes);
    std::string hashes;
    for (std::size_t i = 0; i < kSamples; ++i)
        hashes += hashBytes(bytes.subspan((bytes.size() - kSampleBytes) / (kSamples - 1) * i, kSampleBytes));
    return hashes + hashBytes(bytes.last(kSampleBytes));
}

} // namespace

std::int64_t Checkpoint::weightBytes() const
{
    std::int64_t sum = 0;
    for (const StoredTensor &tensor : tensors())
        sum += static_cast<std::int64_t>(tensor.bytes.size());
    return sum;
}

StoredType Checkpoint::mainType() const
{
    std::map<StoredType, std::int64_t> elements;
    for (const StoredTensor &tensor : tensors())
        elements[tensor.type] += sizeOf(tensor).rows * sizeOf(tensor).columns;
    auto fewer = [](const auto &a, const auto &b) { return a.second < b.second; };
    return std::max_element(elements.begin(), elements.end(), fewer)->first;
}

void Checkpoint::readRows(const StoredTensor &tensor, std::int64_t firstRow, std::int64_t rowCount, std::span<float> out) const
{
    auto [rows, columns] = sizeOf(tensor);
    if (firstRow < 0 || rowCount < 0 || firstRow > rows || rowCount > rows - firstRow
        || out.size() != static_cast<std::size_t>(rowCount * columns))
        throw failed("cannot read " + std::to_string(rowCount) + " rows from row " + std::to_string(firstRow) + " on of "
                     + tensor.name + ", which has " + std::to_string(rows));
    auto width = static_cast<std::size_t>(columns);
    std::int64_t inFile = tensor.storedColumns > 0 ? tensor.storedColumns : columns;
    auto rowBytes = static_cast<std::size_t>(inFile / blockElements(tensor.type) * blockBytes(tensor.type));
    auto decode = [&](std::int64_t row, std::int64_t count, std::span<float> values) {
        auto first = static_cast<std::size_t>(row) * rowBytes;
        decodeFloats(tensor.type, tensor.bytes.subspan(first, static_cast<std::size_t>(count) * rowBytes), values);
    };
    std::vector<float> whole(static_cast<std::size_t>(inFile > columns ? inFile : 0));
    auto decodeRow = [&](std::int64_t row, std::span<float> values) {
        if (whole.empty())
            return decode(row, 1, values);
        decode(row, 1, whole);
        std::copy_n(whole.begin(), values.size(), values.begin());
    };
    bool permuted = isPermuted(tensor.name);
    if (!permuted && whole.empty())
        return decode(firstRow, rowCount, out);
    if (!permuted || tensor.shape.size() >= 2) {
        for (std::int64_t i = 0; i < rowCount; ++i) {
            std::int64_t row = permuted ? permutedRow(firstRow + i, config().headDim) : firstRow + i;
            decodeRow(row, out.subspan(static_cast<std::size_t>(i) * width, width));
        }
    } else if (rowCount == 1) {
        std::vector<float> stored(out.size());
        decode(0, 1, stored);
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = stored[static_cast<std::size_t>(permutedRow(static_cast<std::int64_t>(i), config().headDim))];
    }
}

std::vector<float> Checkpoint::readFloats(std::string_view name) const
{
    const StoredTensor &stored = tensor(name);
    auto [rows, columns] = sizeOf(stored);
    std::vector<float> values(static_cast<std::size_t>(rows * columns));
    readRows(stored, 0, rows, values);
    return values;
}

std::string Checkpoint::fingerprint() const
{
    bool whole = weightBytes() <= kHashedWhole;
    std::string text = describe(architecture());
    for (const StoredTensor &tensor : tensors()) {
        text += "\n" + tensor.name + " " + toString(tensor.type);
        for (std::int64_t dimension : tensor.shape)
            text += " " + std::to_string(dimension);
        text += " " + (whole ? hashBytes(tensor.bytes) : hashSample(tensor.bytes));
    }
    return hashText(text);
}

} // namespace tessera
