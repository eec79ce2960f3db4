// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/checkpoint.h"

#include "engine/checkpoint/hf_folder.h"
#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/models.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::TemporaryFolder;
using test::tensorsToWrite;
using test::tinyConfigJson;
using test::writeFolder;

std::vector<TensorSpec> tinySpecs() { return tensorsOf(parentArchitecture(test::tinyConfig())); }

std::string refusalOf(const std::filesystem::path &path)
{
    return test::refusal([&] { Checkpoint::open(path); });
}

bool says(const std::string &sentence, const std::string &part) { return sentence.find(part) != std::string::npos; }

/// An index and its shards, the tensors dealt out in turn.
void writeShards(const std::filesystem::path &folder, const std::vector<TensorToWrite> &tensors, std::size_t shards)
{
    std::vector<std::vector<TensorToWrite>> dealt(shards);
    Json map = Json::object();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        dealt[i % shards].push_back(tensors[i]);
        map[tensors[i].name] = "model-" + std::to_string(i % shards) + ".safetensors";
    }
    for (std::size_t i = 0; i < shards; ++i)
        writeSafetensors(folder / ("model-" + std::to_string(i) + ".safetensors"), dealt[i]);
    test::put(folder / "config.json", tinyConfigJson().dump());
    test::put(folder / "model.safetensors.index.json", Json{{"metadata", {{"total_size", 1}}}, {"weight_map", map}}.dump());
}

TEST(Checkpoint, AFolderGivesItsArchitectureAndEveryWeight)
{
    for (StoredType type : {StoredType::F32, StoredType::F16, StoredType::BF16}) {
        TemporaryFolder folder;
        writeFolder(folder / "m", tinyConfigJson(), tensorsToWrite(tinySpecs(), type));
        Checkpoint checkpoint = Checkpoint::open(folder / "m");
        EXPECT_EQ(checkpoint.architecture(), parentArchitecture(test::tinyConfig()));
        EXPECT_EQ(checkpoint.weightBytes(), parametersOf(checkpoint.architecture()) * blockBytes(type));
        EXPECT_EQ(checkpoint.mainType(), type);
        ASSERT_EQ(checkpoint.tensors().size(), tinySpecs().size());
        for (std::size_t i = 0; i < tinySpecs().size(); ++i) {
            TensorSpec spec = tinySpecs()[i];
            EXPECT_EQ(checkpoint.tensors()[i].name, spec.name);
            EXPECT_EQ(checkpoint.tensors()[i].shape, spec.shape);
            std::vector<float> expected = test::weightsOf(spec), stored(expected.size());
            decodeFloats(type, encodeFloats(expected, type), stored);
            EXPECT_EQ(checkpoint.readFloats(spec.name), stored) << spec.name;
        }
    }
}

TEST(Checkpoint, ShardsAreOneModel)
{
    TemporaryFolder folder;
    writeFolder(folder / "whole", tinyConfigJson(), tensorsToWrite(tinySpecs(), StoredType::F32));
    std::filesystem::create_directory(folder / "shards");
    writeShards(folder / "shards", tensorsToWrite(tinySpecs(), StoredType::F32), 3);
    Checkpoint whole = Checkpoint::open(folder / "whole"), shards = Checkpoint::open(folder / "shards");
    for (const TensorSpec &spec : tinySpecs())
        EXPECT_EQ(whole.readFloats(spec.name), shards.readFloats(spec.name));
    EXPECT_EQ(whole.fingerprint(), shards.fingerprint());
}

