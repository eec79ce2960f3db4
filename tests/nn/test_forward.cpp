// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/json.h"
#include "engine/nn/forward.h"
#include "engine/nn/generate.h"
#include "tests/nn/example_models.h"
#include "tests/nn/plain_network.h"
#include "tests/nn/reference_network.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::asTensor;
using test::exampleConfig;
using test::exampleModel;
using test::exampleTokens;
using test::Matrix;

/// The largest |difference| / max(1, |expected|).
double largestDifference(const at::Tensor &logits, const Matrix &expected)
{
    at::Tensor rows = logits.to(at::kDouble).reshape({-1, logits.size(-1)}).contiguous();
    double largest = rows.size(0) == static_cast<std::int64_t>(expected.size()) ? 0 : INFINITY;
    for (std::int64_t r = 0; r < rows.size(0) && std::isfinite(largest); ++r)
        for (std::int64_t i = 0; i < rows.size(1); ++i) {
            double want = expected[static_cast<std::size_t>(r)][static_cast<std::size_t>(i)];
            double difference = std::fabs(rows[r].data_ptr<double>()[i] - want) / std::max(1.0, std::fabs(want));
            largest = difference <= largest ? largest : difference;
        }
    return largest;
}

class Fixture : public testing::TestWithParam<std::string> {
protected:
    std::filesystem::path folder() const { return std::filesystem::path(TESSERA_TEST_DATA) / "nn" / GetParam(); }
    nn::Model model() const { return nn::loadModel(Checkpoint::open(folder()), at::kFloat); }
    Json expected() const { return readJsonFile(folder() / "expected.json"); }
    std::vector<std::int64_t> prompt() const { return expected()["prompt"].get<std::vector<std::int64_t>>(); }
};

TEST_P(Fixture, LogitsAreThoseOfTransformers)
{
    at::NoGradGuard noGrad;
    at::Tensor logits = nn::forward(model(), asTensor(prompt()));
    EXPECT_LT(largestDifference(logits, expected()["logits"].get<Matrix>()), 1e-4);
}

TEST_P(Fixture, LogitsAreThoseOfTheFloat64Reference)
{
    at::NoGradGuard noGrad;
    nn::Model network = model();
    EXPECT_LT(largestDifference(nn::forward(network, asTensor(prompt())), test::referenceLogits(network, prompt())), 1e-4);
}

TEST_P(Fixture, GreedyTokensAreThoseOfTransformersWithAndWithoutCache)
{
    nn::Model network = model();
    network.config.endTokens.clear();
    auto wanted = expected()["greedy"].get<std::vector<std::int64_t>>();
    ASSERT_EQ(wanted.size(), 64u);
    for (bool useCache : {true, false}) {
        nn::Sampler sampler(0, 0);
        EXPECT_EQ(nn::generate(network, prompt(), {64, true, useCache}, sampler, [](std::int64_t) {}), wanted)
            << (useCache ? "with" : "without") << " cache";
    }
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, Fixture,
                         testing::Values("gqa", "mha_tied_biases", "mqa_head_dim_llama3", "linear_rope_sharded", "mistral", "mistral_window",
                                         "qwen2", "qwen3"),
                         [](const auto &one) { return one.param; });

/// Every kind of sub-block in every layer, and one mixed child.
std::vector<ModelArchitecture> everyKind(const ModelConfig &config)
{
    std::vector<ModelArchitecture> models;
    std::vector<Variant> attention{gqa(6), gqa(3), gqa(1), linearVariant(Part::Attention), noneVariant(Part::Attention)};
    std::vector<Variant> ffn{ffnWidth(40), ffnWidth(17), ffnWidth(1), linearVariant(Part::Ffn), noneVariant(Part::Ffn)};
    for (std::size_t i = 0; i < attention.size(); ++i) {
        ModelArchitecture one = parentArchitecture(config), other = one, mixed = one;
        for (std::size_t layer = 0; layer < one.layers.size(); ++layer) {
            one.layers[layer].attention = attention[i];
            other.layers[layer].ffn = ffn[i];
            mixed.layers[layer] = {attention[(i + layer) % attention.size()], ffn[(2 * i + layer + 1) % ffn.size()]};
        }
        models.insert(models.end(), {one, other, mixed});
    }
    return models;
}

