// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/spectra/gallery.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

std::string dataFolder() { return std::string(TESSERA_RESOURCES) + "/data"; }

/// Every parameter somewhere in its range, often at an end of it.
ExperimentSettings randomSettings(const Experiment &experiment, std::mt19937_64 &random)
{
    ExperimentSettings settings;
    for (const ExperimentParameter &one : experiment.parameters) {
        const double share = std::clamp(std::uniform_real_distribution(-0.2, 1.2)(random), 0.0, 1.0),
                     value = one.least + share * (one.most - one.least);
        settings[one.name] = one.whole ? std::round(value) : value;
    }
    return settings;
}

std::string shown(const ExperimentSettings &settings)
{
    std::ostringstream text;
    for (const auto &[name, value] : settings)
        text << name << "=" << value << " ";
    return text.str();
}

Experiment described(const std::string &name)
{
    const std::vector<Experiment> all = experiments();
    return *std::find_if(all.begin(), all.end(), [&](const Experiment &one) { return one.name == name; });
}

class TheGallery : public testing::TestWithParam<std::string> {};

TEST_P(TheGallery, FindsWhatItExpects)
{
    const Experiment experiment = runExperiment(GetParam(), dataFolder());
    EXPECT_FALSE(experiment.rows.empty());
    for (const ExperimentRow &row : experiment.rows)
        EXPECT_TRUE(row.holds) << row.what << ": " << row.measured << " is not " << row.rule << " of "
                               << row.expected.value_or(0);
}

/// The slow ones are tried fewer times.
TEST_P(TheGallery, HoldsWhateverItsParametersAre)
{
    const std::map<std::string, int> slow{{"finite-width", 1},  {"local-bias", 1}, {"depth-order", 1},
                                          {"wide-networks", 3}, {"conditions", 4}, {"real-data", 4},
                                          {"variance", 4}};
    const int times = slow.count(GetParam()) ? slow.at(GetParam()) : 12;
    std::mt19937_64 random(20260101);
    const Experiment usual = described(GetParam());
    ASSERT_FALSE(usual.parameters.empty()) << "nothing to play with";
    for (int i = 0; i < times; ++i) {
        const ExperimentSettings settings = randomSettings(usual, random);
        const Experiment experiment = runExperiment(GetParam(), dataFolder(), settings);
        EXPECT_FALSE(experiment.rows.empty());
        for (const ExperimentParameter &one : experiment.parameters)
            EXPECT_EQ(one.value, settings.at(one.name));
        EXPECT_EQ(experiment.play.find('{'), std::string::npos) << experiment.play;
        for (const ExperimentRow &row : experiment.rows) {
            EXPECT_TRUE(std::isfinite(row.measured)) << shown(settings) << row.what;
            EXPECT_TRUE(std::isfinite(row.expected.value_or(0))) << shown(settings) << row.what;
            EXPECT_TRUE(row.holds) << shown(settings) << row.what << ": " << row.measured << " is not " << row.rule
                                   << " of " << row.expected.value_or(0);
        }
    }
}

TEST_P(TheGallery, RefusesWhatItsParametersCannotBe)
{
    const Experiment usual = described(GetParam());
    const auto refused = [&](const std::string &name, double value) {
        try {
            runExperiment(GetParam(), dataFolder(), {{name, value}});
        } catch (const Error &error) {
            EXPECT_EQ(error.exitCode(), 2);
            EXPECT_NE(std::string(error.what()).find("\"" + name + "\""), std::string::npos) << error.what();
            return true;
        }
        return false;
    };
    for (const ExperimentParameter &one : usual.parameters) {
        EXPECT_FALSE(one.meaning.empty());
        EXPECT_LE(one.least, one.usual);
        EXPECT_LE(one.usual, one.most);
        EXPECT_LT(one.least, one.most);
        for (double value : {one.least - 1, one.most + 1, std::nan(""), HUGE_VAL, -HUGE_VAL})
            EXPECT_TRUE(refused(one.name, value)) << one.name << " = " << value;
        if (one.whole) {
            EXPECT_TRUE(refused(one.name, one.least + 0.5)) << one.name;
        }
    }
    EXPECT_TRUE(refused("nonsense", 1));
}

