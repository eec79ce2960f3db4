// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// Parents that do not fit on the device: whatever is there at once, every number stays what it is.
#include "engine/base/error.h"
#include "engine/library/distill.h"
#include "engine/library/fit.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/streamed_model.h"
#include "engine/protocol/remark.h"
#include "engine/score/score.h"
#include "engine/score/score_memory.h"
#include "engine/text/token_file.h"
#include "tests/device/far_device.h"
#include "tests/device/memory_limit.h"
#include "tests/library/toy_parent.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::test {
namespace {

constexpr std::int64_t kLayers = 5, kWindow = 20;

/// A random parent of five layers with a head of its own.
std::string writeParent(const TemporaryFolder &folder, const std::string &name, StoredType type)
{
    return writeToyParent(folder, {.name = name, .layers = kLayers, .tied = false, .storedAs = type});
}

void expectSameLayer(const nn::Layer &found, const nn::Layer &wanted, const std::string &what)
{
    for (Part part : {Part::Attention, Part::Ffn}) {
        EXPECT_EQ(found.of(part).variant, wanted.of(part).variant) << what;
        ASSERT_EQ(found.of(part).tensors.size(), wanted.of(part).tensors.size()) << what;
        for (const auto &[name, tensor] : wanted.of(part).tensors)
            EXPECT_TRUE(at::equal(nn::inMainMemory(found.of(part).at(name)), nn::inMainMemory(tensor))) << what << " " << name;
    }
}

/// In main memory, and on a device whose memory cannot be read from outside.
class Streaming : public testing::TestWithParam<bool> {
protected:
    Streaming() : m_device(GetParam() ? farDevice() : at::Device(at::kCPU)) {}
    TemporaryFolder folder;

private:
    nn::OnDevice m_device;
};

TEST_P(Streaming, EveryLayerIsBitForBitTheResidentOneInAnyOrder)
{
    for (StoredType stored : {StoredType::F32, StoredType::BF16})
        for (at::ScalarType type : {at::kFloat, at::kBFloat16}) {
            const std::string name = toString(stored) + at::toString(type);
            const Checkpoint checkpoint = Checkpoint::open(writeParent(folder, name, stored));
            const nn::Model whole = nn::loadModel(checkpoint, type);
            for (std::int64_t resident = 1; resident <= kLayers; ++resident) {
                nn::StreamedModel streamed(checkpoint, type, resident);
                EXPECT_EQ(streamed.isWhole(), resident == kLayers);
                for (std::int64_t index : {0, 1, 2, 3, 4, 0, 3, 3, 1, 4, 2, 1, 0})
                    for (std::int64_t next : {-1, 0, 4})
                        expectSameLayer(streamed.layer(index, next), whole.layers[static_cast<std::size_t>(index)],
                                        name + ", layer " + std::to_string(index) + " with " + std::to_string(resident) + " resident");
                expectSameLayer(streamed.copyOf(1), whole.layers[1], name + ", a copy");
                EXPECT_TRUE(at::equal(nn::inMainMemory(streamed.model().head), nn::inMainMemory(whole.head)));
            }
        }
}

TEST_P(Streaming, EverySweepMovesWhatDoesNotStayOnce)
{
    const Checkpoint checkpoint = Checkpoint::open(writeParent(folder, "parent", StoredType::F32));
    const std::int64_t each = nn::largestLayerBytes(checkpoint.architecture(), 4);
    for (std::int64_t resident = 1; resident <= kLayers; ++resident) {
        nn::StreamedModel streamed(checkpoint, at::kFloat, resident);
        for (std::int64_t index = 0; index < kLayers; ++index)
            streamed.layer(index);
        const std::int64_t stay = resident == kLayers ? kLayers : std::max<std::int64_t>(0, resident - 2);
        EXPECT_EQ(streamed.bytesMoved(), (kLayers - stay) * each) << resident;
    }
}

/// Everything that was scored, by layer, candidate, metric and window.
struct Scored {
    std::map<std::string, double> values;
    Json result;
    std::vector<std::string> remarks;
};

Scored score(const ScoreRequest &request)
{
    Scored scored;
    WorkContext context;
    context.progress = [&](const Progress &progress) {
        if (isRemark(progress))
            scored.remarks.push_back(progress.note);
    };
    context.item = [&](const Json &item) {
        Json name = item;
        name.erase("scores");
        name.erase("window");
        for (const auto &[metric, values] : item.at("scores").items())
            for (std::size_t i = 0; i < values.size(); ++i) {
                const std::string key = name.dump() + metric + std::to_string(item.at("window").get<std::size_t>() + i);
                EXPECT_TRUE(scored.values.emplace(key, values[i].get<double>()).second) << key << " was said twice";
            }
    };
    scored.result = runScore(request, context);
    return scored;
}

class StreamedScoring : public Streaming {
protected:
    /// Candidates of every kind in no order of layers, pairs, and the parent's own variant.
    ScoreRequest requestFor(DType type)
    {
        const std::string parent = writeParent(folder, "parent-" + toString(type), StoredType::F32);
        FitRequest fit;
        fit.parent = parent;
        fit.tokenFile = writeToyTokens(folder, "tokens", 15 * kWindow, 3);
        fit.window = kWindow;
        fit.outFolder = folder / "fitted";
        fit.scratchFolder = folder / "scratch";
        fit.run.threads = 1;
        fit.closedForm = false;
        for (std::int64_t layer : {4, 0, 2})
            for (const Variant &variant : {gqa(1), ffnWidth(12), linearVariant(Part::Ffn)})
                fit.wanted.push_back({layer, variant, {}, {}, {}});
        std::vector<SubBlockSource> fitted;
        {
            const nn::OnDevice near(at::kCPU);
            Collected said;
            runFit(fit, said.context);
            fitted = sourcesOf(Checkpoint::open(parent).config(), said.items);
        }
        ScoreRequest request;
        request.parent = parent;
        request.tokenFile = fit.tokenFile;
        request.window = kWindow;
        request.windows = 15;
        request.metrics = {"kl_div", "lm_loss", "hidden_cosine", "accuracy_loss"};
        request.candidates = {fitted.rbegin(), fitted.rend()};
        request.candidates.push_back({1, noneVariant(Part::Attention), Origin::Paper, {}, {}});
        request.candidates.push_back({3, ffnWidth(48), Origin::Parent, {}, {}});
        request.candidates.push_back({4, noneVariant(Part::Ffn), Origin::Paper, {}, {}});
        request.pairs = {{fitted[0], fitted[1]}};
        request.run.dtype = type;
        request.run.threads = 1;
        return request;
    }
};

TEST_P(StreamedScoring, EveryScoreIsBitForBitThatOfTheResidentParent)
{
    for (DType type : {DType::F32, DType::BF16}) {
        ScoreRequest request = requestFor(type);
        // Computed from the parent's own weights, and ranked by its activations.
        request.candidates.push_back({0, ffnWidth(30), Origin::Paper, {}, {}});
        request.candidates.push_back({3, linearVariant(Part::Attention), Origin::Paper, {}, {}});
        const Scored whole = score(request);
        ASSERT_EQ(whole.result.at("memory").at("layers"), kLayers);
        ASSERT_EQ(whole.remarks.size(), 1u);
        EXPECT_NE(whole.remarks.front().find("at its peak"), std::string::npos);
        const auto all = whole.result.at("memory").at("predicted").get<std::int64_t>();
        std::set<std::int64_t> layers;
        const std::int64_t step = all / (GetParam() ? 4 : 14); // The far device is slow.
        for (std::int64_t budget = all; budget > all / 10; budget -= step) {
            const MemoryLimit limit(budget);
            const Scored streamed = score(request);
            layers.insert(streamed.result.at("memory").at("layers").get<std::int64_t>());
            ASSERT_EQ(streamed.values.size(), whole.values.size());
            for (const auto &[key, value] : whole.values)
                ASSERT_EQ(streamed.values.at(key), value) << key << " with " << budget << " bytes: " << streamed.remarks.front();
        }
        for (std::int64_t wanted : {std::int64_t{1}, std::int64_t{2}, kLayers})
            EXPECT_TRUE(GetParam() || layers.contains(wanted)) << wanted << " layers at once were not met";
    }
}

TEST_P(StreamedScoring, WhereNotEvenALayerFitsItIsRefusedWithTheFigures)
{
    const ScoreRequest request = requestFor(DType::F32);
    const MemoryLimit limit(20000);
    try {
        score(request);
        FAIL() << "went on";
    } catch (const Error &error) {
        EXPECT_NE(std::string(error.what()).find("embedding, head and one layer"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("--device-memory"), std::string::npos) << error.what();
    }
}

TEST_P(StreamedScoring, EveryLayerIsMovedOnceForAllCandidatesOfAGroup)
{
    ScoreRequest request = requestFor(DType::F32);
    request.candidates.resize(6);
    request.pairs.clear();
    const ModelArchitecture parent = Checkpoint::open(request.parent).architecture();
    const auto all = score(request).result.at("memory").at("predicted").get<std::int64_t>();
    const std::int64_t each = nn::largestLayerBytes(parent, 4);
    int met = 0;
    for (std::int64_t budget = all - 1; budget > all / 2; budget -= all / 30) {
        const MemoryLimit limit(budget);
        const Scored streamed = score(request);
        const auto layers = streamed.result.at("memory").at("layers").get<std::int64_t>();
        if (streamed.remarks.front().find("read once for every 15 windows") == std::string::npos || layers == kLayers)
            continue;
        ++met;
        const std::int64_t stay = std::max<std::int64_t>(0, layers - 2);
        EXPECT_EQ(streamed.result.at("memory").at("moved").get<std::int64_t>(), (kLayers - stay) * each) << budget;
        EXPECT_LE(streamed.result.at("memory").at("predicted").get<std::int64_t>(), budget);
    }
    EXPECT_GT(met, 0);
}

class StreamedTraining : public Streaming {
protected:
    DistillRequest request()
    {
        FitRequest fit;
        fit.parent = writeParent(folder, "parent", StoredType::F32);
        fit.tokenFile = writeToyTokens(folder, "tokens", 640, 3);
        fit.window = 16;
        fit.outFolder = folder / "fitted";
        fit.scratchFolder = folder / "scratch";
        fit.run.threads = 1;
        fit.closedForm = false;
        for (std::int64_t layer : {0, 2, 4})
            for (const Variant &variant : {gqa(1), ffnWidth(12)})
                fit.wanted.push_back({layer, variant, {}, {}, {}});
        DistillRequest distill;
        {
            const nn::OnDevice near(at::kCPU);
            Collected said;
            runFit(fit, said.context);
            distill.start = sourcesOf(Checkpoint::open(fit.parent).config(), said.items);
        }
        std::swap(distill.start.front(), distill.start.back());
        distill.parent = fit.parent;
        distill.tokenFile = fit.tokenFile;
        distill.heldOutTokenFile = writeToyTokens(folder, "held-out", 320, 4);
        distill.window = 16;
        distill.batchTokens = 128;
        distill.tokensPerVariant = 6 * 128; // More than there are: the last batch begins again.
        distill.heldOutTokens = 320;
        distill.checkpointSteps = 2;
        distill.scratchFolder = folder / "scratch";
        distill.run.threads = 1;
        return distill;
    }
    std::map<std::string, std::string> train(DistillRequest request, const std::string &out, Json *result = nullptr)
    {
        request.outFolder = folder / out;
        Collected said;
        const Json ended = runDistill(request, said.context);
        if (result)
            *result = ended;
        return said.hashes();
    }
};

TEST_P(StreamedTraining, EveryVariantIsBitForBitThatOfTheResidentParentAndEachLayerIsMovedOnce)
{
    const DistillRequest distill = request();
    Json whole, streamed;
    const auto wanted = train(distill, "whole", &whole);
    ASSERT_EQ(wanted.size(), distill.start.size());
    EXPECT_EQ(whole.at("memory").at("layers"), kLayers);
    const ModelArchitecture parent = Checkpoint::open(distill.parent).architecture();
    // A budget that is met by two layers, and not by all.
    const MemoryLimit limit(whole.at("memory").at("predicted").get<std::int64_t>() / 2);
    EXPECT_EQ(train(distill, "streamed", &streamed), wanted);
    EXPECT_EQ(streamed.at("memory").at("layers"), 2);
    EXPECT_EQ(streamed.at("memory").at("moved").get<std::int64_t>(), kLayers * nn::largestLayerBytes(parent, 4));
}

TEST_P(StreamedTraining, AStoppedOneGoesOnWithTheSameBitsWhereverTheParentIs)
{
    const DistillRequest distill = request();
    Json whole;
    const auto wanted = train(distill, "whole", &whole);
    const std::int64_t half = whole.at("memory").at("predicted").get<std::int64_t>() / 2;
    // Begun with one way of sharing memory and ended with the other.
    for (bool streamsFirst : {true, false}) {
        DistillRequest stopped = distill;
        stopped.outFolder = folder / (streamsFirst ? "first" : "second");
        Collected said;
        int steps = 0;
        said.context.progress = [&](const Progress &progress) {
            if (!isRemark(progress) && ++steps == 4)
                said.context.stop.request();
        };
        {
            std::optional<MemoryLimit> limit;
            if (streamsFirst)
                limit.emplace(half);
            EXPECT_THROW(runDistill(stopped, said.context), Error);
        }
        std::optional<MemoryLimit> limit;
        if (!streamsFirst)
            limit.emplace(half);
        auto found = said.hashes();
        found.merge(train(distill, streamsFirst ? "first" : "second"));
        EXPECT_EQ(found, wanted) << streamsFirst;
    }
}

class FarStreaming : public StreamedScoring {};

TEST_P(FarStreaming, WhereThePredictionWasTooLowFewerCandidatesGoTogether)
{
    ScoreRequest request = requestFor(DType::F32);
    request.candidates.resize(6);
    const Scored whole = score(request);
    const MemoryLimit streams(whole.result.at("memory").at("predicted").get<std::int64_t>() * 9 / 10);
    farPeak();
    const Scored streamed = score(request);
    ASSERT_LT(streamed.result.at("memory").at("layers").get<std::int64_t>(), kLayers);
    const auto peak = static_cast<double>(farPeak());
    bool met = false;
    for (double share : {0.9, 0.8, 0.7}) {
        const FarMemoryLimit limit(static_cast<std::size_t>(share * peak));
        Scored found;
        try {
            found = score(request);
        } catch (const c10::Error &) {
            continue;
        }
        if (!found.result.contains("note"))
            continue;
        met = true;
        EXPECT_NE(found.result.at("note").get<std::string>().find("allows no more than"), std::string::npos);
        EXPECT_EQ(found.remarks.back(), "score: " + found.result.at("note").get<std::string>());
        ASSERT_EQ(found.values.size(), whole.values.size());
        for (const auto &[key, value] : whole.values)
            EXPECT_NEAR(found.values.at(key), value, 1e-4 * std::abs(value) + 1e-6) << key;
    }
    EXPECT_TRUE(met);
}

TEST_P(FarStreaming, ThePredictedPeakIsNearWhatIsTaken)
{
    const ScoreRequest request = requestFor(DType::F32);
    std::int64_t budget = std::numeric_limits<std::int64_t>::max();
    for (int round = 0; round < 3; ++round) {
        const MemoryLimit limit(budget);
        farPeak();
        const Scored scored = score(request);
        const auto taken = static_cast<double>(farPeak());
        const auto predicted = scored.result.at("memory").at("predicted").get<double>();
        EXPECT_GT(predicted, 0.8 * taken) << scored.remarks.front();
        EXPECT_LT(predicted, 1.6 * taken) << scored.remarks.front();
        budget = static_cast<std::int64_t>(0.75 * predicted);
    }
}

constexpr auto kWhere = [](const testing::TestParamInfo<bool> &far) { return std::string(far.param ? "FarDevice" : "MainMemory"); };
INSTANTIATE_TEST_SUITE_P(On, Streaming, testing::Bool(), kWhere);
INSTANTIATE_TEST_SUITE_P(On, StreamedScoring, testing::Bool(), kWhere);
INSTANTIATE_TEST_SUITE_P(On, StreamedTraining, testing::Bool(), kWhere);
INSTANTIATE_TEST_SUITE_P(On, FarStreaming, testing::Values(true), kWhere);

} // namespace
} // namespace tessera::test
