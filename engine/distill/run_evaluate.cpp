// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/distill/evaluate.h"
#include "engine/distill/evaluation_memory.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/replace.h"
#include "engine/nn/run.h"
#include "engine/nn/streamed_model.h"
#include "engine/protocol/remark.h"
#include "engine/text/token_file.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

namespace tessera {
namespace {

/// What a request evaluates: a model whose sub-blocks may be replaced, and its parent, which may be the model without its replacements.
class Networks {
public:
    Networks(const EvaluateRequest &request, at::ScalarType dtype, const WorkContext &context)
        : m_request(request), m_dtype(dtype), m_context(context), m_checkpoint(Checkpoint::open(request.model))
    {
        if (!request.parent.empty()) {
            m_parentCheckpoint = std::make_unique<Checkpoint>(Checkpoint::open(request.parent));
            const std::int64_t own = m_checkpoint.config().vocabulary, parents = m_parentCheckpoint->config().vocabulary;
            if (own != parents)
                throw badInput(request.parent + " has a vocabulary of " + std::to_string(parents) + ", " + request.model + " one of "
                               + std::to_string(own) + ": KL needs the same");
        }
        nn::checkReplacements(request.replacements, m_checkpoint.architecture(), parentCheckpoint().architecture());
    }

    Json evaluate()
    {
        const TokenFile file(m_request.tokenFile, m_checkpoint.config().vocabulary);
        const distill::Windows windows = distill::cutWindows(file.tokens(), m_request.window, m_request.maxTokens);
        load(windows);
        m_orders = nn::channelOrders(m_request.replacements, m_parent ? *m_parent : *m_model, windows.tokens, m_memory.together, m_context);
        const nn::Model *parent = m_parent ? &m_parent->model() : isCompared() ? &m_model->model() : nullptr;
        const auto pass = [this](const std::vector<at::Tensor> &batches, const std::function<void(double)> &between) {
            return passLayers(batches, between);
        };
        Json result = toJson(distill::evaluate(m_model->model(), parent, windows, m_memory.together, pass, m_context));
        result["memory"] = {{"predicted", m_memory.bytes},
                            {"layers", m_memory.layers + m_memory.parentLayers},
                            {"moved", m_model->bytesMoved() + (m_parent ? m_parent->bytesMoved() : 0)}};
        if (const auto taken = nn::peakBytes()) {
            result["memory"]["taken"] = *taken;
            remark(m_context, "evaluating took " + bytesText(*taken) + " at its peak");
        }
        return result;
    }

private:
    bool isCompared() const { return m_parentCheckpoint || !m_request.replacements.empty(); }
    const Checkpoint &parentCheckpoint() const { return m_parentCheckpoint ? *m_parentCheckpoint : m_checkpoint; }

    /// Says what is going to be taken before anything is loaded.
    void load(const distill::Windows &windows)
    {
        const std::int64_t length = windows.tokens.size(1);
        distill::EvaluationSize size{windows.tokens.size(0), length, isCompared(), 0, 0};
        std::map<std::int64_t, std::int64_t> replaced;
        for (const SubBlockSource &source : m_request.replacements)
            replaced[source.layer] +=
                parametersOf(m_checkpoint.config(), source.variant) * static_cast<std::int64_t>(c10::elementSize(m_dtype));
        for (const auto &[layer, bytes] : replaced) {
            size.largestReplaced = std::max(size.largestReplaced, bytes);
            size.allReplaced += bytes;
        }
        const ModelArchitecture *parent = m_parentCheckpoint ? &m_parentCheckpoint->architecture() : nullptr;
        m_memory = distill::evaluationMemory(m_checkpoint.architecture(), parent, m_dtype, size);
        remark(m_context, "evaluating " + describe(m_memory, m_checkpoint.architecture(), parent, size));
        nn::beginPeak();
        m_model = std::make_unique<nn::StreamedModel>(m_checkpoint, m_dtype, m_memory.layers);
        m_rope = nn::makeRope(m_checkpoint.config(), length);
        m_context.stop.throwIfRequested();
        if (!parent)
            return;
        m_parent = std::make_unique<nn::StreamedModel>(*m_parentCheckpoint, m_dtype, m_memory.parentLayers);
        m_parentRope = nn::makeRope(parent->config, length);
    }

