// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/model.h"

#include "engine/base/error.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace tessera::nn {
namespace {

/// Floats that are converted at once, so that loading never holds a second copy of a large matrix.
constexpr std::int64_t kChunkFloats = std::int64_t{1} << 22;

StoredType storedType(at::ScalarType type)
{
    switch (type) {
    case at::kFloat: return StoredType::F32;
    case at::kHalf: return StoredType::F16;
    case at::kBFloat16: return StoredType::BF16;
    default: throw failed(std::string("weights cannot be stored as ") + at::toString(type));
    }
}

std::span<float> floatsOf(const Tensor &tensor)
{
    return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

Tensor readTensor(const Checkpoint &checkpoint, const StoredTensor &stored, at::ScalarType dtype)
{
    at::NoGradGuard noGrad;
    // Pieces of float32 are narrowed where the tensor lies: what goes to a GPU passes through one piece in main memory.
    Tensor tensor = at::empty(stored.shape, dtype == at::kFloat ? at::TensorOptions().dtype(dtype) : onDevice(dtype));
    std::int64_t rows = stored.shape.size() < 2 ? 1 : stored.shape.front();
    if (dtype == at::kFloat) {
        checkpoint.readRows(stored, 0, rows, floatsOf(tensor));
        return here(tensor);
    }
    std::int64_t columns = rows > 0 ? tensor.numel() / rows : 0;
    std::int64_t step = std::max<std::int64_t>(1, kChunkFloats / std::max<std::int64_t>(1, columns));
    Tensor flat = tensor.view({rows, columns});
    for (std::int64_t row = 0; row < rows; row += step) {
        std::int64_t count = std::min(step, rows - row);
        // What goes to a GPU is transferred while the next piece is read: LibTorch gives pinned memory back only when it is through.
        Tensor piece = at::empty({count, columns}, at::TensorOptions().dtype(at::kFloat).pinned_memory(flat.is_cuda()));
        checkpoint.readRows(stored, row, count, floatsOf(piece));
        flat.narrow(0, row, count).copy_(piece, flat.is_cuda());
    }
    return tensor;
}

std::string shapeText(at::IntArrayRef shape)
{
    std::string text;
    for (std::int64_t dimension : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(dimension);
    return text.empty() ? "a single number" : text;
}

Tensor readSubBlockTensor(const SafetensorsFile &file, const TensorSpec &spec, const Variant &variant,
                          const std::string &path, at::ScalarType dtype)
{
    const StoredTensor *stored = file.find(spec.name);
    if (!stored)
        throw badInput(path + " lacks " + spec.name + ", which " + toString(variant)
                       + " needs; make the variant again or take the file from its backup");
    if (stored->shape != spec.shape)
        throw badInput(path + ": " + spec.name + " is " + shapeText(stored->shape) + ", but " + toString(variant)
                       + " needs " + shapeText(spec.shape));
    // What is stored as it is used is only copied.
    const bool same = dtype == at::kBFloat16 && stored->type == StoredType::BF16;
    Tensor values = at::empty(spec.shape, at::TensorOptions().dtype(same ? dtype : at::kFloat).pinned_memory(device().is_cuda()));
    if (same)
        std::memcpy(values.data_ptr(), stored->bytes.data(), std::min(values.nbytes(), stored->bytes.size()));
    else
        decodeFloats(stored->type, stored->bytes, floatsOf(values));
    return values.to(device(), dtype);
}

} // namespace

const Tensor &SubBlock::at(const std::string &name) const
{
    auto found = tensors.find(name);
    if (found == tensors.end())
        throw std::out_of_range(toString(variant) + " has no tensor " + name);
    return found->second;
}

Tensor SubBlock::find(const std::string &name) const
{
    auto found = tensors.find(name);
    return found == tensors.end() ? Tensor() : found->second;
}

ModelArchitecture Model::architecture() const
{
    ModelArchitecture result{config, {}};
    for (const Layer &layer : layers)
        result.layers.push_back({layer.attention.variant, layer.ffn.variant});
    return result;
}

at::ScalarType scalarType(DType type)
{
    switch (type) {
    case DType::F32: return at::kFloat;
    case DType::F16: return at::kHalf;
    case DType::BF16: return at::kBFloat16;
    case DType::Fp8: break;
    }
    throw badInput("networks do not run in fp8 here: use f32, bf16 or f16");
}

Tensor loadTensor(const Checkpoint &checkpoint, const std::string &name, at::ScalarType dtype)
{
    return readTensor(checkpoint, checkpoint.tensor(name), dtype);
}

SubBlock loadSubBlock(const Checkpoint &checkpoint, std::int64_t layer, Part part, at::ScalarType dtype)
{
    SubBlock block;
    block.variant = checkpoint.architecture().layers.at(static_cast<std::size_t>(layer)).of(part);
    for (const TensorSpec &spec : tensorsOf(checkpoint.config(), block.variant))
        block.tensors[spec.name] = loadTensor(checkpoint, tensorName(layer, spec.name), dtype);
    return block;
}

Model loadModel(const Checkpoint &checkpoint, at::ScalarType dtype)
{
    requireMemory("the model as a whole takes",
                  parametersOf(checkpoint.architecture()) * static_cast<std::int64_t>(c10::elementSize(dtype)));
    Model model;
    model.config = checkpoint.config();
    model.dtype = dtype;
    auto layers = static_cast<std::int64_t>(checkpoint.architecture().layers.size());
    for (std::int64_t layer = 0; layer < layers; ++layer)
        model.layers.push_back({loadSubBlock(checkpoint, layer, Part::Attention, dtype),
                                loadSubBlock(checkpoint, layer, Part::Ffn, dtype)});
    model.embedding = loadTensor(checkpoint, kEmbeddingName, dtype);
    model.finalNorm = loadTensor(checkpoint, kFinalNormName, dtype);
    model.head = model.config.tiedEmbeddings ? model.embedding : loadTensor(checkpoint, kHeadName, dtype);
    return model;
}

void saveSubBlock(const SubBlock &block, const std::string &path, at::ScalarType storedAs)
{
    std::vector<TensorToWrite> list;
    for (const auto &[name, tensor] : block.tensors) {
        StoredType type = storedType(storedAs);
        auto produce = [tensor = tensor, type](const std::function<void(std::span<const std::byte>)> &sink) {
            Tensor values = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
            sink(encodeFloats(floatsOf(values), type));
        };
        list.push_back({name, tensor.sizes().vec(), type, produce});
    }
    writeSafetensors(path, list, {{"variant", toString(block.variant)}});
}

SubBlock loadSubBlockFile(const ModelConfig &config, const Variant &variant, const std::string &path, at::ScalarType dtype)
{
    SafetensorsFile file = SafetensorsFile::open(path);
    std::vector<TensorSpec> specs = tensorsOf(config, variant);
    if (file.tensors().size() != specs.size())
        throw badInput(path + " holds " + std::to_string(file.tensors().size()) + " tensors, but " + toString(variant)
                       + " has " + std::to_string(specs.size()));
    SubBlock block{variant, {}};
    for (const TensorSpec &spec : specs)
        block.tensors[spec.name] = readSubBlockTensor(file, spec, variant, path, dtype);
    return block;
}

} // namespace tessera::nn
