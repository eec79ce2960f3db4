// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/distill/replace.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/nn/initialise.h"

#include <algorithm>
#include <map>

namespace tessera::distill {
namespace {

constexpr std::int64_t kTokensAtOnce = 512;

bool needsRanking(const SubBlockSource &source, const nn::Model &parent)
{
    return source.file.empty() && source.variant.kind == VariantKind::Width
        && source.variant != parent.layers[static_cast<std::size_t>(source.layer)].ffn.variant;
}

nn::SubBlock readSource(const SubBlockSource &source, const ModelConfig &config, at::ScalarType dtype)
{
    if (!source.hash.empty() && hashFile(source.file) != source.hash)
        throw badInput(source.file + " is not the file that was stored for layer " + std::to_string(source.layer) + ", "
                       + toString(source.variant) + "; run the stage that makes it again");
    return nn::loadSubBlockFile(config, source.variant, source.file, dtype);
}

void checkSource(const SubBlockSource &source, const nn::Model &model, const nn::Model &parent)
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

std::map<std::int64_t, std::vector<std::int64_t>> rankings(const std::vector<SubBlockSource> &sources, const nn::Model &parent,
                                                           const Windows &windows, const WorkContext &context)
{
    std::map<std::int64_t, std::vector<std::int64_t>> ranked;
    for (const SubBlockSource &source : sources)
        if (needsRanking(source, parent))
            ranked[source.layer] = {};
    std::vector<std::int64_t> layers;
    for (const auto &[layer, order] : ranked)
        layers.push_back(layer);
    std::vector<at::Tensor> means = meanAbsFeatures(parent, layers, windows, context);
    for (std::size_t i = 0; i < layers.size(); ++i)
        ranked[layers[i]] = nn::rankByContribution(parent.layers[static_cast<std::size_t>(layers[i])].ffn, means[i]);
    return ranked;
}

} // namespace

std::vector<at::Tensor> meanAbsFeatures(const nn::Model &model, const std::vector<std::int64_t> &layers, const Windows &windows,
                                        const WorkContext &context)
{
    at::NoGradGuard noGrad;
    std::vector<at::Tensor> sums(layers.size());
    std::int64_t count = windows.tokens.size(0), length = windows.tokens.size(1);
    std::int64_t batch = std::max<std::int64_t>(1, kTokensAtOnce / length);
    nn::Rope rope = nn::makeRope(model.config, length);
    for (std::int64_t first = 0; first < count && !layers.empty(); first += batch) {
        context.stop.throwIfRequested();
        std::int64_t rows = std::min(batch, count - first), done = 0;
        at::Tensor x = nn::embed(model, windows.tokens.narrow(0, first, rows));
        for (std::size_t i = 0; i < layers.size(); ++i) {
            x = nn::applyLayers(model, x, rope, done, layers[i]);
            done = layers[i];
            const nn::Layer &layer = model.layers[static_cast<std::size_t>(done)];
            at::Tensor between = nn::applySubBlock(model.config, layer.attention, x, rope);
            at::Tensor features = nn::features(model.config, layer.ffn, between, rope);
            at::Tensor sum = features.reshape({-1, features.size(2)}).abs().sum(0, false, at::kDouble);
            sums[i] = sums[i].defined() ? sums[i] + sum : sum;
        }
        context.progress({"ranking channels", (first + rows) * length, count * length, "tokens", ""});
    }
    for (at::Tensor &sum : sums)
        sum = sum / static_cast<double>(count * length);
    return sums;
}

nn::Model replaceSubBlocks(const nn::Model &model, const nn::Model &parent, const std::vector<SubBlockSource> &sources,
                           const Windows &windows, const WorkContext &context)
{
    for (const SubBlockSource &source : sources)
        checkSource(source, model, parent);
    auto ranked = rankings(sources, parent, windows, context);
    nn::Model child = model;
    for (const SubBlockSource &source : sources) {
        auto layer = static_cast<std::size_t>(source.layer);
        Part part = source.variant.part;
        const nn::SubBlock &from = parent.layers[layer].of(part);
        child.layers[layer].of(part) = source.file.empty()
            ? nn::initialise(parent.config, from, source.variant, ranked[source.layer])
            : readSource(source, model.config, model.dtype);
    }
    return child;
}

} // namespace tessera::distill
