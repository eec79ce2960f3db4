// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/service_test.h"

#include "engine/store/project.h"

#include <filesystem>
#include <fstream>

namespace tessera {
namespace {

namespace fs = std::filesystem;

TEST(ProjectMethods, ImportingALibrarySaysWhatItHolds)
{
    TestFolder folder;
    ToyLibrary().write(folder.file("toy.json"));
    Client client;
    const Json made = client.call(
        "project/import", {{"format", "library"}, {"source", folder.file("toy.json")}, {"path", folder.file("toy.tessera")}});
    EXPECT_EQ(made["layers"], 4);
    EXPECT_EQ(made["variants"], 24);
    EXPECT_EQ(made["metrics"], Json::array({"kl_div"}));
    EXPECT_EQ(client.refused("project/describe")["code"], kBadInputCode) << "importing does not open";
    EXPECT_EQ(client.refused("project/import", {{"format", "library"}, {"source", folder.file("toy.json")}, {"path", folder.file("toy.tessera")}})["code"],
              kBadInputCode)
        << "nothing is overwritten";
    EXPECT_EQ(client.refused("project/import", {{"format", "csv"}, {"source", "x"}, {"path", folder.file("x.tessera")}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("project/import", {{"format", "nvlabs"}, {"source", folder.path()}, {"path", folder.file("x.tessera")}})["code"],
              kBadInputCode);
    std::ofstream(folder.file("broken.json")) << "{\"layers\":";
    EXPECT_EQ(client.refused("project/import", {{"format", "library"}, {"source", folder.file("broken.json")}, {"path", folder.file("x.tessera")}})["code"],
              kBadInputCode);
    EXPECT_FALSE(fs::exists(folder.file("x.tessera")));
}

TEST_F(ToyService, DescribingAProjectGivesItsFacts)
{
    const Json facts = client.call("project/describe");
    EXPECT_EQ(facts["path"], project());
    EXPECT_EQ(facts["name"], "toy");
    EXPECT_EQ(facts["writable"], true);
    EXPECT_EQ(facts["runnable"], false) << "an imported library has no parent";
    EXPECT_EQ(facts["settings"]["objective"], "kl_div");
    EXPECT_TRUE(facts["settings"]["config"].is_null());
    ASSERT_EQ(facts["workloads"].size(), 2u);
    EXPECT_EQ(facts["workloads"][1]["name"], "batch");
    ASSERT_EQ(facts["layers"].size(), 4u);
    EXPECT_EQ(facts["layers"][3], Json({{"layer", 3}, {"attention", "gqa:4"}, {"ffn", "width:64"}}));
    EXPECT_EQ(facts["library"]["variants"], 24);
    EXPECT_EQ(facts["library"]["scored"], 24);
    EXPECT_EQ(facts["counts"]["solutions"], 0);
    EXPECT_EQ(client.call("project/open", {{"path", project()}}), facts) << "opening again gives the same";
}

TEST_F(ToyService, CostsFromElsewhereAreTakenAndTold)
{
    std::ofstream(folder.file("costs.json")) << R"({"fixed": {"joule": 1}, "variants": [{"block": "attention=none", "layer": "all", "costs": {"joule": 0.5}}]})";
    const Json taken = client.call("project/import_costs", {{"source", folder.file("costs.json")}});
    EXPECT_GT(taken["taken"].get<int>(), 0);
    EXPECT_EQ(client.hear("library")["hash"], client.call("library/describe")["hash"]);
    EXPECT_EQ(numbersOf(client.call("library/column", {{"column", "cost:joule"}, {"from", 2}, {"count", 1}}))[0], 0.5);
    std::ofstream(folder.file("wrong.json")) << R"({"variants": [{"block": "attention=gqa:99", "costs": {"joule": 0.5}}]})";
    EXPECT_EQ(client.refused("project/import_costs", {{"source", folder.file("wrong.json")}})["code"], kBadInputCode);
}

TEST_F(ToyService, OpeningAndClosingAreTold)
{
    EXPECT_EQ(client.hear("project")["path"], project());
    client.call("project/close");
    EXPECT_TRUE(client.hear("project")["path"].is_null());
    EXPECT_EQ(client.refused("project/describe")["code"], kBadInputCode);
}

TEST_F(ToyService, AMissingOrDamagedFileIsASentence)
{
    EXPECT_EQ(client.refused("project/open", {{"path", folder.file("none.tessera")}})["code"], kBadInputCode);
    std::ofstream(folder.file("text.tessera")) << "no database at all, but long enough";
    EXPECT_EQ(client.refused("project/open", {{"path", folder.file("text.tessera")}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("project/peek", {{"path", folder.file("text.tessera")}})["code"], kBadInputCode);
    EXPECT_EQ(client.call("project/open", {{"path", project()}})["name"], "toy");
}

TEST_F(ToyService, WhatAnotherProgramHoldsIsOpenedForReading)
{
    Client second;
    const Json facts = second.call("project/open", {{"path", project()}});
    EXPECT_EQ(facts["writable"], false);
    EXPECT_NE(facts["why_read_only"].get<std::string>().find("serve"), std::string::npos) << facts["why_read_only"];
    const Json limits{{"max", {"memory=80%"}}};
    const Json solved = second.call("solve", {{"scenario", limits}, {"store", true}});
    EXPECT_EQ(solved["status"], "optimal");
    EXPECT_TRUE(solved["id"].is_null());
    EXPECT_EQ(second.refused("scenario/save", {{"name", "a"}, {"scenario", limits}})["code"], kFailedCode);
    EXPECT_EQ(second.call("scenario/set", {{"scenario", limits}, {"label", "less"}})["steps"], 2) << "steps are kept in memory";
    client.call("project/close");
    EXPECT_EQ(second.call("project/open", {{"path", project()}})["writable"], true);
    EXPECT_EQ(second.call("scenario/get")["steps"], 1);
}

TEST_F(ToyService, PeekingShowsTheLastFrontWithoutOpening)
{
    EXPECT_TRUE(client.call("project/peek", {{"path", project()}})["front"].is_null());
    client.call("front", {{"axes", {"memory"}}, {"points", 5}});
    const Json here = client.call("project/peek", {{"path", project()}});
    EXPECT_EQ(here["variants"], 24);
    EXPECT_EQ(here["layers"], 4);
    EXPECT_EQ(here["front"]["axis"], "memory");
    ASSERT_EQ(here["front"]["points"].size(), 5u);
    EXPECT_TRUE(here["front"]["points"][0][0].is_number());
    Client other;
    EXPECT_EQ(other.call("project/peek", {{"path", project()}}), here);
}

TEST_F(ToyService, OpeningAnotherProjectStopsWhatWorksOnTheFirst)
{
    const std::int64_t slow = client.ask("front", {{"axes", {"memory"}}, {"points", 1000}});
    client.hear("item");
    client.call("project/open", {{"path", project()}});
    EXPECT_EQ(client.answer(slow)["error"]["code"], kInterruptedCode);
    EXPECT_EQ(client.call("preview")["status"], "optimal");
}

} // namespace
} // namespace tessera
