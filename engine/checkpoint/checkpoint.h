// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/checkpoint/stored_tensor.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A parent or child on disk: a folder in the Hugging Face layout (single or sharded safetensors; a child made by realize
/// too), or a GGUF file of architecture llama, qwen2, qwen3 or deci. Weights are mapped, never copied as a whole; reading is thread safe.
class Checkpoint {
public:
    /// Maps the files and checks everything: architecture supported, every tensor of the architecture there with its shape
    /// and bytes, no header trusted. Throws Error (BadInput) with a sentence that names file and field.
    static Checkpoint open(const std::filesystem::path &path);
    ~Checkpoint();
    Checkpoint(Checkpoint &&) noexcept;
    Checkpoint &operator=(Checkpoint &&) noexcept;

    const ModelArchitecture &architecture() const;
    const ModelConfig &config() const { return architecture().config; }
    const std::filesystem::path &path() const;
    bool isGguf() const;

    /// Every tensor of the model in the order of tensorsOf(architecture()).
    const std::vector<StoredTensor> &tensors() const;
    /// Throws Error (Failed) for a name that the architecture does not have.
    const StoredTensor &tensor(std::string_view name) const;
    /// Sum of the tensors' stored bytes, and the type that most of them have.
    std::int64_t weightBytes() const;
    StoredType mainType() const;

    /// Dequantises rows [firstRow, firstRow + rowCount) of a tensor to float32 (a 1-D tensor is one row), in the row order
    /// of Hugging Face: GGUF's permuted q and k rows are put back. out.size() == rowCount * columns.
    void readRows(const StoredTensor &tensor, std::int64_t firstRow, std::int64_t rowCount, std::span<float> out) const;
    std::vector<float> readFloats(std::string_view name) const;

    /// Changes whenever architecture or weights do; cheap: of headers, sizes and a sample of the data.
    std::string fingerprint() const;

private:
    /// Whether a tensor's rows lie in the file as isPermutedInGguf says.
    bool isPermuted(std::string_view name) const;

    struct Data;
    explicit Checkpoint(std::unique_ptr<Data> data);
    std::unique_ptr<Data> m_data;
};

} // namespace tessera
