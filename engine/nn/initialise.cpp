// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/initialise.h"

#include "engine/base/error.h"
#include "engine/nn/device.h"
#include "engine/nn/kinds.h"

#include <algorithm>
#include <numeric>

namespace tessera::nn {
namespace {

void require(const SubBlock &parent, Part part, VariantKind kind, const std::string &wanted)
{
    if (parent.variant.part != part || parent.variant.kind != kind)
        throw badInput(wanted + " cannot be made from " + toString(parent.variant));
}

/// Applies change to weight and bias of a projection, rows being its outputs; the result keeps the tensors' type.
template <typename Change> void changeRows(SubBlock &block, const std::string &projection, const Change &change)
{
    for (const char *suffix : {".weight", ".bias"}) {
        auto found = block.tensors.find(projection + suffix);
        if (found != block.tensors.end())
            found->second = change(found->second.to(at::kFloat)).to(found->second.scalar_type()).contiguous();
    }
}

Tensor indexTensor(const std::vector<std::int64_t> &indices) { return at::tensor(indices, at::kLong); }

/// Rows of heads [kvHeads * headDim, ...] mixed by weights [newHeads, kvHeads].
Tensor mixHeads(const Tensor &rows, const Tensor &weights)
{
    Tensor mixed = at::mm(weights.to(rows.device()), rows.reshape({weights.size(1), -1}));
    std::vector<std::int64_t> shape = rows.sizes().vec();
    shape[0] = shape[0] / weights.size(1) * weights.size(0);
    return mixed.view(shape);
}

SubBlock mixKvHeads(const SubBlock &parent, std::int64_t kvHeads, const Tensor &weights)
{
    SubBlock child = parent;
    child.variant = gqa(kvHeads);
    for (const char *projection : {"self_attn.k_proj", "self_attn.v_proj"})
        changeRows(child, projection, [&](const Tensor &rows) { return mixHeads(rows, weights); });
    return child;
}

void requirePossible(const ModelConfig &config, const Variant &variant)
{
    std::string why = whyImpossible(config, variant);
    if (!why.empty())
        throw badInput(why);
}

} // namespace

SubBlock keepChannels(const ModelConfig &config, const SubBlock &parent, const std::vector<std::int64_t> &channels)
{
    Variant variant = ffnWidth(static_cast<std::int64_t>(channels.size()));
    require(parent, Part::Ffn, VariantKind::Width, toString(variant));
    requirePossible(config, variant);
    at::NoGradGuard noGrad;
    SubBlock child = parent;
    child.variant = variant;
    Tensor kept = indexTensor(channels).to(parent.at("mlp.down_proj.weight").device());
    for (const char *projection : {"mlp.gate_proj", "mlp.up_proj"})
        changeRows(child, projection, [&](const Tensor &rows) { return rows.index_select(0, kept); });
    child.tensors["mlp.down_proj.weight"] = parent.at("mlp.down_proj.weight").index_select(1, kept).contiguous();
    return child;
}

SubBlock poolKvHeads(const ModelConfig &config, const SubBlock &parent, std::int64_t kvHeads)
{
    require(parent, Part::Attention, VariantKind::Gqa, toString(gqa(kvHeads)));
    requirePossible(config, gqa(kvHeads));
    at::NoGradGuard noGrad;
    // The mean over the query heads of a group of the kv heads that serve them: where groups are unions of the parent's, this is
    // the mean of their kv heads.
    std::int64_t parentHeads = parent.variant.size, served = config.heads / parentHeads, group = config.heads / kvHeads;
    Tensor weights = at::zeros({kvHeads, parentHeads}, at::kDouble);
    for (std::int64_t query = 0; query < config.heads; ++query)
        weights[query / group][query / served] += 1.0 / static_cast<double>(group);
    return mixKvHeads(parent, kvHeads, weights.to(at::kFloat));
}

SubBlock keepKvHeads(const ModelConfig &config, const SubBlock &parent, const std::vector<std::int64_t> &chosen)
{
    auto kvHeads = static_cast<std::int64_t>(chosen.size());
    require(parent, Part::Attention, VariantKind::Gqa, toString(gqa(kvHeads)));
    requirePossible(config, gqa(kvHeads));
    at::NoGradGuard noGrad;
    Tensor weights = at::zeros({kvHeads, parent.variant.size}, at::kFloat);
    for (std::int64_t g = 0; g < kvHeads; ++g) {
        std::int64_t head = chosen[static_cast<std::size_t>(g)];
        if (head < 0 || head >= parent.variant.size)
            throw badInput("kv head " + std::to_string(head) + " does not exist: the parent has "
                           + std::to_string(parent.variant.size));
        weights[g][head] = 1;
    }
    return mixKvHeads(parent, kvHeads, weights);
}

SubBlock linearFromParent(const ModelConfig &config, const SubBlock &parent, Part part)
{
    Variant variant = linearVariant(part);
    require(parent, part, part == Part::Attention ? VariantKind::Gqa : VariantKind::Width, toString(variant));
    at::NoGradGuard noGrad;
    Tensor last = parent.at(lastMatrixOf(parent.variant)), first;
    if (part == Part::Attention) {
        std::int64_t kvHeads = parent.variant.size;
        Tensor values = parent.at("self_attn.v_proj.weight").to(at::kFloat).view({kvHeads, config.headDim, -1});
        first = values.repeat_interleave(config.heads / kvHeads, 0).view({config.heads * config.headDim, -1});
    } else {
        first = parent.at("mlp.up_proj.weight").to(at::kFloat);
    }
    const char *norm = part == Part::Attention ? "input_layernorm.weight" : "post_attention_layernorm.weight";
    Tensor matrix = at::mm(last.to(at::kFloat), first).to(last.scalar_type());
    return {variant, {{norm, parent.at(norm)}, {lastMatrixOf(variant), matrix}}};
}

SubBlock initialise(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                    const std::vector<std::int64_t> &channelOrder)
{
    if (variant == parent.variant)
        return parent;
    if (variant.part != parent.variant.part)
        throw badInput(toString(variant) + " cannot be made from " + toString(parent.variant));
    requirePossible(config, variant);
    return kindOf(variant).fromParent(config, parent, variant, channelOrder);
}

SubBlock noneFromParent(const ModelConfig &, const SubBlock &, const Variant &variant, const std::vector<std::int64_t> &)
{
    return {variant, {}};
}

SubBlock linearOfPart(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                      const std::vector<std::int64_t> &)
{
    return linearFromParent(config, parent, variant.part);
}

SubBlock gqaFromParent(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                       const std::vector<std::int64_t> &)
{
    return poolKvHeads(config, parent, variant.size);
}

SubBlock widthFromParent(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                         const std::vector<std::int64_t> &channelOrder)
{
    require(parent, Part::Ffn, VariantKind::Width, toString(variant));
    if (variant.size > parent.variant.size)
        throw badInput(toString(variant) + " is wider than the " + toString(parent.variant) + " it would be made from");
    if (static_cast<std::int64_t>(channelOrder.size()) != parent.variant.size)
        throw failed("a narrower FFN needs a ranking of all " + std::to_string(parent.variant.size) + " channels");
    std::vector<std::int64_t> channels(channelOrder.begin(), channelOrder.begin() + variant.size);
    std::sort(channels.begin(), channels.end());
    return keepChannels(config, parent, channels);
}

std::vector<std::int64_t> rankByContribution(const SubBlock &parent, const Tensor &meanAbs)
{
    at::NoGradGuard noGrad;
    Tensor norms = inMainMemory(parent.at("mlp.down_proj.weight").to(at::kDouble).pow(2).sum(0).sqrt());
    Tensor contribution = (inMainMemory(meanAbs).to(at::kDouble) * norms).contiguous();
    const double *values = contribution.data_ptr<double>();
    std::vector<std::int64_t> order(static_cast<std::size_t>(contribution.numel()));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::stable_sort(order.begin(), order.end(), [values](std::int64_t a, std::int64_t b) { return values[a] > values[b]; });
    return order;
}

} // namespace tessera::nn
