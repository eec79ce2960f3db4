// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// Everything that a worker does, on a device whose memory is not ours: the same as on the processor, up to rounding.
#include "engine/base/file.h"
#include "engine/distill/evaluate.h"
#include "engine/library/distill.h"
#include "engine/library/fit.h"
#include "engine/library/refit.h"
#include "engine/nn/device.h"
#include "engine/nn/generate.h"
#include "engine/nn/logits.h"
#include "engine/nn/random_model.h"
#include "engine/pretrain/pretrain.h"
#include "engine/score/score.h"
#include "engine/tangent/tangent.h"
#include "tests/device/far_device.h"
#include "tests/library/toy_parent.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::test {
namespace {

/// All numbers of b lie near those of a; paths, hashes and times aside, all else is equal.
void expectNear(const Json &a, const Json &b, double relative, double absolute, const std::string &where = "")
{
    if (a.is_number() && b.is_number()) {
        const double x = a.get<double>(), y = b.get<double>();
        EXPECT_NEAR(x, y, relative * std::max(std::abs(x), std::abs(y)) + absolute) << where;
    } else if (a.is_structured() && a.size() == b.size() && a.type() == b.type()) {
        for (const auto &[key, value] : a.items())
            if (key != "file" && key != "hash" && key != "path" && key != "seconds" && key != "memory")
                expectNear(value, a.is_array() ? b.at(std::stoul(key)) : b.at(key), relative, absolute,
                           where + "/" + key);
    } else {
        EXPECT_EQ(a, b) << where;
    }
}

/// What a method says and ends with, in main memory and on the far device.
struct Said {
    std::vector<Json> items;
    Json result;
};
template <typename Request> Said said(Json (*method)(const Request &, const WorkContext &), const Request &request)
{
    Collected collected;
    Json result = method(request, collected.context);
    return {collected.items, result};
}

template <typename Request>
std::pair<Said, Said> onBoth(Json (*method)(const Request &, const WorkContext &), const Request &request)
{
    Said near = said(method, request);
    const nn::OnDevice far(farDevice());
    return {near, said(method, request)};
}

void expectSame(const std::pair<Said, Said> &both, double relative, double absolute = 1e-6)
{
    expectNear(both.first.items, both.second.items, relative, absolute, "items");
    expectNear(both.first.result, both.second.result, relative, absolute, "result");
}

class FarDevice : public testing::TestWithParam<DType> {
protected:
    FarDevice()
        : parent(writeToyParent(folder, GetParam() == DType::F32)),
          tokens(writeToyTokens(folder, "tokens", 640, 3)),
          heldOut(writeToyTokens(folder, "held-out", 320, 4)),
          config(Checkpoint::open(parent).config())
    {
        run.dtype = GetParam();
        run.threads = 1;
    }
    double tolerance() const { return GetParam() == DType::F32 ? 2e-4 : 0.05; }
    FitRequest fitRequest()
    {
        FitRequest fit;
        fit.parent = parent;
        fit.tokenFile = tokens;
        fit.window = 16;
        fit.outFolder = folder / "fitted";
        fit.scratchFolder = folder / "scratch";
        fit.run = run;
        fit.wanted = {{0, ffnWidth(12), {}, {}, {}},
                      {1, gqa(1), {}, {}, {}},
                      {1, linearVariant(Part::Ffn), {}, {}, {}},
                      {2, linearVariant(Part::Attention), {}, {}, {}}};
        return fit;
    }

