// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hf_config.h"

#include "tests/checkpoint/models.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::tinyConfigJson;

ModelConfig parse(const Json &json) { return parseHfConfig(json, "config.json").config; }

Json with(const std::string &key, const Json &value)
{
    Json json = tinyConfigJson();
    json[key] = value;
    return json;
}

Json without(const std::string &key)
{
    Json json = tinyConfigJson();
    json.erase(key);
    return json;
}

std::string refusalOf(const Json &json) { return test::refusal([&] { parse(json); }); }

class ConfigsOfTransformers : public testing::TestWithParam<int> {};

std::vector<std::int64_t> tokens(const Json &json)
{
    return json.is_null() ? std::vector<std::int64_t>{} : json.is_array() ? json.get<std::vector<std::int64_t>>() : std::vector{json.get<std::int64_t>()};
}

RopeScaling scaling(const Json &expected)
{
    if (expected["rope_type"] == "linear")
        return {RopeScaling::Kind::Linear, expected["factor"], 1, 4, 0};
    if (expected["rope_type"] == "llama3")
        return {RopeScaling::Kind::Llama3, expected["factor"], expected["low_freq_factor"], expected["high_freq_factor"],
                expected["original"]};
    return {};
}

TEST_P(ConfigsOfTransformers, MeanWhatTransformersReadsInThem)
{
    std::string path = TESSERA_TEST_DATA "/checkpoint/configs-" + std::to_string(GetParam()) + ".json";
    const Json file = readJsonFile(path);
    for (const Json &test : file["cases"]) {
        SCOPED_TRACE(test["name"].get<std::string>());
        ModelConfig config = parse(test["config"]);
        const Json &expected = test["expected"];
        EXPECT_EQ(config.vocabulary, expected["vocab_size"]);
        EXPECT_EQ(config.hidden, expected["hidden_size"]);
        EXPECT_EQ(config.ffnWidth, expected["intermediate_size"]);
        EXPECT_EQ(config.layers, expected["num_hidden_layers"]);
        EXPECT_EQ(config.heads, expected["num_attention_heads"]);
        EXPECT_EQ(config.kvHeads, expected["num_key_value_heads"]);
        EXPECT_EQ(config.context, expected["max_position_embeddings"]);
        EXPECT_EQ(config.normEpsilon, expected["rms_norm_eps"]);
        EXPECT_EQ(config.tiedEmbeddings, expected["tie_word_embeddings"]);
        EXPECT_EQ(config.headDim, expected["head_dim"]);
        EXPECT_EQ(config.qkvBias, expected["attention_bias"]);
        EXPECT_EQ(config.outputBias, expected["attention_bias"]);
        EXPECT_EQ(config.mlpBias, expected["mlp_bias"]);
        EXPECT_EQ(config.ropeBase, expected["rope_theta"]);
        EXPECT_EQ(config.ropeScaling, scaling(expected));
        EXPECT_EQ(config.beginTokens, tokens(expected["bos_token_id"]));
        EXPECT_EQ(config.endTokens, tokens(expected["eos_token_id"]));
    }
}
INSTANTIATE_TEST_SUITE_P(Version, ConfigsOfTransformers, testing::Values(4, 5));

TEST(HfConfig, AHandMadeConfigIsReadAsWritten) { EXPECT_EQ(parse(tinyConfigJson()), test::tinyConfig()); }

TEST(HfConfig, AbsentAndNullMembersMeanTheirDefaults)
{
    for (const char *key : {"num_key_value_heads", "head_dim", "rope_theta", "rope_scaling", "rope_parameters", "hidden_act", "torch_dtype",
                            "tie_word_embeddings", "attention_bias", "mlp_bias", "rms_norm_eps", "max_position_embeddings",
                            "sliding_window", "quantization_config", "pretraining_tp"})
        EXPECT_EQ(parse(with(key, nullptr)), parse(without(key))) << key;
    EXPECT_EQ(parse(without("num_key_value_heads")).kvHeads, 4);
    EXPECT_EQ(parse(without("max_position_embeddings")).context, 2048);
    EXPECT_EQ(parse(without("rms_norm_eps")).normEpsilon, 1e-6);
    EXPECT_EQ(parse(without("rope_theta")).ropeBase, 10000);
    EXPECT_FALSE(parse(without("tie_word_embeddings")).tiedEmbeddings);
    EXPECT_EQ(parse(with("eos_token_id", nullptr)).endTokens, std::vector<std::int64_t>{});
    EXPECT_EQ(parse(with("eos_token_id", -1)).endTokens, std::vector<std::int64_t>{});
    EXPECT_EQ(parse(without("architectures")), parse(tinyConfigJson()));
}

