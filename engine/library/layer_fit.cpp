// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/layer_fit.h"

#include "engine/base/error.h"
#include "engine/library/channel_ranking.h"
#include "engine/library/inputs.h"
#include "engine/nn/device.h"
#include "engine/nn/initialise.h"

#include <algorithm>
#include <map>
#include <memory>

namespace tessera {
namespace {

at::Tensor flat(const at::Tensor &x) { return x.reshape({-1, x.size(-1)}); }

double squares(const at::Tensor &x) { return x.to(at::kDouble).square().sum().item<double>(); }

LinearMap mapOf(const nn::SubBlock &block) { return {lastMatrix(block), lastBias(block)}; }

/// The last matrix is drawn towards the parent's pruned one; a linear replacement towards nothing.
LinearMap ridgeTarget(const nn::SubBlock &start)
{
    LinearMap map = mapOf(start);
    if (start.variant.kind == VariantKind::Linear)
        map.weight = at::zeros_like(map.weight);
    return map;
}

/// A variant whose features are gathered on their own: everything but the narrower FFNs.
struct Gathered {
    nn::SubBlock paper; ///< The paper's start.
    nn::SubBlock start; ///< What the features come from; differs from paper where the best kv heads are kept.
    MomentSum features, paperFeatures;
    bool own = false; ///< Whether start is not paper.
};

class LayerFit {
public:
    LayerFit(const ModelConfig &config, const nn::Layer &parent, const std::vector<Variant> &wanted,
             const FitSettings &settings, const nn::Rope &rope);
    void chooseKvHeads(const at::Tensor &stream, std::int64_t step, const std::function<void()> &between);
    bool needsKvHeads() const;
    void prepare();
    /// Looks at a batch [B, T, hidden] of the stream and returns what is behind the layer.
    at::Tensor add(const at::Tensor &x);
    FittedVariant fit(const Variant &variant);

private:
    FittedVariant fitGathered(const Variant &variant);
    FittedVariant fitWidth(const Variant &variant);
    void rankChannels();
    double attentionLoss(const nn::SubBlock &attention) const;
    at::Tensor firstRows(const at::Tensor &rows, std::int64_t have, std::int64_t limit) const;

    const ModelConfig &m_config;
    const nn::Layer &m_parent;
    std::vector<Variant> m_wanted;
    FitSettings m_settings;
    const nn::Rope &m_rope;

