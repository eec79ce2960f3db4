// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0

// Scoring the candidates of SmolLM2 with the parent's streams reused, against a full forward of the swapped model for each
// candidate; both end in the same divergence over the full vocabulary. A sample of candidates, evenly spread over the
// layers, stands for all; each is timed both ways in turn.

#include "engine/measure/subjects.h"
#include "engine/measure/timing.h"
#include "engine/nn/threads.h"
#include "engine/score/window_scores.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace tessera;

constexpr std::int64_t kWindow = 512, kWindows = 4, kRepeats = 3;
/// Candidates of the default space: 30 layers with 3 attention and 8 FFN variants beside the parent's. The parent's pass is
/// shared by all of them.
constexpr double kAllCandidates = 330;

/// Operations of the matrix products of one sub-block over a group.
double operationsOf(const ModelConfig &config, const Variant &variant)
{
    double elements = 0;
    for (const TensorSpec &spec : tensorsOf(config, variant))
        if (spec.shape.size() == 2)
            elements += static_cast<double>(spec.shape[0] * spec.shape[1]);
    double operations = 2 * elements * kWindow * kWindows;
    if (variant.kind == VariantKind::Gqa)
        operations += 4.0 * kWindows * kWindow * (kWindow + 1) / 2 * static_cast<double>(config.heads * config.headDim);
    return operations;
}

double headOperations(const ModelConfig &config)
{
    return 2.0 * kWindows * (kWindow - 1) * static_cast<double>(config.vocabulary * config.hidden);
}

struct Candidate {
    std::int64_t layer;
    nn::SubBlock block;
};

/// Times and matrix operations of one way to score.
struct Way {
    double nanoseconds = 0, operations = 0;
};

void printCase(const std::string &name, double measured, double peer, double ratio, double goal, const char *unit)
{
    std::printf("{\"case\":\"%s\",\"measured\":%.6g,\"peer\":%.6g,\"ratio\":%.4f,\"goal\":%.2f,\"unit\":\"%s\"}\n", name.c_str(), measured,
                peer, ratio, goal, unit);
    std::fflush(stdout);
}

double medianTime(std::vector<double> times) { return summariseTimes(std::move(times)).median; }

void bench(const std::string &path, DType dtype)
{
    const nn::Model model = nn::loadModel(Checkpoint::open(path), nn::scalarType(dtype));
    const ModelConfig &config = model.config;
    at::manual_seed(1);
    const nn::Tensor tokens = at::randint(config.vocabulary, {kWindows, kWindow}, at::kLong);
    const nn::Rope rope = nn::makeRope(config, kWindow);
    const WeightPool pool(std::int64_t{64} << 20, nn::scalarType(dtype));
    std::vector<Candidate> candidates;
    for (std::int64_t layer = config.layers / 10; layer < config.layers; layer += config.layers / 5)
        for (const Variant &variant : {gqa(1), ffnWidth(768)})
            candidates.push_back({layer, pool.copies(config, variant).front()});

    const std::vector<std::string> metrics{"kl_div"};
    HeadBuffer buffer;
    ParentPass pass = runParent(model, rope, tokens, true, {}, {});
    const std::int64_t begin = monotonicNow();
    pass = runParent(model, rope, tokens, true, pass.logits, {});
    const double parentTime = static_cast<double>(monotonicNow() - begin);

    Way reused, plain;
    for (const Candidate &candidate : candidates) {
        const Part part = candidate.block.variant.part;
        nn::Model child = model;
        child.layers[static_cast<std::size_t>(candidate.layer)].of(part) = candidate.block;
        double suffix = headOperations(config);
        for (std::size_t next = streamIndex(candidate.layer, part); next < pass.streams.size(); ++next)
            suffix += operationsOf(config, child.layers[next / 2].of(next % 2 == 0 ? Part::Attention : Part::Ffn).variant);
        double full = headOperations(config);
        for (const nn::Layer &layer : child.layers)
            full += operationsOf(config, layer.attention.variant) + operationsOf(config, layer.ffn.variant);
        std::vector<double> reusedTimes, plainTimes;
        for (std::int64_t repeat = 0; repeat < kRepeats; ++repeat) {
            const std::int64_t start = monotonicNow();
            scoreWindows(model, pass, runCandidate(model, rope, pass, candidate.layer, {candidate.block}, {}), metrics, buffer);
            const std::int64_t middle = monotonicNow();
            scoreWindows(model, pass, nn::applyLayers(child, nn::embed(child, tokens), rope), metrics, buffer);
            reusedTimes.push_back(static_cast<double>(middle - start));
            plainTimes.push_back(static_cast<double>(monotonicNow() - middle));
        }
        reused.nanoseconds += medianTime(reusedTimes) + parentTime / kAllCandidates;
        reused.operations += suffix;
        plain.nanoseconds += medianTime(plainTimes);
        plain.operations += full;
    }
    const double count = static_cast<double>(candidates.size());
    const double reusedRate = reused.operations / reused.nanoseconds, plainRate = plain.operations / plain.nanoseconds;
    printCase("score SmolLM2 " + toString(dtype) + ": matrix rate, head in, KL out", reusedRate, plainRate, reusedRate / plainRate, 0.95,
              "GFLOP/s");
    printCase("score SmolLM2 " + toString(dtype) + ": candidates", 1e9 * count / reused.nanoseconds, 1e9 * count / plain.nanoseconds,
              plain.nanoseconds / reused.nanoseconds, 1.35, "groups of 2048 tokens/s");
}

} // namespace

int main()
{
    const std::string path = std::string(TESSERA_SHARED_DATA) + "/models/SmolLM2-135M-Instruct.Q4_1.gguf";
    if (!std::filesystem::exists(path)) {
        std::fprintf(stderr, "bench_score needs %s\n", path.c_str());
        return 0;
    }
    nn::useThreads(0);
    at::NoGradGuard noGrad;
    bench(path, DType::BF16);
    bench(path, DType::F32);
    return 0;
}
