// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/nn/forward.h"
#include "engine/nn/generate.h"
#include "engine/nn/logits.h"
#include "engine/nn/speed.h"
#include "tests/nn/example_models.h"

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

const std::string kModel = std::string(TESSERA_TEST_DATA) + "/nn/gqa";

std::string sentenceOf(const std::function<void()> &work)
{
    try {
        work();
    } catch (const Error &e) {
        return e.kind() == ErrorKind::BadInput ? e.what() : std::string("another kind: ") + e.what();
    }
    return "nothing was thrown";
}

class Requests : public testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(m_folder); }
    void TearDown() override { std::filesystem::remove_all(m_folder); }
    std::string file(const std::string &name) const { return (m_folder / name).string(); }

private:
    std::filesystem::path m_folder = std::filesystem::path(testing::TempDir())
        / ("tessera-nn-" + std::to_string(::getpid()) + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(Requests, LogitsOfPositionsAreRowsOfAllLogits)
{
    LogitsRequest request{kModel, {3, 1, 4, 1, 5}, {4, 0, 4}, file("logits"), {}};
    Json result = runLogits(request, {});
    EXPECT_EQ(result, (Json{{"tokens", {3, 1, 4, 1, 5}}, {"positions", {4, 0, 4}}, {"vocabulary", 64}}));
    MappedFile mapped(request.outFile);
    ASSERT_EQ(mapped.bytes().size(), 3u * 64u * 4u);
    std::vector<float> rows(3 * 64);
    std::memcpy(rows.data(), mapped.bytes().data(), mapped.bytes().size());
    at::NoGradGuard noGrad;
    nn::Model model = nn::loadModel(Checkpoint::open(kModel), at::kFloat);
    at::Tensor all = nn::forward(model, test::asTensor(request.tokens))[0];
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t i = 0; i < 64; ++i)
            EXPECT_NEAR(rows[r * 64 + i], all[request.positions[r]][static_cast<std::int64_t>(i)].item<float>(), 1e-5);
}

TEST_F(Requests, WrongTokensAndPositionsAreSentences)
{
    auto logits = [&](std::vector<std::int64_t> tokens, std::vector<std::int64_t> positions, DType dtype = DType::F32) {
        return sentenceOf([&] { runLogits({kModel, tokens, positions, file("logits"), {dtype, 0, 0}}, {}); });
    };
    EXPECT_NE(logits({}, {}).find("no tokens"), std::string::npos);
    EXPECT_NE(logits({64}, {}).find("token 64"), std::string::npos);
    EXPECT_NE(logits({1, -1}, {}).find("token -1 at place 1"), std::string::npos);
    EXPECT_NE(logits({1}, {1}).find("position 1"), std::string::npos);
    EXPECT_NE(logits({1}, {-1}).find("position -1"), std::string::npos);
    EXPECT_NE(logits({1}, {}, DType::Fp8).find("fp8"), std::string::npos);
    EXPECT_NE(logits({1}, {}, DType::F16).find("f16"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(file("logits")));
}

TEST_F(Requests, GenerationSaysItsTokensAndIsRepeatable)
{
    GenerateRequest request;
    request.model = kModel;
    request.tokens = {1, 2, 3};
    request.maxTokens = 20;
    request.greedy = false;
    request.ignoreEnd = true;
    request.run.seed = 9;
    std::vector<std::int64_t> heard;
    WorkContext context;
    context.item = [&](const Json &item) { heard.push_back(item["token"].get<std::int64_t>()); };
    Json first = runGenerate(request, context), second = runGenerate(request, {});
    EXPECT_EQ(first, second);
    EXPECT_EQ(first["tokens"].get<std::vector<std::int64_t>>(), heard);
    request.run.seed = 10;
    EXPECT_NE(runGenerate(request, {}), first);
}

TEST_F(Requests, WhatDoesNotFitTheContextIsRefused)
{
    GenerateRequest request;
    request.model = kModel;
    request.tokens = {1, 2, 3};
    request.maxTokens = 126;
    EXPECT_NE(sentenceOf([&] { runGenerate(request, {}); }).find("context of 128"), std::string::npos);
    request.maxTokens = INT64_MAX;
    EXPECT_NE(sentenceOf([&] { runGenerate(request, {}); }).find("context of 128"), std::string::npos);
    request.maxTokens = 0;
    EXPECT_NE(sentenceOf([&] { runGenerate(request, {}); }).find("at least one token"), std::string::npos);
    request.maxTokens = 4;
    request.greedy = false;
    request.temperature = 0;
    EXPECT_NE(sentenceOf([&] { runGenerate(request, {}); }).find("temperature"), std::string::npos);
}

TEST_F(Requests, AStopEndsGenerationWithinAToken)
{
    GenerateRequest request;
    request.model = kModel;
    request.tokens = {1};
    request.maxTokens = 100;
    request.ignoreEnd = true;
    WorkContext context;
    int heard = 0;
    context.item = [&](const Json &) {
        if (++heard == 3)
            context.stop.request();
    };
    EXPECT_THROW(runGenerate(request, context), Error);
    EXPECT_EQ(heard, 3);
}

TEST(Speed, BothTypesAreMeasuredTheFasterFirst)
{
    auto speeds = nn::measureTypes(test::exampleConfig(), 64);
    ASSERT_EQ(speeds.size(), 2u);
    EXPECT_NE(speeds[0].type, speeds[1].type);
    EXPECT_GE(speeds[0].tokensPerSecond, speeds[1].tokensPerSecond);
    EXPECT_GT(speeds[1].tokensPerSecond, 0);
}

} // namespace
} // namespace tessera
