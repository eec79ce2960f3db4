// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/score/score.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "tests/score/score_fixtures.h"

#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::ToyParent;

constexpr std::int64_t kWindow = 20;

/// What was said: by layer, variant and metric one value per window of the file, null where nothing was.
using Said = std::map<std::tuple<std::int64_t, std::string, std::string>, std::map<std::int64_t, Json>>;

Said score(const ScoreRequest &request)
{
    Said said;
    WorkContext context;
    context.item = [&](const Json &item) {
        for (const auto &[metric, values] : item.at("scores").items())
            for (std::size_t i = 0; i < values.size(); ++i)
                said[{item.at("layer"), item.at("variant"), metric}][item.at("window").get<std::int64_t>() + static_cast<std::int64_t>(i)] = values[i];
    };
    runScore(request, context);
    return said;
}

ScoreRequest requestFor(const ToyParent &parent, std::vector<SubBlockSource> candidates)
{
    ScoreRequest request;
    request.parent = parent.model;
    request.tokenFile = parent.tokenFile;
    request.window = kWindow;
    request.windows = 3;
    request.metrics = {"kl_div", "lm_loss", "hidden_cosine", "accuracy_loss"};
    request.candidates = std::move(candidates);
    request.run.threads = 1;
    return request;
}

/// One candidate of every kind that comes from a file or from nothing, in every layer.
std::vector<SubBlockSource> everyKind(const ToyParent &parent)
{
    const ModelConfig config = test::toyConfig();
    std::vector<SubBlockSource> sources;
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        for (const Variant &variant : {gqa(4), gqa(1), linearVariant(Part::Attention), ffnWidth(16), linearVariant(Part::Ffn)}) {
            const std::string file = test::writeRandomSubBlock(parent.folder, config, variant, 100 + sources.size());
            sources.push_back({layer, variant, Origin::Closed, file, hashFile(file)});
        }
        sources.push_back({layer, noneVariant(Part::Attention), Origin::Paper, "", ""});
        sources.push_back({layer, noneVariant(Part::Ffn), Origin::Paper, "", ""});
    }
    return sources;
}

std::string errorOf(const ScoreRequest &request)
{
    try {
        runScore(request, {});
    } catch (const Error &error) {
        return std::to_string(error.exitCode()) + ": " + error.what();
    }
    return {};
}

TEST(Score, EveryCandidateScoresAsAFullForwardOfTheSwappedModelInFloat64)
{
    const ToyParent parent;
    const std::vector<SubBlockSource> candidates = everyKind(parent);
    const Said said = score(requestFor(parent, candidates));
    const nn::Model model = nn::loadModel(Checkpoint::open(parent.model), at::kFloat);
    for (const SubBlockSource &source : candidates) {
        nn::Model child = model;
        child.layers[static_cast<std::size_t>(source.layer)].of(source.variant.part) = source.file.empty()
            ? nn::SubBlock{source.variant, {}}
            : nn::loadSubBlockFile(model.config, source.variant, source.file, at::kFloat);
        for (std::int64_t window = 0; window < 3; ++window) {
            const std::vector<std::int32_t> tokens(parent.tokens.begin() + window * kWindow, parent.tokens.begin() + (window + 1) * kWindow);
            const auto wanted = test::referenceScores(test::referenceForward(model, tokens), test::referenceForward(child, tokens));
            for (const auto &[metric, value] : wanted)
                EXPECT_NEAR(said.at({source.layer, toString(source.variant), metric}).at(window).get<double>(), value, 2e-5 * (1 + std::abs(value)))
                    << metric << " of " << toString(source.variant) << " in layer " << source.layer << ", window " << window;
        }
    }
}

