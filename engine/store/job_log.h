// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/store/project.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// One start of a stage.
struct JobRecord {
    std::int64_t id = 0;
    std::string stage;
    std::int64_t attempt = 0;
    std::string state = "running"; ///< "done", "interrupted", "failed"
    std::int64_t done = 0, total = 0;
    double seconds = 0;
    std::string note; ///< The sentence that ended it, and what was remarked meanwhile.
    std::string started;
};

/// Adds a running job; jobs that a killed process left running become interrupted.
std::int64_t beginJob(Project &project, const std::string &stage, std::int64_t attempt, std::int64_t done, std::int64_t total);
void updateJob(Project &project, std::int64_t id, const std::string &state, std::int64_t done, double seconds,
               const std::string &note = "");
std::vector<JobRecord> jobsOf(const Project &project);

/// Options that a stage's results depend on: those it was first begun with.
std::optional<Json> stageOptions(const Project &project, const std::string &stage);
void saveStageOptions(Project &project, const std::string &stage, const Json &options);

/// Notes once where results come from.
void saveProvenance(Project &project, const std::string &what, const Json &json);
std::vector<std::pair<std::string, Json>> provenanceOf(const Project &project);

} // namespace tessera
