// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/export_folder.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/folder_in_progress.h"
#include "engine/checkpoint/hf_blocks.h"
#include "engine/checkpoint/hf_config.h"
#include "engine/text/tokenizer.h"

#include <optional>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDeciWidthStep = 256;

std::int64_t deciWidth(std::int64_t width) { return (width + kDeciWidthStep - 1) / kDeciWidthStep * kDeciWidthStep; }

void writeJson(const fs::path &path, const Json &json) { writeTextFileAtomically(path, json.dump(2) + "\n"); }

Json generationConfigOf(const ModelConfig &config)
{
    Json json = Json::object();
    if (!config.beginTokens.empty())
        json["bos_token_id"] = config.beginTokens.front();
    if (!config.endTokens.empty())
        json["eos_token_id"] = config.endTokens.size() == 1 ? Json(config.endTokens.front()) : Json(config.endTokens);
    return json;
}

Json deciAttention(const Variant &variant, const ModelConfig &config)
{
    Json heads = variant.kind == VariantKind::Gqa ? Json(config.heads / variant.size) : Json(nullptr);
    return {{"n_heads_in_group", std::move(heads)},
            {"no_op", variant.kind == VariantKind::None},
            {"num_sink_tokens", nullptr},
            {"replace_with_linear", variant.kind == VariantKind::Linear},
            {"sparsify", nullptr},
            {"unshifted_sink", false},
            {"use_prefill_window_in_sink_attention", false},
            {"window_length", nullptr}};
}

Json deciFfn(const Variant &variant, const ModelConfig &config)
{
    Json mult = variant.kind == VariantKind::Width ? Json(ffnMultOf(deciWidth(variant.size), config.hidden)) : Json(nullptr);
    return {{"ffn_mult", std::move(mult)},
            {"no_op", variant.kind == VariantKind::None},
            {"replace_with_linear", variant.kind == VariantKind::Linear},
            {"sparsify", nullptr}};
}

/// The model as nemotron-nas has it: padded widths, and where q, k and v have biases one of the output too.
ModelArchitecture deciModelOf(ModelArchitecture model)
{
    if (model.config.qkNorm)
        throw badInput("a nemotron-nas model has no norms of queries and keys, which this one has; only uniform children of its family "
                       "can be exported, in the format hf");
    for (LayerChoice &layer : model.layers)
        if (layer.ffn.kind == VariantKind::Width)
            layer.ffn.size = deciWidth(layer.ffn.size);
    model.config.qkvBias = model.config.outputBias = model.config.qkvBias || model.config.outputBias;
    return model;
}

} // namespace

void writeTokenizerFiles(const fs::path &folder, const TokenizerTexts &tokenizer, const ModelConfig &config)
{
    if (tokenizer.json.empty())
        return;
    writeTextFileAtomically(folder / "tokenizer.json", tokenizer.json);
    Json settings{{"tokenizer_class", "PreTrainedTokenizerFast"}, {"model_max_length", config.context}, {"clean_up_tokenization_spaces", false}};
    if (!tokenizer.chatTemplate.empty())
        settings["chat_template"] = tokenizer.chatTemplate;
    Tokenizer ids = Tokenizer::fromJson(tokenizer.json, "tokenizer.json");
    auto add = [&](const char *key, const std::vector<std::int64_t> &tokens) {
        if (tokens.empty() || tokens.front() >= ids.vocabulary())
            return;
        TokenId id = static_cast<TokenId>(tokens.front());
        std::string text = ids.decode(std::span(&id, 1));
        if (ids.idOf(text) == id)
            settings[key] = text;
    };
    add("bos_token", config.beginTokens);
    add("eos_token", config.endTokens);
    writeJson(folder / "tokenizer_config.json", settings);
}

Exported exportPlain(const Checkpoint &model, const ModelSource &source, const fs::path &out, StoredType type,
                     const TokenizerTexts &tokenizer)
{
    ModelArchitecture plain{model.config(), withoutEmptyLayers(model.architecture().layers)};
    plain.config.layers = static_cast<std::int64_t>(plain.layers.size());
    plain.config.kvHeads = plain.layers.front().attention.size;
    plain.config.ffnWidth = plain.layers.front().ffn.size;
    Json config = toHfConfig(plain, type);
    config.erase(kChildMember);
    FolderInProgress folder(out);
    std::vector<TensorToWrite> tensors;
    for (const TensorSpec &spec : fixedTensors(plain.config))
        tensors.push_back(source.padded(spec.name, spec.shape, spec.name, type));
    std::int64_t next = 0;
    for (std::size_t i = 0; i < model.architecture().layers.size(); ++i) {
        const LayerChoice &layer = model.architecture().layers[i];
        if (isEmpty(layer))
            continue;
        for (Part part : {Part::Attention, Part::Ffn})
            for (const TensorSpec &spec : tensorsOf(plain.config, layer.of(part)))
                tensors.push_back(source.padded(tensorName(next, spec.name), spec.shape,
                                                tensorName(static_cast<std::int64_t>(i), spec.name), type));
        ++next;
    }
    writeSafetensors(folder.path() / "model.safetensors", tensors, {{"format", "pt"}});
    writeJson(folder.path() / "config.json", config);
    writeJson(folder.path() / "generation_config.json", generationConfigOf(plain.config));
    writeTokenizerFiles(folder.path(), tokenizer, plain.config);
    folder.commit();
    return {out, plain.config.architecture};
}

Json toDeciConfig(const ModelArchitecture &model, StoredType type)
{
    ModelConfig config = model.config;
    config.architecture = "llama";
    Json json = toHfConfig(parentArchitecture(config), type);
    json.erase(kChildMember);
    json["architectures"] = {"DeciLMForCausalLM"};
    json["model_type"] = kDeciType;
    json["auto_map"] = {{"AutoConfig", "configuration_decilm.DeciLMConfig"}, {"AutoModelForCausalLM", "modeling_decilm.DeciLMForCausalLM"}};
    json["num_hidden_layers"] = model.layers.size();
    json["num_key_value_heads"] = json["intermediate_size"] = nullptr;
    json[kBlocksMember] = Json::array();
    for (const LayerChoice &layer : model.layers)
        json[kBlocksMember].push_back({{"attention", deciAttention(layer.attention, config)}, {"ffn", deciFfn(layer.ffn, config)}});
    return json;
}

Exported exportDeciLm(const Checkpoint &model, const ModelSource &source, const fs::path &out, StoredType type,
                      const TokenizerTexts &tokenizer)
{
    ModelArchitecture deci = deciModelOf(model.architecture());
    FolderInProgress folder(out);
    std::vector<TensorToWrite> tensors;
    std::map<std::string, bool> there;
    for (const StoredTensor &tensor : model.tensors())
        there[tensor.name] = true;
    for (const TensorSpec &spec : tensorsOf(deci))
        tensors.push_back(source.padded(spec.name, spec.shape, there.contains(spec.name) ? spec.name : "", type));
    writeSafetensors(folder.path() / "model.safetensors", tensors, {{"format", "pt"}});
    writeJson(folder.path() / "config.json", toDeciConfig(deci, type));
    writeJson(folder.path() / "generation_config.json", generationConfigOf(deci.config));
    writeTextFileAtomically(folder.path() / "configuration_decilm.py", deciConfigurationCode());
    writeTextFileAtomically(folder.path() / "modeling_decilm.py", deciModelCode());
    writeTokenizerFiles(folder.path(), tokenizer, deci.config);
    folder.commit();
    return {out, std::string(kDeciType)};
}

} // namespace tessera
