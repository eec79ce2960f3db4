// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/safetensors.h"
#include "engine/library/fit.h"
#include "engine/library/layer_fit.h"
#include "engine/library/least_squares.h"
#include "engine/nn/initialise.h"
#include "tests/library/toy_parent.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace tessera::test {
namespace {

FitRequest fitRequest(const TemporaryFolder &folder, const std::string &parent)
{
    FitRequest request;
    request.parent = parent;
    request.tokenFile = writeToyTokens(folder, "tokens", 900, 3);
    request.window = 32;
    request.outFolder = folder / "out";
    request.scratchFolder = folder / "scratch";
    request.run.threads = 1;
    request.wanted = allToyVariants(Checkpoint::open(parent).config());
    return request;
}

/// Features and targets of a sub-block's replacement on the parent's own activations, in float64.
struct Rows {
    at::Tensor phi, y, input, attention, output;
};

Rows rowsOf(const nn::Model &model, const FitRequest &request, std::int64_t layer, const nn::SubBlock &block)
{
    at::NoGradGuard noGrad;
    at::Tensor windows = readWindows(request.tokenFile, 0, request.window, model.config);
    nn::Rope rope = nn::makeRope(model.config, request.window);
    at::Tensor x = nn::applyLayers(model, nn::embed(model, windows), rope, 0, layer);
    const nn::Layer &own = model.layers[static_cast<std::size_t>(layer)];
    at::Tensor attention = nn::increment(model.config, own.attention, x, rope), between = x + attention;
    at::Tensor ffn = nn::increment(model.config, own.ffn, between, rope);
    bool first = block.variant.part == Part::Attention;
    auto flat = [](const at::Tensor &t) { return t.reshape({-1, t.size(-1)}).to(at::kDouble); };
    return {flat(nn::features(model.config, block, first ? x : between, rope)), flat(first ? attention : ffn), x, attention,
            between + ffn};
}

TEST(Fit, EveryVariantHasNoGradientOfItsRidgeObjective)
{
    for (bool biases : {false, true}) {
        TemporaryFolder folder;
        FitRequest request = fitRequest(folder, writeToyParent(folder, biases));
        request.ridge = 0.02;
        Collected said;
        Json result = runFit(request, said.context);
        nn::Model model = nn::loadModel(Checkpoint::open(request.parent), at::kFloat);
        ASSERT_EQ(said.items.size(), request.wanted.size());
        EXPECT_EQ(result.at("variants").get<std::size_t>(), request.wanted.size());
        for (const SubBlockSource &source : sourcesOf(model.config, said.items)) {
            const nn::SubBlock &own = model.layers[static_cast<std::size_t>(source.layer)].of(source.variant.part);
            nn::SubBlock block = loadSource(model.config, source, own, at::kFloat);
            Rows rows = rowsOf(model, request, source.layer, block);
            at::Tensor w = lastMatrix(block).to(at::kDouble), start = at::zeros_like(w);
            if (source.variant.kind == VariantKind::Gqa)
                start = lastMatrix(own).to(at::kDouble);
            if (source.variant.kind == VariantKind::Width) {
                // The kept channels are recognised by their unchanged rows of the up projection.
                std::vector<std::int64_t> kept;
                for (std::int64_t c = 0; c < source.variant.size; ++c)
                    for (std::int64_t i = 0; i < model.config.ffnWidth; ++i)
                        if (at::equal(block.at("mlp.up_proj.weight")[c], own.at("mlp.up_proj.weight")[i]))
                            kept.push_back(i);
                ASSERT_EQ(static_cast<std::int64_t>(kept.size()), source.variant.size);
                start = lastMatrix(own).index_select(1, at::tensor(kept, at::kLong)).to(at::kDouble);
            }
            double lambda = request.ridge * at::mm(rows.phi.t(), rows.phi).diagonal().mean().item<double>();
            at::Tensor residual = at::mm(rows.phi, w.t()) - rows.y;
            if (lastBias(block).defined())
                residual = residual + lastBias(block).to(at::kDouble);
            at::Tensor gradient = at::mm(residual.t(), rows.phi) + lambda * (w - start);
            double size = at::mm(rows.y.t(), rows.phi).norm().item<double>();
            EXPECT_LT(gradient.norm().item<double>(), 2e-6 * size) << toString(source.variant) << " of layer " << source.layer;
            if (lastBias(block).defined()) {
                EXPECT_LT(residual.sum(0).norm().item<double>(), 1e-5 * rows.y.abs().sum().item<double>());
            }
        }
    }
}

TEST(Fit, LossesAreThoseOfTheStoredSubBlocksAndFittingImprovesTheIncrement)
{
    TemporaryFolder folder;
    FitRequest request = fitRequest(folder, writeToyParent(folder, true));
    Collected said;
    runFit(request, said.context);
    nn::Model model = nn::loadModel(Checkpoint::open(request.parent), at::kFloat);
    nn::Rope rope = nn::makeRope(model.config, request.window);
    std::vector<SubBlockSource> sources = sourcesOf(model.config, said.items);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const nn::Layer &own = model.layers[static_cast<std::size_t>(sources[i].layer)];
        nn::Layer changed = own;
        Part part = sources[i].variant.part;
        changed.of(part) = loadSource(model.config, sources[i], own.of(part), at::kFloat);
        Rows rows = rowsOf(model, request, sources[i].layer, changed.of(part));
        at::Tensor output = nn::applyLayer(model.config, changed, rows.input, rope);
        double loss = ((output - rows.output).square().sum() / rows.output.square().sum()).item<double>();
        at::Tensor input = part == Part::Attention ? rows.input : rows.input + rows.attention;
        at::Tensor difference = nn::increment(model.config, changed.of(part), input, rope).reshape({-1, 32}) - rows.y;
        double increment = (difference.square().sum() / rows.y.square().sum()).item<double>();
        const Json &item = said.items[i];
        EXPECT_NEAR(item.at("loss_after").get<double>(), loss, 1e-5 * loss + 1e-9) << item.dump();
        EXPECT_NEAR(item.at("increment_after").get<double>(), increment, 1e-5 * increment + 1e-9) << item.dump();
        EXPECT_LT(item.at("increment_after").get<double>(), item.at("increment_before").get<double>()) << item.dump();
    }
}

