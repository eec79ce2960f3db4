// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/cost_file.h"

#include "engine/cost/totals.h"
#include "engine/store/library_rows.h"
#include "tests/store/store_fixture.h"

namespace tessera {
namespace {

class CostFileTest : public StoreTest {
protected:
    CostFile read(const Project &project, const std::string &text) const { return parseCostFile(parseJson(text, "the test"), project, "costs.json"); }

    std::optional<CostValue> costOf(const Project &project, std::size_t layer, const Variant &variant, const std::string &cost,
                                    std::size_t workload = 0) const
    {
        BlockLibrary library = loadLibrary(project);
        return costIn(findEntry(library.layers.at(layer), variant)->costs.at(workload), cost);
    }
};

TEST_F(CostFileTest, TimesTakeThePlaceOfWhatWasMeasuredHere)
{
    Project project = makeProject();
    saveCosts(project, {{"attention=gqa:1", -1, 0, "prefill", CostSource::Measured, 5, {}, {}}});
    CostFile file = read(project, R"({"fixed": {"decode": 80}, "variants": [
        {"block": "attention=gqa:1", "prefill": 0.25, "decode": 1.5},
        {"block": "ffn=width:64", "layer": "1-2", "prefill": 2},
        {"block": "attention=parent", "layer": 0, "prefill": 3}]})");
    saveCosts(project, file.records);
    for (std::size_t layer : {0, 1, 2}) {
        EXPECT_EQ(costOf(project, layer, gqa(1), "prefill"), (CostValue{250'000, false}));
        EXPECT_EQ(costOf(project, layer, gqa(1), "runtime"), (CostValue{1'750'000, false}));
        EXPECT_EQ(costOf(project, layer, ffnWidth(64), "prefill").has_value(), layer > 0);
    }
    EXPECT_EQ(costOf(project, 0, gqa(2), "prefill"), (CostValue{3'000'000, false}));
    EXPECT_EQ(fixedCost(loadLibrary(project), "decode", 0), (CostValue{80'000'000, false}));
    EXPECT_FALSE(costOf(project, 0, gqa(1), "prefill", 1).has_value()) << "the other workload is left alone";
}

TEST_F(CostFileTest, AnotherWorkloadAndCostsOfOnesOwnAreNamed)
{
    Project project = makeProject();
    saveCosts(project, read(project, R"({"workload": {"name": "batch"}, "variants": [
        {"block": "ffn=width:64", "layer": 1, "costs": {"joule": 1.5}}]})").records);
    EXPECT_EQ(costOf(project, 1, ffnWidth(64), "joule", 1), (CostValue{1'500'000'000, false}));
    EXPECT_FALSE(costOf(project, 1, ffnWidth(64), "joule", 0).has_value());
}

TEST_F(CostFileTest, WhatFollowsFromShapesAndWhatIsEstimatedIsPassedOver)
{
    Project project = makeProject();
    CostFile file = read(project, R"({"variants": [{"block": "ffn=width:64", "layer": 1, "parameters": 1, "weight_bytes": 2, "prefill": null},
                                                   {"block": "ffn=width:64", "layer": 2, "estimated": true, "prefill": 7}]})");
    EXPECT_TRUE(file.records.empty());
    EXPECT_EQ(file.passedOver, 1u);
}

TEST_F(CostFileTest, SaysWhatIsStillMissing)
{
    Project project = makeProject();
    CostFile file = read(project, R"({"variants": [{"block": "ffn=width:64", "prefill": 7}]})");
    ASSERT_EQ(file.remarks.size(), 1u);
    EXPECT_TRUE(contains(file.remarks.front(), "prefill")) << file.remarks.front();
}

TEST_F(CostFileTest, WhatDoesNotFitTheProjectIsASentence)
{
    Project project = makeProject();
    auto complaint = [&](const std::string &text) { return complaintOf([&] { read(project, text); }); };
    EXPECT_TRUE(contains(complaint(R"([])"), "must be an object"));
    EXPECT_TRUE(contains(complaint(R"({"variants": 3})"), "variants"));
    EXPECT_TRUE(contains(complaint(R"({"workload": "mail", "variants": []})"), "\"mail\""));
    EXPECT_TRUE(contains(complaint(R"({"variants": [{"block": "ffn=width:63", "prefill": 1}]})"), "no layer of the project has ffn=width:63"));
    EXPECT_TRUE(contains(complaint(R"({"variants": [{"block": "ffn=none", "layer": 3}]})"), "layer"));
    EXPECT_TRUE(contains(complaint(R"({"variants": [{"block": "mlp=none"}]})"), "mlp=none"));
    EXPECT_TRUE(contains(complaint(R"({"variants": [{"block": "ffn=none", "prefill": -1}]})"), "prefill"));
    EXPECT_TRUE(contains(complaint(R"({"variants": [{"block": "ffn=none", "prefill": "1"}]})"), "prefill"));
    EXPECT_TRUE(contains(complaint(R"({"variants": [{"block": "ffn=none", "prefill": 1}, {"block": "ffn=none", "layer": 1, "prefill": 1}]})"),
                         "twice"));
}

} // namespace
} // namespace tessera
