// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/service_test.h"

#include <csignal>
#include <random>
#include <thread>

namespace tessera {
namespace {

std::string lineOf(const Json &json) { return json.dump() + "\n"; }

void expectAlive(Client &client) { EXPECT_EQ(client.call("jobs/list"), Json({{"jobs", Json::array()}})); }

TEST(Robustness, WhatIsNoMessageGetsAnErrorThatSaysWhat)
{
    Client client;
    struct Case {
        std::string line;
        int code;
        Json id;
    };
    for (const Case &c : std::vector<Case>{
             {"\n", kNoJson, nullptr},
             {"hello\n", kNoJson, nullptr},
             {"{\"jsonrpc\":\"2.0\",\"id\":900,\"method\":\n", kNoJson, nullptr},
             {"{\"jsonrpc\":\"2.0\",\"id\":901,\"id\":902,\"method\":\"x\"}\n", kNoJson, nullptr},
             {"{\"jsonrpc\":\"2.0\",\"id\":903,\"method\":\"\xff\xfe\"}\n", kNoJson, nullptr},
             {std::string("\0\0\0\n", 4), kNoJson, nullptr},
             {"42\n", kNoRequest, nullptr},
             {"[]\n", kNoRequest, nullptr},
             {lineOf({{{"jsonrpc", "2.0"}, {"id", 905}, {"method", "jobs/list"}}}), kNoRequest, nullptr},
             {lineOf({{"id", 906}, {"method", "jobs/list"}}), kNoRequest, 906},
             {lineOf({{"jsonrpc", "1.0"}, {"id", 907}, {"method", "jobs/list"}}), kNoRequest, 907},
             {lineOf({{"jsonrpc", "2.0"}, {"id", "text"}, {"method", "jobs/list"}}), kNoRequest, nullptr},
             {lineOf({{"jsonrpc", "2.0"}, {"id", 1.5}, {"method", "jobs/list"}}), kNoRequest, nullptr},
             {lineOf({{"jsonrpc", "2.0"}, {"id", 18446744073709551615u}, {"method", "jobs/list"}}), kNoRequest, nullptr},
             {lineOf({{"jsonrpc", "2.0"}, {"id", 908}, {"method", 5}}), kNoRequest, 908},
             {lineOf({{"jsonrpc", "2.0"}, {"id", 909}, {"method", "jobs/list"}, {"params", {1, 2}}}), kNoRequest, 909},
             {lineOf({{"jsonrpc", "2.0"}, {"id", 910}, {"method", "jobs/list"}, {"more", 1}}), kNoRequest, 910},
             {lineOf({{"jsonrpc", "2.0"}, {"id", 911}, {"result", 1}}), kNoRequest, nullptr},
             {lineOf({{"jsonrpc", "2.0"}, {"id", 912}}), kNoRequest, 912}}) {
        client.sendBytes(c.line);
        Json message = c.id.is_null() ? client.anonymousAnswer() : client.answer(c.id.get<std::int64_t>());
        EXPECT_EQ(message["error"]["code"], c.code) << c.line << message;
        EXPECT_FALSE(message["error"]["message"].get<std::string>().empty()) << c.line;
    }
    expectAlive(client);
}

TEST(Robustness, LinesThatAreTooLongAreSkippedToTheirEnd)
{
    Client client;
    for (std::size_t bytes : {(std::size_t{1} << 20) + 1, std::size_t{10} << 20}) {
        client.sendBytes(std::string(bytes, 'x') + "\n");
        EXPECT_EQ(client.anonymousAnswer()["error"]["code"], kNoRequest);
        expectAlive(client);
    }
    Json longest{{"jsonrpc", "2.0"}, {"id", 700}, {"method", "jobs/list"}, {"params", {{"x", ""}}}};
    longest["params"]["x"] = std::string((std::size_t{1} << 20) - longest.dump().size(), 'x');
    ASSERT_EQ(longest.dump().size(), std::size_t{1} << 20);
    client.sendBytes(lineOf(longest));
    EXPECT_EQ(client.answer(700)["error"]["code"], kWrongParams) << "the longest line is still read";
}

TEST(Robustness, DeepNestingIsAnError)
{
    Client client;
    for (std::size_t depth : {40u, 1000u, 300000u}) {
        client.sendBytes("{\"jsonrpc\":\"2.0\",\"id\":1000,\"method\":\"solve\",\"params\":{\"scenario\":" + std::string(depth, '[')
                         + std::string(depth, ']') + "}}\n");
        EXPECT_EQ(client.anonymousAnswer()["error"]["code"], kNoJson);
    }
    expectAlive(client);
}

TEST(Robustness, MessagesThatComeInPiecesAndTogetherAreRead)
{
    Client client;
    const std::string line = lineOf({{"jsonrpc", "2.0"}, {"id", 500}, {"method", "jobs/list"}});
    for (char byte : line) {
        client.sendBytes({&byte, 1});
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(client.answer(500).contains("result"));
    std::string many;
    for (int id = 501; id < 700; ++id)
        many += lineOf({{"jsonrpc", "2.0"}, {"id", id}, {"method", "jobs/list"}});
    client.sendBytes(many);
    for (int id = 501; id < 700; ++id)
        EXPECT_TRUE(client.answer(id).contains("result")) << id;
    client.sendBytes(line.substr(0, 20));
    client.closeInput();
    EXPECT_EQ(client.end(), 0) << "half a message at the end";
}

TEST(Robustness, RandomBytesNeverEndIt)
{
    Client client;
    std::mt19937 random(13);
    const std::string sound = lineOf({{"jsonrpc", "2.0"}, {"id", 3}, {"method", "preview"}, {"params", {{"scenario", {{"max", {"memory=70%"}}}}}}});
    for (int round = 0; round < 400; ++round) {
        std::string bytes;
        if (round % 2)
            for (unsigned i = 0; i < random() % 300; ++i)
                bytes += static_cast<char>(random());
        else {
            bytes = sound;
            for (unsigned i = 0; i < 1 + random() % 4; ++i)
                bytes[random() % bytes.size()] = static_cast<char>(random());
        }
        client.sendBytes(bytes + "\n");
    }
    expectAlive(client);
}

TEST(Robustness, UnknownNotificationsAndCancelsOfNothingAreIgnored)
{
    Client client;
    client.sendBytes(lineOf({{"jsonrpc", "2.0"}, {"method", "tell me"}}));
    client.sendBytes(lineOf({{"jsonrpc", "2.0"}, {"method", "cancel"}}));
    client.sendBytes(lineOf({{"jsonrpc", "2.0"}, {"method", "cancel"}, {"params", {{"id", "x"}}}}));
    client.cancel(4711);
    expectAlive(client);
}

TEST_F(ToyService, ARequestWhoseIdIsInWorkIsRefused)
{
    const std::int64_t slow = client.ask("front", {{"axes", {"memory"}}, {"points", 1000}});
    client.hear("item");
    client.sendBytes(lineOf({{"jsonrpc", "2.0"}, {"id", slow}, {"method", "jobs/list"}}));
    EXPECT_EQ(client.answer(slow)["error"]["code"], kNoRequest);
    client.cancel(slow);
    EXPECT_EQ(client.answer(slow)["error"]["code"], kInterruptedCode) << "the request itself goes on";
}

TEST_F(ToyService, MoreRequestsThanMayWaitAreRefusedOneByOne)
{
    std::vector<std::int64_t> fronts;
    for (int i = 0; i < 300; ++i)
        fronts.push_back(client.ask("front", {{"axes", {"memory"}}, {"points", 1000}}));
    EXPECT_EQ(client.answer(fronts.back())["error"]["code"], kTooManyCode);
    EXPECT_EQ(client.call("preview")["status"], "optimal") << "other lanes still work";
    for (std::int64_t front : fronts)
        client.cancel(front);
    for (std::size_t i = 0; i + 1 < fronts.size(); ++i) {
        const Json code = client.answer(fronts[i])["error"]["code"];
        EXPECT_TRUE(code == kInterruptedCode || code == kTooManyCode) << code;
    }
}

TEST_F(ToyService, AClientThatReadsNothingIsWaitedForAndCanLeave)
{
    client.stopReading();
    std::string flood;
    for (int id = 10000; id < 12000; ++id)
        flood += lineOf({{"jsonrpc", "2.0"}, {"id", id}, {"method", "library/describe"}});
    client.sendBytes(flood);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    client.closeInput();
    EXPECT_EQ(client.end(), 0);
}

TEST_F(ToyService, ASignalEndsItAsInterrupted)
{
    ::kill(client.pid(), SIGTERM);
    EXPECT_EQ(client.end(), 130);
}

} // namespace
} // namespace tessera
