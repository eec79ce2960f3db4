// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// What else parents and children that do not fit on the device are used for: evaluating, generating, computing logits.
#include "engine/base/error.h"
#include "engine/distill/evaluate.h"
#include "engine/library/fit.h"
#include "engine/nn/device.h"
#include "engine/nn/generate.h"
#include "engine/nn/logits.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/replace.h"
#include "engine/protocol/remark.h"
#include "engine/tangent/tangent.h"
#include "engine/text/token_file.h"
#include "tests/device/far_device.h"
#include "tests/device/memory_limit.h"
#include "tests/library/toy_parent.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::test {
namespace {

/// Three batches of windows.
constexpr std::int64_t kLayers = 12, kWindow = 20, kWindows = 60;

/// What a method ended with, and the sentences that it said for a person.
struct Ended {
    Json result;
    std::vector<std::string> remarks;
    Json memory;
};

template <typename Request> Ended ended(Json (*method)(const Request &, const WorkContext &), const Request &request)
{
    Ended end;
    WorkContext context;
    context.progress = [&](const Progress &progress) {
        if (isRemark(progress))
            end.remarks.push_back(progress.note);
    };
    end.result = method(request, context);
    if (end.result.contains("memory")) {
        end.memory = end.result.at("memory");
        end.result.erase("memory");
    }
    return end;
}

/// An evaluation with less and less memory until there is too little for one layer; the device that is not ours is slow.
void withLessAndLess(const EvaluateRequest &request, const Ended &whole, bool far,
                     const std::function<void(std::int64_t budget, const Ended &streamed)> &look)
{
    const std::int64_t layer =
        nn::largestLayerBytes(Checkpoint::open(request.model).architecture(), request.run.dtype == DType::F32 ? 4 : 2);
    for (std::int64_t budget = whole.memory.at("predicted").get<std::int64_t>() - 1; budget > 0; budget -= (far ? 4 : 2) * layer) {
        const MemoryLimit limit(budget);
        Ended streamed;
        try {
            streamed = ended(runEvaluate, request);
        } catch (const Error &error) {
            EXPECT_NE(std::string(error.what()).find("one layer of the model"), std::string::npos) << error.what();
            return;
        }
        look(budget, streamed);
    }
}

/// In main memory, and on a device whose memory cannot be read from outside.
class StreamedWork : public testing::TestWithParam<bool> {
protected:
    StreamedWork()
        : parent(writeToyParent(folder, {.layers = kLayers, .tied = false})),
          tokens(writeToyTokens(folder, "tokens", kWindows * kWindow, 3)), m_device(GetParam() ? farDevice() : at::Device(at::kCPU))
    {
        ModelArchitecture architecture = Checkpoint::open(parent).architecture();
        architecture.layers[0].ffn = ffnWidth(12);
        architecture.layers[1].attention = linearVariant(Part::Attention);
        architecture.layers[2] = {noneVariant(Part::Attention), noneVariant(Part::Ffn)};
        architecture.layers[4].attention = gqa(1);
        child = writeToyModel(folder, "child", architecture);
    }

    EvaluateRequest evaluation(const std::string &model, const std::string &against, DType type) const
    {
        EvaluateRequest request;
        request.model = model;
        request.parent = against;
        request.tokenFile = tokens;
        request.window = kWindow;
        request.run.dtype = type;
        request.run.threads = 1;
        return request;
    }
    /// Computed from the parent's weights, ranked by its activations, read from files, and the parent's own.
    std::vector<SubBlockSource> replacements()
    {
        FitRequest fit;
        fit.parent = parent;
        fit.tokenFile = tokens;
        fit.window = 20;
        fit.outFolder = folder / "fitted";
        fit.scratchFolder = folder / "scratch";
        fit.run.threads = 1;
        fit.closedForm = false;
        for (const Variant &variant : {gqa(1), ffnWidth(12)})
            fit.wanted.push_back({3, variant, {}, {}, {}});
        const nn::OnDevice near(at::kCPU);
        Collected said;
        runFit(fit, said.context);
        std::vector<SubBlockSource> all = sourcesOf(Checkpoint::open(parent).config(), said.items);
        all.push_back({1, ffnWidth(30), Origin::Paper, {}, {}});
        all.push_back({4, linearVariant(Part::Attention), Origin::Paper, {}, {}});
        all.push_back({2, noneVariant(Part::Ffn), Origin::Paper, {}, {}});
        all.push_back({2, gqa(2), Origin::Paper, {}, {}});
        return all;
    }

