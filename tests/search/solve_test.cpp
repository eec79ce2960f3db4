// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/solve.h"

#include "engine/base/error.h"
#include "engine/cost/totals.h"
#include "engine/search/conflict.h"
#include "tests/search/children.h"
#include "tests/search/libraries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

using instances::scenarioWith;

void expectEnumeratedOptimum(const instances::LibraryShape &shape, std::uint64_t seed)
{
    auto library = instances::randomLibrary(shape, seed);
    const std::string percent = std::to_string(20 + seed % 75) + "%";
    Scenario scenario = scenarioWith({"memory=" + percent, "runtime@batch=80%", "energy=0.05"}, {"parameters=10%"}, {},
                                     {"1:attention=none", "2:attention=linear+ffn=none"});
    scenario.limits[2] = parseLimit("energy@batch=95%", LimitSense::Max);
    if (seed % 3 == 0)
        scenario.objective = "lm_loss";
    auto allowed = [](std::size_t layer, const LayerChoice &choice) {
        bool first = layer == 1 && choice.attention == noneVariant(Part::Attention);
        bool second = layer == 2 && choice.attention == linearVariant(Part::Attention) && choice.ffn == noneVariant(Part::Ffn);
        return !first && !second;
    };
    const auto children = instances::childrenWithin(*library, seed % 3 == 0 ? "lm_loss" : "kl_div", scenario.limits, allowed);
    const instances::Child *best = instances::bestOf(children);
    Solution solution = solve(makeProblem(library, scenario), {.solver = {}, .explainInfeasible = false});
    ASSERT_EQ(solution.status, best ? SolveStatus::Optimal : SolveStatus::Infeasible) << "seed " << seed;
    if (!best)
        return;
    ASSERT_NEAR(solution.objective, best->score, 1e-9 * std::max(1.0, best->score)) << "seed " << seed;
    ASSERT_TRUE(std::any_of(children.begin(), children.end(),
                            [&](const instances::Child &child) { return child.choices == solution.choices; }))
        << "seed " << seed;
}

TEST(Solve, FindsTheBestChildOfAdditiveLibraries)
{
    for (std::uint64_t seed = 0; seed < 25; ++seed)
        expectEnumeratedOptimum({.unknownCosts = seed % 2 == 1, .unknownScores = seed % 4 >= 2}, seed);
}

TEST(Solve, FindsTheBestChildOfLibrariesOfPairs)
{
    for (std::uint64_t seed = 0; seed < 25; ++seed)
        expectEnumeratedOptimum({.pairs = true, .unknownCosts = seed % 2 == 1, .unknownScores = seed % 4 >= 2}, seed);
}

TEST(Solve, LetsAMeasuredPairOverruleTheSumOfItsSubBlocks)
{
    for (std::uint64_t seed = 0; seed < 25; ++seed)
        expectEnumeratedOptimum({.somePairs = true}, seed);
}

TEST(Solve, KeepsTheParentAtAHundredPercentOfEverything)
{
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        auto library = instances::randomLibrary({.layers = 6, .somePairs = seed % 2 == 0}, seed);
        Solution solution = solve(makeProblem(library, scenarioWith({"memory=100%", "runtime=100%", "runtime@batch=100%", "parameters=100%"},
                                                                    {"throughput=100%", "throughput@batch=100%"})));
        EXPECT_EQ(solution.status, SolveStatus::Optimal);
        EXPECT_EQ(solution.objective, 0);
    }
}

TEST(Solve, PinsAndBansHoldInTheAnswer)
{
    auto library = instances::randomLibrary({.layers = 6}, 3);
    Solution solution = solve(makeProblem(library, scenarioWith({"memory=50%"}, {}, {"0-1:attention=parent", "4:ffn=none"}, {"5:ffn=parent"})));
    ASSERT_TRUE(solution.found());
    EXPECT_EQ(solution.choices[0].attention, gqa(4));
    EXPECT_EQ(solution.choices[1].attention, gqa(4));
    EXPECT_EQ(solution.choices[4].ffn, noneVariant(Part::Ffn));
    EXPECT_NE(solution.choices[5].ffn, ffnWidth(512));
}

TEST(Solve, NamesAMinimalConflictAndTheLeastRepair)
{
    auto library = instances::randomLibrary({.layers = 5}, 11);
    Scenario scenario = scenarioWith({"memory=1", "parameters=90%"}, {"attention_layers=0"});
    scenario.limits.pop_back();
    Problem problem = makeProblem(library, scenario);
    Solution solution = solve(problem);
    ASSERT_EQ(solution.status, SolveStatus::Infeasible);
    EXPECT_EQ(solution.conflict, std::vector<std::string>{"memory=1"});
    ASSERT_EQ(solution.relaxations.size(), 2u);
    ASSERT_TRUE(solution.relaxations[0].needed.has_value());
    auto needed = static_cast<std::int64_t>(*solution.relaxations[0].needed);
    auto statusAt = [&](std::int64_t bytes) {
        return solve(makeProblem(library, scenarioWith({"memory=" + std::to_string(bytes), "parameters=90%"}))).status;
    };
    EXPECT_EQ(statusAt(needed), SolveStatus::Optimal);
    EXPECT_EQ(statusAt(needed - 1), SolveStatus::Infeasible);
    EXPECT_FALSE(solution.relaxations[1].needed.has_value()) << "memory alone already fails";
}

