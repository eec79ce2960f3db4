// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/puzzletron.h"

#include "engine/base/json.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/search/solve.h"
#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/models.h"

#include <functional>
#include <limits>
#include <memory>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::TemporaryFolder;

Json attention(int kvHeads)
{
    return {{"no_op", kvHeads == 0}, {"replace_with_linear", false}, {"sparsify", nullptr}, {"weights_precision", "bf16"},
            {"num_key_value_heads", kvHeads ? Json(kvHeads) : Json(nullptr)}, {"llama4", nullptr}, {"mamba", nullptr}};
}
Json ffn(int width)
{
    return {{"no_op", width == 0}, {"replace_with_linear", false}, {"sparsify", nullptr}, {"weights_precision", "bf16"}, {"moe", nullptr},
            {"intermediate_size", width ? Json(width) : Json(nullptr)}};
}
Json replacement(int layer, int kvHeads, int width)
{
    return {{"parent_layer_indices", {layer}},
            {"child_block_configs", {{{"attention", attention(kvHeads)}, {"ffn", ffn(width)}, {"parallel_blocks", nullptr}}}},
            {"weight_paths", {"/somewhere/block.safetensors"}}};
}

Json statistics(const std::string &type, Json runtime)
{
    auto one = [&](const char *kind, Json config, int parameters, double mib) {
        return Json{{"subblock_config", std::move(config)}, {"subblock_config_class", kind}, {"runtime_ms", runtime},
                    {"prefill_runtime_ms", nullptr}, {"num_params", parameters}, {"memory_mib", mib}, {"kv_cache_memory_mib", 0.5}};
    };
    return {{"args", {{"gpu", "H100"}, {"batch_size", 64}, {"prefill_seq_len", 4096}, {"generation_seq_len", 1024}, {"n_embd", 16},
                      {"n_head", 4}, {"weights_dtype", type}, {"activations_dtype", type}, {"kv_cache_dtype", type}}},
            {"non_block", {{"runtime_ms", nullptr}, {"memory_mib", 2.0}, {"num_params", 656}}},
            {"subblocks", {one("AttentionConfig", attention(2), 784, 1.5), one("FFNConfig", ffn(24), 1168, 2.25),
                           one("FFNConfig", ffn(8), 400, 0.75)}}};
}

Json metric(double average, const std::vector<double> &samples) { return {{"avg", average}, {"per_sample", samples}}; }

/// A run of two layers: the FFN narrowed in both, attention dropped in the second; one of three scored.
class SmallRun {
public:
    SmallRun()
    {
        Json teacher = test::tinyConfigJson();
        write("ckpts/teacher/config.json", teacher);
        write("replacement_library.json", {replacement(0, 2, 24), replacement(0, 2, 8), replacement(1, 2, 8), replacement(1, 0, 24)});
        write("subblock_stats.json", {statistics("torch.bfloat16", 3.5), statistics("nvfp4", nullptr)});
        const std::string validation = "single_sequence_replacement_solutions--validation/";
        write(validation + "teacher.json", {{"lm_loss", metric(2, {1.5, 2.5})}, {"token_accuracy_top_1", metric(0.5, {0.25, 0.75})}, {"args", {{"x", 1}}}});
        score(0, replacement(0, 2, 8), 2.25, 0.01, 0.375);
        score(1, replacement(1, 2, 8), 2.125, 0.02, 0.5);
        score(10, replacement(1, 0, 24), 2.5, 0.04, 0.25);
    }

    void score(int number, const Json &which, double loss, double divergence, double accuracy)
    {
        write("single_sequence_replacement_solutions--validation/solution_" + std::to_string(number) + ".json",
              {{"lm_loss", metric(loss, {loss - 0.5, loss + 0.5})}, {"kl_div", metric(divergence, {divergence, divergence})},
               {"token_accuracy_top_1", metric(accuracy, {accuracy, accuracy})}, {"i_solution", number},
               {"puzzle_solution", {{"single_sequence_replacement", which}}}});
    }