TEST(HfConfig, MembersThatChangeNothingAreLetPass)
{
    for (const auto &[key, value] : {std::pair<const char *, Json>{"pretraining_tp", 4}, {"use_cache", true}, {"sliding_window", 64},
                                     {"attention_dropout", 0.1}, {"partial_rotary_factor", 1.0}, {"hidden_act", "swish"},
                                     {"layer_types", {"full_attention", "full_attention"}}, {"transformers_version", "4.40"}})
        EXPECT_EQ(parse(with(key, value)), test::tinyConfig()) << key;
    Json unused = with("sliding_window", 8);
    unused["use_sliding_window"] = false;
    EXPECT_EQ(parse(unused), test::tinyConfig());
}

Json family(const char *type, const char *className, const Json &changes)
{
    Json json = tinyConfigJson();
    json["model_type"] = type;
    json["architectures"] = {className};
    json["max_position_embeddings"] = 8192;
    json.update(changes);
    return json;
}

TEST(HfConfig, ASlidingWindowIsTheLongestSequence)
{
    auto mistral = [](const Json &changes) { return parse(family("mistral", "MistralForCausalLM", changes)).context; };
    auto qwen2 = [](const Json &changes) { return parse(family("qwen2", "Qwen2ForCausalLM", changes)).context; };
    EXPECT_EQ(mistral({{"sliding_window", 64}}), 64);
    EXPECT_EQ(mistral({{"sliding_window", 8192}}), 8192);
    EXPECT_EQ(mistral({{"sliding_window", 16384}}), 8192);
    EXPECT_EQ(mistral({{"sliding_window", nullptr}}), 8192);
    EXPECT_EQ(mistral(Json::object()), 4096) << "transformers' default of the family";
    EXPECT_EQ(mistral({{"sliding_window", 64}, {"layer_types", {"full_attention", "sliding_attention"}}}), 64);
    EXPECT_EQ(qwen2({{"sliding_window", 64}}), 8192) << "the family uses it only where use_sliding_window is true";
    EXPECT_EQ(qwen2({{"use_sliding_window", true}, {"sliding_window", 64}}), 64);
    for (std::int64_t window : {0, -1, INT32_MIN})
        EXPECT_NE(refusalOf(with("sliding_window", window)).find("\"sliding_window\" in config.json must be null or at least 1"), std::string::npos);
}

TEST(HfConfig, OtherFamiliesHaveTheirDetails)
{
    ModelConfig mistral = parse(family("mistral", "MistralForCausalLM", {{"sliding_window", nullptr}, {"attention_bias", true}}));
    EXPECT_FALSE(mistral.qkvBias || mistral.mlpBias);
    ModelConfig qwen2 = parse(family("qwen2", "Qwen2ForCausalLM", {{"sliding_window", 64}}));
    EXPECT_TRUE(qwen2.qkvBias);
    EXPECT_FALSE(qwen2.outputBias);
    ModelConfig qwen3 = parse(family("qwen3", "Qwen3ForCausalLM", Json::object()));
    EXPECT_TRUE(qwen3.qkNorm);
    EXPECT_FALSE(qwen3.qkvBias);
    EXPECT_EQ(qwen3.headDim, 128); // as transformers takes it where it is absent
}

