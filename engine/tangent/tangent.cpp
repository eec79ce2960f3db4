// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/tangent/tangent.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/replace.h"
#include "engine/nn/run.h"
#include "engine/tangent/sub_block_grams.h"
#include "engine/text/token_file.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace tessera {
namespace {

using tangent::Functional;

constexpr std::int64_t kMostProbes = 4096, kMostTokens = std::int64_t{1} << 20, kMostSeeds = 64, kWidestSketch = 1 << 16;
constexpr std::int64_t kMostStreamNumbers = std::int64_t{1} << 31; // 8 GiB of float32

void check(const TangentRequest &request)
{
    if (request.run.dtype != DType::F32)
        throw badInput("tangent kernels are computed in f32: gradients in " + toString(request.run.dtype) + " lose too many digits");
    if (request.probes < 2 || request.probes > kMostProbes)
        throw badInput("a kernel of " + std::to_string(request.probes) + " probes: use 2 to " + std::to_string(kMostProbes));
    if (request.window < 1 || request.window > kMostTokens / request.probes)
        throw badInput("probes of " + std::to_string(request.window) + " tokens: use 1 to " + std::to_string(kMostTokens / request.probes)
                       + " for so many probes");
    if (request.seeds.empty() || static_cast<std::int64_t>(request.seeds.size()) > kMostSeeds)
        throw badInput("tangent kernels need 1 to " + std::to_string(kMostSeeds) + " seeds");
    if (request.sketch < 0 || request.sketch > kWidestSketch)
        throw badInput("a sketch of " + std::to_string(request.sketch) + " columns: use 1 to " + std::to_string(kWidestSketch) + ", or 0 for none");
    const bool drawn = tangent::parseFunctional(request.functional) == Functional::RandomLogit || request.sketch > 0;
    if (!drawn && request.seeds.size() > 1)
        throw badInput("several seeds give one and the same kernel here: nothing is drawn for " + request.functional + " without a sketch");
}

/// Streams and gradients of all probes are in memory at once, beside the model as a whole.
void checkMemory(const TangentRequest &request, const ModelArchitecture &model)
{
    const ModelConfig &config = model.config;
    const auto seeds = static_cast<std::int64_t>(request.seeds.size()), layers = static_cast<std::int64_t>(model.layers.size());
    const std::int64_t streams = 2 * layers + 2 * seeds, tokens = request.probes * request.window;
    if (streams > kMostStreamNumbers / config.hidden / tokens)
        throw badInput("the activations of " + std::to_string(request.probes) + " probes of " + std::to_string(request.window)
                       + " tokens do not fit into memory: use fewer or shorter probes");
    std::int64_t weights = parametersOf(model), largest = 0;
    for (const LayerChoice &layer : model.layers)
        for (Part part : {Part::Attention, Part::Ffn})
            largest = std::max(largest, parametersOf(config, layer.of(part)));
    for (const SubBlockSource &source : request.replacements)
        weights += parametersOf(config, source.variant);
    const std::int64_t gradients = std::min(tangent::GramSettings{}.mostNumbers, seeds * request.probes * largest);
    const std::int64_t grams = (2 * layers + 1) * seeds * request.probes * request.probes;
    nn::requireMemory("tangent kernels need the model as a whole, with its activations and gradients for " + std::to_string(request.probes)
                          + " probes about",
                      4 * (weights + streams * tokens * config.hidden + gradients + seeds * request.probes * config.vocabulary)
                          + 8 * (grams + request.probes * config.vocabulary));
}

tangent::Probes probesOf(const TangentRequest &request, std::span<const TokenId> tokens)
{
    tangent::Probes probes{at::empty({request.probes, request.window}, at::kLong), at::empty({request.probes}, at::kLong)};
    const std::int64_t length = request.window + 1;
    for (std::int64_t i = 0; i < request.probes; ++i) {
        const auto begin = tokens.begin() + i * length;
        std::copy(begin, begin + request.window, probes.tokens.data_ptr<std::int64_t>() + i * request.window);
        probes.targets.data_ptr<std::int64_t>()[i] = *(begin + request.window);
    }
    return probes;
}

Json partOf(const std::string &name, const Json &layer, const Json &part, const Json &variant, std::int64_t parameters)
{
    return {{"name", name}, {"layer", layer}, {"part", part}, {"variant", variant}, {"parameters", parameters}};
}

Json blocksOf(const nn::Model &model)
{
    Json blocks = Json::array();
    for (std::size_t layer = 0; layer < model.layers.size(); ++layer)
        for (Part part : {Part::Attention, Part::Ffn}) {
            const nn::SubBlock &block = model.layers[layer].of(part);
            std::int64_t parameters = 0;
            for (const auto &[name, tensor] : block.tensors)
                parameters += tensor.numel();
            blocks.push_back(partOf(std::to_string(layer) + ":" + toString(block.variant), layer, toString(part), toString(block.variant), parameters));
        }
    const std::int64_t head = model.config.tiedEmbeddings ? 0 : model.head.numel();
    blocks.push_back(partOf("fixed", nullptr, nullptr, nullptr, model.embedding.numel() + head + model.finalNorm.numel()));
    return blocks;
}

Json spreadOf(const TangentRequest &request, std::size_t blocks)
{
    if (request.sketch == 0)
        return nullptr;
    const auto columns = static_cast<double>(request.sketch);
    const double matrices = static_cast<double>(blocks * request.seeds.size());
    const double widest = std::sqrt(static_cast<double>(request.probes) / columns) + std::sqrt(2 * std::log(200 * matrices) / columns);
    return {std::pow(std::max(0.0, 1 - widest), 2), std::pow(1 + widest, 2)};
}

/// grams: [blocks][kernels, probes, probes], written with the kernels outermost.
void writeGrams(const std::string &path, const std::vector<at::Tensor> &grams)
{
    const at::Tensor all = nn::inMainMemory(at::stack(grams, 1));
    writeFileAtomically(path, [&](const std::function<void(std::span<const std::byte>)> &sink) {
        sink(std::as_bytes(std::span(all.data_ptr<double>(), static_cast<std::size_t>(all.numel()))));
    });
}

} // namespace

