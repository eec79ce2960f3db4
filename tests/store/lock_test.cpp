// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/project_lock.h"

#include "tests/store/store_fixture.h"

#include <csignal>
#include <variant>

#include <sys/wait.h>
#include <unistd.h>

namespace tessera {
namespace {

class LockTest : public StoreTest {};

bool locked(const std::filesystem::path &path) { return std::holds_alternative<LockHolder>(ProjectLock::tryLock(path)); }

/// Runs action in another process, which then waits to be killed.
template <typename Action> pid_t inAnotherProcess(Action action)
{
    int ready[2];
    EXPECT_EQ(::pipe(ready), 0);
    pid_t pid = ::fork();
    if (pid == 0) {
        action();
        [[maybe_unused]] ssize_t said = ::write(ready[1], "x", 1);
        for (;;)
            ::pause();
    }
    char byte = 0;
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    ::close(ready[0]);
    ::close(ready[1]);
    return pid;
}

void killAndWait(pid_t pid)
{
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

TEST_F(LockTest, HasOneHolderAtATimeAndLeavesNoFile)
{
    {
        auto first = ProjectLock::tryLock(path);
        ASSERT_TRUE(std::holds_alternative<ProjectLock>(first));
        EXPECT_TRUE(locked(path));
    }
    EXPECT_FALSE(std::filesystem::exists(path.string() + ".lock"));
    EXPECT_FALSE(locked(path));
}

TEST_F(LockTest, NamesTheHolderAndIsFreeOnceTheHolderIsKilled)
{
    { makeProject(); }
    pid_t pid = inAnotherProcess([&] { new Project(Project::openForWriting(path)); });
    std::string complaint = complaintOf([&] { Project::openForWriting(path); });
    EXPECT_TRUE(contains(complaint, "process " + std::to_string(pid))) << complaint;
    EXPECT_TRUE(contains(complaint, "test_store")) << complaint;
    {
        Project reader = Project::open(path);
        EXPECT_FALSE(reader.writable());
        EXPECT_TRUE(contains(reader.whyReadOnly(), "process " + std::to_string(pid))) << reader.whyReadOnly();
        EXPECT_EQ(reader.settings().name, "small");
    }
    killAndWait(pid);
    EXPECT_TRUE(Project::openForWriting(path).writable());
}

TEST_F(LockTest, ReadersSeeWhatTheWriterCommitted)
{
    Project writer = makeProject();
    Project reader = Project::openForReading(path);
    for (int i = 0; i < 20; ++i) {
        std::string parent = "/models/" + std::to_string(i);
        writer.setParentPath(parent);
        EXPECT_EQ(reader.settings().parentPath, parent);
    }
}

/// Nobody, while it lives: the superuser may write everywhere.
class Unprivileged {
public:
    explicit Unprivileged(const std::filesystem::path &folder) : m_root(::geteuid() == 0)
    {
        constexpr uid_t kNobody = 65534;
        if (!m_root)
            return;
        EXPECT_EQ(::chown(folder.c_str(), kNobody, kNobody), 0);
        EXPECT_EQ(::seteuid(kNobody), 0);
    }
    ~Unprivileged()
    {
        if (m_root) {
            EXPECT_EQ(::seteuid(0), 0);
        }
    }

private:
    bool m_root;
};

TEST_F(LockTest, AReadOnlyFolderCanStillBeRead)
{
    { makeProject(); }
    std::filesystem::permissions(path, std::filesystem::perms(0444));
    Unprivileged nobody(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    Project project = Project::open(path);
    EXPECT_FALSE(project.writable());
    EXPECT_TRUE(contains(project.whyReadOnly(), "read-only"));
    EXPECT_EQ(project.settings().name, "small");
    EXPECT_TRUE(contains(complaintOf([&] { Project::openForWriting(path); }), "cannot be written"));
    path = folder / "other.tessera";
    EXPECT_TRUE(contains(complaintOf([&] { makeProject(); }), "cannot be written"));
}

} // namespace
} // namespace tessera
