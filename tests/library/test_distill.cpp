// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/block_training.h"
#include "engine/library/distill.h"
#include "engine/library/fit.h"
#include "engine/nn/initialise.h"
#include "engine/protocol/remark.h"
#include "tests/library/toy_parent.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace tessera::test {
namespace {

struct Study {
    TemporaryFolder folder;
    DistillRequest request;
    ModelConfig config;

    explicit Study(bool biases = false)
    {
        std::string path = writeToyParent(folder, biases);
        config = Checkpoint::open(path).config();
        FitRequest fit;
        fit.parent = path;
        fit.tokenFile = writeToyTokens(folder, "tokens", 640, 3);
        fit.window = 16;
        fit.outFolder = folder / "fitted";
        fit.scratchFolder = folder / "scratch";
        fit.run.threads = 1;
        fit.closedForm = false;
        fit.wanted = allToyVariants(config);
        Collected said;
        runFit(fit, said.context);
        request.parent = path;
        request.tokenFile = fit.tokenFile;
        request.heldOutTokenFile = writeToyTokens(folder, "held-out", 320, 4);
        request.window = 16;
        request.batchTokens = 64;
        request.tokensPerVariant = 12 * 64;
        request.heldOutTokens = 320;
        request.checkpointSteps = 3;
        request.start = sourcesOf(config, said.items);
        request.outFolder = folder / "distilled";
        request.scratchFolder = folder / "scratch";
        request.run.threads = 1;
    }
};

TEST(Distill, NoVariantEndsWorseThanItStartedAndMostImprove)
{
    Study study;
    study.request.tokensPerVariant = 60 * 64;
    Collected said;
    Json result = runDistill(study.request, said.context);
    ASSERT_EQ(said.items.size(), study.request.start.size());
    EXPECT_EQ(result.at("variants").get<std::size_t>(), said.items.size());
    int improved = 0;
    for (const Json &item : said.items) {
        EXPECT_LE(item.at("loss_after").get<double>(), item.at("loss_before").get<double>()) << item.dump();
        EXPECT_EQ(item.at("curve").size(), 5u);
        improved += item.at("best_tokens").get<int>() > 0;
    }
    EXPECT_GT(improved, 10);
}

TEST(Distill, WhereTrainingOnlyHarmsTheStartIsReturned)
{
    Study study;
    study.request.learningRate = 1e3;
    study.request.start.resize(2);
    Collected said;
    runDistill(study.request, said.context);
    for (std::size_t i = 0; i < said.items.size(); ++i) {
        const Json &item = said.items[i];
        EXPECT_EQ(item.at("best_tokens"), 0);
        EXPECT_EQ(item.at("loss_after"), item.at("loss_before"));
        nn::SubBlock start = nn::loadSubBlockFile(study.config, study.request.start[i].variant,
                                                  study.request.start[i].file, at::kFloat);
        nn::SubBlock end = nn::loadSubBlockFile(study.config, study.request.start[i].variant,
                                                item.at("file").get<std::string>(), at::kFloat);
        for (const auto &[name, tensor] : start.tensors)
            EXPECT_TRUE(at::equal(tensor, end.at(name))) << name;
    }
}

TEST(Distill, LossesAreNormalisedErrorsOfTheStoredSubBlocks)
{
    Study study(true);
    Collected said;
    runDistill(study.request, said.context);
    nn::Model parent = nn::loadModel(Checkpoint::open(study.request.parent), at::kFloat);
    at::Tensor windows = readWindows(study.request.heldOutTokenFile, 320, 16, study.config);
    nn::Rope rope = nn::makeRope(study.config, 16);
    std::vector<SubBlockSource> sources = sourcesOf(study.config, said.items);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        at::Tensor x = nn::applyLayers(parent, nn::embed(parent, windows), rope, 0, sources[i].layer);
        const nn::Layer &own = parent.layers[static_cast<std::size_t>(sources[i].layer)];
        nn::Layer changed = own;
        Part part = sources[i].variant.part;
        changed.of(part) = loadSource(study.config, sources[i], own.of(part), at::kFloat);
        at::Tensor expected = nn::applyLayer(study.config, own, x, rope);
        at::Tensor output = nn::applyLayer(study.config, changed, x, rope);
        double loss = ((output - expected).square().sum() / expected.square().sum()).item<double>();
        EXPECT_NEAR(said.items[i].at("loss_after").get<double>(), loss, 1e-4 * loss) << said.items[i].dump();
        at::Tensor input = part == Part::Ffn ? nn::applySubBlock(study.config, own.attention, x, rope) : x;
        at::Tensor target = nn::increment(study.config, own.of(part), input, rope);
        at::Tensor added = nn::increment(study.config, changed.of(part), input, rope);
        double increment = ((added - target).square().sum() / target.square().sum()).item<double>();
        EXPECT_NEAR(said.items[i].at("increment_after").get<double>(), increment, 1e-4 * increment);
    }
}

