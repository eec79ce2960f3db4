// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/tangent/sub_block_grams.h"
#include "engine/tangent/tangent.h"
#include "engine/text/token_file.h"
#include "tests/base/temporary_folder.h"
#include "tests/nn/example_models.h"

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

class TangentRequests : public testing::Test {
protected:
    TangentRequests()
    {
        std::vector<TokenId> tokens;
        for (std::int64_t token : test::exampleTokens(60, 64))
            tokens.push_back(static_cast<TokenId>(token));
        request.model = std::string(TESSERA_TEST_DATA) + "/nn/gqa";
        request.tokenFile = (folder / "tokens").string();
        writeTokenFile(request.tokenFile, tokens);
        request.probes = 4;
        request.window = 9;
        request.seeds = {1, 2};
        request.outFile = (folder / "grams").string();
    }

    std::vector<double> grams() const
    {
        const MappedFile file(request.outFile);
        std::vector<double> values(file.bytes().size() / sizeof(double));
        std::memcpy(values.data(), file.bytes().data(), values.size() * sizeof(double));
        return values;
    }

    std::string complaint() const
    {
        try {
            runTangent(request, {});
        } catch (const Error &error) {
            EXPECT_EQ(error.exitCode(), 2) << error.what();
            return error.what();
        }
        return "accepted";
    }

    test::TemporaryFolder folder;
    TangentRequest request;
};

TEST_F(TangentRequests, WriteOneMatrixASubBlockAndSeed)
{
    const Json result = runTangent(request, {});
    const nn::Model model = nn::loadModel(Checkpoint::open(request.model), at::kFloat);
    const std::size_t blocks = 2 * model.layers.size() + 1;
    ASSERT_EQ(result.at("blocks").size(), blocks);
    EXPECT_EQ(result.at("blocks")[0].at("name"), "0:" + toString(model.layers[0].attention.variant));
    EXPECT_EQ(result.at("blocks").back().at("name"), "fixed");
    EXPECT_EQ(result.at("estimator"), "random_logit/jacobian/f32");
    EXPECT_TRUE(result.at("sketch_spread").is_null());
    std::int64_t parameters = 0;
    for (const Json &block : result.at("blocks"))
        parameters += block.at("parameters").get<std::int64_t>();
    EXPECT_EQ(parameters, parametersOf(model.architecture()));
    const std::vector<double> values = grams();
    ASSERT_EQ(values.size(), 2 * blocks * 16);
    for (std::size_t matrix = 0; matrix < 2 * blocks; ++matrix)
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t j = 0; j < 4; ++j)
                EXPECT_EQ(values[matrix * 16 + 4 * i + j], values[matrix * 16 + 4 * j + i]);
    runTangent(request, {});
    EXPECT_EQ(grams(), values) << "the same request gives the same bits";
}

TEST_F(TangentRequests, KnowTheirProbesAgain)
{
    const Json one = runTangent(request, {});
    request.seeds = {7};
    EXPECT_EQ(runTangent(request, {}).at("probe_hash"), one.at("probe_hash"));
    request.window = 8;
    EXPECT_NE(runTangent(request, {}).at("probe_hash"), one.at("probe_hash"));
    request.window = 9;
    request.probes = 3;
    EXPECT_NE(runTangent(request, {}).at("probe_hash"), one.at("probe_hash"));
    request.sketch = 64;
    const Json sketch = runTangent(request, {});
    EXPECT_EQ(sketch.at("estimator"), "random_logit/sketch:64/f32");
    EXPECT_GT(sketch.at("sketch_spread")[1].get<double>(), 1);
}

TEST_F(TangentRequests, ExchangeSubBlocks)
{
    runTangent(request, {});
    const std::vector<double> before = grams();
    request.replacements = {{1, noneVariant(Part::Ffn), Origin::Paper, "", ""}};
    const Json result = runTangent(request, {});
    EXPECT_EQ(result.at("blocks")[3].at("variant"), "ffn=none");
    EXPECT_EQ(result.at("blocks")[3].at("parameters"), 0);
    const std::vector<double> after = grams();
    for (std::size_t i = 3 * 16; i < 4 * 16; ++i)
        EXPECT_EQ(after[i], 0);
    EXPECT_NE(after[0], before[0]) << "what lies before a sub-block learns through it";
}

TEST_F(TangentRequests, ThatAreImpossibleGetASentence)
{
    const auto with = [&](const std::function<void(TangentRequest &)> &change) {
        const TangentRequest kept = request;
        change(request);
        const std::string sentence = complaint();
        request = kept;
        return sentence;
    };
    EXPECT_NE(with([](auto &r) { r.probes = 1; }).find("use 2 to"), std::string::npos);
    EXPECT_NE(with([](auto &r) { r.probes = 7; }).find("need 70"), std::string::npos);
    EXPECT_NE(with([](auto &r) { r.window = 0; }).find("use 1 to"), std::string::npos);
    EXPECT_NE(with([](auto &r) { r.window = std::int64_t{1} << 60; }).find("use 1 to"), std::string::npos);
    EXPECT_NE(with([](auto &r) { r.seeds = {}; }).find("1 to 64 seeds"), std::string::npos);
    EXPECT_NE(with([](auto &r) { r.sketch = -1; }).find("sketch"), std::string::npos);
    EXPECT_NE(with([](auto &r) { r.functional = "sum"; }).find("target_logit"), std::string::npos);
    EXPECT_NE(with([](auto &r) { r.functional = "loss"; }).find("nothing is drawn"), std::string::npos);
    EXPECT_NE(with([](auto &r) { r.run.dtype = DType::BF16; }).find("f32"), std::string::npos);
    EXPECT_NE(with([](auto &r) { r.replacements = {{9, noneVariant(Part::Ffn), Origin::Paper, "", ""}}; }).find("layer 9"), std::string::npos);
    WorkContext context;
    context.stop.request();
    EXPECT_THROW(runTangent(request, context), Error);
}

TEST_F(TangentRequests, TravelAsTheyAre)
{
    request.replacements = {{1, ffnWidth(9), Origin::Closed, "/somewhere", "abc"}};
    request.run.seed = 12;
    EXPECT_EQ(parseTangentRequest(toJson(request)), request);
    const Json whole = toJson(request);
    for (const auto &[key, value] : whole.items()) {
        Json less = whole;
        less.erase(key);
        EXPECT_THROW(parseTangentRequest(less), Error) << key;
        Json other = whole;
        other[key] = Json::object({{"a", 1}});
        EXPECT_THROW(parseTangentRequest(other), Error) << key;
    }
    Json more = whole;
    more["more"] = 1;
    EXPECT_THROW(parseTangentRequest(more), Error);
    EXPECT_THROW(parseTangentRequest(Json::array()), Error);
}

} // namespace
} // namespace tessera
