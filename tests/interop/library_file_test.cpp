// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/library_file.h"

#include "engine/base/error.h"
#include "engine/cost/limit.h"
#include "engine/cost/totals.h"

#include <gtest/gtest.h>

#include <functional>

namespace tessera {
namespace {

Json smallLibrary()
{
    return parseJson(R"({
      "name": "small", "objective_default": "lm_loss",
      "workload": {"name": "chat", "batch": 4, "input": 10, "output": 20, "weights": "bf16"},
      "fixed": {"memory": 1000, "runtime": 0.5, "parameters": 7, "carbon": 1.5},
      "layers": [
        {"parent": "attention=gqa:8+ffn=width:64",
         "blocks": [
           {"block": "attention=gqa:8", "costs": {"weight_bytes": 100, "kv_bytes": 50, "prefill": 0.25, "decode": 1.5, "parameters": 25}, "scores": {"lm_loss": 0}},
           {"block": "attention=none", "costs": {"weight_bytes": 0, "prefill": 0, "decode": 0, "parameters": 0}, "scores": {"lm_loss": [0.1, 0.3]}},
           {"block": "ffn=parent", "costs": {"weight_bytes": 200, "prefill": 0.125, "decode": 2, "parameters": null}, "scores": {"lm_loss": 0}},
           {"block": "ffn=none", "costs": {"memory": 0, "carbon": 0.25}, "scores": {"lm_loss": null, "kl_div": 2}}]},
        {"parent": "attention=gqa:8+ffn=width:64",
         "blocks": [
           {"block": "attention=gqa:8+ffn=width:64", "costs": {"memory": 350, "runtime": 3.875}, "scores": {"lm_loss": 0}},
           {"block": "attention=linear+ffn=width:64", "costs": {"memory": 250}, "scores": {"lm_loss": -0.5}}]}]})",
                     "the test");
}

Amount cost(const LibraryEntry *entry, const char *name) { return costIn(entry->costs.at(0), name).value().amount; }

TEST(LibraryFile, IsReadInTheUnitsOfTheCommandLine)
{
    BlockLibrary library = parseLibrary(smallLibrary(), "the test");
    EXPECT_EQ(library.name, "small");
    EXPECT_EQ(library.objectiveDefault, "lm_loss");
    EXPECT_EQ(library.workloads.at(0).batch, 4);
    EXPECT_EQ(library.workloads.at(0).weights, DType::BF16);
    const BlockLibrary::Layer &first = library.layers.at(0);
    const LibraryEntry *attention = findEntry(first, gqa(8)), *none = findEntry(first, noneVariant(Part::Attention));
    const LibraryEntry *ffn = findEntry(first, ffnWidth(64)), *noFfn = findEntry(first, noneVariant(Part::Ffn));
    EXPECT_EQ(cost(attention, "memory"), 150) << "weights and cache";
    EXPECT_EQ(cost(attention, "runtime"), 1'750'000) << "nanoseconds";
    EXPECT_EQ(cost(attention, "attention_layers"), 1);
    EXPECT_EQ(cost(none, "memory"), 0) << "no cache where there is no attention";
    EXPECT_EQ(cost(ffn, "memory"), 200);
    EXPECT_EQ(cost(ffn, "attention_layers"), 0);
    EXPECT_FALSE(costIn(ffn->costs[0], "parameters").has_value()) << "null is unknown";
    EXPECT_EQ(cost(noFfn, "carbon"), 250'000'000) << "billionths";
    EXPECT_FALSE(noFfn->scores.contains("lm_loss"));
    EXPECT_DOUBLE_EQ(none->scores.at("lm_loss").mean, 0.2);
    EXPECT_NEAR(none->scores.at("lm_loss").standardError.value(), 0.1, 1e-15) << "sd 0.1414 / sqrt 2";
    const BlockLibrary::Layer &second = library.layers.at(1);
    const LibraryEntry *linear = findPair(second, {linearVariant(Part::Attention), ffnWidth(64)});
    ASSERT_NE(linear, nullptr);
    EXPECT_EQ(cost(linear, "attention_layers"), 0);
    EXPECT_DOUBLE_EQ(linear->scores.at("lm_loss").mean, -0.5);
}

