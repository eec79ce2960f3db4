// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/lint.h"

#include "engine/base/error.h"
#include "engine/checkpoint/gguf_layout.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace tessera {
namespace {

struct RuntimeRow {
    Runtime runtime;
    const char *name;
    const char *spelling; ///< Another one.
};
constexpr std::array kNames{RuntimeRow{Runtime::Transformers, "transformers", "hf"}, RuntimeRow{Runtime::Vllm, "vllm", "vllm"},
                            RuntimeRow{Runtime::TensorRtLlm, "tensorrt-llm", "trtllm"},
                            RuntimeRow{Runtime::LlamaCpp, "llama.cpp", "llamacpp"}, RuntimeRow{Runtime::Megatron, "megatron", "nemo"}};

constexpr const char *kVllmSource = "vllm/model_executor/models/nemotron_nas.py";
constexpr const char *kTensorRtSource = "tensorrt_llm/_torch/models/modeling_nemotron_nas.py";
constexpr const char *kMegatronSource = "NVIDIA-NeMo/Megatron-Bridge src/megatron/bridge/models/llama_nemotron";
constexpr const char *kDeciSource = "llama.cpp src/models/deci.cpp";

/// A sub-block that a runtime refuses in these layers of a child whose layers differ; the search bans it there.
struct BanRow {
    Runtime runtime;
    Part part;
    VariantKind kind;
    bool firstLayerOnly;
    const char *why;
    const char *source;
};
constexpr std::array kBans{
    BanRow{Runtime::Vllm, Part::Attention, VariantKind::Linear, false, "vLLM has no linear layer in the place of attention", kVllmSource},
    BanRow{Runtime::Vllm, Part::Ffn, VariantKind::Linear, false, "vLLM has no linear layer in the place of an FFN", kVllmSource},
    BanRow{Runtime::Vllm, Part::Attention, VariantKind::None, true,
           "vLLM takes the residual from the first layer's attention, so that layer 0 must have some", kVllmSource},
    BanRow{Runtime::Megatron, Part::Attention, VariantKind::Linear, true,
           "Megatron takes the number of query groups from block 0, so that layer 0 must have softmax attention", kMegatronSource},
    BanRow{Runtime::Megatron, Part::Attention, VariantKind::None, true,
           "Megatron takes the number of query groups from block 0, so that layer 0 must have softmax attention", kMegatronSource},
};

using Layers = std::vector<LayerChoice>;

template <typename Matches> std::vector<std::int64_t> layersWhere(const Layers &layers, Matches matches)
{
    std::vector<std::int64_t> found;
    for (std::size_t i = 0; i < layers.size(); ++i)
        if (matches(layers[i]))
            found.push_back(static_cast<std::int64_t>(i));
    return found;
}

/// Layers in which a half is not what most layers have.
std::vector<std::int64_t> unlikeMost(const Layers &child, Part part)
{
    Variant most = child.front().of(part);
    auto count = [&](const Variant &variant) { return layersWhere(child, [&](const LayerChoice &l) { return l.of(part) == variant; }).size(); };
    for (const LayerChoice &layer : child)
        if (count(layer.of(part)) > count(most))
            most = layer.of(part);
    return layersWhere(child, [&](const LayerChoice &layer) { return layer.of(part) != most; });
}

void lintTransformers(const Layers &child, std::vector<Finding> &findings)
{
    for (Part part : {Part::Attention, Part::Ffn})
        for (VariantKind kind : {VariantKind::Linear, VariantKind::None})
            if (auto layers = layersWhere(child, [&](const LayerChoice &l) { return !isEmpty(l) && l.of(part).kind == kind; }); !layers.empty())
                findings.push_back({true, layers, part,
                                    "transformers has no class whose layers have " + toString(part) + " " + shortName({part, kind, 0})
                                        + "; the exported folder loads with trust_remote_code alone",
                                    "huggingface/transformers: no DeciLM class; per_layer_config is open in #45332"});
    for (Part part : {Part::Attention, Part::Ffn})
        if (auto layers = unlikeMost(child, part); !layers.empty() && findings.empty())
            findings.push_back({true, layers, part,
                                "transformers' classes want the same " + toString(part)
                                    + " in all layers; the exported folder loads with trust_remote_code alone",
                                "huggingface/transformers #45332"});
}

void lintLlamaCpp(const Layers &child, const std::optional<ModelConfig> &config, std::vector<Finding> &findings)
{
    if (std::string why = config ? whyNoGguf({*config, child}) : std::string(); !why.empty())
        findings.push_back({true, {}, std::nullopt, why, kDeciSource});
    if (config && config->hidden % 32 != 0)
        findings.push_back({false, {}, std::nullopt,
                            "the hidden size " + std::to_string(config->hidden)
                                + " is no multiple of 32: q8_0 cannot hold it, and f16 may be wrong on processors with matrix units; export f32",
                            "llama.cpp ggml blocks; measured"});
    if (isUniform(withoutEmptyLayers(child)))
        return;
    if (auto layers = layersWhere(child, [](const LayerChoice &l) { return l.ffn.kind == VariantKind::None && !isEmpty(l); }); !layers.empty())
        findings.push_back({false, layers, Part::Ffn, "a zero FFN of width 64 stands for none, since a width of 0 drops the attention too", kDeciSource});
    if (auto layers = layersWhere(child, [](const LayerChoice &l) { return l.ffn.kind == VariantKind::Linear; }); !layers.empty())
        findings.push_back({false, layers, Part::Ffn, "a linear FFN runs as linear attention, in a layer of its own where the layer has attention", kDeciSource});
    if (child.front().attention.kind == VariantKind::None && child.front().ffn.kind == VariantKind::Width)
        findings.push_back({false, {0}, Part::Attention, "layer 0 gets a zero linear attention, since its head count sets the head size", kDeciSource});
    auto odd = [](const LayerChoice &l) { return l.ffn.kind == VariantKind::Width && (l.ffn.size % 32 != 0 || l.ffn.size < 64); };
    if (auto layers = layersWhere(child, odd); !layers.empty())
        findings.push_back({false, layers, Part::Ffn, "widths are padded with zeros to a multiple of 32, at least 64", "llama.cpp ggml; measured"});
}

/// What loaders of nemotron-nas have in common.
void lintDeci(const Layers &child, const std::optional<ModelConfig> &config, Runtime runtime, const char *source, std::vector<Finding> &findings)
{
    for (const BanRow &row : kBans) {
        if (row.runtime != runtime)
            continue;
        auto layers = layersWhere(child, [&](const LayerChoice &l) { return l.of(row.part).kind == row.kind; });
        if (row.firstLayerOnly)
            std::erase_if(layers, [](std::int64_t layer) { return layer != 0; });
        if (!layers.empty())
            findings.push_back({true, layers, row.part, row.why, row.source});
    }
    if (config && config->qkNorm)
        findings.push_back({true, {}, Part::Attention, "nemotron-nas has no norms of queries and keys: only uniform children of this family load", source});
    auto odd = [](const LayerChoice &l) { return l.ffn.kind == VariantKind::Width && l.ffn.size % 256 != 0; };
    if (auto layers = layersWhere(child, odd); !layers.empty())
        findings.push_back({false, layers, Part::Ffn, "widths are padded with zeros to a multiple of 256, which ffn_mult is rounded up to", source});
    if (runtime == Runtime::Vllm)
        findings.push_back({false, {}, std::nullopt, "blocks are read as objects, which the folder's own configuration code makes: start with --trust-remote-code", source});
    if (runtime == Runtime::Megatron)
        findings.push_back({false, {}, std::nullopt, "heterogeneous Llama-Nemotron is deprecated there; its removal is announced for release 0.7", source});
}

bool needsUniform(Runtime runtime, const std::optional<ModelConfig> &config)
{
    return runtime == Runtime::Transformers || (config && config->qkNorm);
}

} // namespace

