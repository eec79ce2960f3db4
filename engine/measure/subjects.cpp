// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/measure/subjects.h"

#include "engine/measure/timing.h"
#include "engine/nn/device.h"

#include <algorithm>
#include <cstddef>
#include <map>

namespace tessera {
namespace {

/// A sample of a sub-block lasts at least this long, so that the clock and one interruption do not matter.
constexpr std::int64_t kLeastSampleNs = 3'000'000;
constexpr std::int64_t kLeastCopies = 2, kMostCopies = 64;

nn::Tensor someTokens(const ModelConfig &config, std::int64_t batch, std::int64_t length)
{
    return nn::here(at::randint(config.vocabulary, {batch, length}, at::kLong));
}

nn::Tensor someStream(const Bench &bench, std::int64_t length, at::ScalarType dtype)
{
    return at::randn({bench.workload.batch, length, bench.config.hidden}, nn::onDevice(dtype));
}

/// Passes of a graph on a GPU: enough that its launch does not matter.
constexpr std::size_t kReplayedCopies = 16;

/// Works on tensors that stay where they are, each recorded when it is first timed.
class Replays {
public:
    /// Nanoseconds of one run. What the caches hold is swept out before. key says which work it is.
    double time(const Bench &bench, std::int64_t key, const std::function<void()> &work)
    {
        std::unique_ptr<nn::Replay> &replay = m_replays[key];
        if (!replay)
            replay = std::make_unique<nn::Replay>(work);
        bench.weights->sweep();
        m_clock.start();
        replay->run();
        return m_clock.stop();
    }

private:
    nn::DeviceClock m_clock;
    std::map<std::int64_t, std::unique_ptr<nn::Replay>> m_replays;
};

/// The copies of a sub-block and where the next sample starts.
struct Ring {
    std::vector<nn::SubBlock> blocks;
    std::vector<nn::KvCache::Entry> caches; ///< Empty where the variant has none.
    std::size_t next = 0;

    /// Mean time of a pass of x through one copy, with used earlier positions.
    double sample(const Bench &bench, nn::Tensor x, std::int64_t used)
    {
        if (replays)
            return sampleReplayed(bench, x, used);
        const std::int64_t begin = monotonicNow();
        std::int64_t copies = 0, elapsed = 0;
        while (copies < kLeastCopies || (elapsed < kLeastSampleNs && copies < kMostCopies)) {
            nn::KvCache::Entry *cache = caches.empty() ? nullptr : &caches[next % caches.size()];
            x = nn::applySubBlock(bench.config, blocks[next % blocks.size()], x, bench.rope, cache, used);
            ++next;
            ++copies;
            elapsed = monotonicNow() - begin;
        }
        return static_cast<double>(elapsed) / static_cast<double>(copies);
    }

