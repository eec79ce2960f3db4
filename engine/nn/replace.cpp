// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/replace.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/nn/forward.h"
#include "engine/nn/initialise.h"

#include <algorithm>
#include <functional>

namespace tessera::nn {
namespace {

constexpr std::int64_t kTokensAtOnce = 512;

bool needsRanking(const SubBlockSource &source, const ModelArchitecture &parent)
{
    return source.file.empty() && source.variant.kind == VariantKind::Width
        && source.variant != parent.layers[static_cast<std::size_t>(source.layer)].ffn;
}

SubBlock readSource(const SubBlockSource &source, const ModelConfig &config, at::ScalarType dtype)
{
    if (!source.hash.empty() && hashFile(source.file) != source.hash)
        throw badInput(source.file + " is not the file that was stored for layer " + std::to_string(source.layer) + ", "
                       + toString(source.variant) + "; run the stage that makes it again");
    return loadSubBlockFile(config, source.variant, source.file, dtype);
}

void checkSource(const SubBlockSource &source, const ModelArchitecture &model, const ModelArchitecture &parent)
{
    auto layers = static_cast<std::int64_t>(std::min(model.layers.size(), parent.layers.size()));
    if (source.layer < 0 || source.layer >= layers)
        throw badInput("layer " + std::to_string(source.layer) + " does not exist: the model has layers 0 to "
                       + std::to_string(layers - 1));
    std::string why = whyImpossible(model.config, source.variant);
    if (!why.empty())
        throw badInput("layer " + std::to_string(source.layer) + ": " + why);
    if (model.config.hidden != parent.config.hidden || model.config.headDim != parent.config.headDim
        || model.config.heads != parent.config.heads)
        throw badInput("the parent's shape differs from the model's: sub-blocks cannot be taken over");
}

/// ends: embedding and configuration of the parent; layerOf: its layers, asked for in ascending order.
ChannelOrders orderChannels(const std::vector<SubBlockSource> &sources, const Model &ends,
                            const std::function<const Layer &(std::int64_t)> &layerOf, const Tensor &tokens, std::int64_t together,
                            const WorkContext &context)
{
    at::NoGradGuard noGrad;
    ChannelOrders orders;
    const ModelArchitecture parent = ends.architecture();
    for (const SubBlockSource &source : sources)
        if (needsRanking(source, parent))
            orders[source.layer] = {};
    if (orders.empty())
        return orders;
    std::map<std::int64_t, Tensor> sums;
    const std::int64_t count = tokens.size(0), length = tokens.size(1), batch = std::max<std::int64_t>(1, kTokensAtOnce / length);
    const Rope rope = makeRope(ends.config, length);
    for (std::int64_t first = 0; first < count; first += together * batch) {
        const std::int64_t end = std::min(count, first + together * batch);
        std::vector<Tensor> streams;
        for (std::int64_t window = first; window < end; window += batch)
            streams.push_back(embed(ends, tokens.narrow(0, window, std::min(batch, end - window))));
        for (std::int64_t index = 0; index <= orders.rbegin()->first; ++index) {
            const Layer &layer = layerOf(index);
            const auto order = orders.find(index);
            for (Tensor &x : streams) {
                context.stop.throwIfRequested();
                x = applySubBlock(ends.config, layer.attention, x, rope);
                if (order != orders.end()) {
                    const Tensor features = nn::features(ends.config, layer.ffn, x, rope);
                    const Tensor more = features.reshape({-1, features.size(2)}).abs().sum(0, false, at::kDouble);
                    Tensor &sum = sums[index];
                    sum = sum.defined() ? sum + more : more;
                }
                x = applySubBlock(ends.config, layer.ffn, x, rope);
            }
            if (order != orders.end() && end == count)
                order->second = rankByContribution(layer.ffn, sums.at(index) / static_cast<double>(count * length));
        }
        context.progress({"ranking channels", end * length, count * length, "tokens", ""});
    }
    return orders;
}

} // namespace

void checkReplacements(const std::vector<SubBlockSource> &sources, const ModelArchitecture &model, const ModelArchitecture &parent)
{
    for (const SubBlockSource &source : sources)
        checkSource(source, model, parent);
}

ChannelOrders channelOrders(const std::vector<SubBlockSource> &sources, StreamedModel &parent, const Tensor &tokens,
                            std::int64_t together, const WorkContext &context)
{
    const auto layerOf = [&](std::int64_t index) -> const Layer & { return parent.layer(index); };
    return orderChannels(sources, parent.model(), layerOf, tokens, together, context);
}

SubBlock replacementFor(const SubBlockSource &source, const ModelConfig &config, const ModelConfig &parent,
                        const std::function<SubBlock()> &own, const ChannelOrders &orders, at::ScalarType dtype)
{
    if (!source.file.empty())
        return readSource(source, config, dtype);
    if (source.variant.kind == VariantKind::None)
        return {source.variant, {}};
    const auto order = orders.find(source.layer);
    return initialise(parent, own(), source.variant, order == orders.end() ? std::vector<std::int64_t>{} : order->second);
}

Model replaceSubBlocks(const Model &model, const Model &parent, const std::vector<SubBlockSource> &sources,
                           const Tensor &tokens, const WorkContext &context)
{
    checkReplacements(sources, model.architecture(), parent.architecture());
    const auto layerOf = [&](std::int64_t index) -> const Layer & { return parent.layers[static_cast<std::size_t>(index)]; };
    const ChannelOrders orders = orderChannels(sources, parent, layerOf, tokens, 1, context);
    Model child = model;
    for (const SubBlockSource &source : sources) {
        const auto layer = static_cast<std::size_t>(source.layer);
        const Part part = source.variant.part;
        const auto own = [&] { return parent.layers[layer].of(part); };
        child.layers[layer].of(part) = replacementFor(source, model.config, parent.config, own, orders, model.dtype);
    }
    return child;
}

} // namespace tessera::nn
