// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/distill/evaluate.h"
#include "engine/nn/initialise.h"
#include "engine/nn/replace.h"
#include "engine/text/token_file.h"
#include "tests/nn/example_models.h"
#include "tests/nn/reference_network.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

using test::Matrix;

const std::filesystem::path kModels = std::filesystem::path(TESSERA_TEST_DATA) / "nn";

struct Expected {
    std::vector<double> nll, kl, accuracy, agreement; ///< by window
};

std::vector<double> logSoftmax(const std::vector<double> &logits)
{
    double largest = *std::max_element(logits.begin(), logits.end()), sum = 0;
    for (double logit : logits)
        sum += std::exp(logit - largest);
    std::vector<double> result;
    for (double logit : logits)
        result.push_back(logit - largest - std::log(sum));
    return result;
}

/// The definitions of the command line's evaluation, by loops in float64; of predictions [from, to) of every window.
Expected expectedOf(const nn::Model &model, const nn::Model &parent, const std::vector<std::int64_t> &tokens, std::size_t window,
                    std::size_t from = 0, std::size_t to = SIZE_MAX)
{
    to = std::min(to, window - 1);
    Expected expected;
    for (std::size_t first = 0; first + window <= tokens.size(); first += window) {
        std::vector<std::int64_t> part(tokens.begin() + static_cast<std::ptrdiff_t>(first),
                                       tokens.begin() + static_cast<std::ptrdiff_t>(first + window));
        Matrix ours = test::referenceLogits(model, part), theirs = test::referenceLogits(parent, part);
        double nll = 0, kl = 0, correct = 0, agree = 0;
        for (std::size_t t = from; t < to; ++t) {
            auto target = static_cast<std::size_t>(part[t + 1]);
            std::vector<double> q = logSoftmax(ours[t]), p = logSoftmax(theirs[t]);
            nll -= q[target];
            correct += std::max_element(q.begin(), q.end()) - q.begin() == static_cast<std::ptrdiff_t>(target);
            agree += std::max_element(q.begin(), q.end()) - q.begin() == std::max_element(p.begin(), p.end()) - p.begin();
            for (std::size_t i = 0; i < q.size(); ++i)
                kl += std::exp(p[i]) * (p[i] - q[i]);
        }
        auto predictions = static_cast<double>(to - from);
        expected.nll.push_back(nll / predictions);
        expected.kl.push_back(kl / predictions);
        expected.accuracy.push_back(correct / predictions);
        expected.agreement.push_back(agree / predictions);
    }
    return expected;
}

void expectNear(const std::vector<double> &got, const std::vector<double> &want, double tolerance, const char *what)
{
    ASSERT_EQ(got.size(), want.size()) << what;
    for (std::size_t i = 0; i < got.size(); ++i)
        EXPECT_NEAR(got[i], want[i], tolerance * std::max(1.0, std::fabs(want[i]))) << what << " of window " << i;
}

distill::Windows windowsOf(const std::vector<std::int64_t> &tokens, std::int64_t window)
{
    std::vector<std::int32_t> narrow(tokens.begin(), tokens.end());
    return distill::cutWindows(narrow, window, 0);
}

TEST(Evaluate, IsTheDefinitionInFloat64)
{
    ModelConfig config = test::exampleConfig();
    ModelArchitecture childArchitecture = parentArchitecture(config);
    childArchitecture.layers[0].attention = gqa(1);
    childArchitecture.layers[2].ffn = linearVariant(Part::Ffn);
    nn::Model parent = test::exampleModel(parentArchitecture(config), 1), child = test::exampleModel(childArchitecture, 2);
    auto tokens = test::exampleTokens(75, config.vocabulary);
    for (std::int64_t window : {2, 10, 16}) {
        Expected expected = expectedOf(child, parent, tokens, static_cast<std::size_t>(window));
        distill::Evaluation got = distill::evaluate(child, &parent, windowsOf(tokens, window), {});
        EXPECT_EQ(got.predictions, 75 / window * (window - 1));
        expectNear(got.means.nll, expected.nll, 1e-5, "nll");
        expectNear(got.means.kl, expected.kl, 1e-5, "kl");
        expectNear(got.means.accuracy, expected.accuracy, 1e-12, "accuracy");
        expectNear(got.means.agreement, expected.agreement, 1e-12, "agreement");
    }
}

