// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/dtype.h"
#include "engine/architecture/model_architecture.h"
#include "engine/checkpoint/checkpoint.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <torch/torch.h>

// LibTorch folders share one precompiled header, so that torch/torch.h costs nothing here; no header of another folder
// includes it.

namespace tessera::nn {

using Tensor = at::Tensor;

/// One half of a layer: its variant and its tensors under the relative names of tensorsOf(config, variant).
struct SubBlock {
    Variant variant;
    std::map<std::string, Tensor> tensors;
    const Tensor &at(const std::string &name) const; ///< Throws std::out_of_range naming the tensor.
    /// Nothing where the tensor is absent (a bias that the model does not have).
    Tensor find(const std::string &name) const;
};

struct Layer {
    SubBlock attention;
    SubBlock ffn;
    SubBlock &of(Part part) { return part == Part::Attention ? attention : ffn; }
    const SubBlock &of(Part part) const { return part == Part::Attention ? attention : ffn; }
};

/// A transformer with any variant in any layer. Copies share tensors.
struct Model {
    ModelConfig config;
    std::vector<Layer> layers;
    Tensor embedding; ///< vocabulary x hidden
    Tensor finalNorm; ///< hidden
    Tensor head;      ///< vocabulary x hidden; the embedding itself where tied
    at::ScalarType dtype = at::kFloat;

    ModelArchitecture architecture() const;
};

at::ScalarType scalarType(DType type);

/// Reads a checkpoint; layers and fixed part are converted to dtype and put on device(). Throws Error (Failed) with the figures, before
/// anything is read, where a GPU has too little memory for it.
Model loadModel(const Checkpoint &checkpoint, at::ScalarType dtype);
/// One sub-block or one tensor of it alone, for working on parents larger than memory.
SubBlock loadSubBlock(const Checkpoint &checkpoint, std::int64_t layer, Part part, at::ScalarType dtype);
Tensor loadTensor(const Checkpoint &checkpoint, const std::string &name, at::ScalarType dtype);

/// A sub-block file (safetensors, relative names). Loading checks names and shapes against the variant; throws Error.
void saveSubBlock(const SubBlock &block, const std::string &path, at::ScalarType storedAs);
SubBlock loadSubBlockFile(const ModelConfig &config, const Variant &variant, const std::string &path, at::ScalarType dtype);

} // namespace tessera::nn
