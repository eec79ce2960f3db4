// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"
#include "engine/store/library_rows.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"
#include "tests/store/store_fixture.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <random>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tessera {
namespace {

class DamageTest : public StoreTest {
protected:
    /// The bytes of a project with some of everything in it.
    std::string filledProject()
    {
        {
            Project project = makeProject();
            for (std::int64_t layer = 0; layer < 3; ++layer) {
                saveWeights(project, {layer, gqa(1), Origin::Closed, "/w", "h", 1.0, 0.5, {}, {}, {}, Json::array({1, 2})});
                saveScores(project, {{layer, gqa(1)}, Origin::Closed}, 0, {{"kl_div", std::vector<double>(200, 0.5)}});
            }
            saveCosts(project, {{"fixed", -1, 0, "prefill", CostSource::Measured, 5, 0.1, 7}});
        }
        return readTextFile(path, 64 << 20);
    }

    void write(const std::string &bytes) const
    {
        std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }

    /// Opens in both ways and reads everything. Returns the complaint, or "no error".
    std::string openAndRead() const
    {
        auto begin = std::chrono::steady_clock::now();
        std::string complaint = complaintOf([&] {
            loadLibrary(Project::openForReading(path));
            weightsOf(Project::openForWriting(path));
        });
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
        return complaint;
    }
};

TEST_F(DamageTest, TruncatedFilesGetASentence)
{
    std::string whole = filledProject();
    for (std::size_t length = 0; length < whole.size(); length += length < 200 ? 23 : 4099) {
        write(whole.substr(0, length));
        EXPECT_NE(openAndRead(), "no error") << "cut at " << length;
        EXPECT_EQ(readTextFile(path, 64 << 20), whole.substr(0, length)) << "the damaged file was changed";
    }
}

TEST_F(DamageTest, FlippedBitsGiveASentenceOrHarmlessValues)
{
    std::string whole = filledProject();
    std::mt19937 random(11);
    int complaints = 0;
    for (int i = 0; i < 200; ++i) {
        std::string bytes = whole;
        // Half of them in the header and the schema, where they hurt most.
        std::size_t range = i % 2 ? bytes.size() : 4096;
        bytes[random() % range] ^= static_cast<char>(1 << random() % 8);
        write(bytes);
        complaints += openAndRead() != "no error";
    }
    EXPECT_GT(complaints, 5) << "the flips hit nothing: the test shows nothing";
}

TEST_F(DamageTest, OtherFilesAreRefusedByWhatTheyAre)
{
    write("");
    EXPECT_TRUE(contains(openAndRead(), "no SQLite database"));
    write("a text file that is longer than sixteen bytes");
    EXPECT_TRUE(contains(openAndRead(), "no SQLite database"));
    std::filesystem::remove(path);
    EXPECT_TRUE(contains(openAndRead(), "there is no project")) << openAndRead();
    EXPECT_FALSE(std::filesystem::exists(path)) << "looking for a project must not make one";
    std::filesystem::create_directory(path);
    EXPECT_TRUE(contains(openAndRead(), "not a regular file"));
}

/// Changes a sound project by SQL.
void alter(const std::filesystem::path &path, const std::string &sql)
{
    SQLite::Database database(path.string(), SQLite::OPEN_READWRITE);
    database.exec(sql);
}

TEST_F(DamageTest, OtherApplicationsNewerVersionsAndStrangeTablesAreRefused)
{
    struct Case {
        const char *sql;
        const char *says;
    };
    for (const Case &c : {Case{"PRAGMA application_id = 42", "another program"},
                          Case{"PRAGMA user_version = 999", "newer Tessera"},
                          Case{"PRAGMA user_version = 0", "no file version"},
                          Case{"PRAGMA user_version = -1", "no file version"},
                          Case{"CREATE TRIGGER evil AFTER INSERT ON cost BEGIN DELETE FROM weights; END", "other tables"},
                          Case{"CREATE VIEW v AS SELECT load_extension('x')", "other tables"},
                          Case{"DROP TABLE provenance", "other tables"},
                          Case{"ALTER TABLE project ADD COLUMN x TEXT", "other tables"},
                          Case{"DROP TABLE entry; CREATE VIEW entry AS SELECT randomblob(1000000000) AS id", "other tables"},
                          Case{"DELETE FROM project", "says nothing"},
                          Case{"UPDATE project SET config = '{'", "not valid JSON"},
                          Case{"UPDATE project SET config = '{}'", "lacks"},
                          Case{"UPDATE project SET dtype = 'f99'", "unknown number type"},
                          Case{"UPDATE layer SET attention = 'gqa:999999999999999999999'", "gqa"},
                          Case{"UPDATE workload SET json = '{\"name\":\"a\",\"batch\":-1,\"input\":1,\"output\":1}'", "batch"},
                          Case{"UPDATE entry SET ffn = 'width:x' WHERE id = (SELECT max(id) FROM entry)", "width:x"},
                          Case{"PRAGMA foreign_keys = OFF; DELETE FROM layer WHERE id = 0", "layer 0 is missing"}}) {
        std::filesystem::remove(path);
        filledProject();
        alter(path, c.sql);
        std::string before = readTextFile(path, 64 << 20);
        std::string complaint = openAndRead();
        EXPECT_TRUE(contains(complaint, c.says)) << c.sql << "\n" << complaint;
        EXPECT_EQ(readTextFile(path, 64 << 20), before) << c.sql << ": the refused file was changed";
    }
}

TEST_F(DamageTest, SchemaTextAndDatabaseAgree)
{
    // The documented file, executed on its own, gives what a project has.
    { makeProject(); }
    auto dump = [](SQLite::Database &database) {
        std::string all;
        SQLite::Statement query(database, "SELECT type, name, sql FROM sqlite_master ORDER BY name");
        while (query.executeStep())
            all += query.getColumn(0).getString() + query.getColumn(1).getString() + query.getColumn(2).getString() + "\n";
        return all;
    };
    SQLite::Database documented(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    documented.exec(readTextFile(TESSERA_SCHEMA_FILE, 1 << 20));
    SQLite::Database made(path.string());
    EXPECT_EQ(dump(made), dump(documented));
}

/// Runs action in a process of its own that may write files of at most this size.
int withFileLimit(rlim_t bytes, const std::function<int()> &action)
{
    pid_t pid = ::fork();
    if (pid == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{bytes, bytes};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::_exit(action());
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(DamageTest, AFullDiskIsASentenceAndHarmsNothing)
{
    filledProject();
    std::string before = readTextFile(path, 64 << 20);
    int result = withFileLimit(before.size() + 2000, [&] {
        Project project = Project::openForWriting(path);
        std::string complaint = complaintOf([&] {
            for (std::int64_t window = 1000;; window += 1000)
                saveScores(project, {{0, gqa(1)}, Origin::Closed}, window, {{"kl_div", std::vector<double>(1000, 1.0)}});
        });
        return contains(complaint, "disk") ? 0 : 1;
    });
    EXPECT_EQ(result, 0);
    Project project = Project::openForWriting(path);
    EXPECT_EQ((scoresOf(project)[{{0, gqa(1)}, Origin::Closed}]["kl_div"].size()), 200u);
    saveScores(project, {{0, gqa(1)}, Origin::Closed}, 1000, {{"kl_div", {1.0}}});
    EXPECT_EQ((scoresOf(project)[{{0, gqa(1)}, Origin::Closed}]["kl_div"].size()), 201u) << "with room again it works again";
}

TEST_F(DamageTest, AProjectThatCannotBeMadeWholeIsNotMade)
{
    int result = withFileLimit(10000, [&] { return contains(complaintOf([&] { makeProject(); }), "disk") ? 0 : 1; });
    EXPECT_EQ(result, 0);
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_TRUE(std::filesystem::is_empty(folder)) << "something was left behind";
    makeProject();
}

} // namespace
} // namespace tessera