TEST(Score, APairScoresAsAFullForwardWithBothOfItsHalvesSwappedInFloat64)
{
    const ToyParent parent;
    const std::vector<SubBlockSource> all = everyKind(parent);
    ScoreRequest request = requestFor(parent, {});
    for (const SubBlockSource &attention : all)
        for (const SubBlockSource &ffn : all)
            if (attention.layer == ffn.layer && attention.variant.part == Part::Attention && ffn.variant.part == Part::Ffn)
                request.pairs.push_back({attention, ffn});
    ASSERT_EQ(request.pairs.size(), 3u * 4 * 3);
    std::map<std::string, std::map<std::int64_t, Json>> said;
    WorkContext context;
    auto key = [](std::int64_t layer, const Variant &attention, const Variant &ffn, const std::string &metric) {
        return std::to_string(layer) + toString(attention) + toString(ffn) + metric;
    };
    context.item = [&](const Json &item) {
        for (const auto &[metric, values] : item.at("scores").items())
            for (std::size_t i = 0; i < values.size(); ++i)
                said[std::to_string(item.at("layer").get<int>()) + item.at("attention").get<std::string>()
                     + item.at("ffn").get<std::string>() + metric][item.at("window").get<std::int64_t>() + static_cast<std::int64_t>(i)]
                    = values[i];
    };
    runScore(request, context);
    const nn::Model model = nn::loadModel(Checkpoint::open(parent.model), at::kFloat);
    auto load = [&](const SubBlockSource &source) {
        return source.file.empty() ? nn::SubBlock{source.variant, {}}
                                   : nn::loadSubBlockFile(model.config, source.variant, source.file, at::kFloat);
    };
    const std::vector<std::int32_t> tokens(parent.tokens.begin() + kWindow, parent.tokens.begin() + 2 * kWindow);
    const auto whole = test::referenceForward(model, tokens);
    for (const PairSource &pair : request.pairs) {
        nn::Model child = model;
        nn::Layer &layer = child.layers[static_cast<std::size_t>(pair.attention.layer)];
        layer.attention = load(pair.attention);
        layer.ffn = load(pair.ffn);
        for (const auto &[metric, value] : test::referenceScores(whole, test::referenceForward(child, tokens)))
            EXPECT_NEAR(said.at(key(pair.attention.layer, pair.attention.variant, pair.ffn.variant, metric)).at(1).get<double>(), value,
                        2e-5 * (1 + std::abs(value)))
                << metric << " of " << toString(pair.attention.variant) << "+" << toString(pair.ffn.variant) << " in layer "
                << pair.attention.layer;
    }
}

TEST(Score, TheParentsVariantAndEqualWeightsScoreExactlyZero)
{
    const ToyParent parent;
    const nn::SubBlock same = nn::loadSubBlock(Checkpoint::open(parent.model), 1, Part::Ffn, at::kFloat);
    const std::string file = (parent.folder / "same.safetensors").string();
    nn::saveSubBlock(same, file, at::kFloat);
    for (const SubBlockSource &source : {SubBlockSource{0, gqa(2), Origin::Parent, "", ""}, SubBlockSource{2, ffnWidth(48), Origin::Paper, "", ""},
                                         SubBlockSource{1, ffnWidth(48), Origin::Distilled, file, ""}})
        for (DType dtype : {DType::F32, DType::BF16}) {
            ScoreRequest request = requestFor(parent, {source});
            request.run.dtype = dtype;
            for (const auto &[key, windows] : score(request)) {
                EXPECT_EQ(windows.size(), 3u);
                for (const auto &[window, value] : windows)
                    EXPECT_EQ(value.get<double>(), 0) << std::get<1>(key) << " " << std::get<2>(key) << " " << toString(dtype);
            }
        }
}