TEST(Evaluate, PositionsAreRangesThatDoubleInLength)
{
    nn::Model parent = test::exampleModel(parentArchitecture(test::exampleConfig()), 1);
    nn::Model child = test::exampleModel(parentArchitecture(test::exampleConfig()), 2);
    auto tokens = test::exampleTokens(200, 61);
    distill::Evaluation got = distill::evaluate(child, &parent, windowsOf(tokens, 100), {});
    std::vector<std::size_t> ends{0, 32, 64, 99};
    ASSERT_EQ(got.positions.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(got.positions[i].first, static_cast<std::int64_t>(ends[i]));
        EXPECT_EQ(got.positions[i].last, static_cast<std::int64_t>(ends[i + 1]) - 1);
        Expected expected = expectedOf(child, parent, tokens, 100, ends[i], ends[i + 1]);
        expectNear(got.positions[i].means.nll, expected.nll, 1e-5, "nll");
        expectNear(got.positions[i].means.kl, expected.kl, 1e-5, "kl");
    }
    ASSERT_EQ(distill::doublingRanges(1).size(), 1u);
    EXPECT_EQ(distill::doublingRanges(32).back().last, 31);
    EXPECT_EQ(distill::doublingRanges(33).back().first, 32);
}

TEST(Evaluate, AModelIsAtNoDistanceFromItself)
{
    nn::Model model = test::exampleModel(parentArchitecture(test::exampleConfig()));
    nn::Model copy = test::exampleModel(parentArchitecture(test::exampleConfig()));
    distill::Windows windows = windowsOf(test::exampleTokens(200, 61), 50);
    for (const nn::Model *parent : {&model, &copy})
        for (double kl : distill::evaluate(model, parent, windows, {}).means.kl)
            EXPECT_NEAR(kl, 0, 1e-9);
}

TEST(Evaluate, SmallDivergencesKeepTheirDigits)
{
    ModelConfig config = test::exampleConfig();
    nn::Model parent = test::exampleModel(parentArchitecture(config)), child = parent;
    child.finalNorm = parent.finalNorm * 1.0005;
    auto tokens = test::exampleTokens(60, config.vocabulary);
    Expected expected = expectedOf(child, parent, tokens, 20);
    distill::Evaluation got = distill::evaluate(child, &parent, windowsOf(tokens, 20), {});
    for (std::size_t i = 0; i < expected.kl.size(); ++i) {
        EXPECT_LT(expected.kl[i], 1e-4);
        EXPECT_NEAR(got.means.kl[i], expected.kl[i], 1e-8 + 0.02 * expected.kl[i]);
    }
}

TEST(Evaluate, Bfloat16IsNearFloat32)
{
    ModelArchitecture architecture = parentArchitecture(test::exampleConfig());
    distill::Windows windows = windowsOf(test::exampleTokens(256, 61), 64);
    distill::Evaluation fine = distill::evaluate(test::exampleModel(architecture), nullptr, windows, {});
    distill::Evaluation coarse = distill::evaluate(test::exampleModel(architecture, 1, at::kBFloat16), nullptr, windows, {});
    expectNear(coarse.means.nll, fine.means.nll, 0.03, "nll");
    EXPECT_TRUE(fine.means.kl.empty());
}

TEST(Evaluate, StandardErrorsAreThoseOfTheSample)
{
    std::vector<double> values{1, 2, 4, 9};
    distill::MeanAndError got = distill::meanAndError(values);
    EXPECT_DOUBLE_EQ(got.mean, 4);
    EXPECT_DOUBLE_EQ(got.standardError.value(), std::sqrt((9 + 4 + 0 + 25) / 3.0 / 4.0));
    EXPECT_FALSE(distill::meanAndError(std::vector<double>{1}).standardError.has_value());
}

TEST(Windows, TheTrailingPartIsDropped)
{
    std::vector<std::int32_t> tokens(23);
    std::iota(tokens.begin(), tokens.end(), 0);
    EXPECT_EQ(distill::cutWindows(tokens, 5, 0).tokens.size(0), 4);
    EXPECT_EQ(distill::cutWindows(tokens, 5, 14).tokens.size(0), 2);
    EXPECT_EQ(distill::cutWindows(tokens, 5, 14).tokens[1][0].item<std::int64_t>(), 5);
    EXPECT_THROW(distill::cutWindows(tokens, 24, 0), Error);
    EXPECT_THROW(distill::cutWindows(tokens, 5, 4), Error);
    EXPECT_THROW(distill::cutWindows(tokens, 1, 0), Error);
    EXPECT_THROW(distill::cutWindows({}, 2, 0), Error);
}

