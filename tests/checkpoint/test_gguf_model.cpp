// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf_model.h"

#include "engine/checkpoint/checkpoint.h"
#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/models.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::GgufBuilder;
using test::raw;

/// The rows of q and k as converters write them, from the definition: reshape(heads, 2, d / 2, columns), swap the middle axes.
std::vector<float> permuted(const std::vector<float> &rows, std::size_t headDim, std::size_t columns)
{
    std::vector<float> out;
    for (std::size_t head = 0; head < rows.size() / columns / headDim; ++head)
        for (std::size_t pair = 0; pair < headDim / 2; ++pair)
            for (std::size_t half = 0; half < 2; ++half)
                for (std::size_t column = 0; column < columns; ++column)
                    out.push_back(rows[((head * 2 + half) * headDim / 2 + pair) * columns + column]);
    return out;
}

void addMetadata(GgufBuilder &file, const ModelConfig &config)
{
    file.text("general.architecture", "llama");
    file.u32("llama.context_length", static_cast<std::uint32_t>(config.context));
    file.u32("llama.embedding_length", static_cast<std::uint32_t>(config.hidden));
    file.u32("llama.block_count", static_cast<std::uint32_t>(config.layers));
    file.u32("llama.feed_forward_length", static_cast<std::uint32_t>(config.ffnWidth));
    file.u32("llama.attention.head_count", static_cast<std::uint32_t>(config.heads));
    file.u32("llama.attention.head_count_kv", static_cast<std::uint32_t>(config.kvHeads));
    file.f32("llama.attention.layer_norm_rms_epsilon", static_cast<float>(config.normEpsilon));
    file.f32("llama.rope.freq_base", static_cast<float>(config.ropeBase));
    file.u32("tokenizer.ggml.bos_token_id", 1);
    file.u32("tokenizer.ggml.eos_token_id", 2);
}

void addTensors(GgufBuilder &file, const ModelArchitecture &model, std::uint32_t ggmlType, StoredType type)
{
    auto headDim = static_cast<std::size_t>(model.config.headDim);
    for (const TensorSpec &spec : tensorsOf(model)) {
        std::vector<float> values = test::weightsOf(spec);
        bool matrix = spec.shape.size() == 2;
        bool rotated = spec.name.find("q_proj") != std::string::npos || spec.name.find("k_proj") != std::string::npos;
        if (rotated)
            values = permuted(values, headDim, matrix ? static_cast<std::size_t>(spec.shape[1]) : 1);
        std::vector<std::byte> bytes = encodeFloats(values, matrix ? type : StoredType::F32);
        std::vector<std::uint64_t> dimensions(spec.shape.rbegin(), spec.shape.rend());
        file.tensor(ggufTensorName(spec.name), dimensions, matrix ? ggmlType : 0,
                    std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size()));
    }
}

std::string ggufOf(const ModelConfig &config, const std::function<void(GgufBuilder &)> &change = [](GgufBuilder &) {})
{
    GgufBuilder file;
    addMetadata(file, config);
    change(file);
    addTensors(file, parentArchitecture(config), 0, StoredType::F32);
    return file.build();
}

struct Stored {
    StoredType type;
    std::uint32_t number;
};

