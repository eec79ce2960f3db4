// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/project_lock.h"

#include "engine/base/error.h"
#include "engine/base/json.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tessera {
namespace {

std::string hostName()
{
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// The running program's arguments, as far as one line goes.
std::string ownCommand()
{
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    std::string words(200, '\0');
    file.read(words.data(), static_cast<std::streamsize>(words.size()));
    words.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
    while (!words.empty() && words.back() == '\0')
        words.pop_back();
    std::ranges::replace(words, '\0', ' ');
    return words;
}

void nameHolder(int descriptor)
{
    Json json{{"pid", static_cast<long>(::getpid())}, {"host", hostName()}, {"command", ownCommand()}};
    std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    // Only for the sentence that others print: a lock without a name still locks.
    if (::ftruncate(descriptor, 0) == 0)
        [[maybe_unused]] ssize_t written = ::pwrite(descriptor, text.data(), text.size(), 0);
}

LockHolder readHolder(int descriptor)
{
    std::string text(4096, '\0');
    ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    try {
        Json json = parseJson(text, "the lock");
        return {static_cast<long>(requireInteger(json, "pid", "the lock")), requireString(json, "host", "the lock"),
                requireString(json, "command", "the lock")};
    } catch (const Error &) {
        return {};
    }
}

bool sameFile(int descriptor, const std::filesystem::path &path)
{
    struct stat ours {}, there {};
    return ::fstat(descriptor, &ours) == 0 && ::stat(path.c_str(), &there) == 0 && ours.st_ino == there.st_ino
        && ours.st_dev == there.st_dev;
}

} // namespace

std::string describe(const LockHolder &holder)
{
    if (holder.pid == 0)
        return "another process";
    return "\"" + holder.command + "\" (process " + std::to_string(holder.pid) + " on " + holder.host + ")";
}

std::variant<ProjectLock, LockHolder> ProjectLock::tryLock(const std::filesystem::path &project)
{
    std::filesystem::path path = project;
    path += ".lock";
    for (;;) {
        int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (descriptor < 0)
            throw failed(project.string() + " cannot be written: " + path.string() + ": " + std::strerror(errno));
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            LockHolder holder = readHolder(descriptor);
            ::close(descriptor);
            return holder;
        }
        // The holder before us may have deleted the file between our open() and our flock().
        if (sameFile(descriptor, path)) {
            nameHolder(descriptor);
            return ProjectLock(path, descriptor);
        }
        ::close(descriptor);
    }
}

ProjectLock::ProjectLock(std::filesystem::path path, int descriptor) : m_path(std::move(path)), m_descriptor(descriptor) {}

ProjectLock::ProjectLock(ProjectLock &&other) noexcept
    : m_path(std::move(other.m_path)), m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

ProjectLock::~ProjectLock()
{
    if (m_descriptor < 0)
        return;
    ::unlink(m_path.c_str());
    ::close(m_descriptor);
}

} // namespace tessera