Json runTangent(const TangentRequest &request, const WorkContext &context)
{
    check(request);
    const at::ScalarType dtype = nn::beginRun(request.run);
    const Checkpoint checkpoint = Checkpoint::open(request.model);
    nn::checkReplacements(request.replacements, checkpoint.architecture(), checkpoint.architecture());
    checkMemory(request, checkpoint.architecture());
    nn::Model model = nn::loadModel(checkpoint, dtype);
    const TokenFile file(request.tokenFile, model.config.vocabulary);
    const std::int64_t needed = request.probes * (request.window + 1);
    if (static_cast<std::int64_t>(file.tokens().size()) < needed)
        throw badInput(request.tokenFile + " holds " + std::to_string(file.tokens().size()) + " tokens, but " + std::to_string(request.probes)
                       + " probes of " + std::to_string(request.window) + " tokens and a target each need " + std::to_string(needed));
    const auto used = file.tokens().first(static_cast<std::size_t>(needed));
    const tangent::Probes probes = probesOf(request, used);
    if (!request.replacements.empty())
        model = nn::replaceSubBlocks(model, model, request.replacements, probes.tokens, context);
    const auto grams = tangent::subBlockGrams(model, probes, {tangent::parseFunctional(request.functional), request.seeds, request.sketch}, context);
    writeGrams(request.outFile, grams);
    const Json blocks = blocksOf(model);
    const std::string how = request.sketch > 0 ? "sketch:" + std::to_string(request.sketch) : "jacobian";
    return {{"estimator", request.functional + "/" + how + "/" + toString(request.run.dtype)},
            {"probe_hash", hashText(hashBytes(std::as_bytes(used)) + " " + std::to_string(request.window))},
            {"probes", request.probes},
            {"window", request.window},
            {"seeds", request.seeds},
            {"kernels", request.seeds.size()},
            {"sketch_spread", spreadOf(request, blocks.size())},
            {"blocks", blocks}};
}

} // namespace tessera