TEST(GgufModel, AndASafetensorsFolderOfTheSameWeightsAreEqual)
{
    for (bool biases : {false, true})
        for (bool tied : {false, true})
            for (Stored stored : {Stored{StoredType::F32, 0}, Stored{StoredType::F16, 1}, Stored{StoredType::BF16, 30}}) {
                test::TemporaryFolder folder;
                ModelConfig config = test::tinyConfig();
                config.normEpsilon = static_cast<double>(1e-5f);
                config.qkvBias = config.outputBias = config.mlpBias = biases;
                config.tiedEmbeddings = tied;
                GgufBuilder file;
                addMetadata(file, config);
                addTensors(file, parentArchitecture(config), stored.number, stored.type);
                test::put(folder / "m.gguf", file.build());
                Json json = test::tinyConfigJson();
                json["attention_bias"] = json["mlp_bias"] = biases;
                json["tie_word_embeddings"] = tied;
                json["rms_norm_eps"] = config.normEpsilon;
                std::vector<TensorToWrite> tensors;
                for (const TensorSpec &spec : tensorsOf(parentArchitecture(config)))
                    tensors.push_back(test::tensorToWrite(spec, spec.shape.size() == 2 ? stored.type : StoredType::F32));
                test::writeFolder(folder / "m", json, tensors);
                Checkpoint gguf = Checkpoint::open(folder / "m.gguf"), hf = Checkpoint::open(folder / "m");
                EXPECT_TRUE(gguf.isGguf());
                EXPECT_FALSE(hf.isGguf());
                EXPECT_EQ(gguf.architecture(), parentArchitecture(config));
                EXPECT_EQ(gguf.architecture(), hf.architecture());
                EXPECT_EQ(gguf.weightBytes(), hf.weightBytes());
                EXPECT_EQ(gguf.mainType(), stored.type);
                ASSERT_EQ(gguf.tensors().size(), hf.tensors().size());
                for (const StoredTensor &tensor : hf.tensors())
                    EXPECT_EQ(gguf.readFloats(tensor.name), hf.readFloats(tensor.name)) << tensor.name;
            }
}

TEST(GgufModel, RowsAreReadInAnyPieces)
{
    test::TemporaryFolder folder;
    test::put(folder / "m.gguf", ggufOf(test::tinyConfig()));
    Checkpoint checkpoint = Checkpoint::open(folder / "m.gguf");
    const StoredTensor &tensor = checkpoint.tensor("model.layers.1.self_attn.q_proj.weight");
    std::vector<float> whole = checkpoint.readFloats(tensor.name);
    for (std::int64_t first = 0; first <= 16; ++first)
        for (std::int64_t count = 0; first + count <= 16; ++count) {
            std::vector<float> rows(static_cast<std::size_t>(count * 16));
            checkpoint.readRows(tensor, first, count, rows);
            EXPECT_TRUE(std::equal(rows.begin(), rows.end(), whole.begin() + first * 16)) << first << " " << count;
        }
    std::vector<float> row(16);
    EXPECT_THROW(checkpoint.readRows(tensor, 16, 1, row), Error);
    EXPECT_THROW(checkpoint.readRows(tensor, -1, 1, row), Error);
    EXPECT_THROW(checkpoint.readRows(tensor, 0, 2, row), Error);
    EXPECT_THROW(checkpoint.readRows(tensor, 1, INT64_MAX, row), Error);
    EXPECT_THROW(checkpoint.tensor("model.layers.2.self_attn.q_proj.weight"), Error);
}

TEST(GgufModel, AFileOfAnotherLibraryWithEveryTypeIsReadAsThatLibraryReadsIt)
{
    Checkpoint checkpoint = Checkpoint::open(TESSERA_TEST_DATA "/checkpoint/mixed.gguf");
    Json expected = readJsonFile(TESSERA_TEST_DATA "/checkpoint/mixed.json");
    EXPECT_EQ(checkpoint.tensors().size(), expected.size());
    EXPECT_TRUE(checkpoint.config().qkvBias);
    EXPECT_FALSE(checkpoint.config().outputBias);
    EXPECT_FALSE(checkpoint.config().tiedEmbeddings);
    EXPECT_EQ(checkpoint.config().ropeScaling, (RopeScaling{RopeScaling::Kind::Llama3, 32, 1, 4, 8192}));
    for (const auto &[name, tensor] : expected.items()) {
        SCOPED_TRACE(name);
        EXPECT_EQ(toString(checkpoint.tensor(name).type), tensor["type"].get<std::string>());
        EXPECT_EQ(checkpoint.tensor(name).shape, tensor["shape"].get<std::vector<std::int64_t>>());
        std::vector<float> values = checkpoint.readFloats(name);
        double sum = 0, magnitude = 0;
        for (float value : values) {
            sum += value;
            magnitude += std::abs(value);
        }
        EXPECT_NEAR(sum, tensor["sum"].get<double>(), 1e-6 * magnitude);
        for (std::size_t i = 0; i < tensor["at"].size(); ++i) {
            double value = tensor["values"][i];
            EXPECT_NEAR(values.at(tensor["at"][i]), value, 1e-6 * std::abs(value) + 1e-7);
        }
    }
}

