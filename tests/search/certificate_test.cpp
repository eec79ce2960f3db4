// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/verify.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/search/solve.h"
#include "tests/search/children.h"
#include "tests/search/instances.h"
#include "tests/search/libraries.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace tessera {
namespace {

using instances::scenarioWith;

Json certificateOf(const std::shared_ptr<const BlockLibrary> &library, const Scenario &scenario)
{
    Problem problem = makeProblem(library, scenario);
    Json json = toJson(certify(problem, solveProgram(problem.program)));
    return parseJson(json.dump(), "the certificate");
}

/// A library with several children within the scenario, not all of them as good as the best.
std::shared_ptr<const BlockLibrary> libraryWithin(const Scenario &scenario)
{
    for (std::uint64_t seed = 0;; ++seed) {
        auto library = instances::randomLibrary({.layers = 4}, seed);
        Solution solution = solve(makeProblem(library, scenario), {.solver = {}, .explainInfeasible = false});
        if (solution.found() && solution.objective > 0 && solution.choices[1].ffn != solution.choices[2].ffn)
            return library;
    }
}

/// As if the certificate had been written like this.
Json sealed(Json json)
{
    json.erase("hash");
    json["hash"] = hashText(json.dump());
    return json;
}

/// Every number of a value, wherever it stands.
void eachNumber(Json &json, const std::function<void(Json &)> &visit)
{
    if (json.is_number())
        visit(json);
    else if (json.is_structured())
        for (Json &element : json)
            eachNumber(element, visit);
}

TEST(Certificate, ProvesTheOptimumOfRandomLibraries)
{
    int infeasible = 0, optimal = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        auto library = instances::randomLibrary({.layers = 5, .pairs = seed % 3 == 1, .somePairs = seed % 3 == 2}, seed);
        Scenario scenario = scenarioWith({"memory=" + std::to_string(5 + seed % 60) + "%", "runtime@batch=80%"}, {"parameters=5%"});
        if (seed % 5 == 0)
            scenario.rules = {"attention=2", "balance=memory:2:20%"};
        Verdict verdict = verify(certificateOf(library, scenario), library, "the certificate");
        EXPECT_TRUE(verdict.valid) << "seed " << seed << ": " << verdict.reason;
        EXPECT_TRUE(verdict.proved) << "seed " << seed << ": " << verdict.reason;
        Solution solution = solve(makeProblem(library, scenario), {.solver = {}, .explainInfeasible = false});
        EXPECT_EQ(verdict.infeasible, solution.status == SolveStatus::Infeasible) << "seed " << seed;
        ++(verdict.infeasible ? infeasible : optimal);
        if (solution.found()) {
            EXPECT_EQ(verdict.objective, solution.objective);
            EXPECT_NEAR(verdict.bound, solution.objective, 1e-9 * std::abs(solution.objective) + 1e-12);
        }
    }
    EXPECT_GE(infeasible, 5);
    EXPECT_GE(optimal, 20);
}

TEST(Certificate, ProvesProgramsLikeRealLibraries)
{
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        Program program = instances::realLike({.layers = 40, .attentions = 2, .ffns = 8, .rows = 2}, seed);
        auto [library, scenario] = instances::libraryOf(program, 2, 8);
        Verdict verdict = verify(certificateOf(library, scenario), library, "large");
        EXPECT_TRUE(verdict.valid && verdict.proved) << "seed " << seed << ": " << verdict.reason;
        EXPECT_NEAR(verdict.objective, solveProgram(program).objective, 1e-9 * verdict.objective) << "seed " << seed;
    }
}

TEST(Certificate, DoesNotClaimMoreThanWhatIsSo)
{
    // What a worse child or a higher bound would claim is false, so that no tree may confirm it.
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto library = instances::randomLibrary({.layers = 4}, seed);
        Scenario scenario = scenarioWith({"memory=50%", "runtime=80%"});
        Problem problem = makeProblem(library, scenario);
        ProgramResult result = solveProgram(problem.program);
        if (result.selection.empty())
            continue;
        Json json = toJson(certify(problem, result));
        json["bound"] = result.objective + 1e-6;
        EXPECT_FALSE(verify(sealed(json), library, "raised").valid) << "seed " << seed;
        const auto children = instances::childrenWithin(*library, "kl_div", scenario.limits);
        for (std::size_t i = 0; i < children.size(); i += 1 + children.size() / 10) {
            auto selection = selectionOf(problem, children[i].choices);
            ASSERT_TRUE(selection);
            if (scoreOf(problem.program, *selection) <= result.objective * (1 + 1e-6))
                continue;
            ProgramResult worse = result;
            worse.selection = *selection;
            worse.objective = worse.bound = scoreOf(problem.program, *selection);
            Certificate wrong = certify(problem, worse, {.stop = {}, .nodes = 2000});
            Verdict verdict = verify(toJson(wrong), library, "wrong");
            EXPECT_FALSE(verdict.valid && verdict.proved) << "seed " << seed << ", child " << i;
        }
    }
}