    TemporaryFolder folder;
    std::string parent, tokens, heldOut;
    ModelConfig config;
    RunSettings run;
};

/// What does not depend on the type: where tensors lie, how much is done at once, checkpoints, which hold float32.
class FarDeviceInFloat32 : public FarDevice {};

TEST_P(FarDevice, RefusesWhatAGpuWouldRefuse)
{
    const at::Tensor far = at::ones({3, 4}).to(farDevice());
    EXPECT_ANY_THROW(far + at::ones({3, 4}));
    EXPECT_DEATH(static_cast<void>(*static_cast<volatile float *>(far.data_ptr())), "");
    EXPECT_TRUE(at::equal((far * 2).t().contiguous().to(at::kCPU), at::full({4, 3}, 2.0)));
}

TEST_P(FarDevice, LogitsAndGenerationAreThoseOfTheProcessor)
{
    LogitsRequest logits{parent, {1, 5, 9, 2, 44, 60, 3}, {}, folder / "logits", run};
    const auto valuesOf = [&] {
        said(runLogits, logits);
        std::vector<float> values(std::filesystem::file_size(logits.outFile) / 4);
        std::ifstream(logits.outFile, std::ios::binary)
            .read(reinterpret_cast<char *>(values.data()), static_cast<std::streamsize>(values.size() * 4));
        return values;
    };
    const std::vector<float> near = valuesOf();
    std::vector<float> far;
    {
        const nn::OnDevice device(farDevice());
        far = valuesOf();
    }
    ASSERT_EQ(near.size(), far.size());
    for (std::size_t i = 0; i < near.size(); ++i)
        EXPECT_NEAR(near[i], far[i], GetParam() == DType::F32 ? 1e-4 : 0.2) << i;
    GenerateRequest generate;
    generate.model = parent;
    generate.tokens = {1, 2, 3};
    generate.maxTokens = 4;
    generate.run = run;
    const nn::OnDevice device(farDevice());
    EXPECT_EQ(said(runGenerate, generate).result.at("tokens").size(), 4u);
}

TEST_P(FarDevice, EvaluationsAgree)
{
    EvaluateRequest request;
    request.model = parent;
    request.tokenFile = tokens;
    request.window = 16;
    request.run = run;
    request.replacements = {{1, ffnWidth(12), Origin::Paper, {}, {}}, {2, gqa(1), Origin::Paper, {}, {}}};
    expectSame(onBoth(runEvaluate, request), tolerance(), GetParam() == DType::F32 ? 1e-5 : 0.3);
}

TEST_P(FarDevice, FittedRefittedTrainedAndScoredVariantsAgree)
{
    const auto fitted = onBoth(runFit, fitRequest());
    expectSame(fitted, tolerance(), GetParam() == DType::F32 ? 1e-5 : 0.05);

    RefitRequest refit;
    refit.parent = parent;
    refit.tokenFile = tokens;
    refit.window = 16;
    refit.outFolder = folder / "refitted";
    refit.run = run;
    refit.chosen = sourcesOf(config, fitted.first.items);
    // The items above name the files of the second run.
    for (std::size_t i = 0; i < refit.chosen.size(); ++i)
        refit.chosen[i].hash = fitted.second.items[i].at("hash").get<std::string>();
    expectSame(onBoth(runRefit, refit), 10 * tolerance(), GetParam() == DType::F32 ? 1e-4 : 0.1);

    DistillRequest distill;
    distill.parent = parent;
    distill.tokenFile = tokens;
    distill.heldOutTokenFile = heldOut;
    distill.window = 16;
    distill.batchTokens = 64;
    distill.tokensPerVariant = 6 * 64;
    distill.heldOutTokens = 320;
    distill.checkpointSteps = 2;
    distill.start = refit.chosen;
    distill.outFolder = folder / "distilled";
    distill.scratchFolder = folder / "scratch";
    distill.memoryBytes = 1 << 20;
    distill.run = run;
    expectSame(onBoth(runDistill, distill), 20 * tolerance(), GetParam() == DType::F32 ? 1e-4 : 0.1);

    ScoreRequest score;
    score.parent = parent;
    score.tokenFile = tokens;
    score.window = 16;
    score.windows = 6;
    score.metrics = {"kl_div", "lm_loss", "hidden_cosine", "accuracy_loss"};
    score.candidates = refit.chosen;
    score.candidates.push_back({0, ffnWidth(30), Origin::Paper, {}, {}});
    score.candidates.push_back({2, noneVariant(Part::Ffn), Origin::Paper, {}, {}});
    score.run = run;
    auto scores = onBoth(runScore, score);
    if (GetParam() == DType::BF16) // A prediction that tips over is a whole step of the accuracy.
        for (Said *both : {&scores.first, &scores.second})
            for (Json &item : both->items)
                item.at("scores").erase("accuracy_loss");
    expectSame(scores, tolerance(), GetParam() == DType::F32 ? 1e-5 : 0.3);
}

TEST_P(FarDeviceInFloat32, AStoppedTrainingGoesOnFromItsCheckpoint)
{
    const nn::OnDevice device(farDevice());
    const std::vector<SubBlockSource> start = sourcesOf(config, said(runFit, fitRequest()).items);
    DistillRequest distill;
    distill.parent = parent;
    distill.tokenFile = tokens;
    distill.heldOutTokenFile = heldOut;
    distill.window = 16;
    distill.batchTokens = 64;
    distill.tokensPerVariant = 8 * 64;
    distill.heldOutTokens = 320;
    distill.memoryBytes = 1 << 20;
    distill.start = {start.front()};
    distill.outFolder = folder / "whole";
    distill.scratchFolder = folder / "scratch-whole";
    distill.run = run;
    const Said whole = said(runDistill, distill);
    distill.outFolder = folder / "stopped";
    distill.scratchFolder = folder / "scratch-stopped";
    Collected stopped;
    int steps = 0;
    stopped.context.progress = [&](const Progress &) {
        if (++steps == 5)
            stopped.context.stop.request();
    };
    EXPECT_ANY_THROW(runDistill(distill, stopped.context));
    const Said resumed = said(runDistill, distill);
    ASSERT_EQ(resumed.items.size(), whole.items.size());
    EXPECT_EQ(resumed.items.front().at("hash"), whole.items.front().at("hash"));
}

/// The method with nine tenths, eight tenths ... of the memory that it took at most, until it has been refused some and still ends.
template <typename Request> Said saidInLittleMemory(Json (*method)(const Request &, const WorkContext &), const Request &request)
{
    farPeak();
    said(method, request);
    const auto peak = static_cast<double>(farPeak());
    for (double share : {0.9, 0.8, 0.7, 0.6, 0.5}) {
        const FarMemoryLimit limit(static_cast<std::size_t>(share * peak));
        Said result;
        try {
            result = said(method, request);
        } catch (const c10::Error &) {
            continue;
        }
        if (limit.refusals() > 0)
            return result;
    }
    ADD_FAILURE() << "no limit below " << peak << " bytes was both met and survived";
    return {};
}

TEST_P(FarDeviceInFloat32, WhereMemoryEndsTheWorkGoesOnInSmallerPieces)
{
    const nn::OnDevice device(farDevice());
    EvaluateRequest evaluate;
    evaluate.model = evaluate.parent = parent;
    evaluate.tokenFile = tokens;
    evaluate.window = 16;
    evaluate.run = run;
    Said whole = said(runEvaluate, evaluate), pieces = saidInLittleMemory(runEvaluate, evaluate);
    EXPECT_TRUE(pieces.result.contains("note")) << pieces.result;
    pieces.result.erase("note");
    expectSame({whole, pieces}, 1e-4);

    const FitRequest fit = fitRequest();
    whole = said(runFit, fit);
    pieces = saidInLittleMemory(runFit, fit);
    EXPECT_TRUE(pieces.result.contains("note")) << pieces.result;
    pieces.result.erase("note");
    expectSame({whole, pieces}, 1e-3, 1e-5);

    DistillRequest distill;
    distill.parent = parent;
    distill.tokenFile = tokens;
    distill.heldOutTokenFile = heldOut;
    distill.window = 16;
    distill.batchTokens = 512;
    distill.tokensPerVariant = 3 * 512;
    distill.heldOutTokens = 320;
    distill.memoryBytes = 1 << 20;
    distill.start = sourcesOf(config, said(runFit, fit).items);
    distill.outFolder = folder / "distilled";
    distill.scratchFolder = folder / "scratch";
    distill.run = run;
    whole = said(runDistill, distill);
    pieces = saidInLittleMemory(runDistill, distill);
    EXPECT_TRUE(pieces.result.contains("note")) << pieces.result;
    pieces.result.erase("note");
    expectSame({whole, pieces}, 1e-2, 1e-5);

    ScoreRequest score;
    score.parent = parent;
    score.tokenFile = tokens;
    score.window = 16;
    score.windows = 20;
    score.metrics = {"kl_div", "lm_loss"};
    score.candidates = {{0, ffnWidth(30), Origin::Paper, {}, {}}, {2, noneVariant(Part::Ffn), Origin::Paper, {}, {}}};
    score.run = run;
    // The same values in more items: every window of every candidate once.
    const auto byWindow = [](const Said &all) {
        std::map<std::string, double> values;
        for (const Json &item : all.items)
            for (std::size_t i = 0; i < item.at("scores").at("kl_div").size(); ++i) {
                const std::string key = item.at("variant").get<std::string>() + " " + std::to_string(item.at("window").get<std::size_t>() + i);
                EXPECT_TRUE(values.emplace(key, item.at("scores").at("kl_div")[i].get<double>()).second) << key << " twice";
            }
        return values;
    };
    const auto wanted = byWindow(said(runScore, score)), found = byWindow(saidInLittleMemory(runScore, score));
    ASSERT_EQ(wanted.size(), 40u);
    ASSERT_EQ(found.size(), wanted.size());
    for (const auto &[key, value] : wanted)
        EXPECT_NEAR(found.at(key), value, 1e-4 * value + 1e-9) << key;
}

TEST_P(FarDeviceInFloat32, TangentKernelsAgree)
{
    for (std::int64_t sketch : {0, 16})
        for (const char *functional : {"random_logit", "loss"}) {
            TangentRequest request;
            request.model = parent;
            request.tokenFile = tokens;
            request.window = 8;
            request.probes = 5;
            request.functional = functional;
            request.seeds = {1};
            request.sketch = sketch;
            request.outFile = folder / "grams";
            request.run = run;
            const auto valuesOf = [&] {
                said(runTangent, request);
                std::vector<double> values(std::filesystem::file_size(request.outFile) / 8);
                std::ifstream(request.outFile, std::ios::binary)
                    .read(reinterpret_cast<char *>(values.data()), static_cast<std::streamsize>(values.size() * 8));
                return values;
            };
            const std::vector<double> near = valuesOf();
            const nn::OnDevice device(farDevice());
            const std::vector<double> far = valuesOf();
            ASSERT_EQ(near.size(), far.size());
            double largest = 0;
            for (double value : near)
                largest = std::max(largest, std::abs(value));
            for (std::size_t i = 0; i < near.size(); ++i)
                EXPECT_NEAR(near[i], far[i], 1e-4 * largest) << functional << ", sketch " << sketch << ", number " << i;
        }
}

TEST_P(FarDeviceInFloat32, APretrainingLearnsTheSame)
{
    PretrainRequest request;
    request.config = config;
    request.tokenFile = tokens;
    request.heldOutTokenFile = heldOut;
    request.window = 16;
    request.batch = 2;
    request.steps = 4;
    request.run = run;
    const auto at = [&](const std::string &name) {
        request.outFolder = folder / ("out-" + name);
        request.scratchFolder = folder / ("scratch-" + name);
        std::filesystem::create_directories(request.outFolder);
        std::filesystem::create_directories(request.scratchFolder);
        return said(runPretrain, request);
    };
    const Said near = at("near");
    const nn::OnDevice device(farDevice());
    expectSame({near, at("far")}, 1e-4);
}

constexpr auto kNameOf = [](const testing::TestParamInfo<DType> &type) {
    return std::string(type.param == DType::F32 ? "Float32" : "BFloat16");
};
INSTANTIATE_TEST_SUITE_P(Types, FarDevice, testing::Values(DType::F32, DType::BF16), kNameOf);
INSTANTIATE_TEST_SUITE_P(Type, FarDeviceInFloat32, testing::Values(DType::F32), kNameOf);

} // namespace
} // namespace tessera::test
