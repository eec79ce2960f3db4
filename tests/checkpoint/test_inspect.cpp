// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/child_writer.h"
#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/models.h"

#include <algorithm>
#include <tuple>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tessera {
namespace {

using test::TemporaryFolder;

struct Outcome {
    int exitCode = -1;
    std::string out, err;
    long peakKilobytes = 0;
};

/// Runs tessera inspect with these arguments.
Outcome inspect(const std::vector<std::string> &arguments)
{
    TemporaryFolder folder;
    std::string program = TESSERA_BIN_DIR "/tessera", out = folder / "out", err = folder / "err";
    std::vector<std::string> words{program, "inspect"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char *> pointers;
    for (std::string &word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
    pid_t pid = 0;
    Outcome run;
    int status = 0;
    rusage usage{};
    if (posix_spawn(&pid, program.c_str(), &actions, nullptr, pointers.data(), environ) == 0 && wait4(pid, &status, 0, &usage) == pid
        && WIFEXITED(status))
        run = {WEXITSTATUS(status), readTextFile(out, 1 << 24), readTextFile(err, 1 << 20), usage.ru_maxrss};
    posix_spawn_file_actions_destroy(&actions);
    return run;
}

/// A checkpoint whose header is real and whose data is a hole in the file: billions of zeros that take no disk.
void writeSparse(const std::filesystem::path &folder, const Json &config, const ModelArchitecture &model)
{
    Json header = Json::object();
    std::int64_t position = 0;
    for (const TensorSpec &spec : tensorsOf(model)) {
        std::int64_t bytes = *storedBytes(StoredType::BF16, spec.shape);
        header[spec.name] = {{"dtype", "BF16"}, {"shape", spec.shape}, {"data_offsets", {position, position + bytes}}};
        position += bytes;
    }
    std::filesystem::create_directories(folder);
    test::put(folder / "config.json", config.dump());
    std::string text = header.dump();
    test::put(folder / "model.safetensors", test::raw<std::uint64_t>(text.size()) + text);
    std::filesystem::resize_file(folder / "model.safetensors", 8 + text.size() + static_cast<std::uint64_t>(position));
}

class Inspect : public testing::Test {
protected:
    void SetUp() override
    {
        if (!std::filesystem::exists(TESSERA_BIN_DIR "/tessera"))
            GTEST_SKIP() << "tessera is not built";
    }
};

TEST_F(Inspect, AFourteenGigabyteCheckpointTakesNoMemory)
{
    // A started program inherits the peak of the one that starts it, which is small when this test runs by itself.
    rusage own{};
    getrusage(RUSAGE_SELF, &own);
    if (own.ru_maxrss > 60 * 1024)
        GTEST_SKIP() << "other tests of this process used too much memory before; ctest runs this one by itself";
    TemporaryFolder folder;
    Json config = test::tinyConfigJson();
    ModelConfig size = test::tinyConfig();
    for (const auto &[key, member, value] : {std::tuple{"hidden_size", &ModelConfig::hidden, 4096}, {"num_hidden_layers", &ModelConfig::layers, 32},
                                             {"vocab_size", &ModelConfig::vocabulary, 32000}, {"num_attention_heads", &ModelConfig::heads, 32},
                                             {"num_key_value_heads", &ModelConfig::kvHeads, 8}, {"head_dim", &ModelConfig::headDim, 128},
                                             {"intermediate_size", &ModelConfig::ffnWidth, 14336}}) {
        config[key] = value;
        size.*member = value;
    }
    try {
        writeSparse(folder / "m", config, parentArchitecture(size));
    } catch (const std::filesystem::filesystem_error &) {
        GTEST_SKIP() << "the folder for temporary files cannot hold sparse files of 14 GB";
    }
    Outcome run = inspect({(folder / "m").string(), "--json"});
    ASSERT_EQ(run.exitCode, 0) << run.err;
    Json json = parseJson(run.out, "output");
    EXPECT_EQ(json["parameters"], 7241732096); // as published for Mistral 7B, which has this shape
    EXPECT_EQ(json["weight_bytes"], 2 * 7241732096);
    EXPECT_EQ(json["dtype"], "bf16");
    EXPECT_LT(run.peakKilobytes, 100 * 1024);
}

TEST_F(Inspect, ThePrintedValueHasTheFieldsOfTheCommandLinesContract)
{
    TemporaryFolder folder;
    test::writeFolder(folder / "m", test::tinyConfigJson(), test::tensorsToWrite(tensorsOf(parentArchitecture(test::tinyConfig())), StoredType::F16));
    Outcome run = inspect({"--json", (folder / "m").string()});
    ASSERT_EQ(run.exitCode, 0) << run.err;
    Json json = parseJson(run.out, "output");
    // Per layer: norms 2 x 16, q and o 2 x 256, k and v 2 x 128, FFN 3 x 384; outside: two matrices of 320 and a norm of 16.
    std::int64_t parameters = 2 * (32 + 512 + 256 + 1152) + 640 + 16;
    EXPECT_EQ(json["architecture"], "llama");
    EXPECT_EQ(json["layers"], 2);
    EXPECT_EQ(json["hidden"], 16);
    EXPECT_EQ(json["vocabulary"], 20);
    EXPECT_EQ(json["parameters"], parameters);
    EXPECT_EQ(json["weight_bytes"], 2 * parameters);
    EXPECT_EQ(json["dtype"], "f16");
    EXPECT_EQ(json["tied_embeddings"], false);
    EXPECT_EQ(json["blocks"], Json::parse(R"([{"layer":0,"attention":"gqa:2","ffn":"width:24"},{"layer":1,"attention":"gqa:2","ffn":"width:24"}])"));
    EXPECT_TRUE(run.err.empty()) << run.err;
}

TEST_F(Inspect, RunsOfEqualLayersAreOneLineForAPerson)
{
    TemporaryFolder folder;
    ModelArchitecture model = parentArchitecture(test::tinyConfig());
    model.config.layers = 5;
    model.layers.assign(5, {gqa(2), ffnWidth(24)});
    model.layers[3] = {noneVariant(Part::Attention), linearVariant(Part::Ffn)};
    writeChild(folder / "child", model, StoredType::BF16,
               [](const TensorSpec &spec, const FloatSink &sink) { sink(test::weightsOf(spec)); }, "");
    Outcome run = inspect({(folder / "child").string()});
    EXPECT_EQ(run.exitCode, 0) << run.err;
    for (const char *line : {"\n  0-2       gqa:2       width:24 ", "\n  3         none        linear ", "\n  4         gqa:2       width:24 "})
        EXPECT_NE(run.out.find(line), std::string::npos) << run.out;
}

TEST_F(Inspect, BadInputEndsWithTwoAndOneSentence)
{
    TemporaryFolder folder;
    test::put(folder / "m.gguf", "no gguf");
    Outcome run = inspect({(folder / "m.gguf").string(), "--json"});
    EXPECT_EQ(run.exitCode, 2);
    EXPECT_NE(parseJson(run.out, "output")["error"].get<std::string>().find("no GGUF file"), std::string::npos);
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_EQ(inspect({}).exitCode, 2);
    EXPECT_EQ(inspect({"/nowhere"}).exitCode, 2);
    EXPECT_EQ(inspect({"/nowhere"}).out, "");
}

} // namespace
} // namespace tessera