TEST(Distill, StoppedAnywhereItGoesOnToTheSameBits)
{
    for (const char *mode : {"decoupled", "coupled"}) {
        Study study;
        study.request.mode = mode;
        if (study.request.mode == "coupled")
            study.request.start = {study.request.start[0], study.request.start[3], study.request.start[6],
                                   study.request.start[9]};
        Collected undisturbed;
        runDistill(study.request, undisturbed.context);
        auto expected = undisturbed.hashes();
        DistillRequest again = study.request;
        again.outFolder = study.folder / "again";
        again.scratchFolder = study.folder / "scratch-again";
        std::map<std::string, std::string> done;
        int stops = 0;
        for (bool finished = false; !finished && stops < 100;) {
            Collected said;
            int calls = 0, limit = 2 + stops % 4;
            said.context.progress = [&](const Progress &) {
                if (++calls == limit)
                    said.context.stop.request();
            };
            again.memoryBytes = stops % 2 ? 0 : 60000; // Groups may change: results may not.
            try {
                runDistill(again, said.context);
                finished = true;
            } catch (const Error &e) {
                ASSERT_EQ(e.kind(), ErrorKind::Interrupted) << e.what();
                ++stops;
            }
            for (const auto &[name, hash] : said.hashes())
                done[name] = hash;
            // The caller asks again for what it has not got.
            std::size_t unit = study.request.mode == "coupled" ? 2 : 1;
            again.start.clear();
            for (std::size_t i = 0; i < study.request.start.size(); i += unit) {
                auto first = study.request.start.begin() + static_cast<std::ptrdiff_t>(i);
                bool got = std::all_of(first, first + static_cast<std::ptrdiff_t>(unit), [&](const SubBlockSource &source) {
                    return done.count(std::to_string(source.layer) + " " + toString(source.variant)) > 0;
                });
                if (!got)
                    again.start.insert(again.start.end(), first, first + static_cast<std::ptrdiff_t>(unit));
            }
            if (again.start.empty())
                break;
        }
        EXPECT_GT(stops, 3) << mode;
        EXPECT_EQ(done, expected) << mode;
    }
}

TEST(Distill, GoesOnFromTheLastCheckpointWhenItWasKilled)
{
    Study study;
    Collected undisturbed;
    runDistill(study.request, undisturbed.context);
    // A kill leaves what the last checkpoint wrote: made here by an exception that is no stop.
    Collected killed;
    int calls = 0;
    killed.context.progress = [&](const Progress &) {
        if (++calls == 9)
            throw std::runtime_error("killed");
    };
    DistillRequest again = study.request;
    again.outFolder = study.folder / "again";
    EXPECT_THROW(runDistill(again, killed.context), std::runtime_error);
    EXPECT_TRUE(killed.items.empty());
    Collected rest;
    std::int64_t firstDone = -1;
    rest.context.progress = [&](const Progress &progress) {
        if (firstDone < 0 && !isRemark(progress))
            firstDone = progress.done;
    };
    runDistill(again, rest.context);
    EXPECT_GT(firstDone, 0) << "it did not begin again";
    EXPECT_EQ(rest.hashes(), undisturbed.hashes());
}

TEST(Distill, GroupsFollowTheOrderAndTheMemory)
{
    Study study;
    std::reverse(study.request.start.begin(), study.request.start.end());
    Collected one;
    Json result = runDistill(study.request, one.context);
    study.request.memoryBytes = Trainee::bytes(study.config, {ffnWidth(30)}) + 1;
    Collected many;
    Json small = runDistill(study.request, many.context);
    EXPECT_GT(small.at("groups").get<int>(), result.at("groups").get<int>());
    EXPECT_EQ(one.hashes(), many.hashes());
    for (std::size_t i = 0; i < many.items.size(); ++i)
        EXPECT_EQ(many.items[i].at("variant"), toString(study.request.start[i].variant));
}

TEST(Distill, Bfloat16KeepsFloat32MastersAndImproves)
{
    Study study;
    study.request.run.dtype = DType::BF16;
    study.request.tokensPerVariant = 40 * 64;
    Collected said;
    runDistill(study.request, said.context);
    double before = 0, after = 0;
    for (const Json &item : said.items) {
        before += item.at("loss_before").get<double>();
        after += item.at("loss_after").get<double>();
    }
    EXPECT_LT(after, 0.8 * before);
}

