// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/nn/initialise.h"
#include "tests/nn/example_models.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::exampleConfig;

nn::SubBlock parentOf(const ModelConfig &config, Part part)
{
    nn::Model model = test::exampleModel(parentArchitecture(config));
    return model.layers[0].of(part);
}

std::vector<std::int64_t> someOrder(std::int64_t width)
{
    std::vector<std::int64_t> order(static_cast<std::size_t>(width));
    for (std::int64_t i = 0; i < width; ++i)
        order[static_cast<std::size_t>(i)] = (i * 7 + 3) % width;
    return order;
}

double largest(const at::Tensor &x) { return x.abs().max().item<double>(); }

TEST(Initialise, TheParentsOwnVariantIsItsTensors)
{
    ModelConfig config = exampleConfig(true);
    for (Part part : {Part::Attention, Part::Ffn}) {
        nn::SubBlock parent = parentOf(config, part), same = nn::initialise(config, parent, parent.variant);
        ASSERT_EQ(same.tensors.size(), parent.tensors.size());
        for (const auto &[name, tensor] : parent.tensors)
            EXPECT_TRUE(same.at(name).is_same(tensor)) << name;
    }
}

TEST(Initialise, EveryVariantHasTheTensorsOfItsArchitecture)
{
    ModelConfig config = exampleConfig(true);
    config.qkNorm = true;
    for (const Variant &variant : {gqa(6), gqa(3), gqa(1), linearVariant(Part::Attention), noneVariant(Part::Attention),
                                   ffnWidth(39), ffnWidth(1), linearVariant(Part::Ffn), noneVariant(Part::Ffn)}) {
        nn::SubBlock child = nn::initialise(config, parentOf(config, variant.part), variant, someOrder(40));
        EXPECT_EQ(child.variant, variant);
        std::vector<TensorSpec> specs = tensorsOf(config, variant);
        EXPECT_EQ(child.tensors.size(), specs.size()) << toString(variant);
        for (const TensorSpec &spec : specs)
            EXPECT_EQ(child.at(spec.name).sizes().vec(), spec.shape) << toString(variant) << " " << spec.name;
    }
}

TEST(Initialise, ANarrowFfnIsTheSumOfItsChannels)
{
    at::NoGradGuard noGrad;
    ModelConfig config = exampleConfig(true);
    nn::SubBlock parent = parentOf(config, Part::Ffn);
    nn::Rope rope = nn::makeRope(config, 5);
    at::Tensor x = at::randn({1, 5, config.hidden});
    std::vector<std::int64_t> order = someOrder(40);
    nn::SubBlock child = nn::initialise(config, parent, ffnWidth(11), order);
    at::Tensor mask = at::zeros({40});
    for (std::size_t i = 0; i < 11; ++i)
        mask[order[i]] = 1;
    at::Tensor kept = nn::features(config, parent, x, rope) * mask;
    at::Tensor expected = at::matmul(kept, parent.at("mlp.down_proj.weight").t()) + parent.at("mlp.down_proj.bias");
    EXPECT_LT(largest(nn::increment(config, child, x, rope) - expected), 1e-5);
}

TEST(Initialise, AllChannelsInAnyOrderGiveTheParentExactly)
{
    ModelConfig config = exampleConfig(true);
    nn::SubBlock parent = parentOf(config, Part::Ffn);
    std::vector<std::int64_t> all(40);
    std::iota(all.begin(), all.end(), 0);
    nn::SubBlock child = nn::keepChannels(config, parent, all);
    for (const auto &[name, tensor] : parent.tensors)
        EXPECT_TRUE(at::equal(child.at(name), tensor)) << name;
}

TEST(Initialise, PooledKvHeadsAreTheMeansOfTheirGroups)
{
    ModelConfig config = exampleConfig(true);
    config.kvHeads = 6;
    nn::SubBlock parent = parentOf(config, Part::Attention), child = nn::poolKvHeads(config, parent, 2);
    for (const char *name : {"self_attn.k_proj.weight", "self_attn.v_proj.weight", "self_attn.k_proj.bias"}) {
        at::Tensor heads = parent.at(name).view({2, 3, config.headDim, -1});
        EXPECT_LT(largest(child.at(name).view({2, config.headDim, -1}) - heads.mean(1)), 1e-6) << name;
    }
    EXPECT_TRUE(child.at("self_attn.q_proj.weight").is_same(parent.at("self_attn.q_proj.weight")));
    EXPECT_TRUE(child.at("self_attn.o_proj.weight").is_same(parent.at("self_attn.o_proj.weight")));
}

TEST(Initialise, PoolingEqualKvHeadsChangesNothing)
{
    at::NoGradGuard noGrad;
    ModelConfig config = exampleConfig(true);
    config.kvHeads = 6;
    nn::SubBlock parent = parentOf(config, Part::Attention);
    for (const char *name : {"self_attn.k_proj.weight", "self_attn.v_proj.weight"})
        parent.tensors[name] = parent.at(name).narrow(0, 0, config.headDim).repeat({6, 1});
    for (const char *name : {"self_attn.k_proj.bias", "self_attn.v_proj.bias"})
        parent.tensors[name] = parent.at(name).narrow(0, 0, config.headDim).repeat({6});
    nn::Rope rope = nn::makeRope(config, 9);
    at::Tensor x = at::randn({1, 9, config.hidden});
    at::Tensor expected = nn::increment(config, parent, x, rope);
    for (std::int64_t kvHeads : {1, 2, 3})
        EXPECT_LT(largest(nn::increment(config, nn::poolKvHeads(config, parent, kvHeads), x, rope) - expected), 1e-5) << kvHeads;
}

