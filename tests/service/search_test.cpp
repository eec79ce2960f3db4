// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/service_test.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tessera {
namespace {

struct Best {
    double score = std::numeric_limits<double>::infinity();
    Json choices;
};

/// The best child of at most this much, by trying every one.
Best bestWithin(const ToyLibrary &toy, double memory, double runtime)
{
    Best best;
    toy.eachChild([&](const ToyLibrary::Child &child) {
        if (child.memory <= memory && child.runtime <= runtime && child.score < best.score)
            best = {child.score, toy.choicesOf(child)};
    });
    return best;
}

Json limitsOf(double memory, double runtime)
{
    return {{"max", {"memory=" + std::to_string(std::llround(memory)) + "B", "runtime=" + std::to_string(runtime) + "ms"}}};
}

TEST_F(ToyService, PreviewAndSolveFindWhatTryingEveryChildFinds)
{
    std::int64_t revision = 0;
    for (double memory : {17000.0, 22000.0, 29000.0, 40000.0})
        for (double runtime : {30.0, 55.0, 300.0}) {
            const Best best = bestWithin(toy, memory, runtime);
            const Json params{{"revision", ++revision}, {"scenario", limitsOf(memory, runtime)}};
            const Json preview = client.call("preview", params), solved = client.call("solve", params);
            EXPECT_EQ(preview["revision"], revision);
            if (best.choices.is_null()) {
                EXPECT_EQ(preview["status"], "infeasible");
                EXPECT_EQ(solved["status"], "infeasible");
                EXPECT_FALSE(solved["conflict"].empty());
                continue;
            }
            EXPECT_EQ(solved["status"], "optimal");
            EXPECT_EQ(solved["choices"], best.choices) << memory << " " << runtime;
            EXPECT_NEAR(solved["objective"].get<double>(), best.score, 1e-12);
            EXPECT_GE(preview["objective"].get<double>(), best.score - 1e-12);
            EXPECT_LE(preview["bound"].get<double>(), best.score + 1e-12);
            if (preview["status"] == "optimal") {
                EXPECT_NEAR(preview["objective"].get<double>(), best.score, 1e-9);
            }
        }
}

TEST_F(ToyService, WhatIsInfeasibleIsRepairedByItsRelaxations)
{
    const Json solved = client.call("solve", {{"scenario", limitsOf(100, 1000)}});
    EXPECT_EQ(solved["status"], "infeasible");
    ASSERT_EQ(solved["relaxations"].size(), 2u) << solved;
    const Json repaired{{"max", {solved["relaxations"][0]["repaired"]}}};
    EXPECT_EQ(client.call("solve", {{"scenario", repaired}})["status"], "optimal");
}

TEST_F(ToyService, SolutionsAreStoredOnRequestAndListed)
{
    EXPECT_TRUE(client.call("solve", {{"scenario", limitsOf(30000, 300)}})["id"].is_null());
    EXPECT_EQ(client.call("solutions/list")["total"], 0);
    const Json solved = client.call("solve", {{"scenario", limitsOf(30000, 300)}, {"store", true}});
    ASSERT_EQ(solved["id"], 1);
    const Json list = client.call("solutions/list");
    ASSERT_EQ(list["rows"].size(), 1u);
    EXPECT_EQ(list["rows"][0]["objective"], solved["objective"]);
    EXPECT_EQ(list["rows"][0]["current"], true);
    const Json stored = client.call("solutions/get", {{"id", 1}});
    for (const char *key : {"choices", "costs", "scenario", "status", "prices", "bound"})
        EXPECT_EQ(stored[key], solved[key]) << key;
    EXPECT_EQ(client.refused("solutions/get", {{"id", 2}})["code"], kBadInputCode);
}

TEST_F(ToyService, AssessingAChildAddsItUp)
{
    const Json scenario = limitsOf(30000, 50);
    int seen = 0, held = 0;
    toy.eachChild([&](const ToyLibrary::Child &child) {
        if (seen++ % 331 != 0)
            return;
        const Json told = client.call("assess", {{"scenario", scenario}, {"choices", toy.choicesOf(child)}});
        EXPECT_NEAR(told["objective"].get<double>(), child.score, 1e-12);
        EXPECT_EQ(told["costs"]["memory"], child.memory);
        EXPECT_NEAR(told["costs"]["runtime"].get<double>(), child.runtime, 1e-6);
        EXPECT_NEAR(told["slack"]["memory"].get<double>(), 30000 - child.memory, 1e-6);
        EXPECT_EQ(told["holds"], child.memory <= 30000 && child.runtime <= 50);
        held += told["holds"] == true;
    });
    EXPECT_GT(held, 0);
    EXPECT_EQ(client.refused("assess", {{"choices", Json::array()}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("assess", {{"choices", {{{"layer", 0}, {"attention", "gqa:4"}, {"ffn", "none"}}}}})["code"], kBadInputCode);
}

TEST_F(ToyService, BaselinesKeepTheLimitsAndAreNoBetterThanTheOptimum)
{
    const Json scenario = limitsOf(26000, 60);
    const double optimum = client.call("solve", {{"scenario", scenario}})["objective"];
    const Json told = client.call("baselines", {{"scenario", scenario}})["baselines"];
    EXPECT_GE(told.size(), 4u);
    for (const Json &baseline : told) {
        EXPECT_GE(baseline["objective"].get<double>(), optimum - 1e-12) << baseline["name"];
        EXPECT_LE(baseline["costs"]["memory"].get<double>(), 26000) << baseline["name"];
        EXPECT_EQ(client.call("assess", {{"scenario", scenario}, {"choices", baseline["choices"]}})["holds"], true);
    }
}

TEST_F(ToyService, WhatASliderCanReachIsWhatSomeChildHas)
{
    for (double runtime : {40.0, 60.0}) {
        double least = 1e300, greatest = -1;
        toy.eachChild([&](const ToyLibrary::Child &child) {
            if (child.runtime <= runtime) {
                least = std::min(least, child.memory);
                greatest = std::max(greatest, child.memory);
            }
        });
        const Json told = client.call("reachable", {{"scenario", limitsOf(20000, runtime)}, {"limit", "memory"}});
        EXPECT_EQ(told["least"], least) << "its own limit does not count";
        EXPECT_EQ(told["greatest"], greatest);
    }
    EXPECT_TRUE(client.call("reachable", {{"scenario", limitsOf(20000, 0.001)}, {"limit", "memory"}})["least"].is_null());
    EXPECT_EQ(client.refused("reachable", {{"limit", "colour"}})["code"], kBadInputCode);
}

TEST_F(ToyService, APoolHoldsTheBestChildrenThatThereAre)
{
    std::vector<double> scores;
    toy.eachChild([&](const ToyLibrary::Child &child) {
        if (child.memory <= 24000)
            scores.push_back(child.score);
    });
    std::ranges::sort(scores);
    const Json pool = client.call("pool", {{"k", 6}, {"scenario", {{"max", {"memory=24000B"}}}}, {"store", true}});
    const std::vector<Json> items = client.said("item");
    ASSERT_EQ(pool["solutions"], 6);
    ASSERT_EQ(items.size(), 6u);
    for (std::size_t i = 0; i < items.size(); ++i)
        EXPECT_NEAR(items[i]["item"]["objective"].get<double>(), scores[i], 1e-12);
    EXPECT_EQ(pool["consensus"].size(), 4u);
    ASSERT_EQ(pool["ids"].size(), 6u);
    EXPECT_EQ(client.call("solutions/get", {{"id", pool["ids"][5]}})["choices"], items[5]["item"]["choices"]);
    EXPECT_EQ(client.refused("pool", {{"k", 0}})["code"], kWrongParams);
}

TEST_F(ToyService, ExplainingABlockSaysWhatItCostsToHaveIt)
{
    double best = 1e300, without = 1e300, with = 1e300;
    toy.eachChild([&](const ToyLibrary::Child &child) {
        if (child.memory > 24000)
            return;
        best = std::min(best, child.score);
        double &side = child.attention[2] == 2 ? with : without;
        side = std::min(side, child.score);
    });
    const Json scenario{{"max", {"memory=24000B"}}};
    const Json told = client.call("explain", {{"scenario", scenario}, {"layer", 2}, {"block", "attention=none"}});
    EXPECT_EQ(told["status"], "optimal");
    EXPECT_NEAR(told["objective"].get<double>(), best, 1e-12);
    EXPECT_NEAR(told["regret"].get<double>(), with - best, 1e-12);
    EXPECT_NEAR(told["regret_of_ban"].get<double>(), without - best, 1e-12);
    double least = ToyLibrary::kFixedMemory, most = ToyLibrary::kFixedMemory;
    for (std::size_t layer = 0; layer < 4; ++layer)
        for (const auto *part : {&toy.attention[layer], &toy.ffn[layer]}) {
            auto [low, high] = std::ranges::minmax(*part, {}, &ToyLibrary::Variant::memory);
            least += low.memory;
            most += high.memory;
        }
    EXPECT_EQ(told["reachable"]["memory"], Json::array({least, most}));
    EXPECT_TRUE(client.call("explain", {{"scenario", scenario}})["regret"].is_null());
    EXPECT_EQ(client.refused("explain", {{"layer", 2}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("explain", {{"layer", 4}, {"block", "ffn=none"}})["code"], kWrongParams);
    EXPECT_EQ(client.refused("explain", {{"layer", 2}, {"block", "ffn=width:7"}})["code"], kBadInputCode);
}

TEST_F(ToyService, SamplesAreTheSameInEveryPieceAndLieAboveTheFront)
{
    const Json params{{"axes", {"memory", "runtime"}}, {"total", 50}, {"seed", 3}};
    const auto whole = numbersOf(client.call("sample", params));
    ASSERT_EQ(whole.size(), 150u);
    Json part = params;
    part["from"] = 20;
    part["count"] = 5;
    const auto piece = numbersOf(client.call("sample", part));
    EXPECT_TRUE(std::equal(piece.begin(), piece.end(), whole.begin() + 60));
    for (std::size_t i = 0; i < 50; ++i)
        EXPECT_GE(whole[3 * i], bestWithin(toy, whole[3 * i + 1], whole[3 * i + 2] + 1e-6).score - 1e-12);
    const Json last = client.call("sample", {{"axes", {"memory"}}, {"from", 99998}});
    EXPECT_EQ(last["total"], 100000) << "so many unless told";
    EXPECT_EQ(last["shape"], Json::array({2, 2}));
}

TEST_F(ToyService, WrongScenariosAreSentencesOfEverySearch)
{
    const Json wrong{{"scenario", {{"max", {"memory=abc"}}}}};
    for (const char *method : {"preview", "solve", "baselines"})
        EXPECT_EQ(client.refused(method, wrong)["code"], kBadInputCode) << method;
    EXPECT_EQ(client.refused("solve", {{"solver", "magic"}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("preview", {{"max_ms", 0}})["code"], kWrongParams);
}

/// Forty layers, so that a front takes a while.
class LargeService : public testing::Test {
protected:
    void SetUp() override
    {
        ToyLibrary(40).write(folder.file("large.json"));
        const std::string project = folder.file("large.tessera");
        client.call("project/import", {{"format", "library"}, {"source", folder.file("large.json")}, {"path", project}});
        client.call("project/open", {{"path", project}});
    }
    TestFolder folder;
    Client client;
    const Json slow{{"axes", {"memory"}}, {"points", 1000}};
};

TEST_F(LargeService, AHigherRevisionSupersedesLowerOnesOfItsMethod)
{
    Json params = slow;
    std::vector<std::int64_t> stale;
    for (int revision : {1, 2, 3}) {
        params["revision"] = revision;
        stale.push_back(client.ask("front", params));
    }
    client.hear("item");
    params["points"] = 2;
    params["baselines"] = false;
    params["revision"] = 4;
    const std::int64_t last = client.ask("front", params);
    for (std::int64_t id : stale)
        EXPECT_EQ(client.answer(id)["error"]["code"], kSupersededCode);
    EXPECT_EQ(client.answer(last)["result"]["revision"], 4);
    params["revision"] = 3;
    EXPECT_EQ(client.refused("front", params)["code"], kSupersededCode) << "what comes late is stale";
    params["revision"] = 1;
    EXPECT_EQ(client.call("solve", {{"revision", 1}})["status"], "optimal") << "each method has its own revisions";
    client.call("hello", {{"protocol", 1}, {"program", "test"}});
    EXPECT_EQ(client.call("front", params)["revision"], 1) << "hello starts anew";
}

TEST_F(LargeService, AStormOfPreviewsEndsWithTheLast)
{
    std::vector<std::int64_t> ids;
    for (int revision = 1; revision <= 500; ++revision)
        ids.push_back(client.ask("preview", {{"revision", revision}, {"scenario", {{"max", {"memory=" + std::to_string(30 + revision % 60) + "%"}}}}}));
    EXPECT_EQ(client.answer(ids.back())["result"]["revision"], 500);
    ids.pop_back();
    for (std::int64_t id : ids) {
        const Json answer = client.answer(id);
        EXPECT_TRUE(answer.contains("result") || answer["error"]["code"] == kSupersededCode) << answer;
    }
}

TEST_F(LargeService, RunningAndWaitingRequestsCanBeCancelled)
{
    const std::int64_t running = client.ask("front", slow), waiting = client.ask("front", slow);
    client.hear("item");
    client.cancel(waiting);
    EXPECT_EQ(client.answer(waiting)["error"]["code"], kInterruptedCode);
    EXPECT_FALSE(client.hasAnswered(running));
    client.cancel(running);
    EXPECT_EQ(client.answer(running)["error"]["code"], kInterruptedCode);
    EXPECT_EQ(client.call("fronts/list")["fronts"].size(), 0u) << "a cancelled front is not stored";
}

TEST_F(LargeService, NeitherSlowNorLargeAnswersHoldUpAPreview)
{
    const std::int64_t front = client.ask("front", slow);
    client.hear("item");
    for (int i = 0; i < 100; ++i)
        client.ask("library/describe");
    const std::int64_t bulk = client.ask("library/describe");
    const std::int64_t preview = client.ask("preview", {{"scenario", {{"max", {"memory=60%"}}}}});
    EXPECT_TRUE(client.answer(preview).contains("result"));
    EXPECT_FALSE(client.hasAnswered(front)) << "the front was too fast to show anything";
    client.cancel(front);
    client.answer(front);
    EXPECT_TRUE(client.answer(bulk).contains("result"));
}

TEST_F(LargeService, ProgressSaysHowFarAndHowLong)
{
    client.call("front", {{"axes", {"memory"}}, {"points", 30}, {"baselines", false}});
    const std::vector<Json> progress = client.said("progress");
    ASSERT_FALSE(progress.empty());
    EXPECT_EQ(progress.back()["done"], 30) << "the last word is always said";
    EXPECT_EQ(progress.back()["total"], 30);
    EXPECT_GE(progress.back()["seconds"].get<double>(), 0);
}

} // namespace
} // namespace tessera
