// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf_writer.h"

#include "engine/base/json.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/gguf.h"
#include "engine/checkpoint/gguf_layout.h"
#include "engine/checkpoint/numbers.h"
#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/any_child.h"

#include <cmath>
#include <filesystem>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tessera {
namespace {

using test::TemporaryFolder;

const Variant kLinearAttention = linearVariant(Part::Attention), kNoAttention = noneVariant(Part::Attention),
              kLinearFfn = linearVariant(Part::Ffn), kNoFfn = noneVariant(Part::Ffn);

/// What a stored type makes of values; rows of Q8_0 are padded with zeros to whole blocks.
std::vector<float> storedAs(const TensorSpec &spec, StoredType type, const std::vector<float> &values)
{
    if (spec.shape.size() < 2)
        return values;
    auto columns = static_cast<std::size_t>(spec.shape.back());
    std::size_t padded = type == StoredType::Q8_0 ? (columns + 31) / 32 * 32 : columns;
    std::vector<float> all;
    for (std::size_t at = 0; at < values.size(); at += columns) {
        std::vector<float> row(values.begin() + static_cast<std::ptrdiff_t>(at), values.begin() + static_cast<std::ptrdiff_t>(at + columns));
        row.resize(padded);
        decodeFloats(type, encodeFloats(row, type), row);
        all.insert(all.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(columns));
    }
    return all;
}

void expectReadBack(const ModelArchitecture &model, StoredType type)
{
    TemporaryFolder folder;
    writeGgufModel(folder / "m.gguf", model, type, test::produceRows, {}, "name");
    Checkpoint read = Checkpoint::open(folder / "m.gguf");
    RC_ASSERT(read.architecture().layers == model.layers);
    RC_ASSERT(parametersOf(read.architecture()) == parametersOf(model));
    RC_ASSERT(read.config().tiedEmbeddings == model.config.tiedEmbeddings);
    RC_ASSERT(read.config().kvHeads == model.config.kvHeads);
    RC_ASSERT(read.tensors().size() == tensorsOf(model).size());
    for (const TensorSpec &spec : tensorsOf(model))
        RC_ASSERT(read.readFloats(spec.name) == storedAs(spec, type, test::weightsOf(spec)));
}

RC_GTEST_PROP(GgufWriter, AnyChildIsReadBackWithEveryWeight, ())
{
    expectReadBack(test::anyChild(), *rc::gen::element(StoredType::F32, StoredType::F16, StoredType::BF16));
}

RC_GTEST_PROP(GgufWriter, AnyChildInBlocksOfEightBitsIsReadBack, ())
{
    ModelArchitecture model = test::anyChild();
    model.config.hidden = 32;
    model.config.headDim = 8;
    expectReadBack(model, StoredType::Q8_0);
}

TEST(GgufWriter, EightBitBlocksAreThoseOfTheReference)
{
    Json json = readJsonFile(TESSERA_TEST_DATA "/checkpoint/q8_0.json");
    auto values = json["values"].get<std::vector<float>>();
    auto expected = json["bytes"].get<std::vector<std::uint8_t>>();
    std::vector<std::byte> bytes = encodeFloats(values, StoredType::Q8_0);
    ASSERT_EQ(bytes.size(), expected.size());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        EXPECT_EQ(static_cast<int>(bytes[i]), expected[i]) << "byte " << i;
    EXPECT_THROW(encodeFloats(std::vector<float>(31), StoredType::Q8_0), Error);
    EXPECT_THROW(encodeFloats(std::vector<float>(32, std::numeric_limits<float>::infinity()), StoredType::Q8_0), Error);
    std::vector<float> tiny(32, 1e-44f);
    EXPECT_EQ(encodeFloats(tiny, StoredType::Q8_0).size(), 34u);
}

TEST(GgufWriter, UniformChildrenArePlainAndOthersHaveTheFormsThatLlamaCppRuns)
{
    ModelConfig config = test::tinyConfig();
    config.layers = 3;
    auto layout = [&](std::vector<LayerChoice> layers) { return childLayout({config, std::move(layers)}); };
    GgufLayout plain = layout({{gqa(2), ffnWidth(96)}, {kNoAttention, kNoFfn}, {gqa(2), ffnWidth(96)}});
    EXPECT_EQ(plain.architecture, "llama");
    EXPECT_EQ(plain.layers, (std::vector<GgufLayer>{{4, 2, 96}, {4, 2, 96}}));

    GgufLayout mixed = layout({{kNoAttention, ffnWidth(70)}, {gqa(1), kLinearFfn}, {kLinearAttention, kNoFfn}});
    EXPECT_EQ(mixed.architecture, "deci");
    // A zero linear attention first; the linear FFN in a layer of its own; a zero FFN of 64 for none.
    EXPECT_EQ(mixed.layers, (std::vector<GgufLayer>{{4, 0, 96}, {4, 1, 64}, {4, 0, 64}, {4, 0, 64}}));

    GgufLayout noSoftmax = layout({{kNoAttention, kLinearFfn}, {kNoAttention, ffnWidth(64)}, {kNoAttention, kNoFfn}});
    EXPECT_EQ(noSoftmax.layers, (std::vector<GgufLayer>{{1, 1, 64}, {4, 0, 64}, {0, 0, 64}}));
}

TEST(GgufWriter, OtherFamiliesKeepTheirRowsAndTheirNames)
{
    for (const char *family : {"qwen2", "qwen3", "mistral"}) {
        TemporaryFolder folder;
        ModelConfig config = test::tinyConfig();
        config.architecture = family;
        config.qkvBias = config.architecture == "qwen2";
        config.qkNorm = config.architecture == "qwen3";
        config.ffnWidth = 64;
        ModelArchitecture model = parentArchitecture(config);
        writeGgufModel(folder / "m.gguf", model, StoredType::F32, test::produceRows, {}, "name");
        GgufFile file = GgufFile::open(folder / "m.gguf");
        EXPECT_EQ(file.requireString("general.architecture"), std::string(family) == "mistral" ? "llama" : family);
        std::vector<float> stored(16 * 16);
        const StoredTensor *queries = file.find("blk.0.attn_q.weight");
        decodeFloats(queries->type, queries->bytes, stored);
        TensorSpec spec{"model.layers.0.self_attn.q_proj.weight", {16, 16}};
        EXPECT_EQ(stored == test::weightsOf(spec), std::string(family) != "mistral");
        Checkpoint read = Checkpoint::open(folder / "m.gguf");
        for (const TensorSpec &tensor : tensorsOf(model))
            EXPECT_EQ(read.readFloats(tensor.name), test::weightsOf(tensor)) << family << " " << tensor.name;
    }
}

TEST(GgufWriter, ScaledFrequenciesComeBack)
{
    ModelConfig config = test::tinyConfig();
    config.headDim = 64;
    config.ropeBase = 500000;
    for (RopeScaling scaling : {RopeScaling{RopeScaling::Kind::Llama3, 8, 1, 4, 8192}, RopeScaling{RopeScaling::Kind::Linear, 2.5, 1, 4, 0}}) {
        TemporaryFolder folder;
        config.ropeScaling = scaling;
        writeGgufModel(folder / "m.gguf", parentArchitecture(config), StoredType::F32, test::produceRows, {}, "name");
        EXPECT_EQ(Checkpoint::open(folder / "m.gguf").config().ropeScaling, scaling);
    }
}

TEST(GgufWriter, NothingIsLeftWhenItFails)
{
    TemporaryFolder folder;
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    auto write = [&](const ModelArchitecture &what, StoredType type, const ProduceFloats &produce) {
        return test::refusal([&] { writeGgufModel(folder / "m.gguf", what, type, produce, {}, "name"); });
    };
    auto tooFew = [](const TensorSpec &, const FloatSink &sink) { sink(std::vector<float>(1)); };
    auto twice = [](const TensorSpec &spec, const FloatSink &sink) {
        test::produceRows(spec, sink);
        test::produceRows(spec, sink);
    };
    EXPECT_NE(write(model, StoredType::F32, tooFew).find("smaller than its shape"), std::string::npos);
    EXPECT_NE(write(model, StoredType::F32, twice).find("larger than its shape"), std::string::npos);
    EXPECT_NE(write(model, StoredType::Q8_0, test::produceRows).find("use F16"), std::string::npos); // rows of 16
    EXPECT_NE(write(model, StoredType::Q4_1, test::produceRows).find("F32, F16, BF16 or Q8_0"), std::string::npos);
    ModelArchitecture normed = model;
    normed.config.qkNorm = true;
    normed.layers[1].attention = kLinearAttention;
    EXPECT_NE(write(normed, StoredType::F32, test::produceRows).find("no norms of queries and keys"), std::string::npos);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

/// A deci file that Tessera did not write.
test::GgufBuilder foreignDeci(const std::vector<std::int32_t> &heads, const std::vector<std::int32_t> &kvHeads, const std::vector<std::int32_t> &widths)
{
    test::GgufBuilder file;
    auto list = [&](const char *key, const std::vector<std::int32_t> &values) {
        std::string elements;
        for (std::int32_t value : values)
            elements += test::raw(value);
        file.array(key, 5, values.size(), elements);
    };
    file.text("general.architecture", "deci");
    file.u32("deci.context_length", 64);
    file.u32("deci.embedding_length", 8);
    file.u32("deci.block_count", static_cast<std::uint32_t>(heads.size()));
    file.f32("deci.attention.layer_norm_rms_epsilon", 1e-5f);
    file.u32("deci.attention.key_length", 4);
    list("deci.attention.head_count", heads);
    list("deci.attention.head_count_kv", kvHeads);
    list("deci.feed_forward_length", widths);
    return file;
}

void addTensor(test::GgufBuilder &file, const std::string &name, std::uint64_t columns, std::uint64_t rows)
{
    file.tensor(name, rows ? std::vector<std::uint64_t>{columns, rows} : std::vector<std::uint64_t>{columns}, 0,
                std::string(columns * std::max<std::uint64_t>(rows, 1) * 4, '\0'));
}

TEST(GgufReader, LayersOfAForeignDeciFileAreReadAsTheyAre)
{
    TemporaryFolder folder;
    test::GgufBuilder file = foreignDeci({0, 2, 2}, {0, 1, 0}, {0, 8, 16});
    addTensor(file, "token_embd.weight", 8, 10);
    addTensor(file, "output_norm.weight", 8, 0);
    for (const char *layer : {"blk.1.", "blk.2."}) {
        addTensor(file, std::string(layer) + "attn_norm.weight", 8, 0);
        addTensor(file, std::string(layer) + "ffn_norm.weight", 8, 0);
        addTensor(file, std::string(layer) + "attn_output.weight", 8, 8);
        std::uint64_t width = layer[4] == '1' ? 8 : 16;
        addTensor(file, std::string(layer) + "ffn_gate.weight", 8, width);
        addTensor(file, std::string(layer) + "ffn_up.weight", 8, width);
        addTensor(file, std::string(layer) + "ffn_down.weight", width, 8);
    }
    addTensor(file, "blk.1.attn_q.weight", 8, 8);
    addTensor(file, "blk.1.attn_k.weight", 8, 4);
    addTensor(file, "blk.1.attn_v.weight", 8, 4);
    test::put(folder / "m.gguf", file.build());
    Checkpoint read = Checkpoint::open(folder / "m.gguf");
    EXPECT_EQ(read.architecture().layers,
              (std::vector<LayerChoice>{{kNoAttention, kNoFfn}, {gqa(1), ffnWidth(8)}, {kLinearAttention, ffnWidth(16)}}));
    EXPECT_EQ(read.config().heads, 2);
}

TEST(GgufReader, ForeignLayersThatCannotBeAreRefusedByNumber)
{
    TemporaryFolder folder;
    auto sentence = [&](const std::vector<std::int32_t> &heads, const std::vector<std::int32_t> &kvHeads, const std::vector<std::int32_t> &widths) {
        test::GgufBuilder file = foreignDeci(heads, kvHeads, widths);
        addTensor(file, "token_embd.weight", 8, 10);
        test::put(folder / "m.gguf", file.build());
        return test::refusal([&] { Checkpoint::open(folder / "m.gguf"); });
    };
    EXPECT_NE(sentence({2, 1}, {1, 1}, {8, 8}).find("layer 1"), std::string::npos);
    EXPECT_NE(sentence({2, 2}, {1, -1}, {8, 8}).find("layer 1"), std::string::npos);
    EXPECT_NE(sentence({2, 2}, {1, 1}, {8, 0}).find("computes as an empty layer"), std::string::npos);
    EXPECT_NE(sentence({2, 0}, {1, 1}, {8, 8}).find("layer 1"), std::string::npos);
    std::string shorter = sentence({2, 2}, {1}, {8, 8});
    EXPECT_NE(shorter.find("has 1 numbers for 2 layers"), std::string::npos) << shorter;
}

} // namespace
} // namespace tessera
