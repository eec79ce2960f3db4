// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/distillations.h"
#include "engine/store/job_log.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"
#include "engine/store/solutions.h"
#include "tests/store/store_fixture.h"

#include <cmath>
#include <limits>

namespace tessera {
namespace {

class RecordsTest : public StoreTest {};

WeightsRecord weights(Origin origin, double before, double after)
{
    return {1, gqa(1), origin, "/w/" + toString(origin), "hash", before, after, 0.5, 0.25, 4096, Json::array({{0, 1.5, 2.5}})};
}

TEST_F(RecordsTest, WeightsComeBackAsTheyWereSaved)
{
    Project project = makeProject();
    WeightsRecord saved = weights(Origin::Closed, 0.25, 0.125);
    saved.file = (project.blocksFolder() / "weights" / "a.safetensors").string();
    saveWeights(project, saved);
    saveWeights(project, {2, linearVariant(Part::Ffn), Origin::Paper, "/f", "h", {}, {}, {}, {}, {}, nullptr});
    auto all = weightsOf(project);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].source(), saved.source());
    EXPECT_EQ(all[0].lossBefore, saved.lossBefore);
    EXPECT_EQ(all[0].lossAfter, saved.lossAfter);
    EXPECT_EQ(all[0].incrementBefore, saved.incrementBefore);
    EXPECT_EQ(all[0].incrementAfter, saved.incrementAfter);
    EXPECT_EQ(all[0].tokens, saved.tokens);
    EXPECT_EQ(all[0].curve, saved.curve);
    EXPECT_EQ(all[1].layer, 2);
    EXPECT_EQ(all[1].lossAfter, std::nullopt);
    EXPECT_TRUE(all[1].curve.is_null());
    saved.hash = "newer";
    saveWeights(project, saved);
    EXPECT_EQ(weightsOf(project).size(), 2u);
    EXPECT_EQ(weightsOf(project)[0].hash, "newer");
}

TEST_F(RecordsTest, WhatTheLibraryDoesNotHaveIsRefused)
{
    Project project = makeProject();
    WeightsRecord record = weights(Origin::Closed, 1, 1);
    record.layer = 3;
    EXPECT_TRUE(contains(complaintOf([&] { saveWeights(project, record); }), "has no attention=gqa:1 in layer 3"));
    EXPECT_TRUE(contains(complaintOf([&] { saveScores(project, {{3, gqa(1)}, Origin::Closed}, 0, {{"kl_div", {1}}}); }),
                         "has no attention=gqa:1 in layer 3"));
    EXPECT_TRUE(scoresOf(project).empty());
}

TEST_F(RecordsTest, ScoresAreKeptByCandidateMetricAndWindow)
{
    Project project = makeProject();
    Candidate closed{{0, gqa(1)}, Origin::Closed}, paper{{0, gqa(1)}, Origin::Paper};
    saveScores(project, closed, 0, {{"kl_div", {0.1, 0.2}}, {"lm_loss", {-0.5, 0.5}}});
    saveScores(project, closed, 2, {{"kl_div", {0.3}}});
    saveScores(project, paper, 0, {{"kl_div", {1.0}}});
    auto scores = scoresOf(project);
    EXPECT_EQ(scores.at(closed).at("kl_div"), (Samples{{0, 0.1}, {1, 0.2}, {2, 0.3}}));
    EXPECT_EQ(scores.at(closed).at("lm_loss"), (Samples{{0, -0.5}, {1, 0.5}}));
    EXPECT_EQ(scores.at(paper).at("kl_div"), (Samples{{0, 1.0}}));
}

TEST_F(RecordsTest, AScoreThatIsNotFiniteIsKeptAsUnknown)
{
    Project project = makeProject();
    Candidate closed{{0, gqa(1)}, Origin::Closed};
    saveScores(project, closed, 0, {{"kl_div", {1.0, std::numeric_limits<double>::infinity()}}});
    EXPECT_EQ(scoresOf(project).at(closed).at("kl_div").at(0), 1.0);
    EXPECT_TRUE(std::isnan(scoresOf(project).at(closed).at("kl_div").at(1)));
}

TEST_F(RecordsTest, NewWeightsForgetTheScoresOfTheOld)
{
    Project project = makeProject();
    Candidate closed{{1, gqa(1)}, Origin::Closed};
    saveWeights(project, weights(Origin::Closed, 1, 0.5));
    saveScores(project, closed, 0, {{"kl_div", {1.0}}});
    saveWeights(project, weights(Origin::Closed, 1, 0.5));
    EXPECT_TRUE(scoresOf(project).contains(closed)) << "the same weights";
    WeightsRecord other = weights(Origin::Closed, 1, 0.5);
    other.hash = "other";
    saveWeights(project, other);
    EXPECT_FALSE(scoresOf(project).contains(closed));
}

