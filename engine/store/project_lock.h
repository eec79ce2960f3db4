// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace tessera {

/// Who holds a project, for a sentence.
struct LockHolder {
    long pid = 0;
    std::string host;
    std::string command;
};
/// "tessera run (process 1234 on host)"
std::string describe(const LockHolder &holder);

/// The right to write to a project, held by one process at a time through a file beside it (NAME.tessera.lock) that names its
/// holder. The system releases it when the process ends, however it ends, so a lock can never go stale.
class ProjectLock {
public:
    /// Takes the lock, or says who has it. Throws Error (Failed) when the folder cannot be written.
    static std::variant<ProjectLock, LockHolder> tryLock(const std::filesystem::path &project);
    ~ProjectLock();
    ProjectLock(ProjectLock &&other) noexcept;
    ProjectLock &operator=(ProjectLock &&) = delete;
    ProjectLock(const ProjectLock &) = delete;

private:
    ProjectLock(std::filesystem::path path, int descriptor);
    std::filesystem::path m_path;
    int m_descriptor = -1;
};

} // namespace tessera
