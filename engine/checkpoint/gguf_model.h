// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/checkpoint/gguf.h"
#include "engine/checkpoint/gguf_layout.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A model as a GGUF file holds it.
struct GgufModel {
    ModelArchitecture model;
    GgufLayout layout;
};

/// The model that a GGUF file of architecture llama, qwen2, qwen3 or deci describes: a child that Tessera wrote as it was before
/// (keys tessera.layers, tessera.heads, tessera.kv_heads, tessera.ffn_width), another file layer by layer. Throws Error (BadInput) naming
/// the metadata key that is missing, wrong or not supported.
GgufModel readGgufModel(const GgufFile &file);

/// What the layers of such a file have in common. Of deci, whose layers differ, the largest numbers.
ModelConfig readGgufConfig(const GgufFile &file);

/// Whether files of an architecture have the rows of q and k permuted.
bool permutesRows(std::string_view architecture);

/// GGUF's name of one of our tensors: "model.layers.0.mlp.up_proj.weight" is "blk.0.ffn_up.weight". Throws Error (Failed) for a
/// name that has none.
std::string ggufTensorName(std::string_view name);

/// Whether a tensor's rows are permuted in GGUF: those of the query and key projections, which there turn neighbouring
/// elements of a head instead of its halves.
bool isPermutedInGguf(std::string_view name);
/// Where row (or element of a bias) number row of such a tensor lies in the file. Within a head of headDim rows, row h * headDim / 2 + j
/// (h = 0, 1) lies at 2 j + h.
std::int64_t permutedRow(std::int64_t row, std::int64_t headDim);

/// rope_freqs.weight of a llama3 scaling.
std::vector<float> factorsOfScaling(const RopeScaling &scaling, double base, std::int64_t headDim);

/// The llama3 scaling whose frequency factors (rope_freqs.weight: headDim / 2 numbers that divide the frequencies) are those
/// given, to a relative 1e-5; nothing where there is none. All ones mean no scaling. context is the model's.
std::optional<RopeScaling> scalingOfFactors(std::span<const float> factors, double base, std::int64_t headDim, std::int64_t context);

} // namespace tessera
