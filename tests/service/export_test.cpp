// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/checkpoint.h"
#include "tests/journeys/toy_parent.h"
#include "tests/service/service_test.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// A child of the toy library: these blocks in layer 0, the parent's in all others.
Json choicesOf(const ToyLibrary &toy, const std::string &attention, const std::string &ffn)
{
    Json choices = Json::array();
    for (std::size_t layer = 0; layer < toy.attention.size(); ++layer)
        choices.push_back({{"layer", layer}, {"attention", layer ? "gqa:4" : attention}, {"ffn", layer ? "width:64" : ffn}});
    return choices;
}

TEST(ExportMethods, EveryFormatIsWrittenAndReadsBackAsTheSameModel)
{
    TestFolder folder;
    makeToyParent(folder.path());
    Client client;
    const std::string parent = folder.file("parent");
    const std::vector<std::pair<std::string, std::string>> formats{{"hf", "llama"}, {"decilm", "nemotron-nas"}, {"gguf", "gguf llama"}};
    for (const auto &[format, kind] : formats) {
        const std::string out = folder.file("as-" + format + (format == "gguf" ? ".gguf" : ""));
        const Json done = client.call("children/export", {{"model", parent}, {"format", format}, {"out", out}, {"dtype", "f32"}});
        EXPECT_EQ(done["kind"], kind);
        EXPECT_EQ(done["path"], out);
        EXPECT_EQ(done["lint"].size(), 5u);
        EXPECT_EQ(Checkpoint::open(out).architecture().layers.size(), Checkpoint::open(parent).architecture().layers.size()) << format;
    }
    const Json done = client.call("children/export", {{"model", parent}, {"format", "puzzletron"}, {"out", folder.file("p")}});
    EXPECT_EQ(done["kind"], "puzzletron");
    EXPECT_TRUE(fs::exists(folder.file("p") + "/solutions.json"));
    const std::vector<Json> progress = client.said("progress");
    ASSERT_FALSE(progress.empty());
    EXPECT_EQ(progress.back()["done"], progress.back()["total"]);
}

TEST(ExportMethods, WhatCannotBeExportedIsASentenceAndLeavesNothing)
{
    TestFolder folder;
    makeToyParent(folder.path());
    Client client;
    const Json order{{"model", folder.file("parent")}, {"format", "gguf"}, {"out", folder.file("out.gguf")}};
    auto with = [&](const char *key, const Json &value) {
        Json changed = order;
        changed[key] = value;
        return client.refused("children/export", changed)["code"];
    };
    EXPECT_EQ(with("format", "onnx"), kBadInputCode);
    EXPECT_EQ(with("dtype", "f8"), kBadInputCode);
    EXPECT_EQ(with("model", folder.file("nowhere")), kBadInputCode);
    EXPECT_EQ(with("model", folder.file("text.txt")), kBadInputCode);
    EXPECT_EQ(with("out", folder.file("parent")), kBadInputCode);
    EXPECT_EQ(with("out", 3), kWrongParams);
    Json q8 = order;
    q8["format"] = "hf";
    q8["dtype"] = "q8_0";
    q8["out"] = folder.file("q8");
    EXPECT_EQ(client.refused("children/export", q8)["code"], kBadInputCode);
    std::set<std::string> left;
    for (const fs::directory_entry &entry : fs::directory_iterator(folder.path()))
        left.insert(entry.path().filename());
    EXPECT_EQ(left, (std::set<std::string>{"parent", "space.json", "text.txt", "workload.json"}));
}

