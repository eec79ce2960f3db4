// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/journeys/toy_parent.h"

#include "engine/checkpoint/child_writer.h"
#include "engine/text/bpe_trainer.h"
#include "engine/text/tokenizer.h"

#include <cmath>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace tessera {
namespace {

/// Sentences of invented words, each word likelier after some than after others.
std::string toyText()
{
    const std::vector<std::string> syllables{"ba", "di", "ko", "lu", "me", "na", "po", "ri", "sa", "tu"};
    std::mt19937 random(3);
    std::string text;
    for (unsigned word = 0; word < 9000; ++word) {
        for (unsigned i = 0; i < 1 + random() % 3; ++i)
            text += syllables[(word * 7 + random() % 4) % syllables.size()];
        text += word % 12 == 11 ? ".\n" : " ";
    }
    return text;
}

/// Not std::normal_distribution, whose numbers differ between libraries.
float gaussian(std::mt19937_64 &random)
{
    double sum = 0;
    for (int i = 0; i < 12; ++i)
        sum += static_cast<double>(random() >> 11) / 9007199254740992.0;
    return static_cast<float>(sum - 6);
}

} // namespace

void makeToyParent(const std::filesystem::path &folder)
{
    std::filesystem::create_directories(folder);
    std::string text = toyText();
    std::ofstream(folder / "text.txt") << text;
    std::ofstream(folder / "space.json") << R"({"ffn_fractions": [100, 50]})";
    std::ofstream(folder / "workload.json") << R"({"name": "toy", "batch": 1, "input": 16, "output": 4})";

    BpeTrainer trainer;
    trainer.addText(text);
    BpeTraining training;
    training.vocabularySize = 300;
    std::string tokenizer = trainer.train(training);

    ModelConfig config;
    config.hidden = 64;
    config.layers = 3;
    config.vocabulary = Tokenizer::fromJson(tokenizer, "the toy's tokenizer").vocabulary();
    config.heads = 4;
    config.kvHeads = 2;
    config.headDim = 16;
    config.ffnWidth = 128;
    config.context = 64;
    config.tiedEmbeddings = true;
    std::mt19937_64 random(5);
    writeChild(folder / "parent", parentArchitecture(config), StoredType::F32,
               [&](const TensorSpec &tensor, const FloatSink &sink) {
                   std::size_t elements = 1;
                   for (std::int64_t length : tensor.shape)
                       elements *= static_cast<std::size_t>(length);
                   bool norm = tensor.shape.size() == 1;
                   std::vector<float> values(elements, 1.0f);
                   for (float &value : values)
                       value = norm ? 1.0f : 0.2f * gaussian(random);
                   sink(values);
               },
               tokenizer);
}

} // namespace tessera