TEST(HfConfig, WhatIsNotSupportedIsNamed)
{
    const std::vector<std::pair<const char *, Json>> cases{
        {"model_type", "gpt2"}, {"model_type", "mixtral"}, {"architectures", {"LlamaForSequenceClassification"}},
        {"architectures", {"LlamaModel"}}, {"hidden_act", "gelu"}, {"quantization_config", {{"quant_method", "gptq"}}},
        {"partial_rotary_factor", 0.5}, {"sliding_window", "wide"}, {"layer_types", {"full_attention", "sliding_attention"}},
        {"num_local_experts", 8}, {"attn_logit_softcapping", 50.0}, {"embedding_multiplier", 12.0}, {"block_configs", Json::array()},
        {"is_encoder_decoder", true}};
    for (const auto &[key, value] : cases) {
        std::string sentence = refusalOf(with(key, value));
        EXPECT_NE(sentence.find("\"" + std::string(key) + "\" in config.json"), std::string::npos) << sentence;
    }
    for (const char *type : {"yarn", "dynamic", "longrope", "su", "mrope", "proportional"})
        for (const char *key : {"rope_scaling", "rope_parameters"})
            for (const char *typeKey : {"rope_type", "type"}) {
                std::string sentence = refusalOf(with(key, {{typeKey, type}, {"factor", 2.0}}));
                EXPECT_NE(sentence.find(std::string("\"") + key + "\" in config.json has the rope_type \"" + type), std::string::npos) << sentence;
            }
    EXPECT_NE(refusalOf(with("rope_parameters", {{"full_attention", {{"rope_type", "default"}}}})).find("by kind of layer"), std::string::npos);
    EXPECT_NE(refusalOf(with("rope_parameters", {{"partial_rotary_factor", 0.25}})).find("partial_rotary_factor"), std::string::npos);
}

TEST(HfConfig, MissingAndWrongMembersAreNamed)
{
    for (const char *key : {"model_type", "hidden_size", "num_hidden_layers", "vocab_size", "num_attention_heads", "intermediate_size"}) {
        EXPECT_EQ(refusalOf(without(key)), "config.json lacks \"" + std::string(key) + "\"");
        EXPECT_NE(refusalOf(with(key, Json::array())).find(key), std::string::npos);
        EXPECT_NE(refusalOf(with(key, true)).find(key), std::string::npos);
    }
    for (const char *key : {"hidden_size", "num_hidden_layers", "vocab_size", "num_attention_heads", "intermediate_size",
                            "num_key_value_heads", "max_position_embeddings"})
        for (const Json &value : {Json(0), Json(-4), Json(std::int64_t{1} << 62), Json(UINT64_MAX), Json(4.5), Json("4")})
            EXPECT_NE(refusalOf(with(key, value)), "(accepted)") << key << " " << value;
    EXPECT_NE(refusalOf(with("num_key_value_heads", 3)).find("do not divide"), std::string::npos);
    EXPECT_NE(refusalOf(with("head_dim", 5)).find("odd"), std::string::npos);
    EXPECT_NE(refusalOf(with("head_dim", -8)).find("head dimension"), std::string::npos);
    EXPECT_NE(refusalOf(with("hidden_size", 18)).find("head_dim"), std::string::npos);
    EXPECT_NE(refusalOf(with("rms_norm_eps", -1)).find("epsilon"), std::string::npos);
    EXPECT_NE(refusalOf(with("rope_theta", 0)).find("rope base"), std::string::npos);
    EXPECT_NE(refusalOf(with("rope_scaling", "linear")).find("rope_scaling"), std::string::npos);
    EXPECT_NE(refusalOf(with("rope_scaling", {{"type", "linear"}})).find("\"factor\""), std::string::npos);
    EXPECT_NE(refusalOf(with("rope_scaling", {{"type", "linear"}, {"factor", 0}})).find("factor"), std::string::npos);
    EXPECT_NE(refusalOf(with("eos_token_id", "2")).find("eos_token_id"), std::string::npos);
    EXPECT_NE(refusalOf(with("eos_token_id", {2, 2.5})).find("eos_token_id"), std::string::npos);
    EXPECT_NE(refusalOf(Json::array()).find("object"), std::string::npos);
    Json llama3{{"rope_type", "llama3"}, {"factor", 8.0}, {"low_freq_factor", 4.0}, {"high_freq_factor", 4.0}};
    EXPECT_NE(refusalOf(with("rope_scaling", llama3)).find("0 < low < high"), std::string::npos);
}

TEST(HfConfig, RopeSettingsThatContradictEachOtherAreRefused)
{
    Json json = with("rope_parameters", {{"rope_theta", 500000.0}, {"rope_type", "default"}});
    EXPECT_NE(refusalOf(json).find("rope base twice"), std::string::npos);
    json["rope_theta"] = 500000.0;
    EXPECT_EQ(parse(json).ropeBase, 500000);
    json["rope_scaling"] = {{"type", "linear"}, {"factor", 2.0}};
    EXPECT_NE(refusalOf(json).find("rope scaling twice"), std::string::npos);
}