TEST(GgufModel, TheRealParentIsWhatItsCardSays)
{
    std::filesystem::path path = TESSERA_SHARED_DATA "/models/SmolLM2-135M-Instruct.Q4_1.gguf";
    if (!std::filesystem::exists(path))
        GTEST_SKIP() << "the real parent is not on this machine";
    Checkpoint checkpoint = Checkpoint::open(path);
    EXPECT_EQ(parametersOf(checkpoint.architecture()), 134515008);
    EXPECT_EQ(checkpoint.mainType(), StoredType::Q4_1);
    EXPECT_EQ(checkpoint.config().endTokens, std::vector<std::int64_t>{2});
    for (const StoredTensor &tensor : checkpoint.tensors())
        for (float value : checkpoint.readFloats(tensor.name))
            ASSERT_LT(std::abs(value), 1000) << tensor.name;
}

TEST(GgufModel, PermutedRowsAreABijectionOfEachHead)
{
    for (std::int64_t headDim : {2, 4, 64, 128})
        for (std::int64_t row = 0; row < 3 * headDim; ++row) {
            std::vector<float> rows(static_cast<std::size_t>(3 * headDim));
            for (std::size_t i = 0; i < rows.size(); ++i)
                rows[i] = static_cast<float>(i);
            std::vector<float> inFile = permuted(rows, static_cast<std::size_t>(headDim), 1);
            EXPECT_EQ(inFile[static_cast<std::size_t>(permutedRow(row, headDim))], static_cast<float>(row));
        }
}

std::string refusalOf(const ModelConfig &config, const std::function<void(GgufBuilder &)> &change)
{
    std::string bytes = ggufOf(config, change);
    return test::refusal([&] { readGgufConfig(GgufFile::parse(test::bytesOf(bytes), "m.gguf")); });
}

ModelConfig configOf(const std::function<void(GgufBuilder &)> &change)
{
    std::string bytes = ggufOf(test::tinyConfig(), change);
    return readGgufConfig(GgufFile::parse(test::bytesOf(bytes), "m.gguf"));
}

TEST(GgufModel, MetadataThatIsNotSupportedIsNamed)
{
    using B = GgufBuilder;
    const std::vector<std::pair<const char *, std::function<void(B &)>>> cases{
        {"split.count", [](B &f) { f.value("split.count", 2, raw<std::uint16_t>(3)); }},
        {"llama.expert_count", [](B &f) { f.u32("llama.expert_count", 8); }},
        {"llama.attention.key_length", [](B &f) { f.text("llama.attention.key_length", "4"); }},
        {"llama.attention.value_length", [](B &f) { f.u32("llama.attention.value_length", 8); }},
        {"llama.rope.dimension_count", [](B &f) { f.u32("llama.rope.dimension_count", 2); }},
        {"llama.rope.scaling.type", [](B &f) { f.text("llama.rope.scaling.type", "yarn"); }},
        {"llama.embedding_scale", [](B &f) { f.f32("llama.embedding_scale", 12); }},
        {"llama.attention.scale", [](B &f) { f.f32("llama.attention.scale", 0.1f); }},
    };
    for (const auto &[key, change] : cases)
        EXPECT_NE(refusalOf(test::tinyConfig(), change).find(key), std::string::npos) << refusalOf(test::tinyConfig(), change);
}

TEST(GgufModel, ASlidingWindowIsTheLongestSequence)
{
    auto contextWith = [](std::uint32_t window) {
        return configOf([&](GgufBuilder &file) { file.u32("llama.attention.sliding_window", window); }).context;
    };
    EXPECT_EQ(contextWith(32), 32);
    EXPECT_EQ(contextWith(4096), test::tinyConfig().context);
    EXPECT_EQ(contextWith(0), test::tinyConfig().context) << "0 stands for no window";
}

