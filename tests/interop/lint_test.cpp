// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/lint.h"

#include "engine/base/error.h"
#include "engine/checkpoint/gguf_layout.h"
#include "engine/interop/library_file.h"
#include "engine/search/solve.h"
#include "tests/checkpoint/any_child.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tessera {
namespace {

const LayerChoice kParent{gqa(2), ffnWidth(24)};

ModelArchitecture childOf(std::vector<LayerChoice> layers)
{
    ModelArchitecture model{test::tinyConfig(), std::move(layers)};
    model.config.layers = static_cast<std::int64_t>(model.layers.size());
    return model;
}

bool loads(const ModelArchitecture &model, Runtime runtime) { return lint(model, runtime).loads(); }

TEST(Lint, EveryRuntimeLoadsWhatIsUniform)
{
    ModelArchitecture model = childOf({{gqa(1), ffnWidth(512)}, {noneVariant(Part::Attention), noneVariant(Part::Ffn)}, {gqa(1), ffnWidth(512)}});
    for (Runtime runtime : kRuntimes)
        EXPECT_TRUE(loads(model, runtime)) << toString(runtime);
}

TEST(Lint, SaysWhichLayersARuntimeRefusesAndWhereTheRuleIsFrom)
{
    ModelArchitecture linear = childOf({kParent, {linearVariant(Part::Attention), ffnWidth(24)}, {gqa(2), linearVariant(Part::Ffn)}});
    Json vllm = toJson(lint(linear, Runtime::Vllm));
    EXPECT_EQ(vllm["loads"], false);
    EXPECT_EQ(vllm["findings"][0]["layers"], Json::array({1}));
    EXPECT_EQ(vllm["findings"][1]["layers"], Json::array({2}));
    EXPECT_NE(vllm["why"].get<std::string>().find("no linear layer"), std::string::npos);
    for (const Json &finding : vllm["findings"])
        EXPECT_FALSE(finding["source"].get<std::string>().empty());
    EXPECT_TRUE(loads(linear, Runtime::TensorRtLlm));
    EXPECT_TRUE(loads(linear, Runtime::LlamaCpp));
    EXPECT_TRUE(loads(linear, Runtime::Megatron));
    EXPECT_FALSE(loads(linear, Runtime::Transformers));

    ModelArchitecture headless = childOf({{noneVariant(Part::Attention), ffnWidth(24)}, kParent});
    EXPECT_FALSE(loads(headless, Runtime::Vllm));
    EXPECT_FALSE(loads(headless, Runtime::Megatron));
    EXPECT_TRUE(loads(headless, Runtime::LlamaCpp));
    EXPECT_TRUE(loads(childOf({kParent, {noneVariant(Part::Attention), ffnWidth(24)}}), Runtime::Vllm));

    ModelArchitecture narrower = childOf({kParent, {gqa(2), ffnWidth(16)}});
    EXPECT_FALSE(loads(narrower, Runtime::Transformers));
    EXPECT_TRUE(loads(narrower, Runtime::Vllm));
}

TEST(Lint, NormsOfQueriesAndKeysNeedUniformLayers)
{
    ModelArchitecture model = childOf({kParent, {gqa(2), noneVariant(Part::Ffn)}});
    model.config.architecture = "qwen3";
    model.config.qkNorm = true;
    for (Runtime runtime : kRuntimes)
        EXPECT_FALSE(loads(model, runtime)) << toString(runtime);
}

TEST(Lint, RuntimesHaveNames)
{
    for (Runtime runtime : kRuntimes)
        EXPECT_EQ(parseRuntime(toString(runtime)), runtime);
    EXPECT_EQ(parseRuntime("vLLM"), Runtime::Vllm);
    EXPECT_EQ(parseRuntime("TensorRT-LLM"), Runtime::TensorRtLlm);
    EXPECT_THROW(parseRuntime("onnx"), Error);
}

/// Two layers with every kind of sub-block, where linear and none cost nothing and parents have no damage.
BlockLibrary everyKind()
{
    Json blocks = Json::array();
    auto add = [&](const char *block, int parameters, double score) {
        blocks.push_back({{"block", block}, {"costs", {{"parameters", parameters}}}, {"scores", {{"kl_div", score}}}});
    };
    add("attention=gqa:2", 10, 0);
    add("attention=gqa:1", 8, 0.01);
    add("attention=linear", 4, 0.02);
    add("attention=none", 0, 0.03);
    add("ffn=width:24", 10, 0);
    add("ffn=width:12", 5, 0.01);
    add("ffn=linear", 2, 0.015);
    add("ffn=none", 0, 0.02);
    Json layer{{"parent", "attention=gqa:2+ffn=width:24"}, {"blocks", blocks}};
    return parseLibrary({{"layers", {layer, layer, layer}}}, "library");
}

RC_GTEST_PROP(Lint, EveryChildThatTheSearchFindsForARuntimeLoadsThere, ())
{
    Runtime runtime = *rc::gen::elementOf(std::vector<Runtime>(std::begin(kRuntimes), std::end(kRuntimes)));
    bool normed = *rc::gen::arbitrary<bool>();
    auto library = std::make_shared<const BlockLibrary>(everyKind());
    std::vector<Variant> variants;
    for (const LibraryEntry &entry : library->layers.front().entries)
        variants.push_back(entry.attention ? *entry.attention : *entry.ffn);
    ModelConfig config = test::tinyConfig();
    config.qkNorm = normed;
    config.architecture = normed ? "qwen3" : "llama";
    RuntimeRules rules = rulesFor(runtime, variants, config);
    Scenario scenario;
    scenario.limits = {parseLimit("parameters=" + std::to_string(*rc::gen::inRange(13, 61)), LimitSense::Max)};
    for (const std::string &ban : rules.bans)
        scenario.bans.push_back(parseLayerBlock(ban));
    scenario.rules = rules.rules;
    Solution solution = solve(makeProblem(library, scenario), {});
    if (!solution.found())
        return;
    ModelArchitecture child{config, solution.choices};
    RC_ASSERT(lint(child, runtime).loads());
}

TEST(Lint, OnlyWhatTheLibraryHasIsBanned)
{
    EXPECT_TRUE(rulesFor(Runtime::Vllm, {gqa(2), ffnWidth(24)}, std::nullopt).bans.empty());
    RuntimeRules rules = rulesFor(Runtime::Vllm, {gqa(2), linearVariant(Part::Ffn), noneVariant(Part::Attention)}, std::nullopt);
    EXPECT_EQ(rules.bans, (std::vector<std::string>{"0:attention=none", "all:ffn=linear"}));
}

} // namespace
} // namespace tessera
