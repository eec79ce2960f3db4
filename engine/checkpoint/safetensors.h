// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/numbers.h"
#include "engine/checkpoint/stored_tensor.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A safetensors file, mapped. Everything in its header has been checked: lengths against the file, shapes against bytes,
/// no duplicate names, no holes, no overlaps, nothing behind the last tensor.
class SafetensorsFile {
public:
    /// Throws Error (BadInput) with a sentence that names file and field.
    static SafetensorsFile open(const std::filesystem::path &path);
    /// The same of bytes that outlive the object. where names them in errors.
    static SafetensorsFile parse(std::span<const std::byte> bytes, const std::string &where);
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

/// Writes a safetensors file atomically (temporary name, sync, rename), tensors in the order given. Throws Error (Failed)
/// when a tensor hands over another number of bytes, has a Q-type or a name twice, or the disk is full.
void writeSafetensors(const std::filesystem::path &path, const std::vector<TensorToWrite> &tensors,
                      const std::map<std::string, std::string> &metadata = {});

} // namespace tessera