/// The training objective of a trainee, straight from its definition, in float64 arithmetic of sums.
double objective(const ModelConfig &config, const nn::Layer &layer, const nn::Layer &own, const at::Tensor &x,
                 const nn::Rope &rope)
{
    at::NoGradGuard noGrad;
    at::Tensor difference = nn::applyLayer(config, layer, x, rope) - nn::applyLayer(config, own, x, rope);
    return difference.to(at::kDouble).square().sum().item<double>();
}

TEST(Trainee, TheFirstStepGoesAgainstTheFiniteDifferences)
{
    // AdamW's first step is -rate * sign(gradient) where the gradient is not tiny: compare signs with finite differences.
    TemporaryFolder folder;
    nn::Model parent = nn::loadModel(Checkpoint::open(writeToyParent(folder, true)), at::kFloat);
    at::Tensor windows = readWindows(writeToyTokens(folder, "t", 64, 5), 0, 16, parent.config);
    nn::Rope rope = nn::makeRope(parent.config, 16);
    const nn::Layer &own = parent.layers[1];
    at::Tensor x = nn::applyLayers(parent, nn::embed(parent, windows), rope, 0, 1);
    LayerActivations activations = layerActivations(parent.config, own, x, rope);
    nn::AdamW::Options options;
    options.weightDecay = 0;
    std::vector<std::int64_t> order;
    for (std::int64_t i = 0; i < 48; ++i)
        order.push_back(i);
    for (Variant variant : {gqa(1), linearVariant(Part::Attention), ffnWidth(20), linearVariant(Part::Ffn)}) {
        nn::Layer start = own;
        start.of(variant.part) = nn::initialise(parent.config, own.of(variant.part), variant, order);
        bool attention = variant.part == Part::Attention;
        Trainee trainee(parent.config, 1, start, attention, !attention, at::kFloat, options);
        trainee.beginEvaluation();
        trainee.evaluate(activations, rope);
        trainee.finishEvaluation();
        trainee.addGradients(activations, rope, 1);
        trainee.step(1e-4, 0);
        trainee.beginEvaluation();
        trainee.evaluate(activations, rope);
        trainee.finishEvaluation();
        ASSERT_EQ(trainee.bestStep(), 1) << toString(variant) << ": a small step against the gradient improves";
        nn::SubBlock after = trainee.best(variant.part);
        for (const auto &[name, tensor] : start.of(variant.part).tensors) {
            if (name.find("norm") != std::string::npos) {
                EXPECT_TRUE(at::equal(tensor, after.at(name))) << name;
                continue;
            }
            int checked = 0;
            for (std::int64_t i = 0; i < tensor.numel(); i += std::max<std::int64_t>(1, tensor.numel() / 7)) {
                double step = 1e-2, sides[2];
                for (int side : {0, 1}) {
                    nn::Layer moved = start;
                    at::Tensor changed = tensor.clone();
                    changed.view({-1})[i] += side ? step : -step;
                    moved.of(variant.part).tensors[name] = changed;
                    sides[side] = objective(parent.config, moved, own, x, rope);
                }
                double slope = (sides[1] - sides[0]) / (2 * step);
                if (std::abs(slope) < 1e-3 * sides[0])
                    continue;
                double moved = after.at(name).view({-1})[i].item<double>() - tensor.view({-1})[i].item<double>();
                EXPECT_LT(moved * slope, 0) << toString(variant) << " " << name << " element " << i;
                ++checked;
            }
            if (name.find("k_proj.bias") == std::string::npos) { // Softmax does not see it: its gradient is 0 but for the rotation.
                EXPECT_GT(checked, 0) << toString(variant) << " " << name;
            }
        }
    }
}

TEST(Distill, WrongRequestsAreRefusedWithASentence)
{
    Study study;
    auto refused = [](DistillRequest request, const std::string &word) {
        Collected said;
        try {
            runDistill(request, said.context);
            ADD_FAILURE() << "accepted, though " << word;
        } catch (const Error &e) {
            EXPECT_EQ(e.kind(), ErrorKind::BadInput) << e.what();
            EXPECT_NE(std::string(e.what()).find(word), std::string::npos) << e.what();
        }
    };
    DistillRequest request = study.request;
    request.mode = "sideways";
    refused(request, "sideways");
    request = study.request;
    request.batchTokens = 0;
    refused(request, "batch");
    request = study.request;
    request.mode = "coupled";
    refused(request, "pairs");
    request = study.request;
    request.start[0].hash = "0";
    refused(request, "hash");
    request = study.request;
    request.start[0].file.clear();
    refused(request, "no weights");
}

} // namespace
} // namespace tessera::test
