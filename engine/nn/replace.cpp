// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/replace.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/nn/forward.h"
#include "engine/nn/initialise.h"

#include <algorithm>
#include <map>

namespace tessera::nn {
namespace {

constexpr std::int64_t kTokensAtOnce = 512;

bool needsRanking(const SubBlockSource &source, const Model &parent)
{
    return source.file.empty() && source.variant.kind == VariantKind::Width
        && source.variant != parent.layers[static_cast<std::size_t>(source.layer)].ffn.variant;
}

SubBlock readSource(const SubBlockSource &source, const ModelConfig &config, at::ScalarType dtype)
{
    if (!source.hash.empty() && hashFile(source.file) != source.hash)
        throw badInput(source.file + " is not the file that was stored for layer " + std::to_string(source.layer) + ", "
                       + toString(source.variant) + "; run the stage that makes it again");
    return loadSubBlockFile(config, source.variant, source.file, dtype);
}

void checkSource(const SubBlockSource &source, const Model &model, const Model &parent)
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

std::map<std::int64_t, std::vector<std::int64_t>> rankings(const std::vector<SubBlockSource> &sources, const Model &parent,
                                                           const Tensor &tokens, const WorkContext &context)
{
    std::map<std::int64_t, std::vector<std::int64_t>> ranked;
    for (const SubBlockSource &source : sources)
        if (needsRanking(source, parent))
            ranked[source.layer] = {};
    std::vector<std::int64_t> layers;
    for (const auto &[layer, order] : ranked)
        layers.push_back(layer);
    std::vector<Tensor> means = meanAbsFeatures(parent, layers, tokens, context);
    for (std::size_t i = 0; i < layers.size(); ++i)
        ranked[layers[i]] = rankByContribution(parent.layers[static_cast<std::size_t>(layers[i])].ffn, means[i]);
    return ranked;
}

} // namespace

std::vector<Tensor> meanAbsFeatures(const Model &model, const std::vector<std::int64_t> &layers, const Tensor &tokens,
                                        const WorkContext &context)
{
    at::NoGradGuard noGrad;
    std::vector<Tensor> sums(layers.size());
    std::int64_t count = tokens.size(0), length = tokens.size(1);
    std::int64_t batch = std::max<std::int64_t>(1, kTokensAtOnce / length);
    Rope rope = makeRope(model.config, length);
    for (std::int64_t first = 0; first < count && !layers.empty(); first += batch) {
        context.stop.throwIfRequested();
        std::int64_t rows = std::min(batch, count - first), done = 0;
        Tensor x = embed(model, tokens.narrow(0, first, rows));
        for (std::size_t i = 0; i < layers.size(); ++i) {
            x = applyLayers(model, x, rope, done, layers[i]);
            done = layers[i];
            const Layer &layer = model.layers[static_cast<std::size_t>(done)];
            Tensor between = applySubBlock(model.config, layer.attention, x, rope);
            Tensor features = nn::features(model.config, layer.ffn, between, rope);
            Tensor sum = features.reshape({-1, features.size(2)}).abs().sum(0, false, at::kDouble);
            sums[i] = sums[i].defined() ? sums[i] + sum : sum;
        }
        context.progress({"ranking channels", (first + rows) * length, count * length, "tokens", ""});
    }
    for (Tensor &sum : sums)
        sum = sum / static_cast<double>(count * length);
    return sums;
}

Model replaceSubBlocks(const Model &model, const Model &parent, const std::vector<SubBlockSource> &sources,
                           const Tensor &tokens, const WorkContext &context)
{
    for (const SubBlockSource &source : sources)
        checkSource(source, model, parent);
    auto ranked = rankings(sources, parent, tokens, context);
    Model child = model;
    for (const SubBlockSource &source : sources) {
        auto layer = static_cast<std::size_t>(source.layer);
        Part part = source.variant.part;
        const SubBlock &from = parent.layers[layer].of(part);
        child.layers[layer].of(part) = source.file.empty()
            ? initialise(parent.config, from, source.variant, ranked[source.layer])
            : readSource(source, model.config, model.dtype);
    }
    return child;
}

} // namespace tessera::nn
