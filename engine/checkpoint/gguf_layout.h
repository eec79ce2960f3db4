// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// A layer as llama.cpp runs it. heads > 0 and kvHeads 0: one matrix behind the norm. Both 0: no attention.
struct GgufLayer {
    std::int64_t heads = 0, kvHeads = 0, width = 0;
    bool operator==(const GgufLayer &) const = default;
};

/// A tensor of a GGUF file and where its values come from.
struct GgufTensor {
    std::string name;                ///< "blk.0.attn_q.weight"
    std::vector<std::int64_t> shape; ///< In the file, outermost first.
    std::string source;              ///< The model's tensor, in the corner of this one, zeros around it; empty: none.
    float fill = 0;                  ///< Every value where there is no source.
};

/// How a model lies in a GGUF file.
struct GgufLayout {
    std::string architecture; ///< llama, qwen2, qwen3 or deci.
    std::vector<GgufLayer> layers;
    std::vector<GgufTensor> tensors;
    bool plain = true; ///< Layers and widths are those of the model: nothing was padded, added or dropped.
};

/// general.architecture of a family's uniform models: llama for llama and mistral.
std::string ggufArchitectureOf(const ModelConfig &config);

/// The layout that computes exactly what the model does under llama.cpp, whose graph of architecture deci lacks some sub-blocks:
/// - layers without attention and FFN are dropped;
/// - what is uniform then is a plain model of its family, anything else deci;
/// - an FFN that is none becomes a zero one; widths are padded with zeros to a multiple of 32, at least 64, since other widths
///   give wrong products for F16 on some processors;
/// - a linear FFN becomes the linear attention of a layer of its own, or of its layer where that has no attention;
/// - the first layer gets a zero linear attention where it has none, and a model without softmax attention a first layer with
///   one zero head, which the cache needs.
GgufLayout childLayout(const ModelArchitecture &model);

/// Every layer as it is: how a file is read that says nothing else.
GgufLayout plainLayout(const ModelArchitecture &model, const std::string &architecture);

/// The sentence that says what keeps a model from GGUF; empty where nothing does.
std::string whyNoGguf(const ModelArchitecture &model);

} // namespace tessera
