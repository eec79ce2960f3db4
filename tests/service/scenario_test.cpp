// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/service_test.h"

#include <csignal>

namespace tessera {
namespace {

Json limitOf(int percent) { return {{"max", {"memory=" + std::to_string(percent) + "%"}}}; }

TEST_F(ToyService, StepsCanBeTakenBackAndDoneAgain)
{
    const Json start = client.call("scenario/get");
    EXPECT_EQ(start["steps"], 1);
    EXPECT_EQ(start["can_undo"], false);
    client.call("scenario/set", {{"scenario", limitOf(80)}, {"label", "memory 80"}});
    Json state = client.call("scenario/set", {{"scenario", limitOf(60)}, {"label", "memory 60"}});
    EXPECT_EQ(state["steps"], 3);
    EXPECT_EQ(state["undo"], "memory 60");
    state = client.call("scenario/undo");
    EXPECT_EQ(state["scenario"]["max"], Json::array({"memory=80%"}));
    EXPECT_EQ(state["redo"], "memory 60");
    state = client.call("scenario/undo", {{"steps", 5}});
    EXPECT_EQ(state["scenario"], start["scenario"]);
    EXPECT_EQ(state["can_undo"], false);
    state = client.call("scenario/redo", {{"steps", 2}});
    EXPECT_EQ(state["scenario"]["max"], Json::array({"memory=60%"}));
    EXPECT_EQ(client.call("scenario/redo"), state) << "the end of the line";
    client.call("scenario/undo");
    state = client.call("scenario/set", {{"scenario", limitOf(50)}, {"label", "memory 50"}});
    EXPECT_EQ(state["steps"], 3) << "a new step forgets those that could be redone";
    EXPECT_EQ(state["can_redo"], false);
    const Json history = client.call("scenario/history");
    EXPECT_EQ(history["position"], 2);
    ASSERT_EQ(history["rows"].size(), 3u);
    EXPECT_EQ(history["rows"][2]["label"], "memory 50");
}

TEST_F(ToyService, ADragIsOneStepAndTheSameScenarioNone)
{
    for (int percent : {90, 80, 70})
        client.call("scenario/set", {{"scenario", limitOf(percent)}, {"label", "memory"}, {"merge", true}});
    Json state = client.call("scenario/get");
    EXPECT_EQ(state["steps"], 2);
    EXPECT_EQ(state["scenario"]["max"], Json::array({"memory=70%"}));
    EXPECT_EQ(client.call("scenario/set", {{"scenario", limitOf(70)}, {"label", "again"}}), state);
    EXPECT_EQ(client.call("scenario/undo")["scenario"]["max"], Json::array());
}

TEST_F(ToyService, StepsAreThereAfterAKill)
{
    client.call("scenario/set", {{"scenario", limitOf(80)}, {"label", "a"}});
    client.call("scenario/set", {{"scenario", limitOf(60)}, {"label", "b"}});
    const Json state = client.call("scenario/undo");
    ::kill(client.pid(), SIGKILL);
    client.end();
    Client next;
    next.call("project/open", {{"path", project()}});
    EXPECT_EQ(next.call("scenario/get"), state);
    EXPECT_EQ(next.call("scenario/redo")["scenario"]["max"], Json::array({"memory=60%"}));
    EXPECT_EQ(next.call("preview")["limits"], Json({{"memory", "memory=60%"}})) << "the present scenario is what is searched";
}

TEST_F(ToyService, WhatDoesNotFitTheLibraryIsNoStep)
{
    for (const Json &scenario : std::vector<Json>{{{"max", {"colour=3"}}},
                                                  {{"max", {"memory=-1"}}},
                                                  {{"max", {"memory@nowhere=3GiB"}}},
                                                  {{"pin", {"9:attention=none"}}},
                                                  {{"pin", {"0:attention=gqa:3"}}},
                                                  {{"objective", "beauty"}},
                                                  {{"colour", "red"}},
                                                  {{"max", "memory=3"}},
                                                  Json::array()})
        EXPECT_EQ(client.refused("scenario/set", {{"scenario", scenario}, {"label", "x"}})["code"], kBadInputCode) << scenario;
    EXPECT_EQ(client.call("scenario/get")["steps"], 1);
}

TEST_F(ToyService, NamedScenariosAreKept)
{
    client.call("scenario/save", {{"name", "small"}, {"scenario", limitOf(50)}});
    client.call("scenario/save", {{"name", "large"}, {"scenario", limitOf(90)}});
    client.call("scenario/save", {{"name", "small"}, {"scenario", limitOf(40)}});
    Json list = client.call("scenario/list")["scenarios"];
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[1]["name"], "small");
    EXPECT_EQ(client.call("scenario/load", {{"name", "small"}})["scenario"]["max"], Json::array({"memory=40%"}));
    client.call("scenario/remove", {{"name", "small"}});
    EXPECT_EQ(client.call("scenario/list")["scenarios"].size(), 1u);
    EXPECT_EQ(client.refused("scenario/load", {{"name", "small"}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("scenario/remove", {{"name", "small"}})["code"], kBadInputCode);
    EXPECT_EQ(client.refused("scenario/save", {{"name", ""}, {"scenario", limitOf(50)}})["code"], kBadInputCode);
}

} // namespace
} // namespace tessera