    at::Tensor m_headScores;
    std::map<Variant, Gathered> m_gathered;
    std::unique_ptr<MomentSum> m_ffnSum; ///< Of the parent's FFN features, where a width is wanted.
    Moments m_ffn;
    at::Tensor m_absolute;               ///< Sum of |features| per channel, float64.
    std::vector<std::int64_t> m_ranking, m_contribution;
    std::vector<at::Tensor> m_sampleInputs, m_sampleOutputs, m_sampleFeatures;
    std::int64_t m_sampleTokens = 0, m_featureTokens = 0;
    double m_outputSquares = 0, m_ffnSquares = 0;
};

LayerFit::LayerFit(const ModelConfig &config, const nn::Layer &parent, const std::vector<Variant> &wanted,
                   const FitSettings &settings, const nn::Rope &rope)
    : m_config(config), m_parent(parent), m_wanted(wanted), m_settings(settings), m_rope(rope)
{
}

bool LayerFit::needsKvHeads() const
{
    return m_settings.bestKvHeads
        && std::any_of(m_wanted.begin(), m_wanted.end(), [](const Variant &v) { return v.kind == VariantKind::Gqa; });
}

void LayerFit::chooseKvHeads(const at::Tensor &stream, std::int64_t step, const std::function<void()> &between)
{
    m_headScores = at::zeros({m_config.kvHeads}, stream.options().dtype(at::kDouble));
    for (std::int64_t first = 0; first < stream.size(0); first += step) {
        between();
        at::Tensor x = stream.narrow(0, first, std::min(step, stream.size(0) - first));
        at::Tensor heads = flat(nn::features(m_config, m_parent.attention, x, m_rope));
        m_headScores += kvHeadContribution(heads, lastMatrix(m_parent.attention), m_config.kvHeads)
            * static_cast<double>(heads.size(0));
    }
}

void LayerFit::prepare()
{
    for (const Variant &variant : m_wanted) {
        if (variant.kind == VariantKind::Width) {
            if (!m_ffnSum) {
                m_ffnSum = std::make_unique<MomentSum>(m_config.ffnWidth, 0);
                m_absolute = at::zeros({m_config.ffnWidth}, nn::onDevice(at::kDouble));
            }
            continue;
        }
        nn::SubBlock paper = nn::initialise(m_config, m_parent.of(variant.part), variant), start = paper;
        bool own = variant.kind == VariantKind::Gqa && m_settings.bestKvHeads;
        if (own)
            start = nn::keepKvHeads(m_config, m_parent.attention, bestOfGroups(m_headScores, variant.size));
        std::int64_t features = lastMatrix(start).size(1), hidden = m_config.hidden;
        m_gathered.emplace(variant, Gathered{paper, start, MomentSum(features, hidden),
                                             MomentSum(own ? features : 0, own ? hidden : 0), own});
    }
}

at::Tensor LayerFit::firstRows(const at::Tensor &rows, std::int64_t have, std::int64_t limit) const
{
    return rows.narrow(0, 0, std::clamp<std::int64_t>(limit - have, 0, rows.size(0)));
}

at::Tensor LayerFit::add(const at::Tensor &x)
{
    at::Tensor attention = nn::increment(m_config, m_parent.attention, x, m_rope);
    at::Tensor between = x + attention;
    at::Tensor channels = nn::features(m_config, m_parent.ffn, between, m_rope);
    at::Tensor ffn = incrementOf(m_parent.ffn, channels);
    at::Tensor output = between + ffn;
    for (auto &[variant, gathered] : m_gathered) {
        bool isAttention = variant.part == Part::Attention;
        const at::Tensor &input = isAttention ? x : between;
        at::Tensor target = flat(isAttention ? attention : ffn);
        gathered.features.add(flat(nn::features(m_config, gathered.start, input, m_rope)), target);
        if (gathered.own)
            gathered.paperFeatures.add(flat(nn::features(m_config, gathered.paper, input, m_rope)), target);
    }
    if (m_ffnSum) {
        at::Tensor rows = flat(channels);
        m_ffnSum->add(rows);
        m_absolute += rows.abs().sum(0, false, at::kDouble);
        if (m_settings.ranking == ChannelRanking::Iterative && m_featureTokens < kRankingTokens) {
            m_sampleFeatures.push_back(firstRows(rows, m_featureTokens, kRankingTokens).clone());
            m_featureTokens += m_sampleFeatures.back().size(0);
        }
    }
    if (m_sampleTokens < kLossTokens) {
        m_sampleInputs.push_back(x.clone());
        m_sampleOutputs.push_back(output);
        m_sampleTokens += x.size(0) * x.size(1);
    }
    m_outputSquares += squares(output);
    m_ffnSquares += squares(ffn);
    return output;
}

double LayerFit::attentionLoss(const nn::SubBlock &attention) const
{
    double error = 0, scale = 0;
    for (std::size_t i = 0; i < m_sampleInputs.size(); ++i) {
        at::Tensor output = nn::applyLayer(m_config, {attention, m_parent.ffn}, m_sampleInputs[i], m_rope);
        error += squares(output.to(at::kFloat) - m_sampleOutputs[i].to(at::kFloat));
        scale += squares(m_sampleOutputs[i]);
    }
    return scale > 0 ? error / scale : 0;
}

FittedVariant LayerFit::fitGathered(const Variant &variant)
{
    const Gathered &gathered = m_gathered.at(variant);
    Moments moments = gathered.features.moments();
    FittedVariant result{gathered.start};
    if (m_settings.closedForm) {
        LinearMap map = solveRidge(moments, ridgeWeight(moments.gram, m_settings.ridge), ridgeTarget(gathered.start));
        result.block = withLastMatrix(gathered.start, map.weight, map.bias);
    }
    Moments paperMoments = gathered.own ? gathered.paperFeatures.moments() : moments;
    double before = squaredError(paperMoments, mapOf(gathered.paper)), after = squaredError(moments, mapOf(result.block));
    double scale = std::max(moments.targetSquares, 1e-300);
    result.incrementBefore = before / scale;
    result.incrementAfter = after / scale;
    if (variant.part == Part::Attention) {
        result.lossBefore = attentionLoss(gathered.paper);
        result.lossAfter = attentionLoss(result.block);
    } else {
        result.lossBefore = before / std::max(m_outputSquares, 1e-300);
        result.lossAfter = after / std::max(m_outputSquares, 1e-300);
    }
    return result;
}

void LayerFit::rankChannels()
{
    m_ffn = momentsOfMap(m_ffnSum->moments(), lastMatrix(m_parent.ffn), lastBias(m_parent.ffn));
    m_contribution = nn::rankByContribution(m_parent.ffn, m_absolute / static_cast<double>(m_ffn.rows));
    at::Tensor weight = lastMatrix(m_parent.ffn);
    switch (m_settings.ranking) {
    case ChannelRanking::Elimination: {
        // The bias follows the means, so that the channels are ranked by what is left around them.
        at::Tensor gram = m_ffn.gram;
        if (lastBias(m_parent.ffn).defined())
            gram = gram - at::outer(m_ffn.featureSum, m_ffn.featureSum) / static_cast<double>(m_ffn.rows);
        m_ranking = rankByElimination(gram, weight, ridgeWeight(m_ffn.gram, m_settings.ridge));
        break;
    }
    case ChannelRanking::Contribution: m_ranking = m_contribution; break;
    case ChannelRanking::Iterative:
        m_ranking = rankIteratively(at::cat(m_sampleFeatures), weight, kRankingRounds);
        break;
    }
}

FittedVariant LayerFit::fitWidth(const Variant &variant)
{
    if (m_ranking.empty())
        rankChannels();
    auto firstChannels = [&](const std::vector<std::int64_t> &ranking) {
        std::vector<std::int64_t> kept(ranking.begin(), ranking.begin() + variant.size);
        std::sort(kept.begin(), kept.end());
        return kept;
    };
    std::vector<std::int64_t> kept = firstChannels(m_ranking), paperKept = firstChannels(m_contribution);
    nn::SubBlock start = nn::keepChannels(m_config, m_parent.ffn, kept);
    FittedVariant result{start};
    Moments moments = withFeatures(m_ffn, kept);
    if (m_settings.closedForm) {
        LinearMap map = solveRidge(moments, ridgeWeight(moments.gram, m_settings.ridge), ridgeTarget(start));
        result.block = withLastMatrix(start, map.weight, map.bias);
    }
    nn::SubBlock paper = nn::keepChannels(m_config, m_parent.ffn, paperKept);
    double before = squaredError(withFeatures(m_ffn, paperKept), mapOf(paper));
    double after = squaredError(moments, mapOf(result.block));
    result.incrementBefore = before / std::max(m_ffnSquares, 1e-300);
    result.incrementAfter = after / std::max(m_ffnSquares, 1e-300);
    result.lossBefore = before / std::max(m_outputSquares, 1e-300);
    result.lossAfter = after / std::max(m_outputSquares, 1e-300);
    return result;
}

FittedVariant LayerFit::fit(const Variant &variant)
{
    return variant.kind == VariantKind::Width ? fitWidth(variant) : fitGathered(variant);
}

/// Looks at the whole stream, step windows at a time, and carries it behind the layer once all went well.
void gather(LayerFit &fit, at::Tensor &stream, std::int64_t step, const std::function<void(std::int64_t tokens)> &between)
{
    if (fit.needsKvHeads())
        fit.chooseKvHeads(stream, step, [&] { between(0); });
    fit.prepare();
    at::Tensor behind = at::empty_like(stream);
    for (std::int64_t first = 0; first < stream.size(0); first += step) {
        between(first * stream.size(1));
        std::int64_t count = std::min(step, stream.size(0) - first);
        behind.narrow(0, first, count).copy_(fit.add(stream.narrow(0, first, count)));
    }
    stream = behind;
}

} // namespace

ChannelRanking parseChannelRanking(const std::string &word)
{
    if (word == "elimination")
        return ChannelRanking::Elimination;
    if (word == "contribution")
        return ChannelRanking::Contribution;
    if (word == "iterative")
        return ChannelRanking::Iterative;
    throw badInput("\"" + word + "\" ranks no channels: use elimination, contribution or iterative");
}

std::string fitLayer(const ModelConfig &config, const nn::Layer &parent, const std::vector<Variant> &wanted,
                     const FitSettings &settings, const nn::Rope &rope, at::Tensor &stream,
                     const std::function<void(std::int64_t tokens)> &between,
                     const std::function<void(const FittedVariant &)> &fitted)
{
    at::NoGradGuard noGrad;
    std::string note;
    std::unique_ptr<LayerFit> fit;
    for (std::int64_t step = windowsAtOnce(stream.size(1)); !fit;) {
        try {
            fit = std::make_unique<LayerFit>(config, parent, wanted, settings, rope);
            gather(*fit, stream, step, between);
        } catch (const c10::Error &error) {
            if (!nn::isOutOfMemory(error) || step == 1)
                throw;
            // The stream is as it was: the layer is looked at again from its start.
            fit.reset();
            step /= 2;
            note = "the device's memory allows no more than " + std::to_string(step) + " windows at once";
            nn::releaseUnused();
        }
    }
    for (const Variant &variant : wanted) {
        between(stream.size(0) * stream.size(1));
        fitted(fit->fit(variant));
    }
    return note;
}

} // namespace tessera
