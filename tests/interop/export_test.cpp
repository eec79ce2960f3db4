// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/export.h"

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/gguf.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"
#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/any_child.h"

#include <cmath>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

Checkpoint written(const TemporaryFolder &folder, const ModelArchitecture &model, const std::string &tokenizer = "")
{
    writeChild(folder / "child", model, StoredType::F32, test::produceRows, tokenizer);
    return Checkpoint::open(folder / "child");
}

Exported exported(const TemporaryFolder &folder, const Checkpoint &child, ExportFormat format)
{
    ExportOptions options;
    options.format = format;
    options.out = folder / (format == ExportFormat::Gguf ? "out.gguf" : "out");
    options.tokenizer = false;
    return exportModel(child, options);
}

/// Whether a tensor is another one with zeros below and to the right.
bool extends(const std::vector<float> &large, std::int64_t columns, const std::vector<float> &small, std::int64_t ownColumns)
{
    auto wide = static_cast<std::size_t>(columns), own = static_cast<std::size_t>(ownColumns);
    for (std::size_t i = 0; i < large.size(); ++i) {
        std::size_t row = i / wide, column = i % wide;
        bool inside = column < own && row * own + column < small.size();
        if (large[i] != (inside ? small[row * own + column] : 0.f))
            return false;
    }
    return true;
}

RC_GTEST_PROP(Export, AnyChildAsGgufOrPuzzletronIsReadBackAsItWas, ())
{
    ModelArchitecture model = test::anyChild();
    model.config.mlpBias = model.config.qkvBias = model.config.outputBias = *rc::gen::arbitrary<bool>();
    for (ExportFormat format : {ExportFormat::Gguf, ExportFormat::Puzzletron}) {
        TemporaryFolder folder;
        Checkpoint child = written(folder, model);
        Checkpoint read = Checkpoint::open(exported(folder, child, format).path);
        RC_ASSERT(read.architecture().layers == model.layers);
        for (const TensorSpec &spec : tensorsOf(model))
            RC_ASSERT(read.readFloats(spec.name) == test::weightsOf(spec));
    }
}

RC_GTEST_PROP(Export, AnyChildAsDeciLmHasItsLayersWithPaddedWidths, ())
{
    ModelArchitecture model = test::anyChild();
    TemporaryFolder folder;
    Checkpoint child = written(folder, model);
    Checkpoint read = Checkpoint::open(exported(folder, child, ExportFormat::DeciLm).path);
    RC_ASSERT(read.architecture().layers.size() == model.layers.size());
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        RC_ASSERT(read.architecture().layers[i].attention == model.layers[i].attention);
        RC_ASSERT(read.architecture().layers[i].ffn.kind == model.layers[i].ffn.kind);
        RC_ASSERT(read.architecture().layers[i].ffn.size % 256 == 0);
    }
    for (const TensorSpec &spec : tensorsOf(model))
        RC_ASSERT(extends(read.readFloats(spec.name), read.tensor(spec.name).shape.back(), test::weightsOf(spec), spec.shape.back()));
}

TEST(Export, AUniformChildIsAPlainModelWithoutItsEmptyLayers)
{
    TemporaryFolder folder;
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    model.config.layers = 3;
    model.layers = {{gqa(1), ffnWidth(10)}, {noneVariant(Part::Attention), noneVariant(Part::Ffn)}, {gqa(1), ffnWidth(10)}};
    Checkpoint child = written(folder, model);
    Exported plain = exported(folder, child, ExportFormat::Hf);
    EXPECT_EQ(plain.kind, "llama");
    Json config = readJsonFile(plain.path / "config.json");
    EXPECT_EQ(config["model_type"], "llama");
    EXPECT_EQ(config["architectures"], Json::array({"LlamaForCausalLM"}));
    EXPECT_EQ(config["num_hidden_layers"], 2);
    EXPECT_EQ(config["num_key_value_heads"], 1);
    EXPECT_EQ(config["intermediate_size"], 10);
    Checkpoint read = Checkpoint::open(plain.path);
    EXPECT_EQ(read.readFloats("model.layers.1.mlp.up_proj.weight"), child.readFloats("model.layers.2.mlp.up_proj.weight"));
    EXPECT_EQ(read.readFloats("lm_head.weight"), child.readFloats("lm_head.weight"));
}

