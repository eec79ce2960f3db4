// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/protocol/distill_children_request.h"
#include "engine/protocol/requests.h"

#include "engine/base/error.h"

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace tessera {
namespace {

std::string utf8()
{
    return *rc::gen::container<std::string>(rc::gen::elementOf(std::string("abc/._- \"\\\n\t0189")));
}

double number() { return *rc::gen::map(rc::gen::arbitrary<std::int32_t>(), [](std::int32_t n) { return n / 1024.0 / 3; }); }
std::int64_t integer() { return *rc::gen::arbitrary<std::int64_t>(); }
bool flag() { return *rc::gen::arbitrary<bool>(); }
std::vector<std::int64_t> integers() { return *rc::gen::arbitrary<std::vector<std::int64_t>>(); }
DType type() { return *rc::gen::element(DType::F32, DType::F16, DType::BF16, DType::Fp8); }
RunSettings settings() { return {type(), *rc::gen::arbitrary<int>(), *rc::gen::arbitrary<std::uint64_t>()}; }

Variant variant(Part part)
{
    std::int64_t size = *rc::gen::inRange<std::int64_t>(1, 1 << 20);
    Variant sized = part == Part::Attention ? gqa(size) : ffnWidth(size);
    return *rc::gen::element(sized, linearVariant(part), noneVariant(part));
}

SubBlockSource source()
{
    Origin origin = *rc::gen::element(Origin::Parent, Origin::Paper, Origin::Closed, Origin::Distilled, Origin::Refitted);
    return {integer(), variant(*rc::gen::element(Part::Attention, Part::Ffn)), origin, utf8(), utf8()};
}

template <typename Make> auto several(Make make)
{
    std::vector<decltype(make())> list(static_cast<std::size_t>(*rc::gen::inRange(0, 4)));
    for (auto &value : list)
        value = make();
    return list;
}

std::vector<std::string> words() { return several(utf8); }

ModelConfig config()
{
    ModelConfig c;
    c.architecture = utf8();
    for (std::int64_t *value : {&c.hidden, &c.layers, &c.vocabulary, &c.heads, &c.kvHeads, &c.headDim, &c.ffnWidth, &c.context})
        *value = integer();
    c.normEpsilon = number();
    c.ropeBase = number();
    c.ropeScaling = {*rc::gen::element(RopeScaling::Kind::None, RopeScaling::Kind::Linear, RopeScaling::Kind::Llama3),
                     number(), number(), number(), integer()};
    for (bool *value : {&c.tiedEmbeddings, &c.qkvBias, &c.outputBias, &c.mlpBias, &c.qkNorm})
        *value = flag();
    c.beginTokens = integers();
    c.endTokens = integers();
    return c;
}

Workload workload()
{
    auto length = [] { return *rc::gen::inRange<std::int64_t>(1, 1 << 30); };
    return {"w", length(), length(), length(), type(), type(), type(), utf8()};
}

/// What was written and read back, over the text that goes through the pipe.
template <typename Request> Request roundTrip(const Request &request, Request (*parse)(const Json &))
{
    return parse(parseJson(toJson(request).dump(), "the pipe"));
}

RC_GTEST_PROP(Requests, ALogitsRequestSurvivesThePipe, ())
{
    LogitsRequest r{utf8(), integers(), integers(), utf8(), settings()};
    RC_ASSERT(roundTrip(r, parseLogitsRequest) == r);
}

RC_GTEST_PROP(Requests, AGenerateRequestSurvivesThePipe, ())
{
    GenerateRequest r{utf8(), integers(), integer(), flag(), number(), flag(), flag(), settings()};
    RC_ASSERT(roundTrip(r, parseGenerateRequest) == r);
}

RC_GTEST_PROP(Requests, AnEvaluateRequestSurvivesThePipe, ())
{
    EvaluateRequest r{utf8(), utf8(), utf8(), integer(), integer(), several(source), settings()};
    RC_ASSERT(roundTrip(r, parseEvaluateRequest) == r);
}

RC_GTEST_PROP(Requests, AFitRequestSurvivesThePipe, ())
{
    FitRequest r{utf8(), utf8(), integer(), integer(), several(source), utf8(), utf8(), number(), utf8(), utf8(), flag(), settings()};
    RC_ASSERT(roundTrip(r, parseFitRequest) == r);
}

RC_GTEST_PROP(Requests, ADistillRequestSurvivesThePipe, ())
{
    DistillRequest r{utf8(),  utf8(),   utf8(),    integer(), integer(),       integer(), integer(), number(), number(),
                     number(), number(), utf8(), integer(), integer(), several(source), utf8(),    utf8(),    settings()};
    RC_ASSERT(roundTrip(r, parseDistillRequest) == r);
}

RC_GTEST_PROP(Requests, ARequestForGlobalDistillationSurvivesThePipe, ())
{
    auto student = [] { return StudentOrder{utf8(), words(), utf8(), type()}; };
    DistillChildrenRequest r{utf8(),   several(student), utf8(),   utf8(),   integer(), integer(), integer(),
                             integer(), integer(),       number(), integer(), number(), number(),  number(),
                             number(), number(),         number(), number(), utf8(),    settings()};
    RC_ASSERT(roundTrip(r, parseDistillChildrenRequest) == r);
}

RC_GTEST_PROP(Requests, AScoreRequestSurvivesThePipe, ())
{
    ScoreRequest r{utf8(), utf8(), integer(), integer(), integer(), words(), several(source), {{source(), source()}}, settings()};
    RC_ASSERT(roundTrip(r, parseScoreRequest) == r);
}

RC_GTEST_PROP(Requests, AMeasureRequestSurvivesThePipe, ())
{
    auto choice = [] { return LayerChoice{variant(Part::Attention), variant(Part::Ffn)}; };
    auto whole = [&] { return MeasureRequest::Whole{utf8(), utf8(), several(choice)}; };
    auto any = [] { return variant(Part::Ffn); };
    MeasureRequest r{utf8(), several(workload), several(any), flag(), several(whole), integer(), number(), number(), settings()};
    RC_ASSERT(roundTrip(r, parseMeasureRequest) == r);
}

RC_GTEST_PROP(Requests, ARefitRequestSurvivesThePipe, ())
{
    RefitRequest r{utf8(), utf8(), integer(), integer(), several(source), utf8(), number(), settings()};
    RC_ASSERT(roundTrip(r, parseRefitRequest) == r);
}

RC_GTEST_PROP(Requests, APretrainRequestSurvivesThePipe, ())
{
    PretrainRequest r{config(), utf8(), utf8(), utf8(), utf8(), integer(), integer(), integer(), number(), number(), number(),
                      number(), settings()};
    RC_ASSERT(roundTrip(r, parsePretrainRequest) == r);
}

RC_GTEST_PROP(Requests, AConfigurationSurvivesThePipe, ())
{
    ModelConfig c = config();
    RC_ASSERT(parseModelConfig(parseJson(toJson(c).dump(), "the pipe"), "it") == c);
}

std::string complaint(const std::function<void()> &action)
{
    try {
        action();
    } catch (const Error &e) {
        return e.kind() == ErrorKind::BadInput ? e.what() : "wrong kind of error: " + std::string(e.what());
    }
    return "no error";
}

TEST(Requests, EveryMissingMemberIsRefusedByName)
{
    Json whole = toJson(FitRequest{});
    ASSERT_GT(whole.size(), 5u);
    for (const auto &[key, value] : whole.items()) {
        Json lacking = whole;
        lacking.erase(key);
        EXPECT_EQ(complaint([&] { parseFitRequest(lacking); }), "a fit request lacks \"" + key + "\"");
    }
}

TEST(Requests, UnknownMembersAreRefusedByNameAndPlace)
{
    Json json = toJson(ScoreRequest{});
    json["threads"] = 2;
    EXPECT_EQ(complaint([&] { parseScoreRequest(json); }), "\"threads\" in a score request is unknown");
    json = toJson(ScoreRequest{});
    json["run"]["speed"] = 1;
    EXPECT_EQ(complaint([&] { parseScoreRequest(json); }), "\"speed\" in \"run\" in a score request is unknown");
}

TEST(Requests, ValuesOfAnotherTypeAreRefused)
{
    struct Case {
        const char *key;
        Json value;
        const char *says;
    };
    for (const Case &c : {Case{"window", 1.5, "\"window\" in a score request must be a whole number"},
                          Case{"window", 18446744073709551615u, "\"window\" in a score request must lie between"},
                          Case{"parent", nullptr, "\"parent\" in a score request must be a string"},
                          Case{"metrics", "kl_div", "\"metrics\" in a score request must be a list"},
                          Case{"metrics", Json::array({1}), "entry 0 of \"metrics\" in a score request must be a string"},
                          Case{"candidates", Json::array({1}), "entry 0 of \"candidates\" in a score request must be a JSON object"},
                          Case{"run", Json::array(), "\"run\" in a score request must be a JSON object"}}) {
        Json json = toJson(ScoreRequest{});
        json[c.key] = c.value;
        EXPECT_NE(complaint([&] { parseScoreRequest(json); }).find(c.says), std::string::npos)
            << c.key << ": " << complaint([&] { parseScoreRequest(json); });
    }
    EXPECT_NE(complaint([] { parseScoreRequest(Json::array()); }).find("must be a JSON object"), std::string::npos);
}

TEST(Requests, ImpossibleVariantsAndOriginsAreRefused)
{
    Json json = toJson(SubBlockSource{3, gqa(2), Origin::Closed, "f", "h"});
    EXPECT_EQ(json["variant"], "attention=gqa:2");
    for (const char *text : {"gqa:2", "attention", "attention=gqa", "attention=gqa:0", "ffn=gqa:2", "=", ""}) {
        json["variant"] = text;
        EXPECT_NE(complaint([&] { parseSubBlockSource(json, "it"); }), "no error") << text;
    }
    json["variant"] = "ffn=none";
    json["origin"] = "stolen";
    EXPECT_NE(complaint([&] { parseSubBlockSource(json, "it"); }).find("no origin of weights"), std::string::npos);
}

TEST(Requests, NumbersThatAreNotFiniteAreNeverSent)
{
    FitRequest request;
    request.ridge = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(toJson(request), Error);
}

} // namespace
} // namespace tessera