std::string toString(Runtime runtime)
{
    for (const RuntimeRow &row : kNames)
        if (row.runtime == runtime)
            return row.name;
    return {};
}

Runtime parseRuntime(std::string_view word)
{
    std::string lower(word);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const RuntimeRow &row : kNames)
        if (lower == row.name || lower == row.spelling)
            return row.runtime;
    throw badInput("\"" + std::string(word) + "\" is no runtime: use transformers, vllm, tensorrt-llm, llama.cpp or megatron");
}

bool RuntimeVerdict::loads() const
{
    return std::none_of(findings.begin(), findings.end(), [](const Finding &finding) { return finding.refused; });
}

RuntimeVerdict lint(const ModelArchitecture &model, Runtime runtime) { return lint(model.layers, model.config, runtime); }

RuntimeVerdict lint(const std::vector<LayerChoice> &layers, const std::optional<ModelConfig> &config, Runtime runtime)
{
    // Uniform children are plain models of their family, which all of these load.
    const bool uniform = isUniform(withoutEmptyLayers(layers));
    RuntimeVerdict verdict{runtime, runtime == Runtime::LlamaCpp ? "gguf" : uniform ? "hf" : "decilm", {}};
    if (runtime == Runtime::LlamaCpp)
        lintLlamaCpp(layers, config, verdict.findings);
    else if (!uniform)
        switch (runtime) {
        case Runtime::Transformers: lintTransformers(layers, verdict.findings); break;
        case Runtime::Vllm: lintDeci(layers, config, runtime, kVllmSource, verdict.findings); break;
        case Runtime::TensorRtLlm: lintDeci(layers, config, runtime, kTensorRtSource, verdict.findings); break;
        case Runtime::Megatron: lintDeci(layers, config, runtime, kMegatronSource, verdict.findings); break;
        case Runtime::LlamaCpp: break;
        }
    if (!config)
        verdict.findings.push_back({false, {}, std::nullopt,
                                    "an imported library does not say the parent's sizes and norms: what depends on them was not looked at",
                                    "the library"});
    return verdict;
}

