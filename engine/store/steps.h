// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/store/project.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// One step of the user from a scenario to the next.
struct StepRecord {
    std::int64_t id = 0; ///< Ascending.
    Json scenario;
    std::string label; ///< What the step did, for a person.
    std::string created;
};

/// All steps in their order, and where among them the user is (0 where there is none).
struct StepLine {
    std::vector<StepRecord> steps;
    std::size_t present = 0;
};
StepLine stepsOf(const Project &project);

/// Makes the line in the file this one: steps are added, replaced and forgotten as needed, all or nothing.
void saveSteps(Project &project, const StepLine &line);

} // namespace tessera