TEST(Export, BiasesOfQueriesAloneBecomeAZeroBiasOfTheOutput)
{
    TemporaryFolder folder;
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    model.config.architecture = "qwen2";
    model.config.qkvBias = true;
    model.layers[1].ffn = noneVariant(Part::Ffn);
    Checkpoint child = written(folder, model);
    Exported deci = exported(folder, child, ExportFormat::Hf);
    EXPECT_EQ(deci.kind, "nemotron-nas");
    Checkpoint read = Checkpoint::open(deci.path);
    EXPECT_EQ(read.readFloats("model.layers.0.self_attn.o_proj.bias"), std::vector<float>(16));
    EXPECT_EQ(read.readFloats("model.layers.0.self_attn.k_proj.bias"), child.readFloats("model.layers.0.self_attn.k_proj.bias"));
    fs::remove_all(deci.path);
    Json config = readJsonFile(folder / "child" / "config.json");
    EXPECT_EQ(config["model_type"], "tessera");
    EXPECT_EQ(config["tessera"]["family"], "qwen2");
}

RC_GTEST_PROP(Export, AnyUniformChildOfAnyFamilyIsReadBackAsItsFamily, ())
{
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    ModelConfig &config = model.config;
    config.architecture = *rc::gen::elementOf(std::vector<std::string>{"llama", "mistral", "qwen2", "qwen3"});
    config.qkvBias = config.architecture == "qwen2";
    config.qkNorm = config.architecture == "qwen3";
    config.tiedEmbeddings = *rc::gen::arbitrary<bool>();
    const LayerChoice layer{*rc::gen::element(gqa(4), gqa(2), gqa(1)), *rc::gen::element(ffnWidth(24), ffnWidth(7))};
    const LayerChoice empty{noneVariant(Part::Attention), noneVariant(Part::Ffn)};
    model.layers = {layer};
    for (int more = *rc::gen::inRange(0, 3); more > 0; --more)
        model.layers.push_back(*rc::gen::arbitrary<bool>() ? layer : empty);
    config.layers = static_cast<std::int64_t>(model.layers.size());
    for (ExportFormat format : {ExportFormat::Hf, ExportFormat::Gguf}) {
        TemporaryFolder folder;
        Checkpoint child = written(folder, model);
        Exported out = exported(folder, child, format);
        if (format == ExportFormat::Hf)
            RC_ASSERT(out.kind == config.architecture);
        Checkpoint read = Checkpoint::open(out.path);
        RC_ASSERT(read.config().qkvBias == config.qkvBias);
        RC_ASSERT(read.config().qkNorm == config.qkNorm);
        std::int64_t next = 0;
        for (std::size_t i = 0; i < model.layers.size(); ++i) {
            if (isEmpty(model.layers[i]))
                continue;
            for (Part part : {Part::Attention, Part::Ffn})
                for (const TensorSpec &spec : tensorsOf(config, model.layers[i].of(part)))
                    RC_ASSERT(read.readFloats(tensorName(format == ExportFormat::Hf ? next : static_cast<std::int64_t>(i), spec.name))
                              == child.readFloats(tensorName(static_cast<std::int64_t>(i), spec.name)));
            ++next;
        }
        if (format == ExportFormat::Hf)
            RC_ASSERT(static_cast<std::int64_t>(read.architecture().layers.size()) == next);
    }
}