TEST(HfConfig, GenerationSettingsReplaceTheTokensTheyName)
{
    ModelConfig config = test::tinyConfig();
    applyGenerationConfig({{"eos_token_id", {5, 6}}}, "generation_config.json", config);
    EXPECT_EQ(config.endTokens, (std::vector<std::int64_t>{5, 6}));
    EXPECT_EQ(config.beginTokens, (std::vector<std::int64_t>{1}));
}

ModelArchitecture heterogeneous()
{
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    model.layers[0] = {gqa(1), noneVariant(Part::Ffn)};
    model.layers[1] = {linearVariant(Part::Attention), ffnWidth(8)};
    return model;
}

TEST(HfConfig, AHeterogeneousChildIsReadBackAsItWas)
{
    for (auto scaling : {RopeScaling{}, RopeScaling{RopeScaling::Kind::Linear, 2, 1, 4, 0}, RopeScaling{RopeScaling::Kind::Llama3, 8, 1, 4, 32}}) {
        ModelArchitecture model = heterogeneous();
        model.config.ropeScaling = scaling;
        model.config.endTokens = {2, 3};
        model.config.beginTokens = {};
        Json json = toHfConfig(model, StoredType::BF16);
        EXPECT_EQ(json["model_type"], "tessera");
        EXPECT_EQ(json["architectures"][0], "TesseraForCausalLM");
        EXPECT_EQ(json["torch_dtype"], "bfloat16");
        EXPECT_EQ(parseHfConfig(json, "config.json"), model);
    }
}

TEST(HfConfig, AUniformChildIsPlainLlamaOfItsOwnShape)
{
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    for (LayerChoice &layer : model.layers)
        layer = {gqa(1), ffnWidth(8)};
    Json json = toHfConfig(model, StoredType::F32);
    EXPECT_EQ(json["model_type"], "llama");
    ModelConfig own = test::tinyConfig();
    own.kvHeads = 1;
    own.ffnWidth = 8;
    EXPECT_EQ(parseHfConfig(json, "config.json"), parentArchitecture(own));
    json.erase("tessera");
    EXPECT_EQ(parseHfConfig(json, "config.json"), parentArchitecture(own));
}

TEST(HfConfig, AChildsLayersAreChecked)
{
    Json good = toHfConfig(heterogeneous(), StoredType::F32);
    auto refused = [&](const std::function<void(Json &)> &change) {
        Json json = good;
        change(json);
        return refusalOf(json);
    };
    EXPECT_NE(refused([](Json &j) { j.erase("tessera"); }).find("lacks \"tessera\""), std::string::npos);
    EXPECT_NE(refused([](Json &j) { j["tessera"] = 5; }).find("tessera"), std::string::npos);
    EXPECT_NE(refused([](Json &j) { j["tessera"]["version"] = 2; }).find("version"), std::string::npos);
    EXPECT_NE(refused([](Json &j) { j["tessera"]["layers"].erase(0); }).find("one entry for each of the 2 layers"), std::string::npos);
    EXPECT_NE(refused([](Json &j) { j["tessera"]["layers"][1] = 3; }).find("layer 1"), std::string::npos);
    EXPECT_NE(refused([](Json &j) { j["tessera"]["layers"][1].erase("ffn"); }).find("lacks \"ffn\""), std::string::npos);
    for (const char *word : {"gqa:3", "gqa:0", "gqa:8", "gqa:99999999999999999999", "width:8", "gqa", "magic"})
        EXPECT_NE(refused([&](Json &j) { j["tessera"]["layers"][0]["attention"] = word; }), "(accepted)") << word;
    for (const char *word : {"width:0", "width:-1", "width:1152921504606846976", "gqa:1", "width:8:8"})
        EXPECT_NE(refused([&](Json &j) { j["tessera"]["layers"][0]["ffn"] = word; }), "(accepted)") << word;
}

TEST(HfConfig, ModelsThatTheFormatCannotSayAreNotWritten)
{
    ModelArchitecture model = heterogeneous();
    model.config.qkvBias = true;
    EXPECT_THROW(toHfConfig(model, StoredType::F32), Error);
    EXPECT_THROW(toHfConfig(heterogeneous(), StoredType::Q8_0), Error);
}

} // namespace
} // namespace tessera