TEST(LibraryFile, GivesThePartsOfTheParentToPercentages)
{
    BlockLibrary library = parseLibrary(smallLibrary(), "the test");
    EXPECT_EQ(totalCost(library, parentChoice(library), "memory", 0)->amount, 1000 + 350 + 350);
    EXPECT_EQ(totalCost(library, parentChoice(library), "runtime", 0)->amount, 500'000 + 3'875'000 + 3'875'000);
    EXPECT_EQ(totalCost(library, parentChoice(library), "attention_layers", 0)->amount, 2);
    EXPECT_THROW(resolveLimit(parseLimit("parameters=50%", LimitSense::Max), library), Error) << "one of them is null";
}

TEST(LibraryFile, SurvivesItsOwnJson)
{
    BlockLibrary library = parseLibrary(smallLibrary(), "the test");
    Json json = toJson(library);
    EXPECT_EQ(toJson(parseLibrary(parseJson(json.dump(), "again"), "again")), json);
}

TEST(LibraryFile, TakesSeveralWorkloads)
{
    Json json = smallLibrary();
    json.erase("workload");
    json["workloads"] = {{{"name", "a"}, {"batch", 1}, {"input", 1}, {"output", 1}}, {{"name", "b"}, {"batch", 9}, {"input", 1}, {"output", 1}}};
    json["layers"][0]["blocks"][0]["costs"]["runtime@b"] = 7;
    BlockLibrary library = parseLibrary(json, "the test");
    EXPECT_EQ(costIn(library.layers[0].entries[0].costs.at(1), "runtime")->amount, 7'000'000);
    json["layers"][0]["blocks"][0]["costs"]["runtime@c"] = 7;
    EXPECT_THROW(parseLibrary(json, "the test"), Error);
}

TEST(LibraryFile, RefusesWhatIsWrongWithASentenceThatSaysWhere)
{
    auto refused = [](const std::function<void(Json &)> &spoil) {
        Json json = smallLibrary();
        spoil(json);
        try {
            parseLibrary(json, "bad.json");
        } catch (const Error &e) {
            EXPECT_EQ(e.kind(), ErrorKind::BadInput);
            EXPECT_NE(std::string(e.what()).find("bad.json"), std::string::npos) << e.what();
            return;
        }
        ADD_FAILURE() << "accepted: " << json.dump();
    };
    refused([](Json &json) { json["layers"] = Json::array(); });
    refused([](Json &json) { json["layers"] = 3; });
    refused([](Json &json) { json["layers"][0]["parent"] = "attention=gqa:8"; });
    refused([](Json &json) { json["layers"][0]["blocks"][0]["block"] = "mlp=gqa:8"; });
    refused([](Json &json) { json["layers"][0]["blocks"][0]["block"] = "attention=gqa:8+attention=none"; });
    refused([](Json &json) { json["layers"][0]["blocks"][1]["block"] = "attention=gqa:8"; });
    refused([](Json &json) { json["layers"][0]["blocks"][0]["costs"]["weight_bytes"] = "many"; });
    refused([](Json &json) { json["layers"][0]["blocks"][0]["costs"]["weight_bytes"] = 0.5; });
    refused([](Json &json) { json["layers"][0]["blocks"][0]["costs"]["memory"] = -1; });
    refused([](Json &json) { json["layers"][0]["blocks"][0]["costs"]["throughput"] = 1; });
    refused([](Json &json) { json["layers"][0]["blocks"][0]["scores"]["lm_loss"] = Json::array(); });
    refused([](Json &json) { json["layers"][0]["blocks"][0]["scores"]["lm_loss"] = "low"; });
    refused([](Json &json) { json["workload"]["batch"] = 0; });
    refused([](Json &json) { json["workloads"] = json["workload"]; });
}

} // namespace
} // namespace tessera