    void write(const std::string &name, const Json &json) const
    {
        std::filesystem::create_directories((folder / name).parent_path());
        test::put(folder / name, json.dump());
    }
    void change(const std::string &name, const std::function<void(Json &)> &how) const
    {
        Json json = readJsonFile(folder / name);
        how(json);
        write(name, json);
    }

    TemporaryFolder folder;
};

TEST(Puzzletron, CostsAreSumsOfSubBlocksAndNullIsUnknown)
{
    SmallRun run;
    BlockLibrary library = readPuzzletron(run.folder.path());
    ASSERT_EQ(library.layers.size(), 2u);
    ASSERT_EQ(library.workloads.size(), 2u);
    EXPECT_EQ(library.workloads[0].name, "batch64-4096-1024-bfloat16");
    EXPECT_EQ(library.workloads[0].weights, DType::BF16);
    EXPECT_EQ(library.workloads[1].name, "batch64-4096-1024-nvfp4");
    std::vector<LayerChoice> parent = parentChoice(library);
    EXPECT_EQ(parent[1], (LayerChoice{gqa(2), ffnWidth(24)}));
    EXPECT_EQ(totalCost(library, parent, kMemory, 0)->amount, static_cast<Amount>((2 + 2 * (1.5 + 2.25)) * 1024 * 1024));
    EXPECT_EQ(totalCost(library, parent, kParameters, 0)->amount, 656 + 2 * (784 + 1168));
    EXPECT_EQ(layerCost(library.layers[1], parent[1], kRuntime, 0)->amount, 7'000'000);
    EXPECT_FALSE(layerCost(library.layers[1], parent[1], kRuntime, 1));
    EXPECT_FALSE(layerCost(library.layers[1], parent[1], kPrefill, 0));
    EXPECT_FALSE(totalCost(library, parent, kRuntime, 0)); // the fixed part's is null
    LayerChoice headless{noneVariant(Part::Attention), ffnWidth(24)};
    EXPECT_EQ(layerCost(library.layers[1], headless, kMemory, 0)->amount, static_cast<Amount>(2.25 * 1024 * 1024));
    EXPECT_EQ(layerCost(library.layers[1], headless, kAttentionLayers, 0)->amount, 0);
}

TEST(Puzzletron, ScoresAreTheDamageSampleBySample)
{
    SmallRun run;
    BlockLibrary library = readPuzzletron(run.folder.path());
    const LibraryEntry *narrow = findPair(library.layers[0], {gqa(2), ffnWidth(8)});
    ASSERT_TRUE(narrow);
    EXPECT_DOUBLE_EQ(narrow->scores.at("lm_loss").mean, 0.25);
    EXPECT_EQ(narrow->scores.at("lm_loss").samples, (std::vector<double>{0.25, 0.25}));
    EXPECT_DOUBLE_EQ(narrow->scores.at("kl_div").mean, 0.01);
    EXPECT_EQ(narrow->scores.at("accuracy_loss").samples, (std::vector<double>{-0.125, 0.375}));
    EXPECT_TRUE(narrow->scores.at("accuracy_loss").standardError);
    const LibraryEntry *parent = findPair(library.layers[0], library.layers[0].parent);
    EXPECT_EQ(parent->scores.at("kl_div").mean, 0);
    EXPECT_EQ(library.objectiveDefault, "kl_div");
}

TEST(Puzzletron, TheLibraryIsSearched)
{
    SmallRun run;
    auto library = std::make_shared<const BlockLibrary>(readPuzzletron(run.folder.path()));
    Scenario scenario;
    scenario.limits = {parseLimit("memory=8MiB", LimitSense::Max)};
    Solution solution = solve(makeProblem(library, scenario), {});
    ASSERT_TRUE(solution.found());
    EXPECT_DOUBLE_EQ(solution.objective, 0.01); // 9.5 MiB less 1.5 by narrowing layer 0
    EXPECT_EQ(solution.choices[0].ffn, ffnWidth(8));
}