TEST(GgufModel, AnotherArchitectureOrAMissingKeyIsNamed)
{
    GgufBuilder other;
    other.text("general.architecture", "qwen2moe");
    std::string bytes = other.build();
    EXPECT_NE(test::refusal([&] { readGgufConfig(GgufFile::parse(test::bytesOf(bytes), "m.gguf")); }).find("qwen2moe"), std::string::npos);
    GgufBuilder empty;
    empty.text("general.architecture", "llama");
    bytes = empty.build();
    EXPECT_NE(test::refusal([&] { readGgufConfig(GgufFile::parse(test::bytesOf(bytes), "m.gguf")); }).find("lacks the metadata key"), std::string::npos);
}

TEST(GgufModel, SizesBeyondAllModelsAreRefusedBeforeAnythingIsBuilt)
{
    for (auto member : {&ModelConfig::hidden, &ModelConfig::layers, &ModelConfig::heads, &ModelConfig::ffnWidth, &ModelConfig::context}) {
        GgufBuilder file;
        ModelConfig config = test::tinyConfig();
        config.*member = 0xfffffff0;
        addMetadata(file, config);
        file.tensor("token_embd.weight", {16, 20}, 0, std::string(1280, '\0'));
        std::string bytes = file.build();
        EXPECT_NE(test::refusal([&] { readGgufConfig(GgufFile::parse(test::bytesOf(bytes), "m.gguf")); }), "(accepted)");
    }
}

TEST(GgufModel, LinearRopeScalingIsReadFromEitherKey)
{
    RopeScaling linear{RopeScaling::Kind::Linear, 4, 1, 4, 0};
    EXPECT_EQ(configOf([](auto &f) { f.text("llama.rope.scaling.type", "linear"); f.f32("llama.rope.scaling.factor", 4); }).ropeScaling, linear);
    EXPECT_EQ(configOf([](auto &f) { f.f32("llama.rope.scaling.factor", 4); }).ropeScaling, linear);
    EXPECT_EQ(configOf([](auto &f) { f.f32("llama.rope.scale_linear", 4); }).ropeScaling, linear);
    EXPECT_EQ(configOf([](auto &f) { f.text("llama.rope.scaling.type", "none"); f.f32("llama.rope.scaling.factor", 4); }).ropeScaling, RopeScaling{});
    EXPECT_EQ(configOf([](auto &f) { f.text("llama.rope.scaling.type", "linear"); }).ropeScaling, RopeScaling{});
}

TEST(GgufModel, AnArrayOfEqualHeadCountsIsOneNumber)
{
    auto metadata = [](std::int32_t second) {
        ModelConfig config = test::tinyConfig();
        GgufBuilder file;
        file.text("general.architecture", "llama");
        file.array("llama.attention.head_count_kv", 5, 2, raw<std::int32_t>(2) + raw<std::int32_t>(second));
        for (const auto &[key, number] : {std::pair{"context_length", 64u}, {"embedding_length", 16u}, {"block_count", 2u},
                                          {"feed_forward_length", 24u}, {"attention.head_count", 4u}})
            file.u32(std::string("llama.") + key, number);
        file.f32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        addTensors(file, parentArchitecture(config), 0, StoredType::F32);
        return file.build();
    };
    std::string equal = metadata(2), different = metadata(1);
    EXPECT_EQ(readGgufConfig(GgufFile::parse(test::bytesOf(equal), "m")).kvHeads, 2);
    EXPECT_NE(test::refusal([&] { readGgufConfig(GgufFile::parse(test::bytesOf(different), "m")); }).find("differs by layer"), std::string::npos);
}