TEST_P(TheGallery, ShowsTheCodeAndExplainsItself)
{
    const Experiment experiment = described(GetParam());
    const std::size_t colon = experiment.source.find(": ");
    ASSERT_NE(colon, std::string::npos);
    std::ifstream file(std::filesystem::path(TESSERA_RESOURCES).parent_path() / experiment.source.substr(0, colon));
    const std::string code((std::istreambuf_iterator<char>(file)), {});
    EXPECT_NE(code.find(" " + experiment.source.substr(colon + 2) + "(const Surroundings &"), std::string::npos)
        << experiment.source;
    const auto sentences = std::count(experiment.lesson.begin(), experiment.lesson.end(), '.');
    EXPECT_GE(sentences, 3) << "a paragraph";
    EXPECT_EQ(experiment.play.find("tessera spectra "), 0u);
}

INSTANTIATE_TEST_SUITE_P(Experiments, TheGallery, testing::ValuesIn(experimentNames()), [](const auto &experiment) {
    std::string name = experiment.param;
    for (char &letter : name)
        letter = letter == '-' ? '_' : letter;
    return name;
});

// The figures that the literature and the formulas give for the usual settings: they must not move when parameters do.
TEST(Gallery, KeepsItsReferenceFiguresWhereNothingIsSet)
{
    const auto measured = [](const std::string &name) {
        std::vector<double> figures;
        for (const ExperimentRow &row : runExperiment(name, dataFolder()).rows)
            figures.push_back(row.measured);
        return figures;
    };
    const std::vector<double> frequencies = measured("frequencies");
    const double steps[] = {8, 39, 279, 367, 772, 968, 1502, 1809, 2457, 2873, 3622, 4139};
    ASSERT_EQ(frequencies.size(), 24u);
    for (std::size_t k = 0; k < 12; ++k) {
        EXPECT_EQ(frequencies[2 * k], steps[k]);
        EXPECT_EQ(frequencies[2 * k + 1], 5);
    }
    const std::map<std::string, std::vector<double>> figures{
        {"tails", {1.4726922029541074, 1.0922195566627695, 1.0327945995973378, 1.0038138747208696, 1.0004322026319206}},
        {"lengths", {4, 2.2536507503958334, 0.4088417197978041}},
        {"shallow-limit",
         {0.04284590215260816, 0.029970341457243817, 0.014670221282981021, 0.0066803675848227, 0.0771847346690795}},
        {"parity", {0, 0.062453686701258775, 0.2498147468050351, 0.9992589872201404}},
        {"nearly-identity", {7.6718134795314885, 0.3281865204685115}},
        {"same-function", {0, 119.45796100219944}}};
    for (const auto &[name, expected] : figures) {
        const std::vector<double> found = measured(name);
        ASSERT_EQ(found.size(), expected.size()) << name;
        for (std::size_t i = 0; i < found.size(); ++i)
            EXPECT_NEAR(found[i], expected[i], 1e-9 * std::max(1.0, expected[i])) << name << ", figure " << i;
    }
}

// The law of homogeneity and that of Laplace's kernel, with numbers of no default.
TEST(Gallery, FollowsItsParameters)
{
    const Experiment longer = runExperiment("lengths", dataFolder(), {{"factor", 3}, {"depth", 7}});
    EXPECT_NEAR(longer.rows[0].measured, 9, 1e-11);
    EXPECT_EQ(longer.rows[0].expected, 9);
    EXPECT_NEAR(longer.rows[2].measured, std::exp(-2 * std::sqrt(0.8)), 1e-12) << "the points are sqrt 0.8 apart";
    EXPECT_EQ(longer.play, "tessera spectra gram fc:depth=7,bias=0 laplace:c=1 --data wine --scaling standard");
    const Experiment halved = runExperiment("frequencies", dataFolder(), {{"tolerance", 0.5}});
    EXPECT_EQ(halved.rows[1].measured, 1) << "a step of one half";
    const Experiment squared = runExperiment("parity", dataFolder(), {{"bias", 2}});
    EXPECT_EQ(squared.rows[3].expected, 4);
    const Experiment slower = runExperiment("slopes", dataFolder(), {{"gamma", 1.25}});
    EXPECT_EQ(slower.rows.back().expected, -4 - 1.25 + 1);
}

TEST(Gallery, NamesItsExperimentsWhereOneIsUnknown)
{
    try {
        runExperiment("nonsense", "/no/such/folder");
        FAIL() << "accepted";
    } catch (const Error &error) {
        EXPECT_EQ(error.exitCode(), 2);
        EXPECT_NE(std::string(error.what()).find("frequencies"), std::string::npos);
    }
}

} // namespace
} // namespace tessera
