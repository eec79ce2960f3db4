// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/totals.h"

#include "engine/cost/formulas.h"
#include "tests/cost/cost_fixtures.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tessera {
namespace {

TEST(Totals, AChildCostsTheSumOfItsChoicesAndTheFixedPart)
{
    const BlockLibrary library = test::twoLayerLibrary();
    EXPECT_EQ(totalCost(library, parentChoice(library), "memory", 0)->amount, 1000 + 11 * (40 + 16 + 60));
    EXPECT_EQ(totalCost(library, parentChoice(library), "runtime", 0)->amount, 12 + 11 * 750);
    std::vector<LayerChoice> child = parentChoice(library);
    child[1].attention = noneVariant(Part::Attention);
    EXPECT_EQ(totalCost(library, child, "memory", 0)->amount, 1000 + 11 * 116 - 560);
    EXPECT_EQ(totalCost(library, child, "prefill", 0)->amount, 7 + 11 * 250 - 1000);
}

TEST(Totals, ALibraryWithoutFixedCostsHasNoFixedPart)
{
    BlockLibrary library = test::twoLayerLibrary();
    EXPECT_EQ(totalCost(library, parentChoice(library), "runtime", 1)->amount, 11 * 750);
    library.fixed.clear();
    EXPECT_EQ(totalCost(library, parentChoice(library), "runtime", 0)->amount, 11 * 750);
}

TEST(Totals, OneUnknownPartMakesTheTotalUnknown)
{
    BlockLibrary library = test::twoLayerLibrary();
    std::vector<LayerChoice> child = parentChoice(library);
    library.layers[0].entries[0].costs[0].erase("decode");
    EXPECT_FALSE(totalCost(library, child, "runtime", 0));
    EXPECT_TRUE(totalCost(library, child, "memory", 0));
    child[0].attention = noneVariant(Part::Attention);
    EXPECT_TRUE(totalCost(library, child, "runtime", 0));
    library.fixed[0].erase("prefill");
    EXPECT_FALSE(totalCost(library, child, "runtime", 0));
    child[0].ffn = ffnWidth(3);
    EXPECT_FALSE(totalCost(library, child, "memory", 0)) << "a variant that the library does not have";
}

TEST(Totals, APairsOwnFigureTakesPrecedence)
{
    BlockLibrary library = test::twoLayerLibrary();
    LibraryEntry pair;
    pair.attention = gqa(2);
    pair.ffn = ffnWidth(8);
    pair.costs = {{{"runtime", {700, false}}}, {}};
    library.layers[0].entries.push_back(pair);
    EXPECT_EQ(totalCost(library, parentChoice(library), "runtime", 0)->amount, 12 + 700 + 7500);
    EXPECT_EQ(totalCost(library, parentChoice(library), "memory", 0)->amount, 1000 + 11 * 116) << "the pair does not know it";
}

TEST(Totals, EstimatedPartsMarkTheTotal)
{
    BlockLibrary library = test::twoLayerLibrary();
    EXPECT_FALSE(totalCost(library, parentChoice(library), "runtime", 0)->estimated);
    library.layers[1].entries[2].costs[0]["decode"].estimated = true;
    EXPECT_TRUE(totalCost(library, parentChoice(library), "runtime", 0)->estimated);
    EXPECT_FALSE(totalCost(library, parentChoice(library), "memory", 0)->estimated);
}

TEST(Totals, MemoryAndRunTimeFollowWhereBothPartsAreKnown)
{
    Costs costs{{"weight_bytes", {5, false}}, {"prefill", {2, false}}, {"decode", {3, true}}};
    completeCosts(costs);
    EXPECT_EQ(costs.at("runtime"), (CostValue{5, true}));
    EXPECT_FALSE(costs.contains("memory"));
    costs = {{"weight_bytes", {5, false}}, {"kv_bytes", {2, false}}, {"memory", {99, false}}};
    completeCosts(costs);
    EXPECT_EQ(costs.at("memory").amount, 99) << "a given figure stays";
}

TEST(Totals, TotalsOfFormulasEqualTheWholeModelsFormula)
{
    EXPECT_TRUE(rc::check([] {
        const ModelConfig config = test::smolLm2();
        Workload workload;
        workload.batch = *rc::gen::inRange<std::int64_t>(1, 1000);
        workload.input = *rc::gen::inRange<std::int64_t>(0, 100'000);
        workload.kv = *rc::gen::element(DType::F32, DType::Fp8);
        BlockLibrary library;
        library.workloads = {workload};
        library.fixed = {exactFixedCosts(config, workload)};
        ModelArchitecture child = parentArchitecture(config);
        for (LayerChoice &layer : child.layers) {
            layer.attention = *rc::gen::element(gqa(3), gqa(1), linearVariant(Part::Attention), noneVariant(Part::Attention));
            layer.ffn = *rc::gen::element(ffnWidth(1536), ffnWidth(160), linearVariant(Part::Ffn), noneVariant(Part::Ffn));
            LibraryEntry attention, ffn;
            attention.attention = layer.attention;
            attention.costs = {exactCosts(config, layer.attention, workload)};
            ffn.ffn = layer.ffn;
            ffn.costs = {exactCosts(config, layer.ffn, workload)};
            library.layers.push_back({layer, {attention, ffn}});
        }
        RC_ASSERT(totalCosts(library, child.layers, 0) == exactCosts(child, workload));
    }));
}

TEST(Totals, AnOverflowingSumIsASentence)
{
    BlockLibrary library = test::twoLayerLibrary();
    library.layers[0].entries[0].costs[0]["prefill"].amount = INT64_MAX;
    EXPECT_NE(test::errorOf([&] { totalCost(library, parentChoice(library), "prefill", 0); }).find("does not fit"),
              std::string::npos);
    EXPECT_NE(test::errorOf([&] { totalCost(library, {}, "prefill", 0); }), "");
    EXPECT_NE(test::errorOf([&] { totalCost(library, parentChoice(library), "prefill", 2); }), "");
}

TEST(Totals, JsonHasEveryKnownCostAndNullForTheUnknown)
{
    const BlockLibrary library = test::twoLayerLibrary();
    const Json json = costsToJson(totalCosts(library, parentChoice(library), 0), library.workloads[0]);
    EXPECT_TRUE(json.at("parameters").is_null());
    EXPECT_EQ(json.at("memory"), 1000 + 11 * 116);
    EXPECT_DOUBLE_EQ(json.at("runtime").get<double>(), 8262e-6);
    EXPECT_DOUBLE_EQ(json.at("throughput").get<double>(), 1000.0 * 4 * 5 / 8262e-6);
    const Costs back = costsFromJson({{"memory", 5}, {"decode", 1.5}, {"energy", nullptr}}, "test");
    EXPECT_EQ(back, (Costs{{"memory", {5, false}}, {"decode", {1'500'000, false}}}));
}

} // namespace
} // namespace tessera