TEST(Replace, NarrowFfnsKeepTheChannelsOfTheDefinition)
{
    at::NoGradGuard noGrad;
    ModelConfig config = test::exampleConfig(true);
    nn::Model parent = test::exampleModel(parentArchitecture(config));
    auto tokens = test::exampleTokens(67, config.vocabulary);
    distill::Windows windows = windowsOf(tokens, 16);
    nn::Model child = nn::replaceSubBlocks(parent, parent, {{1, ffnWidth(9), Origin::Paper, "", ""}}, windows.tokens, {});

    // The definition: mean |silu(gate) up| over the 64 tokens of the windows, times the norm of the column.
    std::vector<double> sums(40, 0.0);
    nn::Rope rope = nn::makeRope(config, 16);
    for (std::int64_t w = 0; w < 4; ++w) {
        at::Tensor x = nn::applyLayers(parent, nn::embed(parent, windows.tokens.narrow(0, w, 1)), rope, 0, 1);
        x = nn::applySubBlock(config, parent.layers[1].attention, x, rope);
        at::Tensor inner = nn::features(config, parent.layers[1].ffn, x, rope)[0];
        for (std::int64_t t = 0; t < 16; ++t)
            for (std::int64_t i = 0; i < 40; ++i)
                sums[static_cast<std::size_t>(i)] += std::fabs(inner[t][i].item<double>());
    }
    at::Tensor down = parent.layers[1].ffn.at("mlp.down_proj.weight");
    std::vector<std::int64_t> order(40);
    std::iota(order.begin(), order.end(), 0);
    for (std::int64_t i = 0; i < 40; ++i)
        sums[static_cast<std::size_t>(i)] *= down.select(1, i).to(at::kDouble).norm().item<double>();
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return sums[static_cast<std::size_t>(a)] > sums[static_cast<std::size_t>(b)];
    });
    std::vector<std::int64_t> kept(order.begin(), order.begin() + 9);
    std::sort(kept.begin(), kept.end());
    nn::SubBlock expected = nn::keepChannels(config, parent.layers[1].ffn, kept);
    for (const auto &[name, tensor] : expected.tensors)
        EXPECT_TRUE(at::equal(child.layers[1].ffn.at(name), tensor)) << name;
    EXPECT_TRUE(child.layers[0].ffn.at("mlp.up_proj.weight").is_same(parent.layers[0].ffn.at("mlp.up_proj.weight")));
}

TEST(Replace, WhatDoesNotExistIsASentence)
{
    nn::Model model = test::exampleModel(parentArchitecture(test::exampleConfig()));
    distill::Windows windows = windowsOf(test::exampleTokens(32, 61), 16);
    auto replace = [&](const SubBlockSource &source) { nn::replaceSubBlocks(model, model, {source}, windows.tokens, {}); };
    EXPECT_THROW(replace({3, gqa(1), Origin::Paper, "", ""}), Error);
    EXPECT_THROW(replace({-1, gqa(1), Origin::Paper, "", ""}), Error);
    EXPECT_THROW(replace({0, gqa(4), Origin::Paper, "", ""}), Error);
    EXPECT_THROW(replace({0, ffnWidth(41), Origin::Paper, "", ""}), Error);
    EXPECT_THROW(replace({0, gqa(1), Origin::Distilled, "/nowhere/at.all", ""}), Error);
}

