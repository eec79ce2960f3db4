// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/spectra.h"

#include "tests/store/store_fixture.h"

namespace tessera {
namespace {

class SpectraTest : public StoreTest {};

SpectrumRecord exampleRecord()
{
    SpectrumRecord record;
    record.kind = "tangent";
    record.name = "parent";
    record.estimator = "random_logit/jacobian/f32";
    record.probeHash = "abc";
    record.seeds = {1, 2, 18446744073709551615u};
    record.result = {{"normalised", {0.5, 0.25}}, {"sketch_spread", nullptr}};
    return record;
}

void expectExample(const SpectrumRecord &got)
{
    const SpectrumRecord expected = exampleRecord();
    EXPECT_EQ(got.kind, expected.kind);
    EXPECT_EQ(got.name, expected.name);
    EXPECT_EQ(got.estimator, expected.estimator);
    EXPECT_EQ(got.probeHash, expected.probeHash);
    EXPECT_EQ(got.seeds, expected.seeds);
    EXPECT_EQ(got.result, expected.result);
    EXPECT_FALSE(got.created.empty());
}

TEST_F(SpectraTest, AreKeptAsTheyWere)
{
    std::int64_t first = 0;
    {
        Project project = makeProject();
        first = saveSpectrum(project, exampleRecord());
        SpectrumRecord other = exampleRecord();
        other.kind = "mercer";
        other.probeHash.reset();
        EXPECT_EQ(saveSpectrum(project, other), first + 1);
    }
    const Project project = Project::openForReading(path);
    expectExample(loadSpectrum(project, first));
    EXPECT_EQ(loadSpectrum(project, first + 1).probeHash, std::nullopt);
    EXPECT_EQ(spectraOf(project).size(), 2u);
    ASSERT_EQ(spectraOf(project, "mercer").size(), 1u);
    EXPECT_EQ(spectraOf(project, "mercer")[0].id, first + 1);
}

TEST_F(SpectraTest, AreListedByTheirKernelsAlone)
{
    Project project = makeProject();
    const Json a{{"family", "laplace"}, {"c", 1.5}}, b{{"family", "fc"}, {"depth", 2}};
    const std::vector<std::pair<Json, Json>> results = {
        {{{"kernel", a}, {"values", {1, 2}}}, Json::array({a})},
        {{{"spectra", {{{"kernel", a}}, {{"kernel", b}}}}}, Json::array({a, b})},
        {{{"profiles", {{{"kernel", b}}}}}, Json::array({b})},
        {{{"descents", {{{"kernel", b}}, "nonsense", 7, {{"kernel", "fc"}}}}}, Json::array({b})},
        {{{"results", {{{"kernel", a}}}}}, Json::array({a})},
        {{{"name", "tails"}, {"results", 3}}, Json::array()},
        {Json::array({1, 2}), Json::array()}};
    for (const auto &[result, kernels] : results) {
        SpectrumRecord record = exampleRecord();
        record.kind = "mercer";
        record.result = result;
        saveSpectrum(project, record);
    }
    saveSpectrum(project, exampleRecord());
    const std::vector<SpectrumHead> heads = spectrumHeads(project);
    ASSERT_EQ(heads.size(), results.size() + 1);
    for (std::size_t i = 0; i < results.size(); ++i) {
        EXPECT_EQ(heads[i].kernels, results[i].second) << results[i].first;
        EXPECT_TRUE(heads[i].record.result.is_null());
        EXPECT_EQ(heads[i].record.name, "parent");
    }
    EXPECT_EQ(spectrumHeads(project, "tangent").size(), 1u);
    nameSpectrum(project, 2, "two kernels");
    EXPECT_EQ(loadSpectrum(project, 2).name, "two kernels");
    EXPECT_TRUE(contains(complaintOf([&] { nameSpectrum(project, 99, "x"); }), "no spectrum 99"));
}

TEST_F(SpectraTest, CanBeForgotten)
{
    Project project = makeProject();
    const std::int64_t id = saveSpectrum(project, exampleRecord());
    forgetSpectrum(project, id);
    EXPECT_TRUE(spectraOf(project).empty());
    EXPECT_TRUE(contains(complaintOf([&] { forgetSpectrum(project, id); }), "no spectrum"));
    EXPECT_TRUE(contains(complaintOf([&] { loadSpectrum(project, 77); }), "no spectrum 77"));
}

TEST_F(SpectraTest, FindAPlaceInAnOlderProject)
{
    {
        Project project = makeProject();
        project.setParentPath("/kept");
    }
    {
        SQLite::Database older(path.string(), SQLite::OPEN_READWRITE);
        older.exec("DROP TABLE spectrum; PRAGMA user_version = 3");
    }
    EXPECT_TRUE(contains(complaintOf([&] { Project::openForReading(path); }), "older Tessera"));
    Project project = Project::openForWriting(path);
    EXPECT_EQ(project.settings().parentPath, "/kept");
    expectExample(loadSpectrum(project, saveSpectrum(project, exampleRecord())));
    EXPECT_TRUE(std::filesystem::exists(path.string() + ".v3"));
}

} // namespace
} // namespace tessera
