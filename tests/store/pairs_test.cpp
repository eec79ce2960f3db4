// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/totals.h"
#include "engine/store/library_rows.h"
#include "engine/store/pairs.h"
#include "engine/store/results.h"
#include "tests/store/store_fixture.h"

namespace tessera {
namespace {

class PairsTest : public StoreTest {};

PairRecord trained(const Project &project, std::int64_t layer, const Variant &attention, const Variant &ffn)
{
    PairRecord record;
    auto half = [&](const Variant &variant) {
        bool none = variant.kind == VariantKind::None;
        return SubBlockSource{layer, variant, none ? Origin::Paper : Origin::Distilled,
                              none ? "" : (project.blocksFolder() / "weights" / shortName(variant)).string(), none ? "" : "hash"};
    };
    record.weights = {half(attention), half(ffn)};
    record.lossBefore = 0.5;
    record.lossAfter = 0.25;
    record.tokens = 4096;
    record.curve = Json::array({{0, 0.5, 1.5}});
    return record;
}

TEST_F(PairsTest, ComeBackAsTheyWereSaved)
{
    Project project = makeProject();
    PairRecord both = trained(project, 1, gqa(1), ffnWidth(32)), one = trained(project, 2, noneVariant(Part::Attention), ffnWidth(32));
    savePair(project, both);
    savePair(project, one);
    auto pairs = pairsOf(project);
    ASSERT_EQ(pairs.size(), 2u);
    for (const PairRecord &saved : {both, one}) {
        const PairRecord &found = pairs.at(saved.at());
        EXPECT_EQ(found.weights, saved.weights) << "layer " << saved.at().layer;
        EXPECT_EQ(found.lossBefore, saved.lossBefore);
        EXPECT_EQ(found.lossAfter, saved.lossAfter);
        EXPECT_EQ(found.incrementBefore, std::nullopt);
        EXPECT_EQ(found.tokens, saved.tokens);
        EXPECT_EQ(found.curve, saved.curve);
    }
}

TEST_F(PairsTest, AreOptionsOfTheLibraryWithTheirOwnScoresAndTheSumOfTheirHalvesCosts)
{
    Project project = makeProject();
    PairRecord record = trained(project, 1, gqa(1), ffnWidth(32));
    savePair(project, record);
    saveCosts(project, {{"attention=gqa:1", -1, 0, "prefill", CostSource::Measured, 70, {}, {}},
                        {"attention=gqa:1", -1, 0, "decode", CostSource::Measured, 50, {}, {}},
                        {"ffn=width:32", -1, 0, "prefill", CostSource::Measured, 7, {}, {}},
                        {"ffn=width:32", -1, 0, "decode", CostSource::Measured, 5, {}, {}}});
    savePairScores(project, record.at(), 0, {{"kl_div", {0.25, 0.75}}});
    EXPECT_TRUE(scoresOf(project).empty()) << "a pair's score is none of a sub-block";

    BlockLibrary library = loadLibrary(project);
    const BlockLibrary::Layer &layer = library.layers[1];
    const LibraryEntry *pair = findPair(layer, record.at().choice());
    ASSERT_NE(pair, nullptr);
    EXPECT_EQ(pair->scores.at("kl_div").mean, 0.5);
    EXPECT_EQ(pair->scores.at("kl_div").samples, (std::vector{0.25, 0.75}));
    EXPECT_EQ(pair->costs[0].at("runtime").amount, 132);
    for (const char *cost : {"parameters", "weight_bytes", "kv_bytes", "memory"})
        EXPECT_EQ(pair->costs[0].at(cost).amount,
                  findEntry(layer, gqa(1))->costs[0].at(cost).amount + findEntry(layer, ffnWidth(32))->costs[0].at(cost).amount)
            << cost;
}

TEST_F(PairsTest, TrainedAgainForgetTheirOldScores)
{
    Project project = makeProject();
    PairRecord record = trained(project, 0, gqa(1), linearVariant(Part::Ffn));
    savePair(project, record);
    savePairScores(project, record.at(), 0, {{"kl_div", {0.25}}});
    std::string before = hashOf(loadLibrary(project));
    record.weights.ffn.hash = "newer";
    savePair(project, record);
    EXPECT_EQ(pairsOf(project).size(), 1u);
    EXPECT_EQ(pairsOf(project).at(record.at()).weights.ffn.hash, "newer");
    EXPECT_TRUE(pairScoresOf(project).empty());
    EXPECT_NE(hashOf(loadLibrary(project)), before);
}

TEST_F(PairsTest, OfLayersThatAreNotThereAreRefused)
{
    Project project = makeProject();
    PairRecord record = trained(project, 3, gqa(1), ffnWidth(32));
    EXPECT_TRUE(contains(complaintOf([&] { savePair(project, record); }), "has no layer 3"));
    EXPECT_TRUE(contains(complaintOf([&] { savePairScores(project, {0, gqa(1), ffnWidth(32)}, 0, {{"kl_div", {1}}}); }),
                         "has no pair attention=gqa:1+ffn=width:32 in layer 0"));
    EXPECT_TRUE(pairsOf(project).empty());
}

} // namespace
} // namespace tessera