TEST_F(RecordsTest, TheBestScoredWeightsStandForAVariant)
{
    Project project = makeProject();
    VariantAt at{1, gqa(1)};
    EXPECT_FALSE(chosenOrigins(project).contains(at));
    EXPECT_EQ(chosenOrigins(project).at({1, gqa(2)}), Origin::Parent);
    EXPECT_EQ(chosenOrigins(project).at({1, noneVariant(Part::Ffn)}), Origin::Paper);
    saveWeights(project, weights(Origin::Paper, 1, 1));
    EXPECT_EQ(chosenOrigins(project).at(at), Origin::Paper);
    saveWeights(project, weights(Origin::Closed, 1, 0.5));
    EXPECT_EQ(chosenOrigins(project).at(at), Origin::Closed);
    saveScores(project, {at, Origin::Paper}, 0, {{"kl_div", {1.0}}});
    EXPECT_EQ(chosenOrigins(project).at(at), Origin::Paper) << "the only one whose damage is known";
    saveScores(project, {at, Origin::Closed}, 0, {{"kl_div", {1.0}}});
    EXPECT_EQ(chosenOrigins(project).at(at), Origin::Closed);
    saveWeights(project, weights(Origin::Distilled, 0.5, 0.6));
    saveScores(project, {at, Origin::Distilled}, 0, {{"kl_div", {1.0}}});
    EXPECT_EQ(chosenOrigins(project).at(at), Origin::Closed) << "training made it worse";
    saveWeights(project, weights(Origin::Distilled, 0.5, 0.4));
    EXPECT_EQ(chosenOrigins(project).at(at), Origin::Distilled);
}

TEST_F(RecordsTest, CostsAreKeptBySubjectAndSource)
{
    Project project = makeProject();
    std::vector<CostRecord> costs{{"fixed", -1, 1, "prefill", CostSource::Measured, 1234567, 0.01, 9},
                                  {"attention=gqa:1", 2, 0, "decode", CostSource::Imported, -5, {}, {}}};
    saveCosts(project, costs);
    saveCosts(project, {{"fixed", -1, 1, "prefill", CostSource::Measured, 7, {}, {}}});
    auto all = costsOf(project);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].amount, -5);
    EXPECT_EQ(all[0].layer, 2);
    EXPECT_EQ(all[1].amount, 7);
    EXPECT_EQ(all[1].spread, std::nullopt);
    EXPECT_TRUE(contains(complaintOf([&] { saveCosts(project, {{"fixed", -1, 9, "x", CostSource::Measured, 1, {}, {}}}); }),
                         "contradictory"))
        << "a workload that is not there";
}

TEST_F(RecordsTest, ScenariosSolutionsFrontsAndChildrenComeBack)
{
    Project project = makeProject();
    Json scenario{{"max", {"memory=50%"}}};
    SolutionRecord solution{0, scenario, "half", "optimal", "kl_div", 0.25, 0.25, {{"status", "optimal"}}, "hash", ""};
    std::int64_t first = saveSolution(project, solution);
    solution.scenarioName.clear();
    solution.objective.reset();
    std::int64_t second = saveSolution(project, solution);
    EXPECT_NE(first, second);
    EXPECT_EQ(loadSolution(project, first).objective, 0.25);
    EXPECT_EQ(loadSolution(project, second).objective, std::nullopt);
    EXPECT_EQ(loadSolution(project, second).scenarioName, "half") << "the same scenario keeps its name";
    EXPECT_EQ(loadSolution(project, first).solution, solution.solution);
    EXPECT_EQ(loadScenario(project, "half"), scenario);
    Json other{{"max", {"memory=40%"}}};
    saveScenario(project, other, "half");
    EXPECT_EQ(loadScenario(project, "half"), other);
    EXPECT_EQ(solutionsOf(project).size(), 2u);
    EXPECT_TRUE(contains(complaintOf([&] { loadSolution(project, 99); }), "no solution 99"));
    EXPECT_TRUE(contains(complaintOf([&] { loadScenario(project, "x"); }), "no scenario named \"x\""));

    saveFront(project, {0, scenario, Json::array({"memory"}), {{"points", Json::array()}}, "hash", ""});
    EXPECT_EQ(frontsOf(project).at(0).axes, Json::array({"memory"}));

    ChildRecord child{0, first, "/children/a", Json::array(), true, 99, {{"kl_div", 0.5}}, nullptr, ""};
    saveChild(project, child);
    child.measured = {{"kl_div", 0.4}};
    saveChild(project, child);
    ASSERT_EQ(childrenOf(project).size(), 1u);
    EXPECT_EQ(childrenOf(project)[0].measured, child.measured);
    EXPECT_EQ(childrenOf(project)[0].solution, first);
}

