// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/score/score_fixtures.h"

#include "engine/checkpoint/child_writer.h"
#include "engine/text/token_file.h"

#include <cmath>
#include <random>
#include <span>

namespace tessera::test {
namespace {

at::Tensor norm(const at::Tensor &x, const at::Tensor &weight, double epsilon)
{
    return x / at::sqrt((x * x).mean(-1, true) + epsilon) * weight;
}

/// x [T, heads, dim], positions 0 to T - 1.
at::Tensor rotated(const at::Tensor &x, double base)
{
    const std::int64_t length = x.size(0), dim = x.size(2);
    at::Tensor result = x.clone();
    for (std::int64_t t = 0; t < length; ++t)
        for (std::int64_t i = 0; i < dim / 2; ++i) {
            const double angle = static_cast<double>(t) * std::pow(base, -2.0 * static_cast<double>(i) / static_cast<double>(dim));
            const at::Tensor low = x.select(0, t).select(1, i), high = x.select(0, t).select(1, i + dim / 2);
            result.select(0, t).select(1, i).copy_(low * std::cos(angle) - high * std::sin(angle));
            result.select(0, t).select(1, i + dim / 2).copy_(high * std::cos(angle) + low * std::sin(angle));
        }
    return result;
}

using Weights = std::map<std::string, at::Tensor>;

at::Tensor attention(const ModelConfig &config, const Weights &w, const at::Tensor &normed)
{
    const std::int64_t length = normed.size(0);
    const auto project = [&](const std::string &name) {
        return at::matmul(normed, w.at("self_attn." + name + "_proj.weight").t()).view({length, -1, config.headDim});
    };
    const at::Tensor q = rotated(project("q"), config.ropeBase), k = rotated(project("k"), config.ropeBase), v = project("v");
    std::vector<at::Tensor> heads;
    for (std::int64_t head = 0; head < config.heads; ++head) {
        const std::int64_t kv = head / (config.heads / k.size(1));
        at::Tensor scores = at::matmul(q.select(1, head), k.select(1, kv).t()) / std::sqrt(static_cast<double>(config.headDim));
        scores = scores.masked_fill(at::ones({length, length}, at::kBool).triu(1), -INFINITY);
        heads.push_back(at::matmul(at::softmax(scores, -1), v.select(1, kv)));
    }
    return at::matmul(at::cat(heads, -1), w.at("self_attn.o_proj.weight").t());
}

at::Tensor subBlock(const ModelConfig &config, const nn::SubBlock &block, const at::Tensor &x)
{
    if (block.variant.kind == VariantKind::None)
        return at::zeros_like(x);
    Weights w;
    for (const auto &[name, tensor] : block.tensors)
        w[name] = tensor.to(at::kDouble);
    const bool isAttention = block.variant.part == Part::Attention;
    const at::Tensor normed = norm(x, w.at(isAttention ? "input_layernorm.weight" : "post_attention_layernorm.weight"), config.normEpsilon);
    if (block.variant.kind == VariantKind::Linear)
        return at::matmul(normed, w.at(isAttention ? "self_attn.linear_attn.weight" : "mlp.linear_mlp.weight").t());
    if (isAttention)
        return attention(config, w, normed);
    const at::Tensor gate = at::matmul(normed, w.at("mlp.gate_proj.weight").t()), up = at::matmul(normed, w.at("mlp.up_proj.weight").t());
    return at::matmul(gate * at::sigmoid(gate) * up, w.at("mlp.down_proj.weight").t());
}

} // namespace

ModelConfig toyConfig()
{
    ModelConfig config;
    config.hidden = 32;
    config.layers = 3;
    config.vocabulary = 101;
    config.heads = 4;
    config.kvHeads = 2;
    config.headDim = 8;
    config.ffnWidth = 48;
    config.context = 128;
    return config;
}

ToyParent::ToyParent(std::int64_t tokenCount) : model((folder / "parent").string()), tokenFile((folder / "tokens.bin").string())
{
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    const ModelArchitecture architecture = parentArchitecture(toyConfig());
    const auto produce = [&](const TensorSpec &spec, const FloatSink &sink) {
        std::int64_t count = 1;
        for (std::int64_t dimension : spec.shape)
            count *= dimension;
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float &value : values)
            value = spec.shape.size() == 1 ? 1 + 0.1f * normal(random) : 0.3f * normal(random);
        sink(values);
    };
    writeChild(model, architecture, StoredType::F32, produce, "");
    for (std::int64_t i = 0; i < tokenCount; ++i)
        tokens.push_back(static_cast<std::int32_t>(random() % 101));
    writeTokenFile(tokenFile, tokens);
}

std::string writeRandomSubBlock(const TemporaryFolder &folder, const ModelConfig &config, const Variant &variant, std::uint64_t seed)
{
    at::manual_seed(seed);
    nn::SubBlock block{variant, {}};
    for (const TensorSpec &spec : tensorsOf(config, variant))
        block.tensors[spec.name] = at::randn(spec.shape) * 0.3;
    const std::string path = (folder / (std::to_string(seed) + ".safetensors")).string();
    nn::saveSubBlock(block, path, at::kFloat);
    return path;
}

ReferenceWindow referenceForward(const nn::Model &model, const std::vector<std::int32_t> &window)
{
    const auto length = static_cast<std::int64_t>(window.size());
    at::Tensor ids = at::empty({length}, at::kLong);
    for (std::int64_t t = 0; t < length; ++t)
        ids[t] = window[static_cast<std::size_t>(t)];
    at::Tensor x = at::embedding(model.embedding.to(at::kDouble), ids);
    for (const nn::Layer &layer : model.layers) {
        x = x + subBlock(model.config, layer.attention, x);
        x = x + subBlock(model.config, layer.ffn, x);
    }
    ReferenceWindow result;
    result.hidden = norm(x, model.finalNorm.to(at::kDouble), model.config.normEpsilon).narrow(0, 0, length - 1);
    result.logProbabilities = at::log_softmax(at::matmul(result.hidden, model.head.to(at::kDouble).t()), -1);
    const at::Tensor targets = ids.narrow(0, 1, length - 1);
    result.loss = -result.logProbabilities.gather(1, targets.unsqueeze(1)).mean().item<double>();
    result.accuracy = result.logProbabilities.argmax(-1).eq(targets).to(at::kDouble).mean().item<double>();
    return result;
}

std::map<std::string, double> referenceScores(const ReferenceWindow &parent, const ReferenceWindow &child)
{
    const at::Tensor &p = parent.logProbabilities, &q = child.logProbabilities;
    const at::Tensor cosine = (parent.hidden * child.hidden).sum(-1) / at::sqrt((parent.hidden * parent.hidden).sum(-1) * (child.hidden * child.hidden).sum(-1));
    return {{"kl_div", (p.exp() * (p - q)).sum(-1).mean().item<double>()},
            {"lm_loss", child.loss - parent.loss},
            {"hidden_cosine", 1 - cosine.mean().item<double>()},
            {"accuracy_loss", parent.accuracy - child.accuracy}};
}

} // namespace tessera::test