TEST(Score, AValueDoesNotDependOnWhatIsAskedBesideIt)
{
    // 150 windows of 20 tokens: a full group of 102 and a partial one.
    const ToyParent parent(3000);
    const std::vector<SubBlockSource> candidates = everyKind(parent);
    ScoreRequest request = requestFor(parent, {candidates[1], candidates[8], candidates[12], candidates[20]});
    request.windows = 150;
    request.metrics = {"kl_div", "lm_loss"};
    const Said all = score(request);
    for (auto [first, count] : {std::pair{0, 1}, std::pair{101, 2}, std::pair{102, 7}, std::pair{140, 10}}) {
        ScoreRequest part = request;
        part.candidates = {candidates[20], candidates[8]};
        part.firstWindow = first;
        part.windows = count;
        part.metrics = {"lm_loss"};
        for (const auto &[key, windows] : score(part)) {
            EXPECT_EQ(windows.size(), static_cast<std::size_t>(count));
            for (const auto &[window, value] : windows)
                EXPECT_EQ(value.get<double>(), all.at(key).at(window).get<double>()) << std::get<1>(key) << " window " << window;
        }
    }
}

TEST(Score, BFloat16ScoresAreCloseToFloat32)
{
    const ToyParent parent;
    ScoreRequest request = requestFor(parent, everyKind(parent));
    const Said single = score(request);
    request.run.dtype = DType::BF16;
    for (const auto &[key, windows] : score(request))
        if (std::get<2>(key) == "kl_div")
            for (const auto &[window, value] : windows) {
                const double wanted = single.at(key).at(window).get<double>();
                EXPECT_NEAR(value.get<double>(), wanted, 0.1 * wanted + 0.01) << std::get<1>(key) << " window " << window;
            }
}

TEST(Score, AStopEndsTheRunAfterWhatWasSaid)
{
    const ToyParent parent;
    WorkContext context;
    int items = 0;
    context.item = [&](const Json &) {
        if (++items == 4)
            context.stop.request();
    };
    try {
        runScore(requestFor(parent, everyKind(parent)), context);
        FAIL() << "went on";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::Interrupted);
    }
    EXPECT_EQ(items, 4);
}

TEST(Score, WhatCannotBeScoredIsASentence)
{
    const ToyParent parent; // 300 tokens: 15 windows
    const auto with = [&](const std::function<void(ScoreRequest &)> &change) {
        ScoreRequest request = requestFor(parent, {{0, noneVariant(Part::Ffn), Origin::Paper, "", ""}});
        change(request);
        return errorOf(request);
    };
    EXPECT_EQ(with([](ScoreRequest &) {}), "");
    EXPECT_NE(with([](ScoreRequest &r) { r.windows = 16; }).find("holds 15 windows"), std::string::npos);
    EXPECT_NE(with([](ScoreRequest &r) { r.firstWindow = INT64_MAX; }).find("2:"), std::string::npos);
    EXPECT_NE(with([](ScoreRequest &r) { r.pairs = {{r.candidates[0], r.candidates[0]}}; }).find("of one layer"), std::string::npos);
    EXPECT_NE(with([](ScoreRequest &r) { r.window = 1; }).find("2:"), std::string::npos);
    EXPECT_NE(with([](ScoreRequest &r) { r.metrics = {"bleu"}; }).find("no score \"bleu\""), std::string::npos);
    EXPECT_NE(with([](ScoreRequest &r) { r.run.dtype = DType::Fp8; }).find("fp8"), std::string::npos);
    EXPECT_NE(with([](ScoreRequest &r) { r.candidates[0].layer = 3; }).find("layers 0 to 2"), std::string::npos);
    EXPECT_NE(with([](ScoreRequest &r) { r.candidates[0].variant = gqa(3); }).find("cannot stand"), std::string::npos);
    EXPECT_NE(with([](ScoreRequest &r) { r.candidates[0] = {0, gqa(1), Origin::Closed, "", ""}; }).find("no file"), std::string::npos);
    const std::string file = test::writeRandomSubBlock(parent.folder, test::toyConfig(), gqa(1), 9);
    EXPECT_NE(with([&](ScoreRequest &r) { r.candidates[0] = {0, gqa(1), Origin::Closed, file, "0123"}; }).find("has changed"), std::string::npos);
    EXPECT_NE(with([&](ScoreRequest &r) { r.candidates[0] = {0, ffnWidth(8), Origin::Closed, file, ""}; }).find("2:"), std::string::npos);
}

} // namespace
} // namespace tessera