class EvaluateRequests : public testing::Test {
protected:
    void SetUp() override
    {
        std::filesystem::create_directories(m_folder);
        auto tokens = test::exampleTokens(100, 64);
        std::vector<TokenId> narrow(tokens.begin(), tokens.end());
        writeTokenFile(file("tokens"), narrow);
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }
    std::string file(const std::string &name) const { return (m_folder / name).string(); }
    EvaluateRequest request(const std::string &model) const
    {
        EvaluateRequest result;
        result.model = (kModels / model).string();
        result.tokenFile = file("tokens");
        result.window = 20;
        return result;
    }

private:
    std::filesystem::path m_folder = std::filesystem::path(testing::TempDir())
        / ("tessera-evaluate-" + std::to_string(::getpid()) + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(EvaluateRequests, ReportEverythingOfTheCommandLine)
{
    EvaluateRequest plain = request("gqa");
    Json result = runEvaluate(plain, {});
    EXPECT_EQ(result["tokens"], 95);
    EXPECT_EQ(result["windows"]["nll"].size(), 5u);
    EXPECT_TRUE(result["kl_to_parent"].is_null());
    EXPECT_TRUE(result["windows"]["kl"].is_null());
    EXPECT_NEAR(result["perplexity"].get<double>(), std::exp(result["nll"].get<double>()), 1e-9);
    auto windows = result["windows"]["nll"].get<std::vector<double>>();
    EXPECT_NEAR(result["nll"].get<double>(), std::accumulate(windows.begin(), windows.end(), 0.0) / 5, 1e-12);

    plain.parent = (kModels / "linear_rope_sharded").string();
    result = runEvaluate(plain, {});
    EXPECT_GT(result["kl_to_parent"].get<double>(), 0.01);
    EXPECT_EQ(result["by_position"].size(), 1u);
    EXPECT_EQ(result["by_position"][0]["nll"], result["nll"]);
    for (const char *name : {"nll", "next_token_accuracy", "kl", "top1_agreement", "parent_nll", "parent_next_token_accuracy"})
        EXPECT_EQ(result["windows"][name].size(), 5u) << name;
}

TEST_F(EvaluateRequests, ReplacingByTheParentsOwnSubBlocksChangesNothing)
{
    EvaluateRequest replaced = request("gqa");
    replaced.replacements = {{0, gqa(2), Origin::Paper, "", ""}, {1, ffnWidth(48), Origin::Paper, "", ""}};
    Json result = runEvaluate(replaced, {}), plain = runEvaluate(request("gqa"), {});
    EXPECT_EQ(result["nll"], plain["nll"]);
    EXPECT_NEAR(result["kl_to_parent"].get<double>(), 0, 1e-12);
}

TEST_F(EvaluateRequests, ReplacementsGiveTheReferencesNumbers)
{
    EvaluateRequest replaced = request("gqa");
    replaced.replacements = {{0, gqa(1), Origin::Paper, "", ""},
                             {1, linearVariant(Part::Attention), Origin::Paper, "", ""},
                             {1, ffnWidth(20), Origin::Paper, "", ""},
                             {2, noneVariant(Part::Ffn), Origin::Paper, "", ""}};
    nn::Model parent = nn::loadModel(Checkpoint::open(replaced.model), at::kFloat);
    auto tokens = test::exampleTokens(100, 64);
    nn::Model child = nn::replaceSubBlocks(parent, parent, replaced.replacements, windowsOf(tokens, 20).tokens, {});
    Expected expected = expectedOf(child, parent, tokens, 20);
    Json result = runEvaluate(replaced, {});
    expectNear(result["windows"]["nll"].get<std::vector<double>>(), expected.nll, 1e-5, "nll");
    expectNear(result["windows"]["kl"].get<std::vector<double>>(), expected.kl, 1e-5, "kl");
}

TEST_F(EvaluateRequests, AFileThatChangedIsRefused)
{
    ModelConfig config = Checkpoint::open(kModels / "gqa").config();
    std::string path = file("block.safetensors");
    nn::saveSubBlock(nn::randomSubBlock(config, ffnWidth(5), at::kFloat), path, at::kFloat);
    EvaluateRequest replaced = request("gqa");
    replaced.replacements = {{0, ffnWidth(5), Origin::Distilled, path, hashFile(path)}};
    EXPECT_GT(runEvaluate(replaced, {})["kl_to_parent"].get<double>(), 0);
    replaced.replacements[0].hash = std::string(32, '0');
    EXPECT_THROW(runEvaluate(replaced, {}), Error);
}

TEST_F(EvaluateRequests, WrongWindowsAndVocabulariesAreRefused)
{
    for (std::int64_t window : {0, 1, 101}) {
        EvaluateRequest wrong = request("gqa");
        wrong.window = window;
        EXPECT_THROW(runEvaluate(wrong, {}), Error) << window;
    }
}

TEST_F(EvaluateRequests, AStopEndsTheWork)
{
    WorkContext context;
    context.progress = [&](const Progress &) { context.stop.request(); };
    EvaluateRequest many = request("gqa");
    many.window = 2;
    context.stop.request();
    EXPECT_THROW(runEvaluate(many, context), Error);
}

TEST(RealParent, PredictsEnglishAsItShould)
{
    std::filesystem::path path = std::filesystem::path(TESSERA_SHARED_DATA) / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf";
    if (!std::filesystem::exists(path))
        GTEST_SKIP() << "SmolLM2 is not here";
    Tokenizer tokenizer = Tokenizer::open(path);
    std::vector<TokenId> tokens = tokenizer.encode(
        "The sun rises in the east and sets in the west. Water boils at one hundred degrees Celsius and freezes at zero degrees. "
        "Paris is the capital of France, and London is the capital of England. A week has seven days, and a year has twelve "
        "months.");
    nn::Model model = nn::loadModel(Checkpoint::open(path), at::kFloat);
    auto length = static_cast<std::int64_t>(tokens.size());
    distill::Evaluation result = distill::evaluate(model, nullptr, distill::cutWindows(tokens, length, 0), {});
    EXPECT_LT(std::exp(result.means.nll[0]), 12);
    EXPECT_GT(result.means.accuracy[0], 0.5);
}

} // namespace
} // namespace tessera