TEST(Initialise, GroupsThatCutParentsHeadsWeighThemByTheirQueries)
{
    ModelConfig config = exampleConfig();
    config.heads = 12;
    config.kvHeads = 6;
    nn::SubBlock parent = parentOf(config, Part::Attention), child = nn::poolKvHeads(config, parent, 4);
    at::Tensor before = parent.at("self_attn.v_proj.weight").view({6, config.headDim, -1});
    at::Tensor after = child.at("self_attn.v_proj.weight").view({4, config.headDim, -1});
    // The first new head serves queries 0, 1, 2: twice the parent's head 0 and once head 1.
    EXPECT_LT(largest(after[0] - (2 * before[0] + before[1]) / 3), 1e-6);
    EXPECT_LT(largest(after[1] - (before[1] + 2 * before[2]) / 3), 1e-6);
}

TEST(Initialise, KeptKvHeadsAreThoseOfTheParent)
{
    ModelConfig config = exampleConfig(true);
    config.kvHeads = 6;
    nn::SubBlock parent = parentOf(config, Part::Attention), child = nn::keepKvHeads(config, parent, {2, 3});
    at::Tensor before = parent.at("self_attn.k_proj.weight").view({6, config.headDim, -1});
    at::Tensor after = child.at("self_attn.k_proj.weight").view({2, config.headDim, -1});
    EXPECT_TRUE(at::equal(after[0], before[2]));
    EXPECT_TRUE(at::equal(after[1], before[3]));
}

TEST(Initialise, LinearAttentionIsAttentionOfATokenToItself)
{
    at::NoGradGuard noGrad;
    ModelConfig config = exampleConfig();
    nn::SubBlock parent = parentOf(config, Part::Attention);
    nn::SubBlock child = nn::initialise(config, parent, linearVariant(Part::Attention));
    nn::Rope rope = nn::makeRope(config, 1);
    at::Tensor x = at::randn({5, 1, config.hidden});
    EXPECT_LT(largest(nn::increment(config, child, x, rope) - nn::increment(config, parent, x, rope)), 1e-4);
}

TEST(Initialise, LinearFfnIsTheFfnWithoutItsGate)
{
    at::NoGradGuard noGrad;
    ModelConfig config = exampleConfig();
    nn::SubBlock parent = parentOf(config, Part::Ffn);
    nn::SubBlock child = nn::initialise(config, parent, linearVariant(Part::Ffn));
    nn::Rope rope = nn::makeRope(config, 4);
    at::Tensor x = at::randn({1, 4, config.hidden});
    at::Tensor normed = nn::features(config, child, x, rope);
    at::Tensor expected = at::matmul(at::matmul(normed, parent.at("mlp.up_proj.weight").t()),
                                     parent.at("mlp.down_proj.weight").t());
    EXPECT_LT(largest(nn::increment(config, child, x, rope) - expected), 1e-4);
}

TEST(Initialise, RankingIsByContributionWithTiesToTheLowerChannel)
{
    ModelConfig config = exampleConfig();
    nn::SubBlock parent = parentOf(config, Part::Ffn);
    at::Tensor down = at::zeros({config.hidden, 40});
    for (std::int64_t i = 0; i < 40; ++i)
        down[i % config.hidden][i] = static_cast<double>(i % 5) + 1;
    parent.tensors["mlp.down_proj.weight"] = down;
    std::vector<std::int64_t> order = nn::rankByContribution(parent, at::ones({40}, at::kDouble));
    std::vector<std::int64_t> expected;
    for (std::int64_t rest : {4, 3, 2, 1, 0})
        for (std::int64_t i = rest; i < 40; i += 5)
            expected.push_back(i);
    EXPECT_EQ(order, expected);
    at::Tensor activations = at::ones({40}, at::kDouble);
    activations[30] = 100;
    EXPECT_EQ(nn::rankByContribution(parent, activations).front(), 30);
}

TEST(Initialise, NarrowerFfnsContainEachOther)
{
    ModelConfig config = exampleConfig();
    nn::SubBlock parent = parentOf(config, Part::Ffn);
    std::vector<std::int64_t> order = someOrder(40);
    nn::SubBlock wide = nn::initialise(config, parent, ffnWidth(20), order);
    nn::SubBlock narrow = nn::initialise(config, parent, ffnWidth(7), order);
    at::Tensor rows = wide.at("mlp.up_proj.weight");
    for (std::int64_t i = 0; i < 7; ++i) {
        at::Tensor row = narrow.at("mlp.up_proj.weight")[i];
        EXPECT_TRUE((rows == row).all(1).any().item<bool>()) << "channel " << i;
    }
}

TEST(Initialise, WhatCannotBeMadeIsSaid)
{
    ModelConfig config = exampleConfig();
    nn::SubBlock attention = parentOf(config, Part::Attention), ffn = parentOf(config, Part::Ffn);
    EXPECT_THROW(nn::initialise(config, attention, gqa(4)), Error);
    EXPECT_THROW(nn::initialise(config, attention, ffnWidth(4)), Error);
    EXPECT_THROW(nn::initialise(config, ffn, ffnWidth(41), someOrder(40)), Error);
    EXPECT_THROW(nn::initialise(config, ffn, ffnWidth(20)), Error);
    EXPECT_THROW(nn::initialise(config, {noneVariant(Part::Ffn), {}}, linearVariant(Part::Ffn)), Error);
}

} // namespace
} // namespace tessera
