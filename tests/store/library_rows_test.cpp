// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/library_rows.h"

#include "engine/cost/score_summary.h"
#include "engine/cost/totals.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"
#include "tests/store/store_fixture.h"

namespace tessera {
namespace {

class LibraryRowsTest : public StoreTest {};

BlockLibrary imported()
{
    BlockLibrary library;
    library.name = "imported";
    library.objectiveDefault = "lm_loss";
    library.workloads = smallWorkloads();
    library.fixed = {{{"weight_bytes", {100, false}}}, {{"weight_bytes", {50, false}}}};
    LayerChoice parent{gqa(8), ffnWidth(14336)};
    LibraryEntry pair{parent.attention, parent.ffn, {{{"prefill", {7, false}}}, {}}, {{"lm_loss", {0.5, 0.25, {}}}}};
    LibraryEntry half{noneVariant(Part::Attention), {}, {{{"watts", {-3, true}}}, {{"watts", {4, false}}}},
                      {{"lm_loss", summariseScore({0.5, 1.5})}}};
    library.layers = {{parent, {pair, half}}, {parent, {pair}}};
    return library;
}

TEST_F(LibraryRowsTest, AnImportedLibraryComesBackWhole)
{
    BlockLibrary library = imported();
    { saveLibrary(path, library); }
    BlockLibrary back = loadLibrary(Project::openForReading(path));
    EXPECT_EQ(back.name, library.name);
    EXPECT_EQ(back.objectiveDefault, library.objectiveDefault);
    EXPECT_EQ(back.workloads, library.workloads);
    EXPECT_EQ(back.fixed, library.fixed);
    ASSERT_EQ(back.layers.size(), 2u);
    for (std::size_t l = 0; l < 2; ++l) {
        EXPECT_EQ(back.layers[l].parent, library.layers[l].parent);
        ASSERT_EQ(back.layers[l].entries.size(), library.layers[l].entries.size());
        for (std::size_t e = 0; e < back.layers[l].entries.size(); ++e) {
            const LibraryEntry &a = back.layers[l].entries[e], &b = library.layers[l].entries[e];
            EXPECT_EQ(a.attention, b.attention);
            EXPECT_EQ(a.ffn, b.ffn);
            EXPECT_EQ(a.costs, b.costs) << "layer " << l << " entry " << e;
            EXPECT_EQ(a.scores.at("lm_loss").mean, b.scores.at("lm_loss").mean);
            EXPECT_EQ(a.scores.at("lm_loss").standardError, b.scores.at("lm_loss").standardError);
            EXPECT_EQ(a.scores.at("lm_loss").samples, b.scores.at("lm_loss").samples);
        }
    }
    EXPECT_EQ(hashOf(back), hashOf(library));
    EXPECT_TRUE(contains(complaintOf([&] { Project::openForReading(path).config(); }), "imported library"));
}

TEST_F(LibraryRowsTest, ALibraryThatRepeatsAnOptionLeavesNoFile)
{
    BlockLibrary library = imported();
    library.layers[0].entries.push_back(library.layers[0].entries[0]);
    EXPECT_TRUE(contains(complaintOf([&] { saveLibrary(path, library); }), "contradictory"));
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(LibraryRowsTest, AProjectKnowsWhatFollowsFromShapesAtOnce)
{
    Project project = makeProject();
    BlockLibrary library = loadLibrary(project);
    ASSERT_EQ(library.layers.size(), 3u);
    // By hand: norm 64, q and o 64 x 64, k and v one head of 16 each.
    const LibraryEntry *oneHead = findEntry(library.layers[0], gqa(1));
    ASSERT_NE(oneHead, nullptr);
    EXPECT_EQ(oneHead->costs[0].at("parameters").amount, 64 + 2 * 64 * 64 + 2 * 16 * 64);
    EXPECT_EQ(oneHead->costs[0].at("kv_bytes").amount, 2 * 1 * 16 * (512 + 128) * 4);
    EXPECT_EQ(oneHead->costs[1].at("kv_bytes").amount, 8 * 2 * 1 * 16 * (512 + 128) * 4);
    EXPECT_EQ(library.fixed[0].at("parameters").amount, 256 * 64 + 64);
    EXPECT_FALSE(oneHead->costs[0].contains("prefill")) << "unknown is not there";
    EXPECT_TRUE(oneHead->scores.empty());
}

TEST_F(LibraryRowsTest, ImportedBeatsMeasuredBeatsEstimatedAndALayersOwnBeatsAll)
{
    Project project = makeProject();
    auto prefill = [&](std::size_t layer) {
        return costIn(findEntry(loadLibrary(project).layers[layer], gqa(1))->costs[0], "prefill");
    };
    auto save = [&](CostSource source, std::int64_t layer, Amount amount) {
        saveCosts(project, {{"attention=gqa:1", layer, 0, "prefill", source, amount, {}, {}}});
    };
    save(CostSource::Estimated, -1, 10);
    EXPECT_EQ(prefill(1), (CostValue{10, true}));
    save(CostSource::Measured, -1, 20);
    EXPECT_EQ(prefill(1), (CostValue{20, false}));
    save(CostSource::Imported, -1, 30);
    EXPECT_EQ(prefill(1), (CostValue{30, false}));
    save(CostSource::Measured, 1, 40);
    EXPECT_EQ(prefill(1), (CostValue{40, false}));
    EXPECT_EQ(prefill(0), (CostValue{30, false}));
    saveCosts(project, {{"attention=gqa:1", -1, 0, "decode", CostSource::Measured, 5, {}, {}}});
    EXPECT_EQ(costIn(findEntry(loadLibrary(project).layers[0], gqa(1))->costs[0], "runtime"), (CostValue{35, false}));
}

TEST_F(LibraryRowsTest, ASumIsNoOlderThanItsParts)
{
    Project project = makeProject();
    auto save = [&](CostSource source, const std::string &name, Amount amount) {
        saveCosts(project, {{"ffn=width:64", -1, 0, name, source, amount, {}, {}}});
    };
    auto runtime = [&] { return costIn(findEntry(loadLibrary(project).layers[1], ffnWidth(64))->costs[0], "runtime"); };
    for (const char *name : {"decode", "prefill", "runtime"})
        save(CostSource::Estimated, name, 1000);
    EXPECT_EQ(runtime(), (CostValue{1000, true}));
    save(CostSource::Measured, "prefill", 3);
    EXPECT_EQ(runtime(), (CostValue{1003, true}));
    save(CostSource::Measured, "decode", 4);
    EXPECT_EQ(runtime(), (CostValue{7, false}));
    save(CostSource::Imported, "runtime", 5);
    EXPECT_EQ(runtime(), (CostValue{5, false}));
}

TEST_F(LibraryRowsTest, ScoresAreThoseOfTheBestWeightsAndTheParentScoresZero)
{
    Project project = makeProject();
    saveWeights(project, {0, gqa(1), Origin::Paper, "/p", "h", {}, {}, {}, {}, {}, nullptr});
    saveWeights(project, {0, gqa(1), Origin::Closed, "/c", "h", 2.0, 1.0, {}, {}, {}, nullptr});
    saveScores(project, {{0, gqa(1)}, Origin::Paper}, 0, {{"kl_div", {3, 5}}});
    saveScores(project, {{0, gqa(1)}, Origin::Closed}, 0, {{"kl_div", {1, 3}}});
    std::string before = hashOf(loadLibrary(project));
    BlockLibrary library = loadLibrary(project);
    EXPECT_EQ(findEntry(library.layers[0], gqa(1))->scores.at("kl_div").mean, 2);
    const Score &parent = findEntry(library.layers[2], ffnWidth(128))->scores.at("kl_div");
    EXPECT_EQ(parent.mean, 0);
    EXPECT_EQ(parent.samples, (std::vector<double>{0, 0}));
    EXPECT_TRUE(findEntry(library.layers[1], gqa(1))->scores.empty());
    saveScores(project, {{0, gqa(1)}, Origin::Closed}, 0, {{"kl_div", {1, 4}}});
    EXPECT_NE(hashOf(loadLibrary(project)), before);
}

} // namespace
} // namespace tessera
