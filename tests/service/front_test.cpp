// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/service_test.h"

#include <algorithm>
#include <limits>

namespace tessera {
namespace {

TEST_F(ToyService, EveryPointOfAFrontIsTheBestWithinItsLimit)
{
    const std::int64_t id = client.ask("front", {{"axes", {"memory"}}, {"points", 9}, {"scenario", {{"max", {"runtime=90%"}}}}});
    const Json result = client.answer(id)["result"];
    const std::vector<Json> items = client.said("item");
    ASSERT_EQ(items.size(), 9u);
    EXPECT_EQ(result["points"], 9);
    double parent = ToyLibrary::kFixedRuntime;
    for (std::size_t layer = 0; layer < 4; ++layer)
        parent += toy.attention[layer][0].runtime + toy.ffn[layer][0].runtime;
    for (const Json &item : items) {
        EXPECT_EQ(item["id"], id);
        const Json &point = item["item"];
        double best = std::numeric_limits<double>::infinity();
        toy.eachChild([&](const ToyLibrary::Child &child) {
            if (child.memory <= point["limits"]["memory"].get<double>() && child.runtime <= 0.9 * parent + 1e-9)
                best = std::min(best, child.score);
        });
        EXPECT_NEAR(point["objective"].get<double>(), best, 1e-12) << point["limits"];
        EXPECT_FALSE(point["baselines"].empty());
    }
}

TEST_F(ToyService, FrontsAreStoredAndComeBackPointByPoint)
{
    const Json made = client.call("front", {{"axes", {"memory"}}, {"points", 6}});
    const std::vector<Json> items = client.said("item");
    ASSERT_EQ(made["front"], 1);
    EXPECT_TRUE(client.call("front", {{"axes", {"memory"}}, {"points", 3}, {"store", false}})["front"].is_null());
    const Json list = client.call("fronts/list")["fronts"];
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list[0]["axes"], Json::array({"memory"}));
    EXPECT_EQ(list[0]["points"], 6);
    EXPECT_EQ(list[0]["current"], true);
    Json points = Json::array();
    while (points.size() < 6) {
        const Json part = client.call("fronts/get", {{"front", 1}, {"from", points.size()}, {"count", 4}});
        ASSERT_FALSE(part["rows"].empty());
        for (const Json &point : part["rows"])
            points.push_back(point);
    }
    for (std::size_t i = 0; i < 6; ++i)
        EXPECT_EQ(points[i], items[i]["item"]);
    EXPECT_EQ(client.refused("fronts/get", {{"front", 2}})["code"], kBadInputCode);
}

TEST_F(ToyService, AFrontOfTwoCostsIsTheirProduct)
{
    const Json made = client.call("front", {{"axes", {"memory", "runtime"}}, {"points", 3}, {"baselines", false}});
    EXPECT_GE(made["points"].get<int>(), 3);
    EXPECT_LE(made["points"].get<int>(), 9);
    for (const Json &item : client.said("item")) {
        EXPECT_TRUE(item["item"]["limits"].contains("memory") && item["item"]["limits"].contains("runtime"));
        EXPECT_TRUE(item["item"]["baselines"].empty());
    }
}

TEST_F(ToyService, AFrontWithoutPointsSaysWhyAndIsNotStored)
{
    const Json made = client.call("front", {{"axes", {"memory"}}, {"scenario", {{"max", {"runtime=0.001ms"}}}}});
    EXPECT_EQ(made["points"], 0);
    EXPECT_EQ(made["status"], "infeasible");
    EXPECT_FALSE(made["conflict"].empty());
    EXPECT_TRUE(made["front"].is_null());
    for (const Json &wrong : std::vector<Json>{{{"axes", Json::array()}},
                                               {{"axes", {"memory", "runtime", "memory"}}},
                                               {{"axes", {"colour"}}},
                                               {{"axes", {"memory", "runtime"}}, {"points", 100}}})
        EXPECT_EQ(client.refused("front", wrong)["code"], kBadInputCode) << wrong;
    EXPECT_EQ(client.refused("front", {{"axes", {"memory"}}, {"points", 1}})["code"], kWrongParams);
}

} // namespace
} // namespace tessera
