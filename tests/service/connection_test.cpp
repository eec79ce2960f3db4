// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"
#include "tests/service/service_test.h"

#include <regex>
#include <set>
#include <sstream>

namespace tessera {
namespace {

TEST(Connection, TheFirstRequestIsHello)
{
    Client client(false);
    EXPECT_EQ(client.refused("project/describe")["code"], kNoRequest);
    EXPECT_EQ(client.refused("shutdown")["code"], kNoRequest);
    EXPECT_EQ(client.call("hello", {{"protocol", 1}, {"program", "test"}})["protocol"], 1);
    EXPECT_EQ(client.refused("project/describe")["code"], kBadInputCode) << "now it is the missing project that is wrong";
}

TEST(Connection, AnotherProtocolVersionIsRefusedAndTheRightOneStillTaken)
{
    Client client(false);
    Json error = client.refused("hello", {{"protocol", 99}, {"program", "test"}});
    EXPECT_EQ(error["code"], kNoRequest);
    EXPECT_NE(error["message"].get<std::string>().find("99"), std::string::npos) << error;
    EXPECT_EQ(client.refused("project/describe")["code"], kNoRequest) << "a refused hello opened the connection";
    EXPECT_EQ(client.refused("hello", {{"program", "test"}})["code"], kWrongParams);
    EXPECT_EQ(client.refused("hello", {{"protocol", "1"}, {"program", "test"}})["code"], kWrongParams);
    EXPECT_EQ(client.call("hello", {{"protocol", 1}, {"program", "test"}})["pid"], client.pid());
}

TEST(Connection, TheMethodsAreThoseOfTheProtocolDocument)
{
    const std::string text = readTextFile(TESSERA_PROTOCOL_FILE, 1 << 20);
    std::set<std::string> documented;
    const std::regex method(R"(\*\*`([a-z_/]+)`\*\*)");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("**`") && line.find("when the engine has") == std::string::npos)
            for (std::sregex_iterator next(line.begin(), line.end(), method), end; next != end; ++next)
                documented.insert((*next)[1]);
    Client client;
    const Json hello = client.call("hello", {{"protocol", 1}, {"program", "test"}});
    std::set<std::string> there(hello["methods"].begin(), hello["methods"].end());
    EXPECT_EQ(there, documented);
    EXPECT_GT(there.size(), 30u);
}

TEST(Connection, UnknownMethodsAndMembersAndWrongTypesAreNamed)
{
    Client client;
    EXPECT_EQ(client.refused("nonsense")["code"], kNoMethod);
    Json unknown = client.refused("project/open", {{"path", "x"}, {"colour", "red"}});
    EXPECT_EQ(unknown["code"], kWrongParams);
    EXPECT_NE(unknown["message"].get<std::string>().find("colour"), std::string::npos) << unknown;
    EXPECT_EQ(client.refused("project/open")["code"], kWrongParams);
    EXPECT_EQ(client.refused("project/open", {{"path", 7}})["code"], kWrongParams);
    EXPECT_EQ(client.refused("preview", {{"revision", 1.5}})["code"], kWrongParams);
    EXPECT_EQ(client.refused("jobs/list", {{"path", "x"}})["code"], kWrongParams);
    EXPECT_EQ(client.refused("shutdown", {{"now", true}})["code"], kWrongParams);
}

TEST(Connection, WithoutAProjectEveryMethodThatNeedsOneSaysSo)
{
    Client client;
    const std::vector<std::pair<std::string, Json>> requests{
        {"project/describe", Json::object()}, {"library/describe", Json::object()}, {"library/variants", Json::object()},
        {"library/column", {{"column", "score:kl_div"}}}, {"library/samples", {{"metric", "kl_div"}}}, {"library/variant", {{"variant", 0}}},
        {"scenario/get", Json::object()}, {"scenario/undo", Json::object()}, {"scenario/redo", Json::object()},
        {"scenario/set", {{"scenario", Json::object()}, {"label", ""}}}, {"scenario/history", Json::object()},
        {"scenario/list", Json::object()}, {"scenario/save", {{"name", "a"}, {"scenario", Json::object()}}},
        {"scenario/load", {{"name", "a"}}}, {"scenario/remove", {{"name", "a"}}}, {"preview", Json::object()}, {"solve", Json::object()},
        {"assess", {{"choices", Json::array()}}}, {"baselines", Json::object()}, {"pool", {{"k", 2}}}, {"explain", Json::object()}, {"front", {{"axes", {"memory"}}}},
        {"reachable", {{"limit", "memory"}}}, {"sample", {{"axes", {"memory"}}}}, {"fronts/list", Json::object()},
        {"fronts/get", {{"front", 1}}}, {"solutions/list", Json::object()}, {"solutions/get", {{"id", 1}}},
        {"children/list", Json::object()}, {"children/realize", {{"out", "x"}, {"solution", 1}}}, {"children/evaluate", {{"model", "x"}}},
        {"children/check", {{"child", "x"}}}, {"project/import_costs", {{"source", "x"}}}, {"project/import_reference", {{"source", "x"}}}, {"children/lint", {{"solution", 1}}}, {"jobs/run", Json::object()}, {"jobs/history", Json::object()}, {"jobs/stages", Json::object()}};
    for (const auto &[method, params] : requests) {
        Json error = client.refused(method, params);
        EXPECT_EQ(error["code"], kBadInputCode) << method;
        EXPECT_NE(error["message"].get<std::string>().find("project is open"), std::string::npos) << method << ": " << error;
    }
    EXPECT_EQ(client.call("project/close"), Json::object()) << "closing nothing is no mistake";
}

TEST(Connection, ShutdownAnswersAndEndsWellAndSoDoesTheEndOfInput)
{
    Client asked;
    EXPECT_EQ(asked.call("shutdown"), Json::object());
    EXPECT_EQ(asked.end(), 0);
    Client left;
    left.closeInput();
    EXPECT_EQ(left.end(), 0);
    Client silent(false);
    silent.closeInput();
    EXPECT_EQ(silent.end(), 0);
}

TEST(Connection, EndingWhileSearchesRunTakesNoLongerThanAStep)
{
    TestFolder folder;
    ToyLibrary(40).write(folder.file("large.json"));
    for (bool shutdown : {true, false}) {
        Client client;
        const std::string project = folder.file(shutdown ? "a.tessera" : "b.tessera");
        client.call("project/import", {{"format", "library"}, {"source", folder.file("large.json")}, {"path", project}});
        client.call("project/open", {{"path", project}});
        for (int i = 0; i < 5; ++i)
            client.ask("front", {{"axes", {"memory"}}, {"points", 1000}});
        client.hear("item");
        if (shutdown)
            client.ask("shutdown");
        else
            client.closeInput();
        EXPECT_EQ(client.end(), 0);
    }
}

} // namespace
} // namespace tessera
