// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/rule.h"

#include "engine/base/error.h"
#include "engine/search/solve.h"
#include "tests/search/children.h"
#include "tests/search/libraries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

using instances::scenarioWith;

const char *const kChoices = "gqa:4+width:512,none+width:256*2,linear+none";

/// The best child among all that keep limits and rules by their words, against the solver's.
void expectBestThatKeeps(const std::vector<std::string> &rules, const instances::LibraryShape &shape, std::uint64_t seed)
{
    auto library = instances::randomLibrary(shape, seed);
    Scenario scenario = scenarioWith({"memory=" + std::to_string(35 + seed * 13 % 60) + "%"}, {}, {}, {}, rules);
    auto children = instances::childrenWithin(*library, "kl_div", scenario.limits);
    std::erase_if(children, [&](const instances::Child &child) {
        return !std::all_of(rules.begin(), rules.end(), [&](const std::string &rule) { return keeps(parseRule(rule), *library, child.choices); });
    });
    const instances::Child *best = instances::bestOf(children);
    Solution solution = solve(makeProblem(library, scenario), {.solver = {}, .explainInfeasible = false});
    const std::string where = describe(scenario) + ", seed " + std::to_string(seed);
    ASSERT_EQ(solution.status, best ? SolveStatus::Optimal : SolveStatus::Infeasible) << where;
    if (!best)
        return;
    ASSERT_NEAR(solution.objective, best->score, 1e-9 * std::max(1.0, best->score)) << where;
    ASSERT_TRUE(std::any_of(children.begin(), children.end(), [&](const auto &child) { return child.choices == solution.choices; })) << where;
}

TEST(Rules, EachGivesTheBestOfTheChildrenThatKeepIt)
{
    const std::vector<std::vector<std::string>> all{{"same=0-2:attention"},
                                                    {"same=all"},
                                                    {"same=1-3:ffn", "same=0-1:attention"},
                                                    {"distinct=1:attention"},
                                                    {"distinct=2:ffn"},
                                                    {"distinct=2"},
                                                    {"contiguous=attention"},
                                                    {"contiguous=ffn", "attention=1"},
                                                    {"attention=3"},
                                                    {"gap=1"},
                                                    {"gap=0"},
                                                    {"gap=2", "distinct=2:attention"},
                                                    {"balance=memory:2:10%"},
                                                    {"balance=runtime@batch:4:35.5%"},
                                                    {std::string("differ=2:") + kChoices},
                                                    {std::string("near=2:") + kChoices},
                                                    {std::string("differ=4:") + kChoices, "contiguous=attention"}};
    for (std::size_t rule = 0; rule < all.size(); ++rule)
        for (std::uint64_t seed = 0; seed < 4; ++seed)
            expectBestThatKeeps(all[rule], {.layers = 4, .pairs = seed == 1, .somePairs = seed == 2}, seed + 10 * rule);
}

TEST(Rules, AreKeptByTheirOwnWords)
{
    auto library = instances::randomLibrary({.layers = 4}, 1);
    const std::vector<LayerChoice> choices = parseChoicesText(kChoices);
    ASSERT_EQ(choices.size(), 4u);
    auto kept = [&](const char *rule) { return keeps(parseRule(rule), *library, choices); };
    EXPECT_TRUE(kept("same=1-2"));
    EXPECT_FALSE(kept("same=0-1:ffn"));
    EXPECT_TRUE(kept("distinct=3:attention"));
    EXPECT_FALSE(kept("distinct=2:attention"));
    EXPECT_TRUE(kept("distinct=3"));
    EXPECT_FALSE(kept("distinct=2"));
    EXPECT_TRUE(kept("contiguous=attention"));
    EXPECT_TRUE(kept("contiguous=ffn"));
    EXPECT_TRUE(kept("attention=1"));
    EXPECT_FALSE(kept("attention=2"));
    EXPECT_TRUE(kept("gap=3"));
    EXPECT_FALSE(kept("gap=2")) << "linear is no softmax attention";
    EXPECT_TRUE(kept("near=1:gqa:4+width:512,none+width:256*2,linear+width:256"));
    EXPECT_FALSE(kept("differ=2:gqa:4+width:512,none+width:256*2,linear+width:256"));
    EXPECT_FALSE(keeps(parseRule("contiguous=attention"), *library, parseChoicesText("none+none,gqa:4+none,none+none,none+none")));
}

TEST(Rules, ChoicesSurviveTheirText)
{
    const std::vector<LayerChoice> choices = parseChoicesText(kChoices);
    EXPECT_EQ(choicesText(choices), kChoices);
    EXPECT_EQ(parseChoicesText(choicesText(choices)), choices);
}

TEST(Rules, BadOnesAreRefusedWithASentence)
{
    auto library = instances::randomLibrary({.layers = 4}, 1);
    for (const char *rule : {"distinct", "distinct=", "distinct=0", "distinct=2:head", "same=", "same=9", "same=0-1:x", "contiguous=layer", "gap=-1",
                             "gap=1e3", "balance=memory:2", "balance=memory:0:5%", "balance=memory:9:5%", "balance=carbon:2:5%",
                             "balance=memory@night:2:5%", "balance=memory:2:-5%", "balance=throughput:2:", "differ=1", "differ=1:gqa:4",
                             "differ=1:gqa:4+none", "near=x:gqa:4+none*4", "near=1:gqa:4+none*99999999999", "frob=1", ""}) {
        try {
            makeProblem(library, scenarioWith({}, {}, {}, {}, {rule}));
            ADD_FAILURE() << rule << " was accepted";
        } catch (const Error &e) {
            EXPECT_EQ(e.kind(), ErrorKind::BadInput) << rule << ": " << e.what();
        }
    }
}

TEST(Rules, TakePartInConflicts)
{
    auto library = instances::randomLibrary({.layers = 4}, 1);
    Scenario scenario = scenarioWith({"memory=90%"}, {}, {"0-2:attention=none"}, {}, {"attention=2", "distinct=3:ffn"});
    Solution solution = solve(makeProblem(library, scenario));
    ASSERT_EQ(solution.status, SolveStatus::Infeasible);
    EXPECT_EQ(solution.conflict, (std::vector<std::string>{"pin 0-2:attention=none", "rule attention=2"}));
}

} // namespace
} // namespace tessera