RC_GTEST_PROP(Export, ShorterTypesAreTheNearestNumbers, ())
{
    ModelArchitecture model = test::anyChild();
    TemporaryFolder folder;
    Checkpoint child = written(folder, model);
    ExportOptions options;
    options.format = *rc::gen::element(ExportFormat::Gguf, ExportFormat::Puzzletron);
    options.type = *rc::gen::element(StoredType::F16, StoredType::BF16);
    options.out = folder / (options.format == ExportFormat::Gguf ? "out.gguf" : "out");
    options.tokenizer = false;
    Checkpoint read = Checkpoint::open(exportModel(child, options).path);
    RC_ASSERT(read.architecture().layers == model.layers);
    const float unit = options.type == StoredType::F16 ? 0x1p-11f : 0x1p-8f;
    for (const TensorSpec &spec : tensorsOf(model)) {
        const std::vector<float> ours = child.readFloats(spec.name), theirs = read.readFloats(spec.name);
        RC_ASSERT(ours.size() == theirs.size());
        for (std::size_t i = 0; i < ours.size(); ++i)
            RC_ASSERT(std::abs(ours[i] - theirs[i]) <= unit * std::abs(ours[i]) + 0x1p-24f);
    }
}

TEST(Export, SolutionsAreInPuzzletronsForm)
{
    TemporaryFolder folder;
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    model.layers[0] = {linearVariant(Part::Attention), noneVariant(Part::Ffn)};
    Exported out = exported(folder, written(folder, model), ExportFormat::Puzzletron);
    Json solution = readJsonFile(out.path / "solutions.json")[0];
    Json first = solution["chosen_block_configs"][0], second = solution["chosen_block_configs"][1];
    EXPECT_EQ(first["attention"]["replace_with_linear"], true);
    EXPECT_EQ(first["ffn"]["no_op"], true);
    EXPECT_EQ(first["ffn"]["intermediate_size"], nullptr);
    EXPECT_EQ(second["attention"]["num_key_value_heads"], 2);
    EXPECT_EQ(second["ffn"]["intermediate_size"], 24);
    EXPECT_EQ(solution["chosen_replacements"][0]["weight_paths"].size(), 1u);
    for (const Json &path : solution["chosen_replacements"][1]["weight_paths"])
        EXPECT_TRUE(fs::exists(path.get<std::string>())) << path;
    EXPECT_EQ(solution["total_costs"]["stats.num_params"], parametersOf(model));
    EXPECT_EQ(solution["total_costs"]["stats.has_attention"], 1);
    EXPECT_EQ(readTextFile(out.path / "solution_repr_0.txt", 1000),
              "block_0:  attention linear  ffn no_op\nblock_1:  attention kv_heads_2  ffn intermediate_24\n");
}

TEST(Export, TheTokenizerComesBackFromGguf)
{
    for (const char *name : {"smollm", "llama3", "qwen2", "gpt2"}) {
        TemporaryFolder folder;
        std::string path = std::string(TESSERA_TEST_DATA) + "/text/" + name + ".tokenizer.json";
        std::string json = readTextFile(path, 10 << 20);
        Tokenizer own = Tokenizer::fromJson(json, name);
        ModelArchitecture model = parentArchitecture(test::tinyConfig());
        model.config.vocabulary = own.vocabulary() + 3;
        Checkpoint child = written(folder, model, json);
        ExportOptions options;
        options.format = ExportFormat::Gguf;
        options.out = folder / "out.gguf";
        exportModel(child, options);
        Tokenizer read = Tokenizer::open(options.out);
        for (const char *text : {"It's 12345  café\n\n naïve\tßé 今日は 🙂", "def f(x):\n    return x**2", "", "   "})
            for (bool special : {false, true})
                EXPECT_EQ(read.encode(text, special), own.encode(text, special)) << name << ": " << text;
    }
}

