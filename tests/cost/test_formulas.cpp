// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/formulas.h"

#include "tests/cost/cost_fixtures.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::errorOf;

Workload workload(DType weights, DType kv)
{
    Workload result;
    result.batch = 8;
    result.input = 1000;
    result.output = 24;
    result.weights = weights;
    result.kv = kv;
    return result;
}

TEST(Formulas, SmolLm2HasItsPublishedParameters)
{
    const Costs costs = exactCosts(parentArchitecture(test::smolLm2()), workload(DType::BF16, DType::F16));
    EXPECT_EQ(costs.at("parameters").amount, 134'515'008);
    EXPECT_EQ(costs.at("weight_bytes").amount, 2 * 134'515'008);
    EXPECT_EQ(costs.at("kv_bytes").amount, 30LL * 2 * 3 * 64 * 1024 * 8 * 2);
    EXPECT_EQ(costs.at("memory").amount, 2 * 134'515'008LL + 30LL * 2 * 3 * 64 * 1024 * 8 * 2);
    EXPECT_EQ(costs.at("attention_layers").amount, 30);
}

TEST(Formulas, EverySubBlockOwnsItsNormAndNoneOwnsNothing)
{
    const ModelConfig config = test::smolLm2();
    const Workload w = workload(DType::F32, DType::F32);
    EXPECT_EQ(exactCosts(config, gqa(1), w).at("parameters").amount, 576 + 2 * 576 * 576 + 2 * 64 * 576);
    EXPECT_EQ(exactCosts(config, ffnWidth(768), w).at("parameters").amount, 576 + 3 * 576 * 768);
    EXPECT_EQ(exactCosts(config, linearVariant(Part::Ffn), w).at("parameters").amount, 576 + 576 * 576);
    EXPECT_EQ(exactCosts(config, linearVariant(Part::Attention), w).at("attention_layers").amount, 0);
    for (const auto &[name, value] : exactCosts(config, noneVariant(Part::Attention), w))
        EXPECT_EQ(value.amount, 0) << name;
    EXPECT_EQ(exactFixedCosts(config, w).at("parameters").amount, 49152 * 576 + 576);
}

TEST(Formulas, UntiedEmbeddingsCountTwice)
{
    ModelConfig config = test::smolLm2();
    config.tiedEmbeddings = false;
    EXPECT_EQ(exactFixedCosts(config, workload(DType::F32, DType::F32)).at("weight_bytes").amount, 4 * (2 * 49152 * 576 + 576));
}

TEST(Formulas, FiguresBeyond63BitsAreASentence)
{
    ModelConfig config = test::smolLm2();
    Workload w = workload(DType::F32, DType::F32);
    w.batch = w.input = w.output = std::int64_t{1} << 31;
    EXPECT_NE(errorOf([&] { exactCosts(config, gqa(3), w); }).find("kv_bytes"), std::string::npos);
    config.headDim = std::int64_t{1} << 62;
    EXPECT_NE(errorOf([&] { exactCosts(config, gqa(3), w); }).find("does not fit 63 bits"), std::string::npos);
    config = test::smolLm2();
    config.vocabulary = config.hidden = std::int64_t{1} << 40;
    EXPECT_NE(errorOf([&] { exactFixedCosts(config, w); }).find("the fixed part"), std::string::npos);
}

TEST(Formulas, AnImpossibleVariantIsRefused)
{
    EXPECT_NE(errorOf([] { exactCosts(test::smolLm2(), gqa(4), Workload{}); }), "");
}

} // namespace
} // namespace tessera
