// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/fit.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/library/inputs.h"
#include "engine/library/layer_fit.h"
#include "engine/library/stream_file.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/protocol/remark.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

namespace tessera {
namespace {

FitSettings settingsOf(const FitRequest &request)
{
    if (!(request.ridge > 0) || !std::isfinite(request.ridge))
        throw badInput("the ridge must be a positive number");
    if (request.kvHeads != "mean" && request.kvHeads != "best")
        throw badInput("\"" + request.kvHeads + "\" initialises no kv heads: use mean or best");
    return {request.ridge, parseChannelRanking(request.channelRanking), request.kvHeads == "best", request.closedForm};
}

/// What is to be fitted, by layer; a narrower FFN than the parent's, fewer kv heads, linear.
std::map<std::int64_t, std::vector<Variant>> wantedByLayer(const FitRequest &request, const Checkpoint &parent)
{
    std::map<std::int64_t, std::vector<Variant>> wanted;
    const ModelConfig &config = parent.config();
    for (const SubBlockSource &source : request.wanted) {
        const Variant &variant = source.variant;
        if (variant.kind == VariantKind::None || variant == parentVariant(config, variant.part))
            continue;
        checkVariant(parent, source.layer, variant, "fit");
        std::int64_t limit = variant.part == Part::Attention ? config.kvHeads : config.ffnWidth;
        bool chosen = variant.kind == VariantKind::Gqa && request.kvHeads == "best";
        bool divides = !chosen || config.kvHeads % variant.size == 0;
        if (variant.size > limit || !divides)
            throw badInput(toString(variant) + " cannot be cut from the parent's "
                           + shortName(parentVariant(config, variant.part)));
        std::vector<Variant> &list = wanted[source.layer];
        if (std::find(list.begin(), list.end(), variant) == list.end())
            list.push_back(variant);
    }
    return wanted;
}

/// What the bits of the stream depend on.
std::string streamKey(const FitRequest &request, const Checkpoint &parent, const at::Tensor &windows, int threads)
{
    std::span<const std::byte> tokens(static_cast<const std::byte *>(windows.data_ptr()), windows.nbytes());
    return hashText(parent.fingerprint() + " " + hashBytes(tokens) + " " + std::to_string(request.window) + " "
                    + toString(request.run.dtype) + " " + std::to_string(threads));
}

nn::Layer loadLayer(const Checkpoint &parent, std::int64_t layer, at::ScalarType dtype)
{
    return {nn::loadSubBlock(parent, layer, Part::Attention, dtype), nn::loadSubBlock(parent, layer, Part::Ffn, dtype)};
}

at::Tensor embedWindows(const Checkpoint &parent, const at::Tensor &windows, at::ScalarType dtype)
{
    at::NoGradGuard noGrad;
    return at::embedding(nn::loadTensor(parent, kEmbeddingName, dtype), nn::here(windows));
}

/// The most that fitting takes of the device at once, predicted; see fitLayer.
std::int64_t predictedBytes(const Checkpoint &parent, const std::map<std::int64_t, std::vector<Variant>> &wanted,
                            const at::Tensor &windows, at::ScalarType dtype)
{
    const ModelConfig &config = parent.config();
    const auto each = static_cast<std::int64_t>(c10::elementSize(dtype));
    const std::int64_t stream = windows.numel() * config.hidden * each;
    const std::int64_t atOnce = std::min(windowsAtOnce(windows.size(1)), windows.size(0));
    std::int64_t moments = 0;
    for (const auto &[layer, variants] : wanted) {
        std::int64_t grams = 0;
        for (const Variant &variant : variants)
            if (variant.kind != VariantKind::Width) {
                const std::int64_t features = variant.kind == VariantKind::Gqa ? config.heads * config.headDim : config.hidden;
                grams += features * (features + config.hidden);
            }
        if (std::ranges::any_of(variants, [](const Variant &variant) { return variant.kind == VariantKind::Width; }))
            grams += config.ffnWidth * config.ffnWidth;
        moments = std::max(moments, 8 * grams);
    }
    const std::int64_t solving = nn::device().is_cpu() ? 24 * config.ffnWidth * config.ffnWidth : 0;
    const std::int64_t samples = 2 * std::min<std::int64_t>(windows.numel(), kLossTokens) * config.hidden * each;
    const std::int64_t layers = 2 * stream + nn::largestLayerBytes(parent.architecture(), each) + moments + solving + samples
        + nn::activationBytes(config, atOnce, windows.size(1), each);
    return std::max(layers, config.vocabulary * config.hidden * each + stream);
}

} // namespace

Json runFit(const FitRequest &request, const WorkContext &context)
{
    at::ScalarType dtype = startRun(request.run);
    FitSettings settings = settingsOf(request);
    Checkpoint parent = Checkpoint::open(request.parent);
    auto wanted = wantedByLayer(request, parent);
    at::Tensor windows = readWindows(request.tokenFile, request.maxTokens, request.window, parent.config());
    Json result{{"variants", 0}, {"tokens", windows.numel()}};
    if (wanted.empty())
        return result;
    std::filesystem::path outFolder = request.outFolder, scratch = request.scratchFolder;
    std::filesystem::create_directories(outFolder);
    std::filesystem::create_directories(scratch);
    std::filesystem::path streamFile = scratch / "fit-stream.safetensors";

    const std::int64_t predicted = predictedBytes(parent, wanted, windows, dtype);
    remark(context, "fitting " + nn::peakText(predicted) + ": layer by layer");
    nn::beginPeak();
    result["memory"] = {{"predicted", predicted}};
    nn::Rope rope = nn::makeRope(parent.config(), request.window);
    std::string key = streamKey(request, parent, windows, at::get_num_threads());
    std::int64_t layer = 0, last = wanted.rbegin()->first, count = 0;
    at::Tensor stream;
    if (auto stored = loadStream(streamFile, key, {windows.size(0), windows.size(1), parent.config().hidden}, dtype);
        stored && stored->layer <= wanted.begin()->first) {
        layer = stored->layer;
        stream = stored->stream;
    } else {
        stream = embedWindows(parent, windows, dtype);
    }
    for (std::int64_t started = layer; layer <= last; ++layer) {
        bool fits = wanted.count(layer) > 0;
        if (fits && layer > started)
            saveStream(streamFile, key, layer, stream);
        auto between = [&](std::int64_t tokens) {
            context.stop.throwIfRequested();
            context.progress({"fit", layer * windows.numel() + tokens, (last + 1) * windows.numel(), "tokens",
                              "layer " + std::to_string(layer)});
        };
        auto fitted = [&](const FittedVariant &variant) {
            auto path = outFolder / blockFileName(layer, variant.block.variant, settings.closedForm ? Origin::Closed : Origin::Paper);
            Json item = saveAsItem(variant.block, layer, settings.closedForm ? Origin::Closed : Origin::Paper, path.string());
            item["loss_before"] = variant.lossBefore;
            item["loss_after"] = variant.lossAfter;
            item["increment_before"] = variant.incrementBefore;
            item["increment_after"] = variant.incrementAfter;
            context.item(item);
            ++count;
        };
        const std::vector<Variant> variants = fits ? wanted[layer] : std::vector<Variant>();
        const std::string note =
            fitLayer(parent.config(), loadLayer(parent, layer, dtype), variants, settings, rope, stream, between, fitted);
        if (!note.empty() && result.value("note", "") != note) {
            remark(context, "fit: " + note);
            result["note"] = note;
        }
    }
    if (const auto taken = nn::peakBytes()) {
        result["memory"]["taken"] = *taken;
        remark(context, "fitting took " + bytesText(*taken) + " at its peak");
    }
    std::filesystem::remove(streamFile);
    result["variants"] = count;
    return result;
}

} // namespace tessera