TEST(Fit, WithoutTheClosedFormThePapersInitialisationIsStored)
{
    TemporaryFolder folder;
    FitRequest request = fitRequest(folder, writeToyParent(folder, false));
    request.closedForm = false;
    request.channelRanking = "contribution";
    Collected said;
    runFit(request, said.context);
    nn::Model model = nn::loadModel(Checkpoint::open(request.parent), at::kFloat);
    for (const SubBlockSource &source : sourcesOf(model.config, said.items)) {
        EXPECT_EQ(source.origin, Origin::Paper);
        if (source.variant.kind == VariantKind::Width)
            continue;
        const nn::SubBlock &own = model.layers[static_cast<std::size_t>(source.layer)].of(source.variant.part);
        nn::SubBlock expected = nn::initialise(model.config, own, source.variant);
        nn::SubBlock stored = loadSource(model.config, source, own, at::kFloat);
        for (const auto &[name, tensor] : expected.tensors)
            EXPECT_TRUE(at::equal(tensor, stored.at(name))) << toString(source.variant) << " " << name;
    }
    for (const Json &item : said.items)
        EXPECT_EQ(item.at("loss_before"), item.at("loss_after")) << item.dump();
}

TEST(Fit, RankingsArePrefixes)
{
    for (const char *ranking : {"elimination", "contribution", "iterative"}) {
        TemporaryFolder folder;
        FitRequest request = fitRequest(folder, writeToyParent(folder, false));
        request.channelRanking = ranking;
        request.wanted = {{1, ffnWidth(30), {}, {}, {}}, {1, ffnWidth(12), {}, {}, {}}};
        Collected said;
        runFit(request, said.context);
        ModelConfig config = Checkpoint::open(request.parent).config();
        std::vector<SubBlockSource> sources = sourcesOf(config, said.items);
        nn::SubBlock wide = nn::loadSubBlockFile(config, sources[0].variant, sources[0].file, at::kFloat);
        nn::SubBlock narrow = nn::loadSubBlockFile(config, sources[1].variant, sources[1].file, at::kFloat);
        at::Tensor rows = wide.at("mlp.gate_proj.weight");
        for (std::int64_t c = 0; c < 12; ++c)
            EXPECT_TRUE((rows == narrow.at("mlp.gate_proj.weight")[c]).all(1).any().item<bool>()) << ranking;
    }
}

TEST(Fit, AVariantDoesNotDependOnWhatElseIsWanted)
{
    TemporaryFolder folder;
    FitRequest request = fitRequest(folder, writeToyParent(folder, true));
    request.kvHeads = "best";
    Collected all;
    runFit(request, all.context);
    auto expected = all.hashes();
    for (std::size_t i : {2u, 5u, 9u, 14u}) {
        FitRequest one = request;
        one.outFolder = folder / "one";
        one.wanted = {request.wanted[i]};
        Collected said;
        runFit(one, said.context);
        for (const auto &[name, hash] : said.hashes())
            EXPECT_EQ(hash, expected.at(name)) << name;
    }
}