TEST(Certificate, CatchesAnyChangedNumber)
{
    const Scenario scenario = scenarioWith({"memory=70%", "runtime@batch=85%"});
    auto library = libraryWithin(scenario);
    const Json original = certificateOf(library, scenario);
    ASSERT_TRUE(verify(original, library, "original").valid);
    Json changed = original;
    int numbers = 0;
    eachNumber(changed, [&](Json &number) {
        const Json kept = number;
        ++numbers;
        if (kept.is_number_float())
            number = std::nextafter(kept.get<double>(), 1e300);
        else
            number = kept.get<std::int64_t>() + 1;
        bool caught = false;
        try {
            caught = !verify(changed, library, "changed").valid;
        } catch (const Error &) {
            caught = true;
        }
        EXPECT_TRUE(caught) << kept << " changed to " << number;
        number = kept;
    });
    EXPECT_GT(numbers, 12);
    EXPECT_EQ(changed, original);
}

TEST(Certificate, CatchesFalseClaimsThatAreSealedAnew)
{
    const Scenario scenario = scenarioWith({"memory=70%", "runtime@batch=85%"});
    auto library = libraryWithin(scenario);
    const Json original = certificateOf(library, scenario);
    auto caught = [&](const std::function<void(Json &)> &change) {
        Json json = original;
        change(json);
        try {
            return !verify(sealed(json), library, "changed").valid;
        } catch (const Error &) {
            return true;
        }
    };
    EXPECT_FALSE(caught([](Json &) {}));
    EXPECT_TRUE(caught([](Json &json) { json["objective"] = json["objective"].get<double>() * (1 - 1e-12); }));
    EXPECT_TRUE(caught([](Json &json) { json["bound"] = json["bound"].get<double>() * 1.001; }));
    EXPECT_TRUE(caught([](Json &json) { json["totals"][0] = json["totals"][0].get<std::int64_t>() - 1; }));
    EXPECT_TRUE(caught([](Json &json) { json["totals"].erase(0); }));
    EXPECT_TRUE(caught([](Json &json) { json["choices"][1]["ffn"] = json["choices"][1]["ffn"] == "none" ? "width:512" : "none"; }));
    EXPECT_TRUE(caught([](Json &json) { json["choices"].erase(3); }));
    EXPECT_TRUE(caught([](Json &json) { json["metric"] = "lm_loss"; }));
    EXPECT_TRUE(caught([](Json &json) { json["scenario"]["max"][0] = "memory=1%"; }));
    EXPECT_TRUE(caught([](Json &json) { json["tree"] = Json::array({Json::object()}); }));
    EXPECT_TRUE(caught([](Json &json) {
        json["choices"] = Json::array();
        json["infeasible"] = true;
        json["bound"] = 1e9;
    }));
    Json lower = original;
    lower["bound"] = original["bound"].get<double>() * 0.9;
    Verdict verdict = verify(sealed(lower), library, "weaker");
    EXPECT_TRUE(verdict.valid) << "a weaker claim is still true";
    EXPECT_FALSE(verdict.proved);
}

TEST(Certificate, OfAnotherLibraryIsNotValid)
{
    auto library = libraryWithin(scenarioWith({"memory=70%"})), other = instances::randomLibrary({.layers = 4}, 9999);
    Json json = certificateOf(library, scenarioWith({"memory=70%"}));
    EXPECT_FALSE(verify(json, other, "other").valid);
}

TEST(Certificate, RefusesWhatIsNone)
{
    auto library = instances::randomLibrary({.layers = 2}, 7);
    for (const char *text : {"{}", "[]", "3", R"({"format":"tessera-certificate-1"})", R"({"format":"tessera-certificate-1","hash":"","scenario":{}})"})
        EXPECT_THROW(verify(parseJson(text, "text"), library, "text"), Error) << text;
    Json json = certificateOf(library, {});
    json["tree"] = Json::array({{{"layer", 0}, {"block", "attention=none"}, {"with", 0}, {"without", 0}}});
    EXPECT_THROW(verify(json, library, "cycle"), Error);
}

} // namespace
} // namespace tessera
