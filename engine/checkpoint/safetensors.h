// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/checkpoint.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tessera {

/// A safetensors file, mapped. Everything in its header has been checked (see checkpoint.md in this folder): lengths
/// against the file, shapes against bytes, no holes, no overlaps.
class SafetensorsFile {
public:
    static SafetensorsFile open(const std::filesystem::path &path);
    ~SafetensorsFile();
    SafetensorsFile(SafetensorsFile &&) noexcept;
    SafetensorsFile &operator=(SafetensorsFile &&) noexcept;

    const std::vector<StoredTensor> &tensors() const; ///< In the order of their data.
    const StoredTensor *find(std::string_view name) const;
    const std::map<std::string, std::string> &metadata() const;

private:
    struct Data;
    explicit SafetensorsFile(std::unique_ptr<Data> data);
    std::unique_ptr<Data> m_data;
};

/// A tensor to be written: produce is called once, in order, and hands over exactly the tensor's bytes (in any pieces).
struct TensorToWrite {
    std::string name;
    std::vector<std::int64_t> shape;
    StoredType type = StoredType::F32;
    std::function<void(const std::function<void(std::span<const std::byte>)> &sink)> produce;
};

/// Writes a safetensors file atomically (temporary name, sync, rename).
void writeSafetensors(const std::filesystem::path &path, const std::vector<TensorToWrite> &tensors,
                      const std::map<std::string, std::string> &metadata = {});

/// float32 to the bytes of F32, F16 or BF16, rounding to nearest even.
std::vector<std::byte> encodeFloats(std::span<const float> values, StoredType type);
/// Any stored type to float32. values.size() must be the element count that bytes hold.
void decodeFloats(StoredType type, std::span<const std::byte> bytes, std::span<float> values);

} // namespace tessera