TEST(Puzzletron, MalformedFilesAreRefusedByFileAndField)
{
    struct Case {
        const char *file;
        std::function<void(Json &)> how;
        const char *expected;
    };
    const std::string scored = "single_sequence_replacement_solutions--validation/solution_1.json";
    for (const Case &wrong : {
             Case{"replacement_library.json", [](Json &j) { j = 7; }, "replacement_library.json must be an array"},
             Case{"replacement_library.json", [](Json &j) { j[1]["parent_layer_indices"] = {0, 1}; }, "several layers"},
             Case{"replacement_library.json", [](Json &j) { j[1]["parent_layer_indices"] = {2}; }, "replacement 1"},
             Case{"replacement_library.json", [](Json &j) { j[1].erase("child_block_configs"); }, "child_block_configs"},
             Case{"replacement_library.json", [](Json &j) { j[1]["child_block_configs"][0]["ffn"]["intermediate_size"] = -5; }, "-5"},
             Case{"replacement_library.json", [](Json &j) { j[1]["child_block_configs"][0]["attention"]["num_key_value_heads"] = 3; }, "divide"},
             Case{"replacement_library.json", [](Json &j) { j[1]["child_block_configs"][0]["ffn"]["moe"] = {{"a", 1}}; }, "moe"},
             Case{"subblock_stats.json", [](Json &j) { j = Json::array(); }, "subblock_stats.json must be an array"},
             Case{"subblock_stats.json", [](Json &j) { j[0].erase("args"); }, "\"args\""},
             Case{"subblock_stats.json", [](Json &j) { j[0]["args"]["batch_size"] = 0; }, "batch"},
             Case{"subblock_stats.json", [](Json &j) { j[0]["args"]["kv_cache_dtype"] = "int3"; }, "int3"},
             Case{"subblock_stats.json", [](Json &j) { j[0]["subblocks"][1]["memory_mib"] = -1; }, "memory_mib"},
             Case{"subblock_stats.json", [](Json &j) { j[0]["subblocks"][1]["memory_mib"] = "big"; }, "memory_mib"},
             Case{"subblock_stats.json", [](Json &j) { j[0]["subblocks"][1]["subblock_config_class"] = "MambaConfig"; }, "MambaConfig"},
             Case{"subblock_stats.json", [](Json &j) { j[0]["subblocks"].push_back(j[0]["subblocks"][0]); }, "same sub-block"},
             Case{"subblock_stats.json", [](Json &j) { j[0]["subblocks"][0]["parent_layer_index"] = 9; }, "parent_layer_index"},
             Case{scored.c_str(), [](Json &j) { j.erase("puzzle_solution"); }, "solution_1.json"},
             Case{scored.c_str(), [](Json &j) { j = Json::array(); }, "solution_1.json"},
             Case{"ckpts/teacher/config.json", [](Json &j) { j["model_type"] = "mamba"; }, "mamba"},
         }) {
        SmallRun run;
        run.change(wrong.file, wrong.how);
        std::string sentence = test::refusal([&] { readPuzzletron(run.folder.path()); });
        EXPECT_NE(sentence.find(wrong.expected), std::string::npos) << wrong.file << ": " << sentence;
    }
}

TEST(Puzzletron, AMetricThatIsNotFiniteIsUnknown)
{
    SmallRun run;
    run.change("single_sequence_replacement_solutions--validation/solution_1.json", [](Json &json) { json["kl_div"]["avg"] = nullptr; });
    BlockLibrary library = readPuzzletron(run.folder.path());
    const LibraryEntry *entry = findPair(library.layers[1], {gqa(2), ffnWidth(8)});
    EXPECT_FALSE(entry->scores.contains("kl_div"));
    EXPECT_TRUE(entry->scores.contains("lm_loss"));
}

} // namespace
} // namespace tessera
