// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/refit.h"

#include "engine/base/error.h"
#include "engine/library/inputs.h"
#include "engine/library/least_squares.h"
#include "engine/nn/device.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>

namespace tessera {
namespace {

using Chosen = std::map<std::pair<std::int64_t, Part>, SubBlockSource>;

Chosen chosenOf(const RefitRequest &request, const Checkpoint &parent)
{
    Chosen chosen;
    for (const SubBlockSource &source : request.chosen) {
        checkVariant(parent, source.layer, source.variant, "refit");
        if (!chosen.emplace(std::pair(source.layer, source.variant.part), source).second)
            throw badInput("refit: two variants are chosen for the " + toString(source.variant.part) + " of layer "
                           + std::to_string(source.layer));
    }
    return chosen;
}

/// Both streams before a sub-block, [windows, window, hidden] each.
struct Streams {
    at::Tensor parent, child;
};

at::Tensor flatRows(const at::Tensor &x) { return x.reshape({-1, x.size(-1)}); }

/// Calls work for batches of windows, as ranges [first, first + count).
void forBatches(const at::Tensor &stream, const std::function<void(std::int64_t first, std::int64_t count)> &work)
{
    std::int64_t step = windowsAtOnce(stream.size(1));
    for (std::int64_t first = 0; first < stream.size(0); first += step)
        work(first, std::min(step, stream.size(0) - first));
}

struct Refitted {
    nn::SubBlock block;
    double errorBefore = 0, errorAfter = 0;
};

/// Carries both streams behind the sub-block and fits the child's last matrix again. stop is called once a batch.
Refitted refitSubBlock(const ModelConfig &config, const nn::SubBlock &own, const nn::SubBlock &replacement, double ridge,
                       const nn::Rope &rope, Streams &streams, const std::function<void()> &stop)
{
    MomentSum sum(lastMatrix(replacement).size(1), config.hidden);
    double incrementSquares = 0;
    forBatches(streams.parent, [&](std::int64_t first, std::int64_t count) {
        stop();
        at::Tensor parent = streams.parent.narrow(0, first, count), child = streams.child.narrow(0, first, count);
        at::Tensor added = nn::increment(config, own, parent, rope);
        incrementSquares += added.to(at::kDouble).square().sum().item<double>();
        parent.add_(added);
        at::Tensor target = parent.to(at::kFloat) - child.to(at::kFloat);
        sum.add(flatRows(nn::features(config, replacement, child, rope)), flatRows(target));
    });
    Moments moments = sum.moments();
    LinearMap before{lastMatrix(replacement), lastBias(replacement)};
    LinearMap map = solveRidge(moments, ridgeWeight(moments.gram, ridge), before);
    Refitted result{withLastMatrix(replacement, map.weight, map.bias)};
    double scale = std::max(incrementSquares, 1e-300);
    result.errorBefore = squaredError(moments, before) / scale;
    result.errorAfter = squaredError(moments, {lastMatrix(result.block), lastBias(result.block)}) / scale;
    forBatches(streams.child, [&](std::int64_t first, std::int64_t count) {
        stop();
        at::Tensor child = streams.child.narrow(0, first, count);
        child.add_(nn::increment(config, result.block, child, rope));
    });
    return result;
}

/// Carries the streams behind a sub-block in which nothing can be fitted: the parent's own, or none.
void advance(const ModelConfig &config, const nn::SubBlock &own, const nn::SubBlock &childs, const nn::Rope &rope,
             Streams &streams, const std::function<void()> &stop)
{
    bool same = streams.child.data_ptr() == streams.parent.data_ptr();
    forBatches(streams.parent, [&](std::int64_t first, std::int64_t count) {
        stop();
        at::Tensor parent = streams.parent.narrow(0, first, count), child = streams.child.narrow(0, first, count);
        if (!same)
            child.copy_(nn::applySubBlock(config, childs, child, rope));
        parent.copy_(nn::applySubBlock(config, own, parent, rope));
    });
}

} // namespace

Json runRefit(const RefitRequest &request, const WorkContext &context)
{
    at::NoGradGuard noGrad;
    at::ScalarType dtype = startRun(request.run);
    if (!(request.ridge > 0) || !std::isfinite(request.ridge))
        throw badInput("the ridge must be a positive number");
    Checkpoint parent = Checkpoint::open(request.parent);
    const ModelConfig &config = parent.config();
    Chosen chosen = chosenOf(request, parent);
    at::Tensor windows = readWindows(request.tokenFile, request.maxTokens, request.window, config);
    Json result{{"variants", 0}, {"tokens", windows.numel()}};
    if (chosen.empty())
        return result;
    std::filesystem::create_directories(request.outFolder);

    nn::Rope rope = nn::makeRope(config, request.window);
    Streams streams;
    streams.parent = at::embedding(nn::loadTensor(parent, kEmbeddingName, dtype), nn::here(windows));
    streams.child = streams.parent; // One stream until the first replacement.
    std::int64_t last = chosen.rbegin()->first.first, count = 0;
    for (std::int64_t layer = 0; layer <= last; ++layer) {
        auto stop = [&] { context.stop.throwIfRequested(); };
        for (Part part : {Part::Attention, Part::Ffn}) {
            context.progress({"refit", 2 * layer + (part == Part::Ffn), 2 * (last + 1), "sub-blocks", ""});
            nn::SubBlock own = nn::loadSubBlock(parent, layer, part, dtype);
            auto found = chosen.find({layer, part});
            nn::SubBlock replacement = found == chosen.end() ? own : loadSource(config, found->second, own, dtype);
            bool replaced = replacement.variant != own.variant || (found != chosen.end() && !found->second.file.empty());
            if (replaced && streams.child.data_ptr() == streams.parent.data_ptr())
                streams.child = streams.parent.clone();
            if (!replaced || replacement.variant.kind == VariantKind::None) {
                advance(config, own, replacement, rope, streams, stop);
                continue;
            }
            Refitted refitted = refitSubBlock(config, own, replacement, request.ridge, rope, streams, stop);
            auto path = std::filesystem::path(request.outFolder)
                / blockFileName(layer, replacement.variant, Origin::Refitted);
            Json item = saveAsItem(refitted.block, layer, Origin::Refitted, path.string());
            item["error_before"] = refitted.errorBefore;
            item["error_after"] = refitted.errorAfter;
            context.item(item);
            ++count;
        }
    }
    result["variants"] = count;
    return result;
}

} // namespace tessera
