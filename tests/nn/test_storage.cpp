// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/nn/model.h"
#include "tests/nn/example_models.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

std::string temporaryFile()
{
    return (std::filesystem::path(testing::TempDir()) / ("tessera-block-" + std::to_string(::getpid()) + ".safetensors")).string();
}

TEST(SubBlockFile, BringsBackTheSameNumbers)
{
    ModelConfig config = test::exampleConfig(true);
    std::string path = temporaryFile();
    for (const Variant &variant : {gqa(3), linearVariant(Part::Attention), ffnWidth(7), linearVariant(Part::Ffn)}) {
        nn::SubBlock block = nn::randomSubBlock(config, variant, at::kFloat, 0.3);
        nn::saveSubBlock(block, path, at::kFloat);
        nn::SubBlock read = nn::loadSubBlockFile(config, variant, path, at::kFloat);
        ASSERT_EQ(read.tensors.size(), block.tensors.size()) << toString(variant);
        for (const auto &[name, tensor] : block.tensors)
            EXPECT_TRUE(at::equal(read.at(name), tensor)) << toString(variant) << " " << name;
        nn::saveSubBlock(block, path, at::kBFloat16);
        read = nn::loadSubBlockFile(config, variant, path, at::kFloat);
        for (const auto &[name, tensor] : block.tensors)
            EXPECT_TRUE(at::equal(read.at(name), tensor.to(at::kBFloat16).to(at::kFloat))) << toString(variant) << " " << name;
    }
    std::filesystem::remove(path);
}

TEST(SubBlockFile, OfAnotherVariantIsRefused)
{
    ModelConfig config = test::exampleConfig();
    std::string path = temporaryFile();
    nn::saveSubBlock(nn::randomSubBlock(config, ffnWidth(7), at::kFloat), path, at::kFloat);
    for (const Variant &other : {ffnWidth(8), linearVariant(Part::Ffn), gqa(2)})
        EXPECT_THROW(nn::loadSubBlockFile(config, other, path, at::kFloat), Error) << toString(other);
    std::filesystem::remove(path);
}

TEST(Loading, OneSubBlockIsThatOfTheWholeModel)
{
    Checkpoint checkpoint = Checkpoint::open(std::filesystem::path(TESSERA_TEST_DATA) / "nn" / "linear_rope_sharded");
    for (at::ScalarType type : {at::kFloat, at::kBFloat16}) {
        nn::Model model = nn::loadModel(checkpoint, type);
        nn::SubBlock block = nn::loadSubBlock(checkpoint, 1, Part::Ffn, type);
        for (const auto &[name, tensor] : model.layers[1].ffn.tensors)
            EXPECT_TRUE(at::equal(block.at(name), tensor)) << name;
        EXPECT_EQ(model.architecture(), checkpoint.architecture());
    }
}

} // namespace
} // namespace tessera