    TemporaryFolder folder;
    std::string parent, child, tokens;

private:
    nn::OnDevice m_device;
};

TEST_P(StreamedWork, EveryFigureOfAnEvaluationIsBitForBitThatOfTheResidentModels)
{
    const std::vector<SubBlockSource> replaced = replacements();
    for (DType type : {DType::F32, DType::BF16}) {
        std::map<std::string, EvaluateRequest> requests{{"a model alone", evaluation(child, "", type)},
                                                        {"a child and its parent", evaluation(child, parent, type)},
                                                        {"replacements", evaluation(parent, "", type)},
                                                        {"replacements in a child", evaluation(child, parent, type)}};
        requests.at("replacements").replacements = replaced;
        requests.at("replacements in a child").replacements = replaced;
        for (const auto &[name, request] : requests) {
            const Ended whole = ended(runEvaluate, request);
            ASSERT_EQ(whole.memory.at("moved"), 0) << name;
            ASSERT_FALSE(whole.remarks.empty());
            EXPECT_NE(whole.remarks.front().find("at its peak"), std::string::npos) << whole.remarks.front();
            std::set<std::int64_t> layers;
            std::set<std::string> groups;
            withLessAndLess(request, whole, GetParam(), [&](std::int64_t budget, const Ended &streamed) {
                EXPECT_LE(streamed.memory.at("predicted").get<std::int64_t>(), budget);
                const bool allThere = streamed.remarks.front().find("replacements read") != std::string::npos;
                EXPECT_EQ(streamed.memory.at("moved").get<std::int64_t>() == 0, allThere) << streamed.remarks.front();
                layers.insert(streamed.memory.at("layers").get<std::int64_t>());
                groups.insert(streamed.remarks.front().substr(streamed.remarks.front().rfind("once for")));
                ASSERT_EQ(streamed.result, whole.result) << name << " with " << budget << " bytes: " << streamed.remarks.front();
            });
            EXPECT_GE(layers.size(), GetParam() ? 1u : 2u) << name;
            EXPECT_TRUE(GetParam() || groups.size() > 1) << name << " always went in one group";
        }
    }
}

TEST_P(StreamedWork, AnEvaluationOfReplacementsIsThatOfTheModelThatHasThem)
{
    EvaluateRequest request = evaluation(parent, "", DType::F32);
    request.replacements = replacements();
    const nn::Model own = nn::loadModel(Checkpoint::open(parent), at::kFloat);
    const TokenFile file(tokens, own.config.vocabulary);
    const distill::Windows windows = distill::cutWindows(file.tokens(), kWindow, 0);
    const nn::Model replaced = nn::replaceSubBlocks(own, own, request.replacements, windows.tokens, {});
    const Json wanted = distill::toJson(distill::evaluate(replaced, &own, windows, {}));
    const auto all = ended(runEvaluate, request).memory.at("predicted").get<std::int64_t>();
    const MemoryLimit limit(all - 8 * nn::largestLayerBytes(own.architecture(), 4));
    EXPECT_EQ(ended(runEvaluate, request).result, wanted);
}

TEST_P(StreamedWork, AnEvaluationReadsEveryLayerThatDoesNotStayOncePerGroup)
{
    const EvaluateRequest request = evaluation(parent, "", DType::F32);
    const ModelArchitecture architecture = Checkpoint::open(parent).architecture();
    std::set<std::int64_t> sweepsMet;
    withLessAndLess(request, ended(runEvaluate, request), GetParam(), [&](std::int64_t budget, const Ended &streamed) {
        const std::string &remark = streamed.remarks.front();
        std::int64_t sweeps = 0;
        for (const auto &[windows, count] : {std::pair("60", 1), std::pair("50", 2), std::pair("25", 3)})
            if (remark.find("once for every " + std::string(windows) + " windows") != std::string::npos)
                sweeps = count;
        sweepsMet.insert(sweeps);
        const std::int64_t stay = std::max<std::int64_t>(0, streamed.memory.at("layers").get<std::int64_t>() - 2);
        EXPECT_EQ(streamed.memory.at("moved").get<std::int64_t>(), sweeps * (kLayers - stay) * nn::largestLayerBytes(architecture, 4))
            << budget << ": " << remark;
    });
    EXPECT_TRUE(sweepsMet.contains(1) && sweepsMet.contains(3));
}

TEST_P(StreamedWork, GeneratedTokensAndLogitsAreThoseOfTheResidentModel)
{
    GenerateRequest generate;
    generate.model = child;
    generate.tokens = {1, 5, 9, 2};
    generate.maxTokens = 12;
    generate.ignoreEnd = true;
    generate.run.threads = 1;
    LogitsRequest logits{child, {1, 5, 9, 2, 44, 60, 3}, {}, folder / "logits", generate.run};
    const auto logitsOf = [&] {
        ended(runLogits, logits);
        std::ifstream file(logits.outFile, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    for (bool useCache : {true, false}) {
        generate.useCache = useCache;
        const Ended whole = ended(runGenerate, generate);
        const std::string wanted = logitsOf();
        ASSERT_EQ(wanted.size(), 7u * kToyVocabulary * 4);
        EXPECT_TRUE(whole.remarks.empty());
        bool streamed = false;
        for (std::int64_t budget = 400'000; budget > 20'000; budget -= GetParam() ? 100'000 : 20'000) {
            const MemoryLimit limit(budget);
            try {
                const Ended found = ended(runGenerate, generate);
                EXPECT_EQ(found.result, whole.result) << budget;
                EXPECT_EQ(logitsOf(), wanted) << budget;
                streamed = streamed || !found.remarks.empty();
                for (const std::string &remark : found.remarks)
                    EXPECT_NE(remark.find("again for every token, which is slow"), std::string::npos) << remark;
            } catch (const Error &error) {
                EXPECT_NE(std::string(error.what()).find("takes at least"), std::string::npos) << error.what();
            }
        }
        EXPECT_TRUE(streamed);
    }
}

TEST_P(StreamedWork, WhatCannotBeDoneLayerByLayerIsRefusedWithTheFigures)
{
    TangentRequest tangent;
    tangent.model = parent;
    tangent.tokenFile = tokens;
    tangent.window = 8;
    tangent.probes = 5;
    tangent.functional = "random_logit";
    tangent.seeds = {1};
    tangent.outFile = folder / "grams";
    tangent.run.threads = 1;
    GenerateRequest generate;
    generate.model = parent;
    generate.tokens = {1, 2};
    generate.maxTokens = 2;
    LogitsRequest logits{parent, {1, 2}, {}, folder / "logits", {}};
    const EvaluateRequest evaluate = evaluation(parent, "", DType::F32);
    const std::map<std::string, std::function<void()>> works{{"tangent kernels", [&] { ended(runTangent, tangent); }},
                                                             {"generating", [&] { ended(runGenerate, generate); }},
                                                             {"computing logits", [&] { ended(runLogits, logits); }},
                                                             {"one layer of the model", [&] { ended(runEvaluate, evaluate); }}};
    for (const auto &[name, work] : works) {
        const MemoryLimit limit(30'000);
        try {
            work();
            ADD_FAILURE() << name << " went on";
        } catch (const Error &error) {
            const std::string sentence = error.what();
            for (const std::string &part : {name, std::string(", but of "), std::string("29.3 KiB may be used"), std::string("--device-memory")})
                EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
        }
    }
    // Enough for one layer after the other, which tangent kernels do not know.
    const std::int64_t weights = parametersOf(Checkpoint::open(parent).architecture()) * 4;
    const MemoryLimit limit(weights - 1);
    EXPECT_NO_THROW(ended(runGenerate, generate));
    EXPECT_THROW(ended(runTangent, tangent), Error);
}

class FarStreamedWork : public StreamedWork {};

TEST_P(FarStreamedWork, ThePredictedPeakIsNearWhatIsTaken)
{
    for (const std::string &against : {std::string(), parent}) {
        const EvaluateRequest request = evaluation(child, against, DType::F32);
        std::int64_t budget = std::numeric_limits<std::int64_t>::max();
        for (int round = 0; round < 3; ++round) {
            const MemoryLimit limit(budget);
            farPeak();
            const Ended end = ended(runEvaluate, request);
            const auto taken = static_cast<double>(farPeak()), predicted = end.memory.at("predicted").get<double>();
            EXPECT_GT(predicted, 0.8 * taken) << end.remarks.front();
            EXPECT_LT(predicted, 1.6 * taken) << end.remarks.front();
            budget = end.memory.at("predicted").get<std::int64_t>() - 4 * nn::largestLayerBytes(Checkpoint::open(parent).architecture(), 4);
        }
    }
}

TEST_P(FarStreamedWork, WhereThePredictionWasTooLowFewerWindowsGoTogether)
{
    const EvaluateRequest request = evaluation(child, parent, DType::F32);
    const Ended whole = ended(runEvaluate, request);
    const MemoryLimit streams(whole.memory.at("predicted").get<std::int64_t>()
                              - 8 * nn::largestLayerBytes(Checkpoint::open(parent).architecture(), 4));
    farPeak();
    ended(runEvaluate, request);
    const auto peak = static_cast<double>(farPeak());
    bool met = false;
    for (double share : {0.95, 0.9, 0.8, 0.7}) {
        const FarMemoryLimit limit(static_cast<std::size_t>(share * peak));
        Ended found;
        try {
            found = ended(runEvaluate, request);
        } catch (const c10::Error &) {
            continue;
        }
        if (!found.result.contains("note"))
            continue;
        met = true;
        EXPECT_NE(found.result.at("note").get<std::string>().find("allows no more than"), std::string::npos);
        EXPECT_NEAR(found.result.at("nll").get<double>(), whole.result.at("nll").get<double>(), 1e-5);
        EXPECT_NEAR(found.result.at("kl_to_parent").get<double>(), whole.result.at("kl_to_parent").get<double>(), 1e-5);
        EXPECT_EQ(found.result.at("tokens"), whole.result.at("tokens"));
    }
    EXPECT_TRUE(met);
}

constexpr auto kWhere = [](const testing::TestParamInfo<bool> &far) { return std::string(far.param ? "FarDevice" : "MainMemory"); };
INSTANTIATE_TEST_SUITE_P(On, StreamedWork, testing::Bool(), kWhere);
INSTANTIATE_TEST_SUITE_P(On, FarStreamedWork, testing::Values(true), kWhere);

} // namespace
} // namespace tessera::test