TEST_F(RecordsTest, ADistilledChildSaysFromWhichUntilAnotherIsBuiltInItsPlace)
{
    Project project = makeProject();
    const Json how{{"from", "/children/a"}, {"tokens", 4096}, {"before", {{"kl_to_parent", 0.5}}}, {"after", {{"kl_to_parent", 0.25}}}};
    const std::string quoted = "/children/\"b\"";
    ChildRecord child{0, {}, "/children/a", Json::array(), true, 99, Json::object(), nullptr, ""};
    saveChild(project, child);
    child.path = quoted;
    saveDistilledChild(project, child, how);
    const std::map<std::string, Json> expected{{quoted, how}};
    ASSERT_EQ(childrenOf(project).size(), 2u);
    EXPECT_EQ(distillationsOf(project), expected);
    saveMeasured(project, child.path, {{"kl_div", 0.3}});
    EXPECT_EQ(distillationsOf(project), expected);
    saveDistilledChild(project, child, how);
    EXPECT_EQ(distillationsOf(project), expected);
    EXPECT_EQ(provenanceOf(project).size(), 1u) << "one row a child";
    saveChild(project, child);
    EXPECT_TRUE(distillationsOf(project).empty());
    EXPECT_EQ(childrenOf(project).size(), 2u);
    saveProvenance(project, "distilled child", "no object");
    EXPECT_TRUE(distillationsOf(project).empty());
}

TEST_F(RecordsTest, ADistilledChildIsRecordedWithHowItWasMadeOrNotAtAll)
{
    Project project = makeProject();
    const Json how{{"from", "/children/a"}, {"tokens", 4096}};
    const ChildRecord child{0, {}, "/children/b", Json::array(), true, 99, Json::object(), nullptr, ""};
    // What happens between the two rows is an end like any other.
    project.database().run("CREATE TEMP TRIGGER ended BEFORE INSERT ON main.provenance BEGIN SELECT RAISE(ABORT, 'it ends here'); END");
    EXPECT_TRUE(contains(complaintOf([&] { saveDistilledChild(project, child, how); }), "it ends here"));
    EXPECT_TRUE(childrenOf(project).empty()) << "a child that looks as if it had never been distilled";
    project.database().run("DROP TRIGGER ended");
    saveDistilledChild(project, child, how);
    ASSERT_EQ(childrenOf(project).size(), 1u);
    EXPECT_EQ(distillationsOf(project).at(child.path), how);
}

TEST_F(RecordsTest, ATransactionInsideAnotherIsPartOfIt)
{
    Project project = makeProject();
    const auto note = [&](const char *what) { saveProvenance(project, what, Json::object()); };
    const auto inner = [&](const char *what, bool fails) {
        project.database().transaction([&] {
            note(what);
            if (fails)
                throw failed("the inner one");
        });
    };
    EXPECT_EQ(complaintOf([&] {
                  project.database().transaction([&] {
                      inner("undone with the whole", false);
                      throw failed("the outer one");
                  });
              }),
              "the outer one");
    EXPECT_TRUE(provenanceOf(project).empty());
    project.database().transaction([&] {
        note("kept");
        EXPECT_EQ(complaintOf([&] { inner("undone alone", true); }), "the inner one");
        inner("kept too", false);
        project.database().snapshot([&] { EXPECT_EQ(provenanceOf(project).size(), 2u); });
    });
    const auto kept = provenanceOf(project);
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0].first, "kept");
    EXPECT_EQ(kept[1].first, "kept too");
    EXPECT_EQ(provenanceOf(Project::openForReading(path)).size(), 2u) << "for everyone";
}

TEST_F(RecordsTest, JobsOptionsAndProvenanceComeBack)
{
    Project project = makeProject();
    std::int64_t first = beginJob(project, "fit", 1, 0, 10);
    std::int64_t second = beginJob(project, "fit", 2, 4, 10);
    updateJob(project, second, "done", 10, 1.5, "");
    auto jobs = jobsOf(project);
    ASSERT_EQ(jobs.size(), 2u);
    EXPECT_EQ(jobs[0].id, first);
    EXPECT_EQ(jobs[0].state, "interrupted");
    EXPECT_EQ(jobs[1].state, "done");
    EXPECT_EQ(jobs[1].done, 10);
    EXPECT_EQ(stageOptions(project, "fit"), std::nullopt);
    saveStageOptions(project, "fit", {{"ridge", 0.001}});
    EXPECT_EQ(stageOptions(project, "fit"), Json({{"ridge", 0.001}}));
    saveProvenance(project, "worker", {{"libtorch", "1"}});
    saveProvenance(project, "worker", {{"libtorch", "1"}});
    EXPECT_EQ(provenanceOf(project).size(), 1u);
}

} // namespace
} // namespace tessera
