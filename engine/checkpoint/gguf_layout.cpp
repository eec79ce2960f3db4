// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf_layout.h"

#include "engine/base/error.h"
#include "engine/checkpoint/gguf_model.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr std::int64_t kWidthStep = 32;
constexpr std::int64_t kLeastWidth = 64;

std::int64_t paddedWidth(std::int64_t width)
{
    return std::max(kLeastWidth, (width + kWidthStep - 1) / kWidthStep * kWidthStep);
}

/// Puts a layout together, layer by layer.
class Builder {
public:
    Builder(const ModelConfig &config, std::string architecture) : m_config(config) { m_layout.architecture = std::move(architecture); }

    void addFixed(const TensorSpec &spec) { m_layout.tensors.push_back({ggufTensorName(spec.name), spec.shape, spec.name}); }

    void beginLayer() { m_layout.layers.emplace_back(); }

    /// The tensors of a sub-block as they are, in the open layer.
    void addAttention(std::int64_t layer, const Variant &variant)
    {
        current().heads = variant.kind == VariantKind::None ? 0 : m_config.heads;
        current().kvHeads = variant.kind == VariantKind::Gqa ? variant.size : 0;
        for (const TensorSpec &spec : tensorsOf(m_config, variant))
            add(spec, tensorName(layer, spec.name), spec.shape);
    }

    void addFfn(std::int64_t layer, std::int64_t width, std::int64_t stored)
    {
        current().width = stored;
        std::vector<TensorSpec> own = tensorsOf(m_config, ffnWidth(width)), padded = tensorsOf(m_config, ffnWidth(stored));
        for (std::size_t i = 0; i < own.size(); ++i)
            add(own[i], tensorName(layer, own[i].name), padded[i].shape);
        m_layout.plain = m_layout.plain && width == stored;
    }

    void addZeroFfn()
    {
        m_layout.plain = false;
        current().width = kLeastWidth;
        for (const TensorSpec &spec : tensorsOf(m_config, ffnWidth(kLeastWidth)))
            add(spec, "", spec.shape);
    }

    /// x + W norm(x) in the place of attention; without a source W is zero.
    void addLinear(const std::string &normSource, const std::string &matrixSource)
    {
        m_layout.plain = false;
        current().heads = m_config.heads;
        addNamed("attn_norm.weight", {m_config.hidden}, normSource, 1);
        addNamed("attn_output.weight", {m_config.hidden, m_config.hidden}, matrixSource, 0);
    }

    /// One softmax head that adds nothing.
    void addZeroHead()
    {
        m_layout.plain = false;
        current().heads = current().kvHeads = 1;
        addNamed("attn_norm.weight", {m_config.hidden}, "", 1);
        for (const char *name : {"attn_q.weight", "attn_k.weight", "attn_v.weight"})
            addNamed(name, {m_config.headDim, m_config.hidden}, "", 0);
        addNamed("attn_output.weight", {m_config.hidden, m_config.headDim}, "", 0);
    }

    void setPlain(bool plain) { m_layout.plain = plain; }
    GgufLayout take() { return std::move(m_layout); }

private:
    GgufLayer &current() { return m_layout.layers.back(); }
    std::int64_t number() const { return static_cast<std::int64_t>(m_layout.layers.size()) - 1; }

    void add(const TensorSpec &spec, std::string source, const std::vector<std::int64_t> &shape)
    {
        float fill = spec.name.find("norm") != std::string::npos ? 1.f : 0.f;
        m_layout.tensors.push_back({ggufTensorName(tensorName(number(), spec.name)), shape, std::move(source), fill});
    }

    void addNamed(const std::string &name, std::vector<std::int64_t> shape, std::string source, float fill)
    {
        m_layout.tensors.push_back({"blk." + std::to_string(number()) + "." + name, std::move(shape), std::move(source), fill});
    }

    const ModelConfig &m_config;
    GgufLayout m_layout;
};

