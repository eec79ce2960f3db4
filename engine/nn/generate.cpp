// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/generate.h"

#include "engine/base/error.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/run.h"

#include <algorithm>
#include <cmath>

namespace tessera {
namespace nn {

std::int64_t Sampler::draw(std::span<const float> logits)
{
    auto largest = std::max_element(logits.begin(), logits.end());
    if (logits.empty() || std::any_of(logits.begin(), logits.end(), [](float x) { return !std::isfinite(x); }))
        throw failed("the model's logits are no numbers; its weights may be damaged, or bf16 too coarse for it: try f32");
    if (m_temperature == 0)
        return largest - logits.begin();
    std::vector<double> sums(logits.size());
    double sum = 0;
    for (std::size_t i = 0; i < logits.size(); ++i)
        sums[i] = sum += std::exp((static_cast<double>(logits[i]) - static_cast<double>(*largest)) / m_temperature);
    double drawn = static_cast<double>(m_random() >> 11) * 0x1p-53 * sum;
    auto found = std::upper_bound(sums.begin(), sums.end(), drawn);
    return std::min<std::int64_t>(found - sums.begin(), static_cast<std::int64_t>(logits.size()) - 1);
}

namespace {

/// The residual stream x behind all layers.
using PastLayers = std::function<Tensor(const Tensor &x, const Rope &rope, KvCache *cache)>;

/// The logits after the last of the given tokens.
std::vector<float> lastLogits(const Model &model, const PastLayers &pastLayers, const std::vector<std::int64_t> &tokens, const Rope &rope,
                              KvCache *cache)
{
    Tensor x = pastLayers(embed(model, tokenTensor(tokens)), rope, cache);
    Tensor last = finalHidden(model, x.narrow(1, x.size(1) - 1, 1));
    Tensor logits = inMainMemory(logitsOf(model, last).to(at::kFloat));
    const float *first = logits.data_ptr<float>();
    return {first, first + logits.numel()};
}

/// model: what stays on the device of it.
std::vector<std::int64_t> generate(const Model &model, const PastLayers &pastLayers, const std::vector<std::int64_t> &prompt,
                                   const GenerateOptions &options, Sampler &sampler, const std::function<void(std::int64_t)> &onToken)
{
    at::NoGradGuard noGrad;
    auto capacity = static_cast<std::int64_t>(prompt.size()) + options.maxTokens;
    Rope rope = makeRope(model.config, capacity);
    KvCache cache = makeKvCache(model, 1, options.useCache ? capacity : 0);
    std::vector<std::int64_t> all = prompt, next = prompt, added;
    const std::vector<std::int64_t> &ends = model.config.endTokens;
    while (static_cast<std::int64_t>(added.size()) < options.maxTokens) {
        std::vector<float> logits = options.useCache ? lastLogits(model, pastLayers, next, rope, &cache)
                                                     : lastLogits(model, pastLayers, all, rope, nullptr);
        std::int64_t token = sampler.draw(logits);
        all.push_back(token);
        added.push_back(token);
        next = {token};
        onToken(token);
        if (options.stopAtEnd && std::find(ends.begin(), ends.end(), token) != ends.end())
            break;
    }
    return added;
}

} // namespace

std::vector<std::int64_t> generate(const Model &model, const std::vector<std::int64_t> &prompt, const GenerateOptions &options,
                                   Sampler &sampler, const std::function<void(std::int64_t)> &onToken)
{
    const PastLayers pastLayers = [&](const Tensor &x, const Rope &rope, KvCache *cache) {
        return applyLayers(model, x, rope, 0, -1, cache);
    };
    return generate(model, pastLayers, prompt, options, sampler, onToken);
}

std::vector<std::int64_t> generate(StreamedModel &model, const std::vector<std::int64_t> &prompt, const GenerateOptions &options,
                                   Sampler &sampler, const std::function<void(std::int64_t)> &onToken)
{
    const PastLayers pastLayers = [&](const Tensor &x, const Rope &rope, KvCache *cache) { return applyLayers(model, x, rope, cache); };
    return generate(model.model(), pastLayers, prompt, options, sampler, onToken);
}

} // namespace nn

namespace {

void checkLengths(const GenerateRequest &request, const ModelConfig &config)
{
    if (request.maxTokens < 1)
        throw badInput("at least one token has to be generated, not " + std::to_string(request.maxTokens));
    auto prompt = static_cast<std::int64_t>(request.tokens.size());
    if (prompt >= config.context || request.maxTokens > config.context - prompt)
        throw badInput("a prompt of " + std::to_string(prompt) + " tokens and " + std::to_string(request.maxTokens)
                       + " new ones do not fit the model's context of " + std::to_string(config.context) + " tokens");
}

/// Bytes beside the weights: keys and values, and what the prompt's pass and the logits of a token take.
std::int64_t bytesBeside(const GenerateRequest &request, const ModelArchitecture &model, std::int64_t each)
{
    const ModelConfig &config = model.config;
    const auto prompt = static_cast<std::int64_t>(request.tokens.size()), all = prompt + request.maxTokens;
    const std::int64_t passed = request.useCache ? prompt : all;
    std::int64_t cache = 0;
    for (const LayerChoice &layer : model.layers)
        if (request.useCache && layer.attention.kind == VariantKind::Gqa)
            cache += 2 * layer.attention.size * config.headDim * all * each;
    return cache + 2 * passed * config.hidden * each + nn::activationBytes(config, 1, passed, each) + config.vocabulary * (each + 4);
}

} // namespace

Json runGenerate(const GenerateRequest &request, const WorkContext &context)
{
    at::ScalarType dtype = nn::beginRun(request.run);
    Checkpoint checkpoint = Checkpoint::open(request.model);
    nn::checkTokens(request.tokens, checkpoint.config().vocabulary);
    checkLengths(request, checkpoint.config());
    if (!request.greedy && !(request.temperature > 0 && std::isfinite(request.temperature)))
        throw badInput("the temperature has to be a positive number");
    const std::int64_t beside = bytesBeside(request, checkpoint.architecture(), static_cast<std::int64_t>(c10::elementSize(dtype)));
    nn::StreamedModel model(checkpoint, dtype,
                            nn::residentLayersFor("generating", checkpoint.architecture(), dtype, beside,
                                                  "for every token, which is slow", context));
    context.stop.throwIfRequested();
    nn::Sampler sampler(request.greedy ? 0 : request.temperature, request.run.seed);
    auto onToken = [&](std::int64_t token) {
        context.item({{"token", token}});
        context.stop.throwIfRequested();
    };
    return {{"tokens", nn::generate(model, request.tokens, {request.maxTokens, !request.ignoreEnd, request.useCache}, sampler,
                                    onToken)}};
}

} // namespace tessera