TEST(Forward, EveryKindOfVariantIsTheFloat64Reference)
{
    at::NoGradGuard noGrad;
    for (bool biases : {false, true})
        for (bool qkNorm : {false, true}) {
            ModelConfig config = exampleConfig(biases);
            config.qkNorm = qkNorm;
            for (const ModelArchitecture &architecture : everyKind(config)) {
                nn::Model model = exampleModel(architecture);
                auto tokens = exampleTokens(11, config.vocabulary);
                EXPECT_LT(largestDifference(nn::forward(model, asTensor(tokens)), test::referenceLogits(model, tokens)), 1e-4)
                    << toString(architecture.layers[0].attention) << " " << toString(architecture.layers[0].ffn) << " biases "
                    << biases << " qkNorm " << qkNorm;
            }
        }
}

TEST(Forward, WindowsLongerThanABlockOfQueriesAreTheReference)
{
    at::NoGradGuard noGrad;
    ModelConfig config = exampleConfig();
    config.layers = 1;
    nn::Model model = exampleModel(parentArchitecture(config));
    for (std::int64_t length : {1, 127, 128, 129, 300}) {
        auto tokens = exampleTokens(length, config.vocabulary);
        EXPECT_LT(largestDifference(nn::forward(model, asTensor(tokens)), test::referenceLogits(model, tokens)), 1e-4)
            << length << " tokens";
    }
}

TEST(Forward, SequencesOfABatchDoNotMix)
{
    at::NoGradGuard noGrad;
    ModelConfig config = exampleConfig(true);
    nn::Model model = exampleModel(parentArchitecture(config));
    std::vector<at::Tensor> alone, rows;
    for (std::uint64_t seed : {1u, 2u, 3u}) {
        rows.push_back(asTensor(exampleTokens(140, config.vocabulary, seed)));
        alone.push_back(nn::forward(model, rows.back()));
    }
    at::Tensor together = nn::forward(model, at::cat(rows, 0));
    EXPECT_LT((together - at::cat(alone, 0)).abs().max().item<double>(), 2e-5);
}

TEST(Forward, ACacheFilledInPiecesGivesTheSameLogits)
{
    at::NoGradGuard noGrad;
    for (const ModelArchitecture &architecture : everyKind(exampleConfig())) {
        nn::Model model = exampleModel(architecture);
        at::Tensor tokens = at::cat({asTensor(exampleTokens(150, 61, 1)), asTensor(exampleTokens(150, 61, 2))}, 0);
        nn::Rope rope = nn::makeRope(model.config, 150);
        nn::KvCache cache = nn::makeKvCache(model, 2, 150);
        std::vector<at::Tensor> pieces;
        std::int64_t first = 0;
        for (std::int64_t length : {1, 5, 130, 1, 13}) {
            at::Tensor x = nn::embed(model, tokens.narrow(1, first, length));
            pieces.push_back(nn::applyLayers(model, x, rope, 0, -1, &cache));
            first += length;
        }
        at::Tensor whole = nn::applyLayers(model, nn::embed(model, tokens), rope);
        EXPECT_EQ(cache.used, 150);
        double scale = std::max(1.0, whole.abs().max().item<double>());
        EXPECT_LT((at::cat(pieces, 1) - whole).abs().max().item<double>() / scale, 1e-5)
            << toString(architecture.layers[0].attention) << " " << toString(architecture.layers[0].ffn);
    }
}

TEST(Forward, FeaturesTimesTheLastMatrixAreTheIncrement)
{
    at::NoGradGuard noGrad;
    ModelConfig config = exampleConfig(true);
    nn::Rope rope = nn::makeRope(config, 9);
    at::manual_seed(3);
    at::Tensor x = at::randn({2, 9, config.hidden});
    for (const Variant &variant : {gqa(2), linearVariant(Part::Attention), ffnWidth(13), linearVariant(Part::Ffn)}) {
        nn::SubBlock block = nn::randomSubBlock(config, variant, at::kFloat, 0.3);
        std::string last = nn::lastMatrixOf(variant);
        at::Tensor product = at::matmul(nn::features(config, block, x, rope), block.at(last).t());
        at::Tensor increment = nn::increment(config, block, x, rope);
        EXPECT_LT((product - increment).abs().max().item<double>(), 1e-5) << toString(variant);
        EXPECT_TRUE(at::allclose(nn::applySubBlock(config, block, x, rope), x + increment)) << toString(variant);
    }
    nn::SubBlock none{noneVariant(Part::Ffn), {}};
    EXPECT_EQ(nn::lastMatrixOf(none.variant), "");
    EXPECT_EQ(nn::increment(config, none, x, rope).abs().max().item<double>(), 0);
    EXPECT_TRUE(nn::applySubBlock(config, none, x, rope).is_same(x));
}