    /// A layer of the model with what replaces its halves.
    nn::Layer withReplacements(std::int64_t index, const nn::Layer &own)
    {
        nn::Layer layer = own;
        for (std::size_t i = 0; i < m_request.replacements.size(); ++i)
            if (const SubBlockSource &source = m_request.replacements[i]; source.layer == index)
                layer.of(source.variant.part) = replacement(i, own);
        return layer;
    }

    nn::SubBlock replacement(std::size_t place, const nn::Layer &own)
    {
        if (const auto kept = m_kept.find(place); kept != m_kept.end())
            return kept->second;
        const SubBlockSource &source = m_request.replacements[place];
        const auto parents = [&] { return (m_parent ? m_parent->copyOf(source.layer) : own).of(source.variant.part); };
        nn::SubBlock block = nn::replacementFor(source, m_checkpoint.config(), parentCheckpoint().config(), parents, m_orders, m_dtype);
        if (m_memory.whole)
            m_kept.emplace(place, block);
        return block;
    }

    void pastLayer(const ModelConfig &config, const nn::Layer &layer, std::vector<at::Tensor> &streams, const nn::Rope &rope) const
    {
        for (at::Tensor &x : streams) {
            m_context.stop.throwIfRequested();
            x = nn::applyLayer(config, layer, x, rope);
        }
    }

    distill::Streams passLayers(const std::vector<at::Tensor> &batches, const std::function<void(double)> &between)
    {
        distill::Streams streams;
        for (const at::Tensor &tokens : batches)
            streams.own.push_back(nn::embed(m_model->model(), tokens));
        const double all = static_cast<double>(m_model->layers() + (m_parent ? m_parent->layers() : 0));
        // Where the parent is the model without its replacements, both are one until the first of them.
        const bool together = isCompared() && !m_parent;
        const auto first = std::ranges::min_element(m_request.replacements, {}, &SubBlockSource::layer);
        const ModelConfig &config = m_model->model().config;
        for (std::int64_t index = 0; index < m_model->layers(); ++index) {
            between(static_cast<double>(index) / all);
            const nn::Layer &own = m_model->layer(index);
            if (together && index == first->layer)
                streams.parent = streams.own;
            const nn::Layer layer = withReplacements(index, own);
            pastLayer(config, layer, streams.own, m_rope);
            pastLayer(config, own, streams.parent, m_rope);
        }
        if (!m_parent)
            return streams;
        for (const at::Tensor &tokens : batches)
            streams.parent.push_back(nn::embed(m_parent->model(), tokens));
        for (std::int64_t index = 0; index < m_parent->layers(); ++index) {
            between(static_cast<double>(m_model->layers() + index) / all);
            const nn::Layer &layer = m_parent->layer(index);
            pastLayer(m_parent->model().config, layer, streams.parent, m_parentRope);
        }
        return streams;
    }

    const EvaluateRequest &m_request;
    at::ScalarType m_dtype;
    const WorkContext &m_context;
    Checkpoint m_checkpoint;
    std::unique_ptr<Checkpoint> m_parentCheckpoint; ///< None where the parent is the model itself, or there is none.
    distill::EvaluationMemory m_memory;
    std::unique_ptr<nn::StreamedModel> m_model, m_parent;
    nn::Rope m_rope, m_parentRope;
    nn::ChannelOrders m_orders;
    std::map<std::size_t, nn::SubBlock> m_kept; ///< Replacements by their place in the request.
};

} // namespace

Json runEvaluate(const EvaluateRequest &request, const WorkContext &context)
{
    at::NoGradGuard noGrad;
    const at::ScalarType dtype = nn::beginRun(request.run);
    return Networks(request, dtype, context).evaluate();
}

} // namespace tessera
