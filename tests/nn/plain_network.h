// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/model.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace tessera::test {

// The network as somebody would write it with LibTorch's own operations, from the transformers library's description: in any type,
// differentiable by LibTorch. An oracle for gradients and the peer of the benchmark.

inline at::Tensor plainProject(const nn::SubBlock &block, const std::string &name, const at::Tensor &x)
{
    at::Tensor y = at::matmul(x, block.at(name + ".weight").t());
    at::Tensor bias = block.find(name + ".bias");
    return bias.defined() ? y + bias : y;
}

inline at::Tensor plainNorm(const at::Tensor &x, const at::Tensor &weight, double epsilon)
{
    at::ScalarType wide = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    at::Tensor y = x.to(wide);
    return weight * (y * at::rsqrt(y.pow(2).mean(-1, true) + epsilon)).to(x.scalar_type());
}

inline at::Tensor plainTurn(const at::Tensor &heads, const at::Tensor &cosine, const at::Tensor &sine)
{
    std::vector<at::Tensor> halves = heads.chunk(2, -1);
    return heads * cosine + at::cat({-halves[1], halves[0]}, -1) * sine;
}

/// What the attention adds to x; rotations and mask are those of the whole model.
inline at::Tensor plainAttention(const ModelConfig &c, const nn::SubBlock &block, const at::Tensor &x, const at::Tensor &cosine,
                                 const at::Tensor &sine, const at::Tensor &mask)
{
    std::int64_t batch = x.size(0), length = x.size(1);
    at::Tensor h = plainNorm(x, block.at("input_layernorm.weight"), c.normEpsilon);
    if (block.variant.kind == VariantKind::Linear)
        return plainProject(block, "self_attn.linear_attn", h);
    auto split = [&](const at::Tensor &y) { return y.view({batch, length, -1, c.headDim}).transpose(1, 2); };
    std::int64_t group = c.heads / block.variant.size;
    at::Tensor q = plainTurn(split(plainProject(block, "self_attn.q_proj", h)), cosine, sine);
    at::Tensor k = plainTurn(split(plainProject(block, "self_attn.k_proj", h)), cosine, sine).repeat_interleave(group, 1);
    at::Tensor v = split(plainProject(block, "self_attn.v_proj", h)).repeat_interleave(group, 1);
    at::Tensor scores = at::matmul(q, k.transpose(2, 3)) / std::sqrt(static_cast<double>(c.headDim)) + mask;
    at::Tensor mixed = at::matmul(at::softmax(scores, -1), v).transpose(1, 2).reshape({batch, length, -1});
    return plainProject(block, "self_attn.o_proj", mixed);
}

inline at::Tensor plainFfn(const ModelConfig &c, const nn::SubBlock &block, const at::Tensor &x)
{
    at::Tensor h = plainNorm(x, block.at("post_attention_layernorm.weight"), c.normEpsilon);
    if (block.variant.kind == VariantKind::Linear)
        return plainProject(block, "mlp.linear_mlp", h);
    return plainProject(block, "mlp.down_proj", at::silu(plainProject(block, "mlp.gate_proj", h)) * plainProject(block, "mlp.up_proj", h));
}

/// Logits; states, where given, receive the residual stream behind each layer.
inline at::Tensor plainForward(const nn::Model &model, const at::Tensor &tokens, std::vector<at::Tensor> *states = nullptr)
{
    const ModelConfig &c = model.config;
    std::int64_t length = tokens.size(1);
    at::ScalarType type = model.embedding.scalar_type();
    at::Tensor frequencies = at::pow(c.ropeBase, -at::arange(0, c.headDim, 2, at::kDouble) / static_cast<double>(c.headDim));
    at::Tensor angles = at::outer(at::arange(length, at::kDouble), frequencies).repeat({1, 2});
    at::Tensor cosine = angles.cos().to(type), sine = angles.sin().to(type);
    at::Tensor mask = at::full({length, length}, -std::numeric_limits<float>::infinity(), type).triu(1);
    at::Tensor x = at::embedding(model.embedding, tokens);
    for (const nn::Layer &layer : model.layers) {
        if (layer.attention.variant.kind != VariantKind::None)
            x = x + plainAttention(c, layer.attention, x, cosine, sine, mask);
        if (layer.ffn.variant.kind != VariantKind::None)
            x = x + plainFfn(c, layer.ffn, x);
        if (states)
            states->push_back(x);
    }
    return at::matmul(plainNorm(x, model.finalNorm, c.normEpsilon), model.head.t());
}

} // namespace tessera::test
