// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace tessera {

/// A model's folder while it is written: a temporary one beside the final name, removed with all it holds unless it is
/// committed, so that the name holds a complete model or nothing.
class FolderInProgress {
public:
    /// Throws Error (BadInput) when destination exists and is no empty folder, Error (Failed) when it cannot be written.
    explicit FolderInProgress(const std::filesystem::path &destination);
    ~FolderInProgress();
    FolderInProgress(const FolderInProgress &) = delete;
    FolderInProgress &operator=(const FolderInProgress &) = delete;

    const std::filesystem::path &path() const { return m_path; }
    /// Gives it its name, durably.
    void commit();

private:
    std::filesystem::path m_destination, m_path;
};

} // namespace tessera
