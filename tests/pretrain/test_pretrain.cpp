// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/pretrain/pretrain.h"
#include "engine/text/token_file.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

class PretrainTest : public testing::Test {
protected:
    void SetUp() override
    {
        folder = fs::path(testing::TempDir()) / ("tessera-pretrain-" + std::to_string(::getpid()));
        fs::remove_all(folder);
        fs::create_directories(folder);
        request.config.vocabulary = 32, request.config.hidden = 16, request.config.layers = 2, request.config.heads = 2;
        request.config.kvHeads = 1, request.config.headDim = 8, request.config.ffnWidth = 24, request.config.context = 32;
        request.config.tiedEmbeddings = true;
        request.window = 16, request.batch = 4, request.steps = 12, request.dropout = 0.1;
        request.learningRate = 1e-2;
        request.run.threads = 1;
        std::vector<TokenId> tokens; // A sequence with a rule to learn: every token follows from the one before.
        for (int i = 0; i < 600; ++i)
            tokens.push_back(tokens.empty() ? 1 : (tokens.back() * 5 + 3) % 32);
        request.tokenFile = (folder / "train").string();
        request.heldOutTokenFile = (folder / "held_out").string();
        writeTokenFile(request.tokenFile, tokens);
        writeTokenFile(request.heldOutTokenFile, std::span(tokens).first(100));
    }
    void TearDown() override { fs::remove_all(folder); }

    PretrainRequest into(const std::string &name)
    {
        PretrainRequest changed = request;
        changed.outFolder = (folder / name).string();
        changed.scratchFolder = (folder / (name + "-scratch")).string();
        fs::create_directories(changed.outFolder);
        fs::create_directories(changed.scratchFolder);
        return changed;
    }
    static std::string weightsOf(const PretrainRequest &done)
    {
        return hashFile(fs::path(done.outFolder) / "model.safetensors");
    }

    fs::path folder;
    PretrainRequest request;
};

TEST_F(PretrainTest, LearnsARule)
{
    request.steps = 200;
    request.dropout = 0;
    Json result = runPretrain(into("rule"), {});
    EXPECT_LT(result.at("held_out_loss").get<double>(), 0.5) << "guessing costs ln 32 = 3.47 nat";
}

TEST_F(PretrainTest, StoppedAndContinuedGivesTheSameBits)
{
    PretrainRequest whole = into("whole"), parts = into("parts");
    runPretrain(whole, {});
    WorkContext context;
    context.progress = [&](const Progress &progress) {
        if (progress.done == 5)
            context.stop.request();
    };
    EXPECT_THROW(runPretrain(parts, context), Error);
    EXPECT_FALSE(fs::exists(fs::path(parts.outFolder) / "model.safetensors"));
    Json result = runPretrain(parts, {});
    EXPECT_EQ(result.at("steps"), 12);
    EXPECT_EQ(weightsOf(parts), weightsOf(whole));
}

TEST_F(PretrainTest, AnotherSeedGivesAnotherModel)
{
    PretrainRequest one = into("one"), two = into("two");
    two.run.seed = 1;
    runPretrain(one, {});
    runPretrain(two, {});
    EXPECT_NE(weightsOf(one), weightsOf(two));
}

TEST_F(PretrainTest, TooLittleTextIsASentence)
{
    PretrainRequest longWindow = into("long");
    longWindow.window = 600;
    try {
        runPretrain(longWindow, {});
        FAIL() << "a window longer than the text was accepted";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::BadInput);
        EXPECT_NE(std::string(error.what()).find("too short"), std::string::npos) << error.what();
    }
}

} // namespace
} // namespace tessera
