// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/protocol/message.h"

#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace tessera {
namespace {

Message throughALine(const Message &message)
{
    std::string line = toLine(message);
    EXPECT_EQ(line.back(), '\n');
    line.pop_back();
    EXPECT_EQ(line.find('\n'), std::string::npos);
    return parseMessage(line, "the test");
}

TEST(Messages, EveryKindSurvivesALine)
{
    for (const Message &message :
         {makeRequest(7, "fit", {{"a", "two\nlines"}}), makeNotification("cancel", {{"id", 7}}), makeResult(7, {{"x", 1.5}}),
          makeResult(7, nullptr), makeError(7, {kMethodNotFound, "no such method"}), makeError({}, {kParseError, "what?"})})
        EXPECT_EQ(throughALine(message), message) << toLine(message);
}

TEST(Messages, TheLineIsJsonRpc2)
{
    EXPECT_EQ(Json::parse(toLine(makeRequest(1, "m", Json::object()))),
              Json::parse(R"({"jsonrpc":"2.0","id":1,"method":"m","params":{}})"));
    EXPECT_EQ(Json::parse(toLine(makeError({}, {-32700, "s"}))),
              Json::parse(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"s"}})"));
}

TEST(Messages, ErrorsKeepTheirKindAndSentence)
{
    for (const Error &error : {badInput("a"), failed("b"), interrupted("c")}) {
        Error back = toError(toRpcError(error));
        EXPECT_EQ(back.kind(), error.kind());
        EXPECT_STREQ(back.what(), error.what());
    }
}

TEST(Messages, WhatIsNoMessageIsRefused)
{
    for (const char *line :
         {"", "{", "[]", "1", R"({"id":1,"method":"m"})", R"({"jsonrpc":"1.0","id":1,"method":"m"})", R"({"jsonrpc":"2.0"})",
          R"({"jsonrpc":"2.0","id":"x","method":"m"})", R"({"jsonrpc":"2.0","id":1,"method":""})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":[1]})", R"({"jsonrpc":"2.0","id":1,"method":"m","result":1})",
          R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":""}})", R"({"jsonrpc":"2.0","result":1})",
          R"({"jsonrpc":"2.0","id":1,"error":{"code":1}})", R"({"jsonrpc":"2.0","id":1,"method":"m","extra":1})",
          R"({"jsonrpc":"2.0","id":1,"id":2,"method":"m"})", R"({"jsonrpc":"2.0","id":1.5,"method":"m"})"})
        EXPECT_THROW(parseMessage(line, "the test"), Error) << line;
}

TEST(Messages, TextThatIsNotUtf8DoesNotBreakTheStream)
{
    Message message = throughALine(makeError(1, {-32001, "bad \xff byte"}));
    EXPECT_EQ(message.error->message, "bad \xef\xbf\xbd byte");
}

TEST(Messages, ProgressSurvives)
{
    Progress progress{"fit", 3, 9, "layers", "layer 3"};
    Progress back = parseProgress(toJson(progress), "the test");
    EXPECT_EQ(std::tie(back.name, back.done, back.total, back.unit, back.note),
              std::tie(progress.name, progress.done, progress.total, progress.unit, progress.note));
}

RC_GTEST_PROP(LineSplitter, LinesDoNotDependOnHowTheStreamIsCut, ())
{
    auto lines = *rc::gen::container<std::vector<std::string>>(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
    std::string stream;
    for (const std::string &line : lines)
        stream += line + "\n";
    LineSplitter splitter;
    std::vector<std::string> got;
    for (std::size_t begin = 0; begin < stream.size();) {
        auto length = *rc::gen::inRange<std::size_t>(1, 9);
        splitter.feed(std::string_view(stream).substr(begin, length));
        begin += length;
        if (*rc::gen::arbitrary<bool>())
            while (auto line = splitter.next())
                got.push_back(*line);
    }
    while (auto line = splitter.next())
        got.push_back(*line);
    RC_ASSERT(got == lines);
}

TEST(LineSplitter, AnEndlessLineIsRefusedAtTheCap)
{
    LineSplitter splitter(10);
    splitter.feed("0123456789\n");
    EXPECT_EQ(splitter.next(), "0123456789");
    splitter.feed("01234");
    splitter.feed("56789");
    EXPECT_EQ(splitter.next(), std::nullopt);
    EXPECT_THROW(splitter.feed("x"), Error);
    LineSplitter other(10);
    EXPECT_THROW(other.feed("a\n01234567890\n"), Error);
}

} // namespace
} // namespace tessera