TEST(GgufModel, TensorsThatAModelHasNoPlaceForAreNamed)
{
    test::TemporaryFolder folder;
    test::put(folder / "m.gguf", ggufOf(test::tinyConfig(), [](auto &f) { f.tensor("blk.0.ffn_gate_inp.weight", {1}, 0, "1234"); }));
    EXPECT_NE(test::refusal([&] { Checkpoint::open(folder / "m.gguf"); }).find("blk.0.ffn_gate_inp.weight"), std::string::npos);
}

/// What transformers divides the frequencies by, from its definition, in float32 as converters store it.
std::vector<float> llama3Factors(const RopeScaling &scaling, double base, std::int64_t headDim)
{
    std::vector<float> factors;
    for (std::int64_t i = 0; i < headDim / 2; ++i) {
        double wavelength = 2 * std::numbers::pi * std::pow(base, 2.0 * static_cast<double>(i) / static_cast<double>(headDim));
        auto original = static_cast<double>(scaling.originalContext);
        double low = original / scaling.lowFrequencyFactor, high = original / scaling.highFrequencyFactor;
        double smooth = (original / wavelength - scaling.lowFrequencyFactor) / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
        double divisor = wavelength < high ? 1 : wavelength > low ? scaling.factor : 1 / ((1 - smooth) / scaling.factor + smooth);
        factors.push_back(static_cast<float>(divisor));
    }
    return factors;
}

TEST(GgufModel, RopeFactorsAreTracedBackToLlama3Scaling)
{
    for (RopeScaling scaling : {RopeScaling{RopeScaling::Kind::Llama3, 8, 1, 4, 8192}, RopeScaling{RopeScaling::Kind::Llama3, 32, 1, 4, 8192},
                                RopeScaling{RopeScaling::Kind::Llama3, 2, 1, 4, 4096}, RopeScaling{RopeScaling::Kind::Llama3, 16, 1, 3, 6000},
                                RopeScaling{RopeScaling::Kind::Llama3, 8, 2, 6, 8192}})
        for (double base : {10000.0, 500000.0})
            for (std::int64_t headDim : {64, 128}) {
                std::vector<float> factors = llama3Factors(scaling, base, headDim);
                std::optional<RopeScaling> found = scalingOfFactors(factors, base, headDim, 131072);
                ASSERT_TRUE(found.has_value()) << scaling.originalContext << " " << base << " " << headDim;
                std::vector<float> again = llama3Factors(*found, base, headDim);
                for (std::size_t i = 0; i < factors.size(); ++i)
                    EXPECT_NEAR(again[i], factors[i], 2e-5 * factors[i]) << i;
            }
}

TEST(GgufModel, RopeFactorsOfAnotherKindAreRefused)
{
    std::vector<float> ones(32, 1.0f), twos(32, 2.0f), odd = llama3Factors({RopeScaling::Kind::Llama3, 8, 1, 4, 8192}, 500000, 64);
    EXPECT_EQ(scalingOfFactors(ones, 500000, 64, 8192), RopeScaling{});
    odd[3] = 1.5f;
    EXPECT_EQ(scalingOfFactors(odd, 500000, 64, 8192), std::nullopt);
    odd[3] = NAN;
    EXPECT_EQ(scalingOfFactors(odd, 500000, 64, 8192), std::nullopt);
    odd[3] = -1;
    EXPECT_EQ(scalingOfFactors(odd, 500000, 64, 8192), std::nullopt);
    EXPECT_EQ(scalingOfFactors(std::vector<float>(32, 0.5f), 500000, 64, 8192), std::nullopt);
    EXPECT_EQ(scalingOfFactors({}, 500000, 64, 8192), std::nullopt);
}

TEST(GgufModel, NamesOfTensorsThatGgufHasNotAreNoNames)
{
    EXPECT_EQ(ggufTensorName("model.layers.12.self_attn.o_proj.bias"), "blk.12.attn_output.bias");
    for (const char *name : {"model.layers.0.mlp.linear_mlp.weight", "model.layers", "x", "", "model.layers.0.weight"})
        EXPECT_THROW(ggufTensorName(name), Error) << name;
}

} // namespace
} // namespace tessera