TEST(Solve, BlamesAPinOnlyWhereItIsNeeded)
{
    auto library = instances::randomLibrary({.layers = 3}, 2);
    auto parent = totalCost(*library, parentChoice(*library), "parameters", 0)->amount;
    auto least = [&] {
        Problem problem = makeProblem(library, {}, {{"parameters", 0}});
        return *extremeTotal(problem, 0, false, true, {});
    }();
    ASSERT_LT(least, parent);
    Scenario scenario = scenarioWith({"parameters=" + std::to_string(least), "energy=100%"}, {}, {"0:attention=parent+ffn=parent", "1:ffn=width:256"});
    scenario.pins[1] = parseLayerBlock("all:attention=parent");
    Solution solution = solve(makeProblem(library, scenario));
    ASSERT_EQ(solution.status, SolveStatus::Infeasible);
    EXPECT_EQ(solution.conflict.size(), 2u);
    EXPECT_EQ(solution.conflict[0], "parameters=" + std::to_string(least));
}

TEST(Solve, RefusesBadScenariosWithASentence)
{
    auto library = instances::randomLibrary({.layers = 4}, 1);
    auto sentence = [&](const Scenario &scenario) -> std::string {
        try {
            makeProblem(library, scenario);
        } catch (const Error &e) {
            EXPECT_EQ(e.kind(), ErrorKind::BadInput);
            return e.what();
        }
        return "";
    };
    EXPECT_NE(sentence(scenarioWith({}, {}, {"2:attention=gqa:2", "1-3:attention=none"})).find("contradict"), std::string::npos);
    EXPECT_NE(sentence(scenarioWith({}, {}, {"9:attention=none"})), "");
    EXPECT_NE(sentence(scenarioWith({}, {}, {"1:attention=gqa:3"})).find("gqa:2"), std::string::npos);
    EXPECT_NE(sentence(scenarioWith({"carbon=3"})).find("energy"), std::string::npos);
    EXPECT_NE(sentence(scenarioWith({"memory@night=3"})).find("night"), std::string::npos);
    Scenario unknownMetric;
    unknownMetric.objective = "bleu";
    EXPECT_NE(sentence(unknownMetric).find("kl_div"), std::string::npos);
    EXPECT_THROW(scenarioWith({"memory=3ms"}), Error);
    EXPECT_THROW(scenarioWith({}, {}, {"attention=none"}), Error);
    EXPECT_THROW(scenarioWith({}, {}, {"1:attention=none+attention=linear"}), Error);
    EXPECT_THROW(parseScenario({{"maximum", {"memory=1"}}}, "x"), Error);
}

TEST(Solve, RefusesScoresAndCostsThatAreNotFinite)
{
    BlockLibrary library = *instances::randomLibrary({.layers = 2}, 1);
    library.layers[1].entries[2].scores["kl_div"].mean = std::nan("");
    EXPECT_THROW(makeProblem(std::make_shared<const BlockLibrary>(library), {}), Error);
    library = *instances::randomLibrary({.layers = 2}, 1);
    library.layers[0].entries[1].costs[0]["energy"].amount = std::int64_t{1} << 62;
    EXPECT_THROW(makeProblem(std::make_shared<const BlockLibrary>(library), scenarioWith({"energy=1000"})), Error);
}

TEST(Solve, LeavesOutWhatIsUnknownOnlyWhereALimitNeedsIt)
{
    BlockLibrary library = *instances::randomLibrary({.layers = 2}, 1);
    library.layers[0].entries[1].costs[0].erase("energy");
    library.layers[1].entries[1].scores.erase("kl_div");
    auto shared = std::make_shared<const BlockLibrary>(library);
    Problem without = makeProblem(shared, scenarioWith({"memory=90%"}));
    Problem with = makeProblem(shared, scenarioWith({"memory=90%", "energy=90%"}));
    EXPECT_EQ(without.options.size(), 13u);
    EXPECT_EQ(with.options.size(), 12u);
    EXPECT_EQ(without.remarks.size(), 1u);
    EXPECT_EQ(with.remarks.size(), 2u);
}

TEST(Solution, SurvivesJsonAndBack)
{
    auto library = instances::randomLibrary({.layers = 4}, 9);
    for (const char *limit : {"memory=60%", "memory=1"}) {
        Solution solution = solve(makeProblem(library, scenarioWith({limit, "runtime@batch=90%"}, {"throughput=100%"})));
        Json json = toJson(solution);
        EXPECT_EQ(toJson(parseSolution(parseJson(json.dump(), "text"), "text")), json) << json.dump(2);
    }
}

TEST(Scenario, SurvivesJsonAndBack)
{
    Scenario scenario = scenarioWith({"memory=24GiB", "runtime@chat=12.5ms"}, {"throughput=150%"}, {"0-3:attention=parent"}, {"all:ffn=none+attention=none"});
    scenario.name = "small";
    scenario.objective = "lm_loss";
    scenario.noiseAversion = 1.5;
    scenario.rules = {"distinct=3"};
    EXPECT_EQ(parseScenario(parseJson(toJson(scenario).dump(), "text"), "text"), scenario);
}

} // namespace
} // namespace tessera
