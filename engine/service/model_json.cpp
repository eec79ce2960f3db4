// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/model_json.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

namespace tessera {
namespace {

std::string lowerCase(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string typeName(StoredType type) { return lowerCase(toString(type)); }

} // namespace

Json describeModel(const Checkpoint &checkpoint)
{
    const ModelArchitecture &model = checkpoint.architecture();
    Json blocks = Json::array();
    for (std::size_t layer = 0; layer < model.layers.size(); ++layer)
        blocks.push_back({{"layer", layer},
                          {"attention", shortName(model.layers[layer].attention)},
                          {"ffn", shortName(model.layers[layer].ffn)}});
    const ModelConfig &config = model.config;
    return {{"architecture", config.architecture},
            {"layers", config.layers},
            {"hidden", config.hidden},
            {"vocabulary", config.vocabulary},
            {"heads", config.heads},
            {"kv_heads", config.kvHeads},
            {"head_dim", config.headDim},
            {"ffn_width", config.ffnWidth},
            {"context", config.context},
            {"parameters", parametersOf(model)},
            {"weight_bytes", checkpoint.weightBytes()},
            {"dtype", typeName(checkpoint.mainType())},
            {"tied_embeddings", config.tiedEmbeddings},
            {"blocks", std::move(blocks)}};
}

} // namespace tessera