Json toJson(const RuntimeVerdict &verdict)
{
    Json findings = Json::array();
    std::string why;
    for (const Finding &finding : verdict.findings) {
        findings.push_back({{"refused", finding.refused},
                            {"layers", finding.layers},
                            {"part", finding.part ? Json(toString(*finding.part)) : Json(nullptr)},
                            {"why", finding.why},
                            {"source", finding.source}});
        if (finding.refused)
            why += (why.empty() ? "" : "; ") + finding.why;
    }
    return {{"runtime", toString(verdict.runtime)},
            {"loads", verdict.loads()},
            {"why", verdict.loads() ? Json(nullptr) : Json(why)},
            {"format", verdict.format},
            {"findings", std::move(findings)}};
}

RuntimeRules rulesFor(Runtime runtime, const std::vector<Variant> &variants, const std::optional<ModelConfig> &config)
{
    RuntimeRules result;
    std::set<std::string> bans;
    auto ban = [&](bool firstLayerOnly, Part part, VariantKind kind) {
        Variant variant{part, kind, 0};
        if (std::find(variants.begin(), variants.end(), variant) != variants.end())
            bans.insert((firstLayerOnly ? "0:" : "all:") + toString(variant));
    };
    if (needsUniform(runtime, config)) {
        for (Part part : {Part::Attention, Part::Ffn}) {
            for (VariantKind kind : {VariantKind::Linear, VariantKind::None})
                ban(false, part, kind);
            result.rules.push_back("same=all:" + toString(part));
        }
    } else {
        for (const BanRow &row : kBans)
            if (row.runtime == runtime)
                ban(row.firstLayerOnly, row.part, row.kind);
    }
    result.bans.assign(bans.begin(), bans.end());
    return result;
}

} // namespace tessera