TEST(Fit, StoppedAnywhereItGoesOnToTheSameBits)
{
    TemporaryFolder folder;
    FitRequest request = fitRequest(folder, writeToyParent(folder, false));
    Collected undisturbed;
    runFit(request, undisturbed.context);
    auto expected = undisturbed.hashes();
    FitRequest again = request;
    again.outFolder = folder / "again";
    std::map<std::string, std::string> done;
    int stops = 0;
    bool finished = false;
    while (!finished && stops < 100) {
        Collected said;
        int calls = 0, limit = 3 + stops % 6;
        said.context.progress = [&](const Progress &) {
            if (++calls == limit)
                said.context.stop.request();
        };
        try {
            runFit(again, said.context);
            finished = true;
        } catch (const Error &e) {
            ASSERT_EQ(e.kind(), ErrorKind::Interrupted);
            ++stops;
        }
        for (const auto &[name, hash] : said.hashes())
            done[name] = hash;
        again.wanted.clear();
        for (const SubBlockSource &source : request.wanted)
            if (!done.count(std::to_string(source.layer) + " " + toString(source.variant)))
                again.wanted.push_back(source);
    }
    EXPECT_GT(stops, 3);
    EXPECT_EQ(done, expected);
    EXPECT_TRUE(std::filesystem::is_empty(request.scratchFolder)) << "what was kept for resuming is gone at the end";
}

TEST(Fit, FullSizeEqualsTheParent)
{
    TemporaryFolder folder;
    std::string parent = writeToyParent(folder, true);
    nn::Model model = nn::loadModel(Checkpoint::open(parent), at::kFloat);
    at::Tensor windows = readWindows(writeToyTokens(folder, "t", 64, 1), 0, 32, model.config);
    nn::Rope rope = nn::makeRope(model.config, 32);
    at::Tensor stream = nn::embed(model, windows), expected = nn::applyLayers(model, stream, rope, 0, 1);
    std::vector<FittedVariant> fitted;
    fitLayer(model.config, model.layers[0], {gqa(2), ffnWidth(48)}, {}, rope, stream, [](std::int64_t) {},
             [&](const FittedVariant &variant) { fitted.push_back(variant); });
    EXPECT_TRUE(at::equal(stream, expected)) << "the stream is the parent's own";
    for (const FittedVariant &variant : fitted) {
        const nn::SubBlock &own = model.layers[0].of(variant.block.variant.part);
        EXPECT_LT((lastMatrix(variant.block) - lastMatrix(own)).abs().max().item<float>(), 1e-4f);
        EXPECT_LT(variant.incrementAfter, 1e-9);
        EXPECT_EQ(variant.incrementBefore < 1e-9, true);
    }
}

TEST(Fit, Bfloat16RunsStoreBfloat16)
{
    TemporaryFolder folder;
    FitRequest request = fitRequest(folder, writeToyParent(folder, false));
    request.run.dtype = DType::BF16;
    Collected said;
    runFit(request, said.context);
    for (const Json &item : said.items) {
        SafetensorsFile file = SafetensorsFile::open(item.at("file").get<std::string>());
        for (const StoredTensor &tensor : file.tensors())
            EXPECT_EQ(tensor.type, StoredType::BF16) << tensor.name;
        EXPECT_LT(item.at("increment_after").get<double>(), 1.05 * item.at("increment_before").get<double>()) << item.dump();
    }
}

TEST(Fit, WrongRequestsAreRefusedWithASentence)
{
    TemporaryFolder folder;
    FitRequest good = fitRequest(folder, writeToyParent(folder, false));
    auto refused = [](FitRequest request, const std::string &word) {
        Collected said;
        try {
            runFit(request, said.context);
            ADD_FAILURE() << "accepted, though " << word;
        } catch (const Error &e) {
            EXPECT_EQ(e.kind(), ErrorKind::BadInput) << e.what();
            EXPECT_NE(std::string(e.what()).find(word), std::string::npos) << e.what();
        }
    };
    FitRequest request = good;
    request.ridge = 0;
    refused(request, "ridge");
    request = good;
    request.channelRanking = "luck";
    refused(request, "luck");
    request = good;
    request.kvHeads = "some";
    refused(request, "some");
    request = good;
    request.wanted = {{7, gqa(1), {}, {}, {}}};
    refused(request, "layer 7");
    request = good;
    request.wanted = {{0, ffnWidth(64), {}, {}, {}}};
    refused(request, "width:64");
    request = good;
    request.wanted = {{0, gqa(4), {}, {}, {}}};
    refused(request, "gqa:4");
    request = good;
    request.window = 1000;
    refused(request, "context");
    request = good;
    request.maxTokens = 5;
    refused(request, "less than one window");
}

} // namespace
} // namespace tessera::test
