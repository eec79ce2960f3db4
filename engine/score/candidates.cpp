// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/score/candidates.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/nn/initialise.h"
#include "engine/score/score_memory.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

std::string nameOf(const SubBlockSource &source)
{
    return toString(source.variant) + " of layer " + std::to_string(source.layer);
}

const Variant &parentOf(const ModelArchitecture &parent, const SubBlockSource &source)
{
    return parent.layers[static_cast<std::size_t>(source.layer)].of(source.variant.part);
}

std::int64_t bytesOf(const nn::SubBlock &block)
{
    std::int64_t sum = 0;
    for (const auto &[name, tensor] : block.tensors)
        sum += tensor.numel() * static_cast<std::int64_t>(tensor.element_size());
    return sum;
}

} // namespace

Candidates::Candidates(const ModelArchitecture &parent, at::ScalarType dtype, std::vector<SubBlockSource> sources)
    : m_parent(parent), m_dtype(dtype), m_sources(std::move(sources)), m_kept(m_sources.size())
{
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const SubBlockSource &source = m_sources[i];
        if (source.layer < 0 || source.layer >= static_cast<std::int64_t>(parent.layers.size()))
            throw badInput("a candidate is for layer " + std::to_string(source.layer) + ", but the parent has layers 0 to " +
                           std::to_string(parent.layers.size() - 1));
        if (const std::string why = whyImpossible(parent.config, source.variant); !why.empty())
            throw badInput(nameOf(source) + " cannot stand in this parent: " + why);
        const bool computed = source.variant.kind == VariantKind::None || source.origin == Origin::Paper || isParent(i);
        if (source.file.empty() && !computed)
            throw badInput(nameOf(source) + " (" + toString(source.origin) + ") names no file with its weights");
    }
}

bool Candidates::isParent(std::size_t index) const
{
    const SubBlockSource &source = m_sources[index];
    return source.file.empty() && source.variant == parentOf(m_parent, source);
}

bool Candidates::needsRanking(const SubBlockSource &source) const
{
    return source.file.empty() && source.variant.kind == VariantKind::Width &&
           source.variant != parentOf(m_parent, source);
}

bool Candidates::needRanking() const
{
    return std::any_of(m_sources.begin(), m_sources.end(), [&](const auto &source) { return needsRanking(source); });
}

void Candidates::rank(nn::StreamedModel &parent, const nn::Rope &rope, std::int64_t batches,
                      const std::function<nn::Tensor(std::int64_t)> &batch, const StopToken &stop)
{
    std::map<std::int64_t, nn::Tensor> sums;
    for (const SubBlockSource &source : m_sources)
        if (needsRanking(source))
            sums.emplace(source.layer, nn::Tensor());
    if (sums.empty())
        return;
    const ModelConfig &config = m_parent.config;
    const std::int64_t last = sums.rbegin()->first;
    std::int64_t tokens = 0;
    for (std::int64_t index = 0; index < batches; ++index) {
        nn::Tensor x = nn::embed(parent.model(), batch(index));
        tokens += x.size(0) * x.size(1);
        for (std::int64_t layer = 0; layer <= last; ++layer) {
            stop.throwIfRequested();
            const nn::Layer &blocks = parent.layer(layer);
            x = nn::applySubBlock(config, blocks.attention, x, rope);
            if (auto sum = sums.find(layer); sum != sums.end()) {
                const nn::Tensor channels = nn::features(config, blocks.ffn, x, rope).abs().flatten(0, 1).sum(0, false, at::kDouble);
                sum->second = sum->second.defined() ? sum->second + channels : channels;
                if (index + 1 == batches)
                    m_channelOrder[layer] = nn::rankByContribution(blocks.ffn, sum->second / static_cast<double>(tokens));
            }
            x = nn::applySubBlock(config, blocks.ffn, x, rope);
        }
    }
}

nn::SubBlock Candidates::make(const SubBlockSource &source, const nn::Layer &own) const
{
    if (source.file.empty() && source.variant.kind == VariantKind::None)
        return {source.variant, {}};
    if (source.file.empty()) {
        const auto order = m_channelOrder.find(source.layer);
        return nn::initialise(m_parent.config, own.of(source.variant.part), source.variant,
                              order == m_channelOrder.end() ? std::vector<std::int64_t>{} : order->second);
    }
    if (!source.hash.empty() && hashFile(source.file) != source.hash)
        throw badInput(source.file + " with the weights of " + nameOf(source) +
                       " has changed since it was recorded; make this variant again");
    return nn::loadSubBlockFile(m_parent.config, source.variant, source.file, m_dtype);
}

nn::SubBlock Candidates::load(std::size_t index, const nn::Layer &own, bool ownStays)
{
    if (m_kept[index])
        return *m_kept[index];
    nn::SubBlock block = make(m_sources[index], own);
    const bool sharesOwn = m_sources[index].file.empty();
    if ((ownStays || !sharesOwn) && m_keptBytes + bytesOf(block) <= kMostKeptBlockBytes) {
        m_keptBytes += bytesOf(block);
        m_kept[index] = block;
    }
    return block;
}

std::int64_t Candidates::bytes(std::size_t index) const
{
    return parametersOf(m_parent.config, m_sources[index].variant) * static_cast<std::int64_t>(c10::elementSize(m_dtype));
}

} // namespace tessera
