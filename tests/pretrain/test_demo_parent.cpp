// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/checkpoint.h"
#include "engine/distill/evaluate.h"
#include "engine/text/corpus.h"
#include "engine/text/ngram.h"
#include "engine/text/token_file.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {
namespace {

namespace fs = std::filesystem;

const fs::path kDemo = fs::path(TESSERA_RESOURCES) / "demo";
constexpr std::int64_t kWindow = 256;
constexpr std::int64_t kTokens = 64 * kWindow;

std::vector<TokenId> trainingTokens(const Tokenizer &tokenizer)
{
    std::vector<fs::path> novels{kDemo / "training" / "sense_and_sensibility.txt", kDemo / "training" / "pride_and_prejudice.txt",
                                 kDemo / "training" / "mansfield_park.txt", kDemo / "training" / "emma.txt"};
    return encodeTextFiles(tokenizer, novels);
}

TEST(DemoParent, IsALlamaWithGroupedQueriesInAtMostEightMegabytes)
{
    Checkpoint parent = Checkpoint::open(kDemo);
    EXPECT_GE(parent.config().layers, 8);
    EXPECT_LT(parent.config().kvHeads, parent.config().heads);
    std::uintmax_t bytes = 0;
    for (const char *file : {"config.json", "model.safetensors", "tokenizer.json"})
        bytes += fs::file_size(kDemo / file);
    EXPECT_LE(bytes, 8'000'000u);
}

TEST(DemoParent, PredictsANovelItHasNotReadBetterThanAKneserNeyTrigramOfTheSameTokens)
{
    Tokenizer tokenizer = Tokenizer::open(kDemo);
    std::vector<TokenId> unread = encodeTextFile(tokenizer, kDemo / "persuasion.txt", kTokens);
    TrigramModel trigram(trainingTokens(tokenizer), tokenizer.vocabulary());

    EvaluateRequest request;
    request.model = kDemo.string();
    request.window = kWindow;
    request.tokenFile = (fs::path(testing::TempDir()) / ("demo-parent-" + std::to_string(::getpid()))).string();
    writeTokenFile(request.tokenFile, unread);
    Json evaluation = runEvaluate(request, {});
    fs::remove(request.tokenFile);

    double parent = evaluation.at("nll").get<double>();
    double baseline = trigram.nll(unread, kWindow);
    RecordProperty("parent_nll", std::to_string(parent));
    RecordProperty("trigram_nll", std::to_string(baseline));
    EXPECT_LE(parent + 0.1, baseline) << "parent " << parent << " nat a token, trigram " << baseline;
}

} // namespace
} // namespace tessera
