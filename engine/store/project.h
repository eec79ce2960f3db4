// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/architecture/variant_space.h"
#include "engine/architecture/workload.h"
#include "engine/store/database.h"
#include "engine/store/project_lock.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// What a project is about. Everything below objective is missing in an imported library.
struct ProjectSettings {
    std::string name;
    std::string objective = "kl_div";
    std::string parentPath;
    std::string parentFingerprint;
    std::optional<ModelConfig> config;
    VariantSpace space;
    DType dtype = DType::F32;
    std::uint64_t seed = 0;
};

/// A part of the tokenised text: "distil", "score" or "test".
struct TokenSplit {
    std::string name;
    std::string file; ///< Absolute.
    std::string hash;
    std::int64_t tokens = 0;
};

/// A project file that is open, for reading or for writing. The only way from Tessera to a project's data. The
/// functions beside this class read and write its records; several threads may call them at once.
class Project {
public:
    /// Makes a project file, lets fill add to it, and only then gives it its name: a project is there as a whole or not at
    /// all. Also makes its folder for weights. Throws Error when one is there or the folder cannot be written.
    static Project create(const std::filesystem::path &path, const ProjectSettings &settings,
                          const std::vector<Workload> &workloads, const std::vector<LayerChoice> &parent,
                          const std::function<void(Project &)> &fill = [](Project &) {});
    static Project openForReading(const std::filesystem::path &path);
    /// Throws Error (Failed) that names the holder when another process writes to the project.
    static Project openForWriting(const std::filesystem::path &path);
    /// For writing when nobody else does and the file may be written, otherwise for reading.
    static Project open(const std::filesystem::path &path);

    bool writable() const { return m_lock.has_value(); }
    /// Why open() opened for reading only, as a sentence; empty when it did not.
    const std::string &whyReadOnly() const { return m_whyReadOnly; }

    const std::filesystem::path &path() const { return m_database.path(); }
    /// NAME.blocks beside the file: weights/, tokens/, scratch/.
    std::filesystem::path blocksFolder() const;

    ProjectSettings settings() const;
    /// The parent's configuration. Throws Error (BadInput) for an imported library, which has no parent to run.
    ModelConfig config() const;
    std::vector<Workload> workloads() const;
    std::vector<LayerChoice> parentLayers() const;
    std::vector<TokenSplit> tokenSplits() const;

    void setParentPath(const std::string &path);
    void saveTokenSplit(const TokenSplit &split);
    /// The number of this run, one more than the last one's.
    std::int64_t beginAttempt();

    /// Deletes what killed workers left in weights/ and tokens/: every file that no row names.
    void deleteFilesWithoutRow();

    Database &database() { return m_database; }
    const Database &database() const { return m_database; }

private:
    Project(Database database, std::optional<ProjectLock> lock);
    std::string absolute(const std::string &file) const;
    std::string relative(const std::string &file) const;
    friend struct FilesOfProject;

    Database m_database;
    std::optional<ProjectLock> m_lock;
    std::string m_whyReadOnly;
};

/// Files are named relative to blocksFolder() in rows where they lie in it, so that a project can be moved.
struct FilesOfProject {
    static std::string absolute(const Project &project, const std::string &file) { return project.absolute(file); }
    static std::string relative(const Project &project, const std::string &file) { return project.relative(file); }
};

} // namespace tessera
