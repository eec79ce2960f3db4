// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/kinds.h"

#include "engine/base/error.h"

#include <array>

namespace tessera::nn {
namespace {

Tensor attentionNormed(const SubBlock &block, const Tensor &x, const Surroundings &around)
{
    return rmsNorm(x, block.at("input_layernorm.weight"), around.config.normEpsilon);
}

Tensor ffnNormed(const SubBlock &block, const Tensor &x, const Surroundings &around)
{
    return rmsNorm(x, block.at("post_attention_layernorm.weight"), around.config.normEpsilon);
}

/// The table of all kinds of variants. A new kind adds a row here and one in engine/architecture/variant.cpp.
constexpr std::array kKinds{
    Kind{Part::Attention, VariantKind::Gqa, "self_attn.o_proj", true, gqaFeatures, gqaFromParent},
    Kind{Part::Attention, VariantKind::Linear, "self_attn.linear_attn", false, attentionNormed, linearOfPart},
    Kind{Part::Attention, VariantKind::None, nullptr, false, nullptr, noneFromParent},
    Kind{Part::Ffn, VariantKind::Width, "mlp.down_proj", false, widthFeatures, widthFromParent},
    Kind{Part::Ffn, VariantKind::Linear, "mlp.linear_mlp", false, ffnNormed, linearOfPart},
    Kind{Part::Ffn, VariantKind::None, nullptr, false, nullptr, noneFromParent},
};

} // namespace

const Kind &kindOf(const Variant &variant)
{
    for (const Kind &kind : kKinds)
        if (kind.part == variant.part && kind.kind == variant.kind)
            return kind;
    throw badInput("a " + toString(variant.part) + " cannot be of this kind");
}

Tensor affine(const Tensor &x, const Tensor &weight, const Tensor &bias)
{
    std::vector<std::int64_t> shape = x.sizes().vec();
    Tensor flat = x.reshape({-1, shape.back()});
    Tensor y = bias.defined() ? at::addmm(bias, flat, weight.t()) : at::mm(flat, weight.t());
    shape.back() = weight.size(0);
    return y.view(shape);
}

Tensor project(const SubBlock &block, const std::string &name, const Tensor &x)
{
    return affine(x, block.at(name + ".weight"), block.find(name + ".bias"));
}

} // namespace tessera::nn