TEST(Checkpoint, TiedEmbeddingsNeedNoHeadAndIgnoreOne)
{
    TemporaryFolder folder;
    Json tied = tinyConfigJson();
    tied["tie_word_embeddings"] = true;
    std::vector<TensorSpec> specs = tinySpecs();
    writeFolder(folder / "both", tied, tensorsToWrite(specs, StoredType::F32));
    specs.pop_back();
    writeFolder(folder / "one", tied, tensorsToWrite(specs, StoredType::F32));
    for (const char *name : {"both", "one"}) {
        Checkpoint checkpoint = Checkpoint::open(folder / name);
        EXPECT_TRUE(checkpoint.config().tiedEmbeddings);
        EXPECT_EQ(checkpoint.tensors().size(), specs.size());
        EXPECT_EQ(checkpoint.weightBytes(), 4 * parametersOf(checkpoint.architecture()));
        EXPECT_THROW(checkpoint.readFloats("lm_head.weight"), Error);
    }
    writeFolder(folder / "untied", tinyConfigJson(), tensorsToWrite(specs, StoredType::F32));
    EXPECT_TRUE(says(refusalOf(folder / "untied"), "lacks the tensor lm_head.weight")) << refusalOf(folder / "untied");
}

TEST(Checkpoint, HarmlessExtraTensorsAreIgnoredAndOthersRefused)
{
    auto opened = [](const std::string &name) {
        TemporaryFolder folder;
        std::vector<TensorToWrite> tensors = tensorsToWrite(tinySpecs(), StoredType::F32);
        tensors.push_back(test::tensorToWrite({name, {2}}, StoredType::F32));
        writeFolder(folder / "m", tinyConfigJson(), tensors);
        return refusalOf(folder / "m");
    };
    for (const char *name : {"model.layers.0.self_attn.rotary_emb.inv_freq", "model.rotary_emb.inv_freq", "score.weight"})
        EXPECT_EQ(opened(name), "(accepted)") << name;
    for (const char *name : {"model.layers.0.self_attn.q_proj.bias", "model.layers.2.mlp.up_proj.weight", "lm_head.bias",
                             "model.layers.1.self_attn.q_norm.weight", "model.layers.0.mlp.experts.0.w1.weight"})
        EXPECT_TRUE(says(opened(name), std::string("has the tensor ") + name)) << opened(name);
}

TEST(Checkpoint, AMissingWrongOrUnreadableTensorIsNamed)
{
    for (std::size_t i = 0; i < tinySpecs().size(); ++i) {
        TemporaryFolder folder;
        std::vector<TensorSpec> specs = tinySpecs();
        std::string name = specs[i].name;
        std::vector<TensorToWrite> missing = tensorsToWrite(specs, StoredType::F32);
        missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(i));
        writeFolder(folder / "missing", tinyConfigJson(), missing);
        EXPECT_TRUE(says(refusalOf(folder / "missing"), "lacks the tensor " + name)) << refusalOf(folder / "missing");
        ++specs[i].shape[0];
        writeFolder(folder / "larger", tinyConfigJson(), tensorsToWrite(specs, StoredType::F32));
        EXPECT_TRUE(says(refusalOf(folder / "larger"), name + " in")) << refusalOf(folder / "larger");
    }
    TemporaryFolder folder;
    std::vector<TensorToWrite> tensors = tensorsToWrite(tinySpecs(), StoredType::F32);
    tensors[3].type = StoredType::I32;
    tensors[3].produce = [&](const auto &sink) { sink(std::vector<std::byte>(16 * 8 * 4)); };
    tensors[3].shape = {8, 16};
    writeFolder(folder / "integers", tinyConfigJson(), tensors);
    EXPECT_TRUE(says(refusalOf(folder / "integers"), "is stored as I32")) << refusalOf(folder / "integers");
}

TEST(Checkpoint, GenerationSettingsSayWhereGenerationEnds)
{
    TemporaryFolder folder;
    writeFolder(folder / "m", tinyConfigJson(), tensorsToWrite(tinySpecs(), StoredType::F32));
    test::put(folder / "m/generation_config.json", R"({"eos_token_id":[7,9],"temperature":0.6})");
    EXPECT_EQ(Checkpoint::open(folder / "m").config().endTokens, (std::vector<std::int64_t>{7, 9}));
    test::put(folder / "m/generation_config.json", "[");
    EXPECT_TRUE(says(refusalOf(folder / "m"), "generation_config.json"));
}