/// Embedding before, norm and head behind the layers.
template <typename AddLayers> GgufLayout withFixed(const ModelConfig &config, std::string architecture, AddLayers addLayers)
{
    Builder builder(config, std::move(architecture));
    std::vector<TensorSpec> fixed = fixedTensors(config);
    builder.addFixed(fixed.front());
    addLayers(builder);
    for (std::size_t i = 1; i < fixed.size(); ++i)
        builder.addFixed(fixed[i]);
    return builder.take();
}

void addUniform(Builder &builder, const ModelArchitecture &model)
{
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        if (isEmpty(model.layers[i])) {
            builder.setPlain(false);
            continue;
        }
        builder.beginLayer();
        builder.addAttention(static_cast<std::int64_t>(i), model.layers[i].attention);
        std::int64_t width = model.layers[i].ffn.size;
        builder.addFfn(static_cast<std::int64_t>(i), width, paddedWidth(width));
    }
}

/// Layer by layer as architecture deci runs them.
void addMixed(Builder &builder, const ModelArchitecture &model)
{
    builder.setPlain(false);
    bool first = std::none_of(model.layers.begin(), model.layers.end(),
                              [](const LayerChoice &layer) { return layer.attention.kind == VariantKind::Gqa; });
    if (first) {
        builder.beginLayer();
        builder.addZeroHead();
        builder.addZeroFfn();
    }
    bool begun = first;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        auto layer = static_cast<std::int64_t>(i);
        const auto &[attention, ffn] = model.layers[i];
        if (isEmpty(model.layers[i]))
            continue;
        bool alone = ffn.kind == VariantKind::Linear && attention.kind == VariantKind::None;
        if (!alone) {
            builder.beginLayer();
            if (attention.kind == VariantKind::None && !begun)
                builder.addLinear("", "");
            else
                builder.addAttention(layer, attention);
            if (ffn.kind == VariantKind::Width)
                builder.addFfn(layer, ffn.size, paddedWidth(ffn.size));
            else
                builder.addZeroFfn();
        }
        if (ffn.kind == VariantKind::Linear) {
            builder.beginLayer();
            builder.addLinear(tensorName(layer, "post_attention_layernorm.weight"), tensorName(layer, "mlp.linear_mlp.weight"));
            builder.addZeroFfn();
        }
        begun = true;
    }
}

} // namespace

std::string ggufArchitectureOf(const ModelConfig &config)
{
    return config.architecture == "qwen2" || config.architecture == "qwen3" ? config.architecture : "llama";
}

std::string whyNoGguf(const ModelArchitecture &model)
{
    const ModelConfig &config = model.config;
    bool uniform = isUniform(withoutEmptyLayers(model.layers));
    if (!uniform && config.qkNorm)
        return "llama.cpp runs layers that differ only in its architecture deci, which has no norms of queries and keys";
    if (uniform && config.architecture == "qwen2" && config.heads * config.headDim != config.hidden)
        return "llama.cpp's architecture qwen2 takes as many query features as the hidden size has";
    if (uniform && config.architecture != "llama" && config.architecture != "mistral" && (config.mlpBias || config.outputBias))
        return "llama.cpp's architecture " + config.architecture + " has no biases of the attention's output and of the FFN";
    return {};
}

GgufLayout childLayout(const ModelArchitecture &model)
{
    if (std::string why = whyNoGguf(model); !why.empty())
        throw badInput("this model cannot be written as GGUF: " + why);
    bool uniform = isUniform(withoutEmptyLayers(model.layers));
    return withFixed(model.config, uniform ? ggufArchitectureOf(model.config) : "deci", [&](Builder &builder) {
        uniform ? addUniform(builder, model) : addMixed(builder, model);
    });
}

GgufLayout plainLayout(const ModelArchitecture &model, const std::string &architecture)
{
    return withFixed(model.config, architecture, [&](Builder &builder) {
        for (std::size_t i = 0; i < model.layers.size(); ++i) {
            auto layer = static_cast<std::int64_t>(i);
            builder.beginLayer();
            builder.addAttention(layer, model.layers[i].attention);
            if (model.layers[i].ffn.kind == VariantKind::Width)
                builder.addFfn(layer, model.layers[i].ffn.size, model.layers[i].ffn.size);
        }
    });
}

} // namespace tessera