TEST(ExportMethods, AModelIsLintedWithoutAProject)
{
    TestFolder folder;
    makeToyParent(folder.path());
    Client client;
    const Json all = client.call("children/lint", {{"model", folder.file("parent")}})["lint"];
    ASSERT_EQ(all.size(), 5u);
    for (const Json &verdict : all)
        EXPECT_EQ(verdict["loads"], true) << verdict;
    EXPECT_EQ(client.call("children/lint", {{"model", folder.file("parent")}, {"runtime", "llamacpp"}})["lint"][0]["format"], "gguf");
    EXPECT_EQ(client.refused("children/lint", {{"model", folder.file("parent")}, {"runtime", "onnx"}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("children/lint", {{"solution", 1}})["code"], kBadInputCode) << "no project is open";
}

TEST_F(ToyService, AChildIsLintedBeforeItIsBuilt)
{
    const Json headless = choicesOf(toy, "none", "width:64");
    const Json refused = client.call("children/lint", {{"choices", headless}, {"runtime", "vllm"}})["lint"];
    ASSERT_EQ(refused.size(), 1u);
    EXPECT_EQ(refused[0]["loads"], false);
    EXPECT_EQ(refused[0]["findings"][0]["layers"], Json::array({0}));
    EXPECT_EQ(refused[0]["findings"][0]["part"], "attention");
    EXPECT_FALSE(refused[0]["findings"][0]["source"].get<std::string>().empty());
    EXPECT_EQ(client.call("children/lint", {{"choices", choicesOf(toy, "gqa:2", "none")}, {"runtime", "vllm"}})["lint"][0]["loads"], true);

    const Json solved = client.call("solve", {{"scenario", {{"pin", {"0:attention=none"}}}}, {"store", true}});
    const Json stored = client.call("children/lint", {{"solution", solved["id"]}})["lint"];
    EXPECT_EQ(stored, client.call("children/lint", {{"choices", solved["choices"]}})["lint"]);
    EXPECT_EQ(stored[1]["loads"], false);

    EXPECT_EQ(client.refused("children/lint")["code"], kBadInputCode);
    EXPECT_EQ(client.refused("children/lint", {{"solution", 1}, {"choices", headless}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("children/lint", {{"solution", 99}})["code"], kBadInputCode);
    Json shorter = headless;
    shorter.erase(shorter.size() - 1);
    EXPECT_EQ(client.refused("children/lint", {{"choices", shorter}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("children/lint", {{"choices", Json::array()}})["code"], kBadInputCode);
}

TEST_F(ToyService, EverySearchForARuntimeFindsWhatItLoads)
{
    for (const char *runtime : {"vllm", "megatron", "transformers", "tensorrt-llm", "llama.cpp"})
        for (int percent : {90, 70, 50, 40}) {
            const Json scenario{{"runtime", runtime}, {"max", {"memory=" + std::to_string(percent) + "%"}}};
            const Json solved = client.call("solve", {{"scenario", scenario}});
            if (solved["status"] != "optimal") // uniform children are not so small
                continue;
            EXPECT_EQ(client.call("children/lint", {{"choices", solved["choices"]}, {"runtime", runtime}})["lint"][0]["loads"], true)
                << runtime << " " << percent;
            EXPECT_EQ(solved["scenario"]["runtime"], runtime);
            EXPECT_EQ(solved["scenario"]["ban"], Json::array()) << "what the runtime means is not what the user said";
        }
}

TEST_F(ToyService, ARuntimeIsPartOfTheScenarioLikeALimit)
{
    const Json scenario{{"runtime", "vllm"}, {"pin", {"1-3:attention=none"}}, {"max", {"memory=40%"}}};
    Json free = scenario;
    free.erase("runtime");
    const double best = client.call("solve", {{"scenario", free}})["objective"];
    client.call("scenario/set", {{"scenario", scenario}, {"label", "for vLLM"}});
    const Json solved = client.call("solve", {{"store", true}});
    EXPECT_GE(solved["objective"].get<double>(), best);
    EXPECT_NE(solved["choices"][0]["attention"], "none");
    EXPECT_EQ(client.call("solutions/get", {{"id", solved["id"]}})["scenario"]["runtime"], "vllm");
    EXPECT_EQ(client.call("preview")["objective"], solved["objective"]);
    client.call("scenario/save", {{"name", "served"}, {"scenario", scenario}});
    EXPECT_EQ(client.call("scenario/load", {{"name", "served"}})["scenario"]["runtime"], "vllm");
    EXPECT_EQ(client.call("scenario/undo")["scenario"].contains("runtime"), false);
    EXPECT_EQ(client.refused("scenario/set", {{"scenario", {{"runtime", "onnx"}}}, {"label", "x"}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("solve", {{"scenario", {{"runtime", "onnx"}}}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("solve", {{"scenario", {{"runtime", 3}}}})["code"], kBadInputCode);
    const Json impossible = client.call("solve", {{"scenario", {{"runtime", "vllm"}, {"max", {"memory=1%"}}}}});
    EXPECT_EQ(impossible["status"], "infeasible");
}

/// config.json of a nemotron-nas child with these FFN widths and kv heads, 0 for none.
Json nemotronConfig(const std::vector<std::pair<int, int>> &layers)
{
    Json blocks = Json::array();
    for (const auto &[kvHeads, width] : layers)
        blocks.push_back({{"attention", {{"n_heads_in_group", kvHeads ? Json(4 / kvHeads) : Json()}, {"no_op", kvHeads == 0}}},
                          {"ffn", {{"intermediate_size", width ? Json(width) : Json()}, {"no_op", width == 0}}}});
    return {{"model_type", "nemotron-nas"}, {"hidden_size", 64}, {"num_attention_heads", 4}, {"num_hidden_layers", layers.size()},
            {"num_key_value_heads", nullptr}, {"intermediate_size", nullptr}, {"vocab_size", 100}, {"max_position_embeddings", 64}, {"block_configs", std::move(blocks)}};
}

TEST_F(ToyService, APublishedChildIsAReferenceOfEveryFront)
{
    auto write = [&](const std::string &name, const Json &config) {
        fs::create_directories(folder.file(name));
        std::ofstream(folder.file(name) + "/config.json") << config;
        return folder.file(name);
    };
    std::vector<std::pair<int, int>> layers(toy.attention.size(), {4, 64});
    layers[1] = {2, 0};
    EXPECT_EQ(client.call("front", {{"axes", {"memory"}}, {"points", 3}})["references"], Json::array());
    const Json imported = client.call("project/import_reference", {{"source", write("published-1.5", nemotronConfig(layers))}});
    EXPECT_EQ(imported["name"], "published-1.5");
    const Json references = client.call("front", {{"axes", {"memory"}}, {"points", 3}})["references"];
    ASSERT_EQ(references.size(), 1u);
    EXPECT_EQ(references[0]["name"], "published-1.5");
    EXPECT_EQ(references[0]["solution"], imported["solution"]);
    const Json assessed = client.call("assess", {{"choices", references[0]["choices"]}});
    EXPECT_EQ(references[0]["objective"], assessed["objective"]);
    EXPECT_EQ(references[0]["costs"]["memory"], assessed["costs"]["memory"]);
    EXPECT_NEAR(references[0]["objective"].get<double>(), toy.attention[1][1].score() + toy.ffn[1][2].score(), 1e-12);
    EXPECT_EQ(client.call("solutions/get", {{"id", imported["solution"]}})["reference"], "published-1.5");

    layers[2] = {1, 64};
    Json error = client.refused("project/import_reference", {{"source", write("other", nemotronConfig(layers))}});
    EXPECT_EQ(error["code"], kBadInputCode);
    EXPECT_NE(error["message"].get<std::string>().find("layer 2"), std::string::npos) << error;
    layers.pop_back();
    error = client.refused("project/import_reference", {{"source", write("shorter", nemotronConfig(layers))}});
    EXPECT_NE(error["message"].get<std::string>().find(std::to_string(layers.size()) + " layers"), std::string::npos) << error;
}

} // namespace
} // namespace tessera
