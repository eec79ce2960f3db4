// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/stream_file.h"

#include "engine/base/error.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/nn/device.h"

#include <charconv>
#include <cstring>

namespace tessera {
namespace {

StoredType storedAs(at::ScalarType type)
{
    switch (type) {
    case at::kFloat: return StoredType::F32;
    case at::kBFloat16: return StoredType::BF16;
    case at::kHalf: return StoredType::F16;
    default: throw failed("a residual stream of this type cannot be stored");
    }
}

} // namespace

void saveStream(const std::filesystem::path &path, const std::string &key, std::int64_t layer, const at::Tensor &stream)
{
    at::Tensor values = nn::inMainMemory(stream);
    std::span<const std::byte> bytes(static_cast<const std::byte *>(values.data_ptr()), values.nbytes());
    writeSafetensors(path, {{"stream", values.sizes().vec(), storedAs(values.scalar_type()),
                             [&](const auto &sink) { sink(bytes); }}},
                     {{"key", key}, {"layer", std::to_string(layer)}});
}

std::optional<StoredStream> loadStream(const std::filesystem::path &path, const std::string &key, at::IntArrayRef shape,
                                       at::ScalarType dtype)
{
    if (!std::filesystem::exists(path))
        return {};
    try {
        SafetensorsFile file = SafetensorsFile::open(path);
        const StoredTensor *tensor = file.find("stream");
        auto foundKey = file.metadata().find("key"), foundLayer = file.metadata().find("layer");
        if (!tensor || foundKey == file.metadata().end() || foundLayer == file.metadata().end() || foundKey->second != key
            || tensor->shape != shape.vec() || tensor->type != storedAs(dtype))
            return {};
        StoredStream result;
        const std::string &digits = foundLayer->second;
        auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), result.layer);
        if (code != std::errc() || end != digits.data() + digits.size() || result.layer < 0)
            return {};
        result.stream = at::empty(shape, at::TensorOptions().dtype(dtype));
        std::memcpy(result.stream.data_ptr(), tensor->bytes.data(), tensor->bytes.size());
        result.stream = nn::here(result.stream);
        return result;
    } catch (const Error &) {
        return {}; // It only saves time: without it the stream is computed again.
    }
}

} // namespace tessera
