// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/nemotron_nas.h"

#include "engine/base/json.h"
#include "engine/checkpoint/hf_blocks.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/interop/export_folder.h"
#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/any_child.h"
#include "tests/checkpoint/file_builders.h"

#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tessera {
namespace {

using test::TemporaryFolder;

Json attentionOf(const std::string &word)
{
    Json attention{{"n_heads_in_group", nullptr}, {"no_op", word == "N"}, {"replace_with_linear", word == "L"}};
    if (word != "N" && word != "L")
        attention["n_heads_in_group"] = std::stoi(word);
    return attention;
}

Json ffnOf(const std::string &word)
{
    Json ffn{{"ffn_mult", nullptr}, {"no_op", word == "N"}, {"replace_with_linear", word == "L"}};
    if (word != "N" && word != "L")
        ffn["ffn_mult"] = std::stod(word);
    return ffn;
}

/// config.json of a published child: "8:1.3125 N:N L:2.625" as attention group and ffn_mult, N for no_op and L for linear.
Json configOf(const Json &child)
{
    Json blocks = Json::array();
    std::istringstream words(child["layers"].get<std::string>());
    for (std::string word; words >> word;) {
        std::size_t colon = word.find(':');
        blocks.push_back({{"attention", attentionOf(word.substr(0, colon))}, {"ffn", ffnOf(word.substr(colon + 1))}});
    }
    return {{"model_type", "nemotron-nas"},
            {"architectures", {"DeciLMForCausalLM"}},
            {"hidden_size", child["hidden"]},
            {"num_hidden_layers", blocks.size()},
            {"num_attention_heads", child["heads"]},
            {"num_key_value_heads", nullptr},
            {"intermediate_size", nullptr},
            {"vocab_size", 128256},
            {"max_position_embeddings", 131072},
            {"rms_norm_eps", 1e-5},
            {"rope_theta", 500000.0},
            {"tie_word_embeddings", false},
            {"block_configs", std::move(blocks)}};
}

Json published() { return readJsonFile(TESSERA_TEST_DATA "/interop/published_children.json"); }

TEST(NemotronNas, PublishedChildrenHaveTheirParameters)
{
    TemporaryFolder folder;
    const Json children = published();
    for (const auto &[name, child] : children.items()) {
        test::put(folder / "config.json", configOf(child).dump());
        ModelArchitecture model = readNemotronNas(folder.path());
        EXPECT_EQ(parametersOf(model), child["parameters"].get<std::int64_t>()) << name;
        BlockLibrary library = libraryOf(model, name);
        EXPECT_EQ(totalCost(library, model.layers, kParameters, 0)->amount, child["parameters"].get<std::int64_t>()) << name;
        requireBuildable(library, model.layers, name);
    }
}

TEST(NemotronNas, TheirBlocksAreWrittenAsTheyWere)
{
    TemporaryFolder folder;
    const Json children = published();
    for (const auto &[name, child] : children.items()) {
        Json config = configOf(child);
        test::put(folder / "config.json", config.dump());
        Json again = toDeciConfig(readNemotronNas(folder / "config.json"), StoredType::BF16);
        ASSERT_EQ(again["block_configs"].size(), config["block_configs"].size());
        for (std::size_t i = 0; i < config["block_configs"].size(); ++i)
            for (const char *part : {"attention", "ffn"})
                for (const auto &[key, value] : config["block_configs"][i][part].items()) {
                    const Json &written = again["block_configs"][i][part][key];
                    // Several multipliers give the same width.
                    if (key == "ffn_mult" && value.is_number()) {
                        std::int64_t hidden = child["hidden"];
                        EXPECT_EQ(widthOfFfnMult(written, hidden, "written"), widthOfFfnMult(value, hidden, "read")) << name << " " << i;
                    } else {
                        EXPECT_EQ(written, value) << name << " " << i << " " << key;
                    }
                }
    }
}

RC_GTEST_PROP(NemotronNas, AnyLayersOfWidthsThatLoadersKnowComeBack, ())
{
    ModelArchitecture model = test::anyChild();
    for (LayerChoice &layer : model.layers)
        if (layer.ffn.kind == VariantKind::Width)
            layer.ffn = ffnWidth(256 * *rc::gen::inRange(1, 200));
    TemporaryFolder folder;
    test::put(folder / "config.json", toDeciConfig(model, StoredType::BF16).dump());
    RC_ASSERT(readNemotronNas(folder.path()).layers == model.layers);
    BlockLibrary library = libraryOf(model, "any");
    requireBuildable(library, model.layers, "any");
}

TEST(NemotronNas, AChildThatTheLibraryCannotBuildIsRefusedByLayer)
{
    TemporaryFolder folder;
    Json child = published()["49B"];
    test::put(folder / "config.json", configOf(child).dump());
    ModelArchitecture model = readNemotronNas(folder / "config.json");
    BlockLibrary library = libraryOf(model, "49B");
    std::vector<LayerChoice> choices = model.layers;
    choices[7].ffn = ffnWidth(512);
    std::string sentence = test::refusal([&] { requireBuildable(library, choices, "mine"); });
    EXPECT_NE(sentence.find("layer 7 of mine"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("ffn=width:512"), std::string::npos) << sentence;
    choices.pop_back();
    sentence = test::refusal([&] { requireBuildable(library, choices, "mine"); });
    EXPECT_NE(sentence.find("79 layers, the library 80"), std::string::npos) << sentence;
}

TEST(NemotronNas, AnotherConfigurationIsRefused)
{
    TemporaryFolder folder;
    test::put(folder / "config.json", R"({"model_type": "llama"})");
    EXPECT_NE(test::refusal([&] { readNemotronNas(folder.path()); }).find("no \"block_configs\""), std::string::npos);
    test::put(folder / "config.json", "[]");
    EXPECT_NE(test::refusal([&] { readNemotronNas(folder.path()); }).find("no \"block_configs\""), std::string::npos);
}

} // namespace
} // namespace tessera
