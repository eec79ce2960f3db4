// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"

#include "engine/base/error.h"
#include "tests/base/temporary_folder.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tessera {
namespace {

using test::TemporaryFolder;

void put(const std::filesystem::path &path, const std::string &text) { std::ofstream(path, std::ios::binary) << text; }

std::string get(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string textOf(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

std::size_t filesIn(const std::filesystem::path &folder)
{
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

template <typename Call> Error errorOf(Call call)
{
    try {
        call();
    } catch (const Error &e) {
        return e;
    }
    return failed("no error");
}

TEST(MappedFile, ShowsTheBytesOfAFile)
{
    TemporaryFolder folder;
    put(folder / "a", std::string("bytes\0 and more", 15));
    MappedFile file(folder / "a");
    EXPECT_EQ(textOf(file.bytes()), std::string("bytes\0 and more", 15));
    EXPECT_EQ(file.path(), folder / "a");
}

TEST(MappedFile, AnEmptyFileHasNoBytes)
{
    TemporaryFolder folder;
    put(folder / "empty", "");
    EXPECT_TRUE(MappedFile(folder / "empty").bytes().empty());
}

TEST(MappedFile, MovesItsBytes)
{
    TemporaryFolder folder;
    put(folder / "a", "first");
    put(folder / "b", "second");
    MappedFile a(folder / "a"), b(folder / "b");
    MappedFile moved(std::move(a));
    EXPECT_EQ(textOf(moved.bytes()), "first");
    b = std::move(moved);
    EXPECT_EQ(textOf(b.bytes()), "first");
    EXPECT_EQ(b.path(), folder / "a");
}

TEST(MappedFile, RefusesWhatIsNoRegularFile)
{
    TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    for (const auto &path : {folder.path(), folder / "missing", folder / "pipe"}) {
        Error error = errorOf([&] { MappedFile file(path); });
        EXPECT_EQ(error.kind(), ErrorKind::BadInput) << path;
        EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    }
}

TEST(TextFile, IsReadUpToTheLimitAndRefusedAboveIt)
{
    TemporaryFolder folder;
    put(folder / "a", "12345");
    EXPECT_EQ(readTextFile(folder / "a", 5), "12345");
    EXPECT_EQ(errorOf([&] { readTextFile(folder / "a", 4); }).kind(), ErrorKind::BadInput);
    EXPECT_EQ(errorOf([&] { readTextFile(folder / "none", 4); }).kind(), ErrorKind::BadInput);
}

TEST(TextFile, ASparseFileAboveTheLimitIsRefusedWithoutReadingIt)
{
    TemporaryFolder folder;
    put(folder / "huge", "");
    std::filesystem::resize_file(folder / "huge", std::uintmax_t{1} << 40);
    EXPECT_EQ(errorOf([&] { readTextFile(folder / "huge", 1 << 20); }).kind(), ErrorKind::BadInput);
}

TEST(AtomicWrite, ReplacesTheContentAndLeavesNothingElse)
{
    TemporaryFolder folder;
    put(folder / "a", "old");
    writeTextFileAtomically(folder / "a", "new");
    EXPECT_EQ(get(folder / "a"), "new");
    EXPECT_EQ(filesIn(folder.path()), 1u);
}

TEST(AtomicWrite, KeepsTheOldContentWhenTheWriterThrows)
{
    TemporaryFolder folder;
    put(folder / "a", "old");
    auto writeHalf = [](const auto &sink) {
        sink(std::as_bytes(std::span("half", 4)));
        throw interrupted("stopped");
    };
    EXPECT_EQ(errorOf([&] { writeFileAtomically(folder / "a", writeHalf); }).kind(), ErrorKind::Interrupted);
    EXPECT_EQ(get(folder / "a"), "old");
    EXPECT_EQ(filesIn(folder.path()), 1u);
}

TEST(AtomicWrite, KeepsTheOldContentWhenTheDiskIsFull)
{
    TemporaryFolder folder;
    put(folder / "a", "old");
    // A limit on the size of files stands for a disk that is full half way.
    std::signal(SIGXFSZ, SIG_IGN);
    struct rlimit before {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    struct rlimit small = before;
    small.rlim_cur = 1000;
    ::setrlimit(RLIMIT_FSIZE, &small);
    Error error = errorOf([&] { writeTextFileAtomically(folder / "a", std::string(5000, 'x')); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(error.kind(), ErrorKind::Failed);
    EXPECT_NE(std::string(error.what()).find("cannot write"), std::string::npos) << error.what();
    EXPECT_EQ(get(folder / "a"), "old");
    EXPECT_EQ(filesIn(folder.path()), 1u);
}

TEST(AtomicWrite, SaysWhichFileItCannotWrite)
{
    TemporaryFolder folder;
    Error error = errorOf([&] { writeTextFileAtomically(folder / "missing" / "a", "text"); });
    EXPECT_EQ(error.kind(), ErrorKind::Failed);
    EXPECT_NE(std::string(error.what()).find((folder / "missing" / "a").string()), std::string::npos) << error.what();
}

TEST(AtomicWrite, DoesNotReplaceAFolder)
{
    TemporaryFolder folder;
    std::filesystem::create_directory(folder / "a");
    EXPECT_EQ(errorOf([&] { writeTextFileAtomically(folder / "a", "text"); }).kind(), ErrorKind::Failed);
    EXPECT_TRUE(std::filesystem::is_directory(folder / "a"));
    EXPECT_EQ(filesIn(folder.path()), 1u);
}

} // namespace
} // namespace tessera