TEST(Checkpoint, WhatIsNoModelIsRefusedWithWhatToDo)
{
    TemporaryFolder folder;
    EXPECT_TRUE(says(refusalOf(folder / "nothing"), "does not exist"));
    EXPECT_TRUE(says(refusalOf(folder.path()), "no config.json"));
    test::put(folder / "config.json", tinyConfigJson().dump());
    EXPECT_TRUE(says(refusalOf(folder.path()), "has no weights"));
    test::put(folder / "pytorch_model.bin", "PK");
    EXPECT_TRUE(says(refusalOf(folder.path()), "pytorch_model.bin, a pickle file"));
    EXPECT_TRUE(says(refusalOf(folder / "pytorch_model.bin"), "pickle"));
    EXPECT_TRUE(says(refusalOf(folder / "config.json"), "give the folder"));
    test::put(folder / "m.gguf", "text");
    EXPECT_TRUE(says(refusalOf(folder / "m.gguf"), "no GGUF file"));
    test::put(folder / "config.json", "{\"model_type\":\"llama\",\"model_type\":\"llama\"}");
    EXPECT_TRUE(says(refusalOf(folder.path()), "model_type"));
    test::put(folder / "config.json", std::string(100000, '['));
    EXPECT_TRUE(says(refusalOf(folder.path()), "config.json"));
}

TEST(Checkpoint, AShardIndexNamesPlainFilesBesideItself)
{
    for (const char *shard : {"../model.safetensors", "/etc/model.safetensors", "a/b.safetensors", "..", ".safetensors", "", "a\\b.safetensors",
                              "model.bin", "a\nb.safetensors"}) {
        Json index{{"weight_map", {{"t", shard}}}};
        EXPECT_TRUE(says(test::refusal([&] { parseShardIndex(index, "index"); }), "no plain file name")) << shard;
    }
    for (const Json &index : {Json::array(), Json::object(), Json{{"weight_map", 3}}, Json{{"weight_map", {{"t", 5}}}}, Json(nullptr)})
        EXPECT_NE(test::refusal([&] { parseShardIndex(index, "index"); }), "(accepted)") << index;
}

TEST(Checkpoint, AShardThatIsMissingOrLacksItsTensorIsNamed)
{
    TemporaryFolder folder;
    writeShards(folder.path(), tensorsToWrite(tinySpecs(), StoredType::F32), 2);
    Json index = readJsonFile(folder / "model.safetensors.index.json");
    index["weight_map"]["model.norm.weight"] = index["weight_map"]["model.norm.weight"] == "model-0.safetensors" ? "model-1.safetensors"
                                                                                                                 : "model-0.safetensors";
    test::put(folder / "model.safetensors.index.json", index.dump());
    EXPECT_TRUE(says(refusalOf(folder.path()), "says that model.norm.weight is in")) << refusalOf(folder.path());
    std::filesystem::remove(folder / "model-1.safetensors");
    EXPECT_TRUE(says(refusalOf(folder.path()), "model-1.safetensors"));
}

TEST(Checkpoint, ItsFingerprintFollowsWeightsAndArchitectureAndNotThePlace)
{
    auto fingerprint = [](const Json &config, float change = 0) {
        TemporaryFolder folder;
        std::vector<TensorToWrite> tensors = tensorsToWrite(tinySpecs(), StoredType::F32);
        tensors[4].produce = [&](const auto &sink) {
            std::vector<float> values = test::weightsOf(tinySpecs()[4]);
            values[17] += change;
            sink(encodeFloats(values, StoredType::F32));
        };
        writeFolder(folder / "m", config, tensors);
        return Checkpoint::open(folder / "m").fingerprint();
    };
    Json theta = tinyConfigJson(), renamed = tinyConfigJson();
    theta["rope_theta"] = 20000.0;
    renamed["transformers_version"] = "5";
    std::string plain = fingerprint(tinyConfigJson());
    EXPECT_EQ(plain, fingerprint(tinyConfigJson()));
    EXPECT_EQ(plain, fingerprint(renamed));
    EXPECT_NE(plain, fingerprint(theta));
    EXPECT_NE(plain, fingerprint(tinyConfigJson(), 1e-3f));
}

} // namespace
} // namespace tessera