/// Every tensor of a model, as a leaf that wants a gradient, in a fixed order.
std::vector<at::Tensor> leavesOf(nn::Model &model, at::ScalarType type)
{
    std::vector<at::Tensor> leaves;
    auto add = [&](at::Tensor &tensor) {
        tensor = tensor.detach().to(type).clone().requires_grad_(true);
        leaves.push_back(tensor);
    };
    for (nn::Layer &layer : model.layers)
        for (Part part : {Part::Attention, Part::Ffn})
            for (auto &[name, tensor] : layer.of(part).tensors)
                add(tensor);
    add(model.embedding);
    add(model.finalNorm);
    add(model.head);
    return leaves;
}

TEST(Forward, GradientsAreThoseOfLibTorchsOwnOperationsInFloat64)
{
    nn::Model model = exampleModel(parentArchitecture(exampleConfig(true))), wide = model;
    auto leaves = leavesOf(model, at::kFloat), wideLeaves = leavesOf(wide, at::kDouble);
    at::Tensor tokens = at::cat({asTensor(exampleTokens(135, 61, 1)), asTensor(exampleTokens(135, 61, 2))}, 0);
    at::Tensor direction = at::randn({2, 135, 61}, at::kDouble);
    (nn::forward(model, tokens) * direction.to(at::kFloat)).sum().backward();
    (test::plainForward(wide, tokens) * direction).sum().backward();
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        at::Tensor want = wideLeaves[i].grad(), got = leaves[i].grad();
        ASSERT_TRUE(got.defined()) << "tensor " << i;
        EXPECT_LT(((got - want).norm() / want.norm()).item<double>(), 1e-4) << "tensor " << i << " of " << want.sizes();
    }
}

TEST(Forward, AGradientChangesNoLogit)
{
    nn::Model model = exampleModel(parentArchitecture(exampleConfig()));
    at::Tensor tokens = asTensor(exampleTokens(140, 61)), without;
    {
        at::NoGradGuard noGrad;
        without = nn::forward(model, tokens);
    }
    leavesOf(model, at::kFloat);
    EXPECT_TRUE(at::equal(nn::forward(model, tokens).detach(), without));
}

TEST(Forward, Bfloat16IsCloseToFloat32)
{
    at::NoGradGuard noGrad;
    ModelConfig config = exampleConfig();
    nn::Model coarse = exampleModel(parentArchitecture(config), 1, at::kBFloat16), fine = coarse;
    fine = exampleModel(parentArchitecture(config), 1);
    at::Tensor tokens = asTensor(exampleTokens(200, 61));
    at::Tensor a = nn::forward(coarse, tokens).to(at::kFloat).flatten(), b = nn::forward(fine, tokens).flatten();
    EXPECT_EQ(nn::forward(coarse, tokens).scalar_type(), at::kBFloat16);
    EXPECT_GT(((a * b).sum() / (a.norm() * b.norm())).item<double>(), 0.999);
}

TEST(Forward, Bfloat16GradientsPointWhereFloat32OnesDo)
{
    nn::Model coarse = exampleModel(parentArchitecture(exampleConfig())), fine = coarse;
    auto leaves = leavesOf(coarse, at::kBFloat16), fineLeaves = leavesOf(fine, at::kFloat);
    at::Tensor tokens = asTensor(exampleTokens(135, 61)), direction = at::randn({1, 135, 61});
    (nn::forward(coarse, tokens).to(at::kFloat) * direction).sum().backward();
    (nn::forward(fine, tokens) * direction).sum().backward();
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        at::Tensor a = leaves[i].grad().to(at::kFloat).flatten(), b = fineLeaves[i].grad().flatten();
        EXPECT_GT(((a * b).sum() / (a.norm() * b.norm())).item<double>(), 0.99) << "tensor " << i << " of " << leaves[i].sizes();
    }
}

} // namespace
} // namespace tessera