TEST(Export, TheChatTemplateGoesAlong)
{
    const std::string chat = "{% for message in messages %}<|im_start|>{{ message.content }}\n{% endfor %}é";
    std::string json = readTextFile(std::string(TESSERA_TEST_DATA) + "/text/smollm.tokenizer.json", 10 << 20);
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    model.config.vocabulary = Tokenizer::fromJson(json, "smollm").vocabulary();
    const std::vector<std::pair<const char *, Json>> forms{
        {"chat_template.jinja", nullptr},
        {"tokenizer_config.json", {{"chat_template", chat}}},
        {"tokenizer_config.json", {{"chat_template", {{{"name", "tools"}, {"template", "x"}}, {{"name", "default"}, {"template", chat}}}}}}};
    for (const auto &[file, content] : forms) {
        TemporaryFolder folder;
        Checkpoint child = written(folder, model, json);
        test::put(folder / "child" / file, content.is_null() ? chat : content.dump());
        EXPECT_EQ(chatTemplateOf(folder / "child"), chat);
        for (ExportFormat format : {ExportFormat::Hf, ExportFormat::DeciLm, ExportFormat::Puzzletron, ExportFormat::Gguf}) {
            ExportOptions options;
            options.format = format;
            options.out = folder / (format == ExportFormat::Gguf ? "out.gguf" : "out" + std::to_string(static_cast<int>(format)));
            const fs::path out = exportModel(child, options).path;
            EXPECT_EQ(chatTemplateOf(out), chat) << file;
            if (format != ExportFormat::Gguf) {
                EXPECT_EQ(readJsonFile(out / "tokenizer_config.json")["chat_template"], chat);
            }
        }
        // And from GGUF back into a folder.
        ExportOptions back;
        back.out = folder / "back";
        EXPECT_EQ(chatTemplateOf(exportModel(Checkpoint::open(folder / "out.gguf"), back).path), chat);
    }
}

TEST(Export, AModelWithoutAChatTemplateHasNoneAndAWrongOneIsASentence)
{
    TemporaryFolder folder;
    Checkpoint child = written(folder, parentArchitecture(test::tinyConfig()));
    EXPECT_EQ(chatTemplateOf(folder / "child"), "");
    for (const char *wrong : {R"({"chat_template": 3})", R"({"chat_template": [{"name": "default"}]})", R"({"chat_template": ["x"]})", "{"}) {
        test::put(folder / "child" / "tokenizer_config.json", wrong);
        EXPECT_NE(test::refusal([&] { chatTemplateOf(folder / "child"); }).find("tokenizer_config.json"), std::string::npos) << wrong;
    }
    test::put(folder / "child" / "chat_template.jinja", std::string("\xff", 1));
    EXPECT_NE(test::refusal([&] { chatTemplateOf(folder / "child"); }), "");
}

TEST(Export, WhatCannotBeWrittenIsRefusedAndLeavesNothing)
{
    TemporaryFolder folder;
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    Checkpoint child = written(folder, model, R"({"model":{"type":"BPE","vocab":{"a":0},"merges":[]},
        "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true}})");
    auto sentence = [&](ExportFormat format, std::optional<StoredType> type, bool tokenizer, const char *name) {
        ExportOptions options{format, folder / name, type, tokenizer, {}, [](const Progress &) {}};
        return test::refusal([&] { exportModel(child, options); });
    };
    std::string text = sentence(ExportFormat::Gguf, StoredType::F16, true, "a.gguf");
    EXPECT_NE(text.find("without its tokenizer"), std::string::npos) << text;
    text = sentence(ExportFormat::Hf, StoredType::Q8_0, false, "a");
    EXPECT_NE(text.find("q8_0 with gguf"), std::string::npos) << text;
    text = sentence(ExportFormat::Gguf, StoredType::Q8_0, false, "a.gguf");
    EXPECT_NE(text.find("use F16"), std::string::npos) << text;
    test::put(folder / "there.gguf", "x");
    text = sentence(ExportFormat::Gguf, StoredType::F16, false, "there.gguf");
    EXPECT_NE(text.find("exists"), std::string::npos) << text;
    text = sentence(ExportFormat::DeciLm, StoredType::F16, false, "child");
    EXPECT_NE(text.find("exists and is not empty"), std::string::npos) << text;
    EXPECT_NE(test::refusal([] { parseExportFormat("onnx"); }).find("onnx"), std::string::npos);
    ExportOptions stopped{ExportFormat::Hf, folder / "s", {}, false, {}, [](const Progress &) {}};
    stopped.stop.request();
    EXPECT_THROW(exportModel(child, stopped), Error);
    stopped.format = ExportFormat::Gguf;
    stopped.out = folder / "s.gguf";
    EXPECT_THROW(exportModel(child, stopped), Error);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 2);
}

} // namespace
} // namespace tessera
