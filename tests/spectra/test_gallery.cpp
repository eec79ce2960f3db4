// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/spectra/gallery.h"

#include <gtest/gtest.h>

#include <string>

namespace tessera {
namespace {

class TheGallery : public testing::TestWithParam<std::string> {};

TEST_P(TheGallery, FindsWhatItExpects)
{
    const Experiment experiment = runExperiment(GetParam(), std::string(TESSERA_RESOURCES) + "/data");
    EXPECT_FALSE(experiment.rows.empty());
    for (const ExperimentRow &row : experiment.rows)
        EXPECT_TRUE(row.holds) << row.what << ": " << row.measured << " is not " << row.rule << " of " << row.expected.value_or(0);
}

INSTANTIATE_TEST_SUITE_P(Experiments, TheGallery, testing::ValuesIn(experimentNames()), [](const auto &experiment) {
    std::string name = experiment.param;
    for (char &letter : name)
        letter = letter == '-' ? '_' : letter;
    return name;
});

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
