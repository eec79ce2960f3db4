// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/model_architecture.h"

#include "tests/architecture/configs.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::llama8B;
using test::smolLm2;

TEST(Parameters, OfPublishedModelsAreTheirPublishedCounts)
{
    EXPECT_EQ(parametersOf(parentArchitecture(smolLm2())), 134'515'008);
    EXPECT_EQ(parametersOf(parentArchitecture(llama8B())), 8'030'261'248);
}

TEST(Parameters, OfVariantsAreCountedByHand)
{
    ModelConfig c = smolLm2();
    EXPECT_EQ(parametersOf(c, gqa(3)), 576 + 576 * 576 + 2 * 192 * 576 + 576 * 576);
    EXPECT_EQ(parametersOf(c, gqa(1)), 576 + 576 * 576 + 2 * 64 * 576 + 576 * 576);
    EXPECT_EQ(parametersOf(c, ffnWidth(320)), 576 + 3 * 320 * 576);
    EXPECT_EQ(parametersOf(c, linearVariant(Part::Attention)), 576 + 576 * 576);
    EXPECT_EQ(parametersOf(c, linearVariant(Part::Ffn)), 576 + 576 * 576);
    EXPECT_EQ(parametersOf(c, noneVariant(Part::Attention)), 0);
    EXPECT_EQ(parametersOf(c, noneVariant(Part::Ffn)), 0);
}

TEST(Parameters, IncludeTheBiasesAndNormsThatTheConfigurationHas)
{
    ModelConfig c = smolLm2();
    std::int64_t plain = parametersOf(c, gqa(3));
    c.qkvBias = true;
    EXPECT_EQ(parametersOf(c, gqa(3)), plain + 576 + 192 + 192);
    c.outputBias = true;
    EXPECT_EQ(parametersOf(c, gqa(3)), plain + 576 + 192 + 192 + 576);
    c.qkNorm = true;
    EXPECT_EQ(parametersOf(c, gqa(3)), plain + 576 + 192 + 192 + 576 + 64 + 64);
    c.mlpBias = true;
    EXPECT_EQ(parametersOf(c, ffnWidth(768)), 576 + 3 * 768 * 576 + 768 + 768 + 576);
}

TEST(Parameters, OfTheFixedPartCountTiedEmbeddingsOnce)
{
    ModelConfig c = smolLm2();
    EXPECT_EQ(fixedParameters(c), 49152 * 576 + 576);
    c.tiedEmbeddings = false;
    EXPECT_EQ(fixedParameters(c), 2 * 49152 * 576 + 576);
}

TEST(Parameters, OfAModelAreThoseOfItsParts)
{
    ModelArchitecture child = parentArchitecture(llama8B());
    child.layers[3] = {linearVariant(Part::Attention), noneVariant(Part::Ffn)};
    child.layers[31] = {gqa(2), ffnWidth(2816)};
    std::int64_t sum = fixedParameters(child.config);
    for (const LayerChoice &layer : child.layers)
        sum += parametersOf(child.config, layer.attention) + parametersOf(child.config, layer.ffn);
    EXPECT_EQ(parametersOf(child), sum);
}

TEST(Tensors, HaveTheNamesAndShapesOfHuggingFace)
{
    ModelArchitecture child = parentArchitecture(smolLm2());
    child.config.layers = 1;
    child.layers = {{gqa(1), linearVariant(Part::Ffn)}};
    const std::vector<TensorSpec> expected{{"model.embed_tokens.weight", {49152, 576}},
                                           {"model.layers.0.input_layernorm.weight", {576}},
                                           {"model.layers.0.self_attn.q_proj.weight", {576, 576}},
                                           {"model.layers.0.self_attn.k_proj.weight", {64, 576}},
                                           {"model.layers.0.self_attn.v_proj.weight", {64, 576}},
                                           {"model.layers.0.self_attn.o_proj.weight", {576, 576}},
                                           {"model.layers.0.post_attention_layernorm.weight", {576}},
                                           {"model.layers.0.mlp.linear_mlp.weight", {576, 576}},
                                           {"model.norm.weight", {576}}};
    EXPECT_EQ(tensorsOf(child), expected);
}

TEST(Tensors, OfUntiedEmbeddingsEndInAHead)
{
    std::vector<TensorSpec> specs = tensorsOf(parentArchitecture(llama8B()));
    EXPECT_EQ(specs.back(), (TensorSpec{"lm_head.weight", {128256, 4096}}));
    std::set<std::string> names;
    for (const TensorSpec &spec : specs)
        names.insert(spec.name);
    EXPECT_EQ(names.size(), specs.size()) << "a name occurs twice";
    EXPECT_EQ(specs.size(), 3u + 32u * 9u);
}

} // namespace
} // namespace tessera