    std::unique_ptr<Replays> replays; ///< Where the device is a GPU.

private:
    double sampleReplayed(const Bench &bench, const nn::Tensor &x, std::int64_t used)
    {
        const std::size_t copies = std::min(blocks.size(), kReplayedCopies);
        const auto work = [&bench, this, x, used, copies] {
            nn::Tensor y = x;
            for (std::size_t copy = 0; copy < copies; ++copy)
                y = nn::applySubBlock(bench.config, blocks[copy], y, bench.rope, caches.empty() ? nullptr : &caches[copy % caches.size()],
                                      used);
        };
        // A prefill has no earlier positions, a decode step at least one: see decodeTime().
        return replays->time(bench, x.size(1) > 1 ? -1 : used, work) / static_cast<double>(copies);
    }
};

nn::Tensor lastLogits(const nn::Model &model, const nn::Tensor &x)
{
    return nn::logitsOf(model, nn::finalHidden(model, x.narrow(1, x.size(1) - 1, 1)));
}

double elapsedSince(std::int64_t begin) { return static_cast<double>(monotonicNow() - begin); }

} // namespace

Subject subBlockSubject(const std::shared_ptr<const Bench> &bench, const Variant &variant)
{
    const Workload &workload = bench->workload;
    auto ring = std::make_shared<Ring>();
    if (!nn::device().is_cpu())
        ring->replays = std::make_unique<Replays>();
    ring->blocks = bench->weights->copies(bench->config, variant);
    if (variant.kind == VariantKind::Gqa)
        ring->caches = bench->caches->caches(bench->config, variant.size, workload.batch, workload.input + workload.output);
    const at::ScalarType dtype = nn::scalarType(workload.weights);
    Subject subject;
    if (ring->replays)
        subject.prefill = [bench, ring, x = someStream(*bench, workload.input, dtype)] { return ring->sample(*bench, x, 0); };
    else
        subject.prefill = [bench, ring, dtype] { return ring->sample(*bench, someStream(*bench, bench->workload.input, dtype), 0); };
    const nn::Tensor step = someStream(*bench, 1, dtype);
    if (ring->caches.empty())
        subject.decode = [bench, ring, step] {
            return ring->sample(*bench, step, bench->workload.input) * static_cast<double>(bench->workload.output);
        };
    else
        subject.decode = [bench, ring, step] {
            return decodeTime(bench->workload.input, bench->workload.output,
                              [&](std::int64_t used) { return ring->sample(*bench, step, used); });
        };
    return subject;
}

Subject fixedSubject(const std::shared_ptr<const Bench> &bench, const std::shared_ptr<const nn::Model> &model)
{
    const Workload &workload = bench->workload;
    const std::shared_ptr<Replays> replays = nn::device().is_cpu() ? nullptr : std::make_shared<Replays>();
    const auto time = [bench, model, replays](const nn::Tensor &tokens) {
        if (replays)
            return replays->time(*bench, tokens.size(1), [model, tokens] {
                lastLogits(*model, nn::embed(*model, tokens));
            });
        bench->weights->sweep();
        const std::int64_t begin = monotonicNow();
        lastLogits(*model, nn::embed(*model, tokens));
        return elapsedSince(begin);
    };
    const nn::Tensor step = someTokens(bench->config, workload.batch, 1);
    Subject subject;
    subject.prefill = [bench, time, tokens = someTokens(bench->config, workload.batch, workload.input)] { return time(tokens); };
    subject.decode = [bench, time, step] { return time(step) * static_cast<double>(bench->workload.output); };
    return subject;
}

Subject modelSubject(const std::shared_ptr<const Bench> &bench, const std::shared_ptr<const nn::Model> &model)
{
    const Workload &workload = bench->workload;
    const auto run = [bench, model](const nn::Tensor &tokens, nn::KvCache &cache) {
        return lastLogits(*model, nn::applyLayers(*model, nn::embed(*model, tokens), bench->rope, 0, -1, &cache));
    };
    auto cache = std::make_shared<nn::KvCache>(nn::makeKvCache(*model, workload.batch, workload.input + workload.output));
    for (nn::KvCache::Entry &entry : cache->layers)
        for (nn::Tensor *part : {&entry.keys, &entry.values})
            if (part->defined())
                part->uniform_(-0.05, 0.05);
    Subject subject;
    if (!nn::device().is_cpu()) {
        const auto replays = std::make_shared<Replays>();
        const auto timed = [bench, run, cache, replays](const nn::Tensor &tokens, std::int64_t key, std::int64_t used) {
            return replays->time(*bench, key, [run, cache, tokens, used] {
                cache->used = used;
                run(tokens, *cache);
            });
        };
        subject.prefill = [timed, tokens = someTokens(bench->config, workload.batch, workload.input)] { return timed(tokens, -1, 0); };
        subject.decode = [bench, timed, tokens = someTokens(bench->config, workload.batch, 1)] {
            return decodeTime(bench->workload.input, bench->workload.output,
                              [&](std::int64_t used) { return timed(tokens, used, used); });
        };
        return subject;
    }
    subject.prefill = [run, cache, tokens = someTokens(bench->config, workload.batch, workload.input)] {
        cache->used = 0;
        const std::int64_t begin = monotonicNow();
        run(tokens, *cache);
        return elapsedSince(begin);
    };
    subject.decode = [bench, run, cache, tokens = someTokens(bench->config, workload.batch, 1)] {
        return decodeTime(bench->workload.input, bench->workload.output, [&](std::int64_t used) {
            const std::int64_t begin = monotonicNow();
            for (int repeat = 0; repeat < 2; ++repeat) {
                cache->used = used;
                run(tokens, *cache);
            }
            return elapsedSince(begin) / 2;
        });
    };
    return subject;
}

nn::Model randomModel(const ModelConfig &config, const std::vector<LayerChoice> &layers, at::ScalarType dtype)
{
    const auto random = [&](const std::vector<std::int64_t> &shape) {
        return at::empty(shape, nn::onDevice(dtype)).uniform_(-0.05, 0.05);
    };
    nn::Model model;
    model.config = config;
    model.dtype = dtype;
    for (const LayerChoice &choice : layers) {
        nn::Layer layer;
        for (Part part : {Part::Attention, Part::Ffn}) {
            layer.of(part).variant = choice.of(part);
            for (const TensorSpec &spec : tensorsOf(config, choice.of(part)))
                layer.of(part).tensors[spec.name] = random(spec.shape);
        }
        model.layers.push_back(std::move(layer));
    }
    model.embedding = random({config.vocabulary, config.hidden});
    model.finalNorm = random({config.hidden});
    model.head = config.tiedEmbeddings ? model.embedding : random({config.vocabulary, config.hidden});
    return model;
}

} // namespace tessera
