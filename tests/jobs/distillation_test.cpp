// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/jobs/distillation.h"
#include "engine/jobs/paired_difference.h"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

constexpr double kPi = 3.14159265358979323846;

TEST(PairedDifference, QuantilesAreThoseOfClosedForms)
{
    for (double p : {0.6, 0.75, 0.9, 0.975, 0.9995}) {
        double a = 4 * p * (1 - p); // Of t with 2 and 4 degrees of freedom.
        double cosine = std::cos(std::acos(std::sqrt(a)) / 3) / std::sqrt(a);
        EXPECT_NEAR(studentQuantile(p, 1), std::tan(kPi * (p - 0.5)), 1e-9 * std::tan(kPi * (p - 0.5)));
        EXPECT_NEAR(studentQuantile(p, 2), (2 * p - 1) * std::sqrt(2 / a), 1e-9 * studentQuantile(p, 2));
        EXPECT_NEAR(studentQuantile(p, 4), 2 * std::sqrt(cosine - 1), 1e-9 * studentQuantile(p, 4));
        EXPECT_DOUBLE_EQ(studentQuantile(1 - p, 4), -studentQuantile(p, 4));
    }
    EXPECT_NEAR(studentQuantile(0.975, 1e7), 1.959963985, 1e-6) << "the normal distribution's";
    EXPECT_NEAR(studentQuantile(0.5, 3), 0, 1e-12);
    EXPECT_THROW(studentQuantile(1, 3), Error);
    EXPECT_THROW(studentQuantile(0.9, 0), Error);
}

TEST(PairedDifference, IntervalsAreThoseOfTheTextbook)
{
    // Differences 1, 2, 3: mean 2, standard deviation 1, t(2) = 4.3026527.
    PairedDifference d = pairedDifference(std::vector<double>{11, 22, 33}, std::vector<double>{10, 20, 30});
    EXPECT_DOUBLE_EQ(d.mean, 2);
    EXPECT_NEAR(d.standardError.value(), 1 / std::sqrt(3.0), 1e-14);
    EXPECT_NEAR(d.low.value(), 2 - 4.30265272991 / std::sqrt(3.0), 1e-9);
    EXPECT_NEAR(d.high.value(), 2 + 4.30265272991 / std::sqrt(3.0), 1e-9);
    EXPECT_FALSE(pairedDifference(std::vector<double>{1}, std::vector<double>{3}).low.has_value());
    EXPECT_THROW(pairedDifference(std::vector<double>{1, 2}, std::vector<double>{3}), Error);
    EXPECT_THROW(pairedDifference({}, {}), Error);
}

TEST(PairedDifference, IntervalsHoldTheTruthAsOftenAsTheySay)
{
    std::mt19937_64 random(11);
    std::normal_distribution<double> noise(0.3, 1), common(0, 50);
    int held = 0;
    const int kTrials = 4000;
    for (int trial = 0; trial < kTrials; ++trial) {
        std::vector<double> a, b;
        for (int i = 0; i < 6; ++i) {
            b.push_back(common(random)); // What both have in common does not widen the interval.
            a.push_back(b.back() + noise(random));
        }
        PairedDifference d = pairedDifference(a, b);
        held += *d.low <= 0.3 && 0.3 <= *d.high;
    }
    EXPECT_NEAR(held / static_cast<double>(kTrials), 0.95, 4 * std::sqrt(0.05 * 0.95 / kTrials));
}

ModelArchitecture example(bool tied)
{
    ModelConfig config;
    config.hidden = 8, config.layers = 3, config.vocabulary = 20, config.heads = 2, config.kvHeads = 2, config.headDim = 4;
    config.ffnWidth = 16, config.context = 64, config.tiedEmbeddings = tied;
    ModelArchitecture child = parentArchitecture(config);
    child.layers[1].ffn = ffnWidth(4);
    child.layers[2].attention = noneVariant(Part::Attention);
    return child;
}

std::vector<std::string> of(const std::string &text, bool tied = true) { return trainedTensors(text, example(tied)); }

TEST(TrainedTensors, AreThoseThatAreNamed)
{
    std::vector<std::string> narrow{"model.layers.1.post_attention_layernorm.weight", "model.layers.1.mlp.gate_proj.weight",
                                    "model.layers.1.mlp.up_proj.weight", "model.layers.1.mlp.down_proj.weight"};
    EXPECT_EQ(of("1:ffn"), narrow);
    EXPECT_EQ(of("changed"), narrow) << "an attention that is not there has nothing to train";
    EXPECT_EQ(of("norm"), std::vector<std::string>{"model.norm.weight"});
    EXPECT_EQ(of("norm,embeddings"), (std::vector<std::string>{"model.embed_tokens.weight", "model.norm.weight"}));
    EXPECT_EQ(of("head", false), std::vector<std::string>{"lm_head.weight"});
    EXPECT_EQ(of("1-2:ffn,1:ffn,0:attention").size(), 5u + 4u + 4u);
    EXPECT_EQ(of("all").size(), tensorsOf(example(true)).size() - 2);
    EXPECT_EQ(of("all:ffn").size() + of("all:attention").size(), of("all").size());
    EXPECT_EQ(of("0"), of("0:attention,0:ffn"));
}

TEST(TrainedTensors, OtherWordsAreRefusedByName)
{
    for (const char *text : {"", "everything", "3", "1-0", "0:mlp", "all,", "2:attention", "head", "0:ffn:ffn", "-1"})
        EXPECT_THROW(of(text), Error) << text;
}

TEST(LossWeights, AreWordsWithOrWithoutNumbers)
{
    LossTerms terms = parseLossWeights("kl,cosine=0.5");
    EXPECT_EQ(terms.kl, 1);
    EXPECT_EQ(terms.cosine, 0.5);
    EXPECT_EQ(terms.lm, 0);
    EXPECT_EQ(parseLossWeights("lm=2e-1").lm, 0.2);
    for (const char *text : {"", "mse", "kl=", "kl=-1", "kl=nan", "kl=1e99", "kl=1x", "kl,kl", "kl=0", "kl,,lm", "kl cosine"})
        EXPECT_THROW(parseLossWeights(text), Error) << text;
}

} // namespace
} // namespace tessera
