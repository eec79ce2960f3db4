// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/project.h"

#include "engine/store/migrations.h"
#include "tests/store/store_fixture.h"

#include <array>
#include <fstream>
#include <map>
#include <vector>

namespace tessera {
namespace {

class ProjectTest : public StoreTest {};

TEST_F(ProjectTest, KeepsItsSettings)
{
    {
        Project project = makeProject();
        EXPECT_TRUE(project.writable());
    }
    Project project = Project::openForReading(path);
    EXPECT_FALSE(project.writable());
    ProjectSettings settings = project.settings(), expected = smallSettings();
    EXPECT_EQ(settings.name, expected.name);
    EXPECT_EQ(settings.objective, "kl_div");
    EXPECT_EQ(settings.parentPath, expected.parentPath);
    EXPECT_EQ(settings.parentFingerprint, expected.parentFingerprint);
    EXPECT_EQ(settings.config, expected.config);
    EXPECT_EQ(toJson(settings.space), toJson(expected.space));
    EXPECT_EQ(settings.seed, expected.seed);
    EXPECT_EQ(project.workloads(), smallWorkloads());
    EXPECT_EQ(project.parentLayers(), parentArchitecture(smallConfig()).layers);
    EXPECT_TRUE(std::filesystem::is_directory(folder / "small.blocks" / "weights"));
}

TEST_F(ProjectTest, IsNeverMadeOverAnotherFile)
{
    std::ofstream(path) << "something of mine";
    EXPECT_TRUE(contains(complaintOf([&] { makeProject(); }), "exists")) << complaintOf([&] { makeProject(); });
    std::string text;
    std::getline(std::ifstream(path) >> std::ws, text);
    EXPECT_EQ(text, "something of mine");
    path = folder / "small.db";
    EXPECT_TRUE(contains(complaintOf([&] { makeProject(); }), "NAME.tessera"));
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ProjectTest, TokenSplitsAndAttemptsAreKept)
{
    Project project = makeProject();
    std::string inside = (project.blocksFolder() / "tokens" / "score.tokens").string();
    project.saveTokenSplit({"score", inside, "abc", 512});
    project.saveTokenSplit({"distil", "/elsewhere/t", "def", 1024});
    auto splits = project.tokenSplits();
    ASSERT_EQ(splits.size(), 2u);
    EXPECT_EQ(splits[0].file, "/elsewhere/t");
    EXPECT_EQ(splits[1].file, inside);
    EXPECT_EQ(splits[1].tokens, 512);
    EXPECT_EQ(project.beginAttempt(), 1);
    EXPECT_EQ(project.beginAttempt(), 2);
    EXPECT_TRUE(contains(complaintOf([&] { project.saveTokenSplit({"other", "f", "h", 1}); }), "contradictory"));
}

TEST_F(ProjectTest, AMovedProjectFindsItsFiles)
{
    { makeProject().saveTokenSplit({"score", (folder / "small.blocks" / "tokens" / "s").string(), "h", 1}); }
    std::filesystem::path other = folder / "elsewhere";
    std::filesystem::create_directories(other);
    std::filesystem::rename(path, other / "small.tessera");
    std::filesystem::rename(folder / "small.blocks", other / "small.blocks");
    auto splits = Project::openForReading(other / "small.tessera").tokenSplits();
    ASSERT_EQ(splits.size(), 1u);
    EXPECT_EQ(splits[0].file, (other / "small.blocks" / "tokens" / "s").string());
}

TEST_F(ProjectTest, FilesWithoutARowAreDeletedAndOthersKept)
{
    Project project = makeProject();
    std::filesystem::path tokens = project.blocksFolder() / "tokens";
    std::ofstream(tokens / "kept") << "x";
    std::ofstream(tokens / "left-over.tessera-tmp12") << "x";
    std::ofstream(project.blocksFolder() / "weights" / "orphan.safetensors") << "x";
    std::ofstream(project.blocksFolder() / "scratch" / "state") << "x";
    project.saveTokenSplit({"test", (tokens / "kept").string(), "h", 1});
    project.deleteFilesWithoutRow();
    EXPECT_TRUE(std::filesystem::exists(tokens / "kept"));
    EXPECT_FALSE(std::filesystem::exists(tokens / "left-over.tessera-tmp12"));
    EXPECT_FALSE(std::filesystem::exists(project.blocksFolder() / "weights" / "orphan.safetensors"));
    EXPECT_TRUE(std::filesystem::exists(project.blocksFolder() / "scratch" / "state"));
}

TEST_F(ProjectTest, TheSettingsThatProtectDataAreOn)
{
    Project project = makeProject();
    auto pragma = [&](const char *name) {
        std::string value;
        project.database().each((std::string("PRAGMA ") + name).c_str(),
                                [&](SQLite::Statement &row) { value = row.getColumn(0).getString(); });
        return value;
    };
    EXPECT_EQ(pragma("foreign_keys"), "1");
    EXPECT_EQ(pragma("synchronous"), "2");
    EXPECT_EQ(pragma("journal_mode"), "delete");
    EXPECT_EQ(pragma("trusted_schema"), "0");
    EXPECT_EQ(pragma("cell_size_check"), "1");
    EXPECT_EQ(pragma("application_id"), std::to_string(kApplicationId));
    EXPECT_EQ(pragma("user_version"), std::to_string(kSchemaVersion));
}

TEST_F(ProjectTest, AReaderCannotWrite)
{
    { makeProject(); }
    Project project = Project::openForReading(path);
    EXPECT_TRUE(contains(complaintOf([&] { project.setParentPath("/x"); }), "read-only"));
}

TEST_F(ProjectTest, AFailedTransactionLeavesNothing)
{
    Project project = makeProject();
    EXPECT_THROW(project.database().transaction([&] {
        project.setParentPath("/half done");
        throw failed("stop");
    }),
                 Error);
    EXPECT_EQ(project.settings().parentPath, "/models/small");
}

TEST_F(ProjectTest, FilesOfEveryOlderVersionAreTakenToThisOneWithNothingLost)
{
    // A file of an older version is one of today without the tables that came later.
    const std::map<int, std::vector<std::string>> cameWith{{2, {"step"}}, {3, {"pair_weights"}}, {4, {"spectrum"}}};
    for (int version = 1; version < kSchemaVersion; ++version) {
        std::filesystem::remove_all(path);
        std::string name;
        {
            Project project = makeProject();
            name = project.settings().name;
        }
        {
            SQLite::Database raw(path.string(), SQLite::OPEN_READWRITE);
            for (const auto &[since, tables] : cameWith)
                for (const std::string &table : tables)
                    if (since > version)
                        raw.exec("DROP TABLE " + table);
            raw.exec("PRAGMA user_version = " + std::to_string(version));
        }
        Project project = Project::openForWriting(path);
        EXPECT_EQ(project.settings().name, name) << "from version " << version;
        EXPECT_EQ(project.parentLayers().size(), 3u) << "from version " << version;
        SQLite::Database raw(path.string(), SQLite::OPEN_READONLY);
        EXPECT_EQ(raw.execAndGet("PRAGMA user_version").getInt(), kSchemaVersion);
        EXPECT_EQ(raw.execAndGet("SELECT COUNT(*) FROM sqlite_master WHERE name IN ('step', 'pair_weights', 'spectrum')").getInt(), 3);
    }
}

TEST(Migrations, LeadFromVersionToVersionOrChangeNothing)
{
    SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (7); PRAGMA user_version = 1");
    std::array good{Migration{1, "ALTER TABLE t ADD COLUMN b INTEGER"}, Migration{2, "UPDATE t SET b = a + 1"}};
    std::array broken{good[0], Migration{2, "UPDATE nothing SET b = 1"}};
    std::array gap{good[0]};
    EXPECT_THROW(migrate(database, broken, 3), SQLite::Exception);
    EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 1);
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM pragma_table_info('t')").getInt(), 1);
    EXPECT_THROW(migrate(database, gap, 3), Error);
    EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 1);
    migrate(database, good, 3);
    EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 3);
    EXPECT_EQ(database.execAndGet("SELECT b FROM t").getInt(), 8);
}

} // namespace
} // namespace tessera
