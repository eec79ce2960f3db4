// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hf_blocks.h"

#include "engine/checkpoint/hf_config.h"
#include "tests/checkpoint/models.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

Json blocksConfig(Json blocks)
{
    Json config = test::tinyConfigJson();
    config["model_type"] = "nemotron-nas";
    config["architectures"] = {"DeciLMForCausalLM"};
    config["num_hidden_layers"] = blocks.size();
    config["num_key_value_heads"] = config["intermediate_size"] = nullptr;
    config["hidden_size"] = 256;
    config["block_configs"] = std::move(blocks);
    return config;
}

const Json kWide{{"ffn_mult", 1.5}, {"no_op", false}, {"replace_with_linear", false}};
const Json kGrouped{{"n_heads_in_group", 2}, {"no_op", false}, {"replace_with_linear", false}};
const Json kNone{{"no_op", true}};
const Json kLinear{{"replace_with_linear", true}};

TEST(HfBlocks, NemotronLayersAreReadAsTheyAre)
{
    ModelArchitecture model = parseHfConfig(blocksConfig({{{"attention", kGrouped}, {"ffn", kWide}},
                                                          {{"attention", kNone}, {"ffn", kLinear}},
                                                          {{"attention", kLinear}, {"ffn", kNone}}}),
                                            "config.json");
    EXPECT_EQ(model.layers, (std::vector<LayerChoice>{{gqa(2), ffnWidth(256)},
                                                      {noneVariant(Part::Attention), linearVariant(Part::Ffn)},
                                                      {linearVariant(Part::Attention), noneVariant(Part::Ffn)}}));
    EXPECT_EQ(model.config.kvHeads, 2);
    EXPECT_EQ(model.config.ffnWidth, 256);
}

TEST(HfBlocks, PuzzletronBlocksGiveTheirSizes)
{
    Json config = test::tinyConfigJson();
    Json block{{"attention", {{"num_key_value_heads", 1}, {"mamba", nullptr}, {"llama4", nullptr}}},
               {"ffn", {{"intermediate_size", 7}, {"moe", nullptr}}}, {"parallel_blocks", nullptr}};
    config["block_configs"] = {block, block};
    EXPECT_EQ(parseHfConfig(config, "config.json").layers[1], (LayerChoice{gqa(1), ffnWidth(7)}));
}

TEST(HfBlocks, WidthsAreRoundedUpAsTheLoadersDo)
{
    // Multipliers and widths of published children of a model with hidden size 8192, and of one with 16384.
    EXPECT_EQ(widthOfFfnMult(5.25, 8192, "x"), 28672);
    EXPECT_EQ(widthOfFfnMult(1.3125, 8192, "x"), 7168);
    EXPECT_EQ(widthOfFfnMult(2.625, 8192, "x"), 14336);
    EXPECT_EQ(widthOfFfnMult(4.875, 16384, "x"), 53248);
    EXPECT_EQ(widthOfFfnMult(3.4125, 16384, "x"), 37376);
    for (std::int64_t hidden : {576, 2048, 4096, 8192})
        for (std::int64_t width = 256; width <= 1 << 17; width += 256)
            ASSERT_EQ(widthOfFfnMult(ffnMultOf(width, hidden), hidden, "x"), width) << hidden;
}

TEST(HfBlocks, WhatIsWrongIsNamedByLayer)
{
    auto sentence = [](const Json &attention, const Json &ffn) {
        return test::refusal([&] {
            parseHfConfig(blocksConfig({{{"attention", kGrouped}, {"ffn", kWide}}, {{"attention", attention}, {"ffn", ffn}}}), "config.json");
        });
    };
    struct Case {
        Json attention, ffn;
        const char *expected;
    };
    for (const Case &wrong : {Case{{{"n_heads_in_group", 3}}, kWide, "does not divide"}, Case{Json::object(), kWide, "neither"},
                              Case{{{"no_op", true}, {"replace_with_linear", true}}, kWide, "both"}, Case{7, kWide, "must be an object"},
                              Case{{{"n_heads_in_group", 2}, {"window_length", 16}}, kWide, "window_length"},
                              Case{{{"num_key_value_heads", -2}}, kWide, "impossible"},
                              Case{kGrouped, {{"ffn_mult", 1e9}}, "ffn_mult"}, Case{kGrouped, {{"ffn_mult", "x"}}, "ffn_mult"},
                              Case{kGrouped, {{"moe", {{"num_local_experts", 8}}}}, "moe"},
                              Case{kGrouped, {{"intermediate_size", 0}}, "must be between"},
                              Case{kGrouped, {{"intermediate_size", 8}, {"hidden_act", "gelu"}}, "SiLU"}}) {
        std::string text = sentence(wrong.attention, wrong.ffn);
        EXPECT_NE(text.find(wrong.expected), std::string::npos) << text;
        EXPECT_NE(text.find("layer 1"), std::string::npos) << text;
    }
    Json fewer = blocksConfig({{{"attention", kGrouped}, {"ffn", kWide}}});
    fewer["num_hidden_layers"] = 2;
    EXPECT_NE(test::refusal([&] { parseHfConfig(fewer, "c"); }).find("one entry for each"), std::string::npos);
}

} // namespace
} // namespace tessera
