// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/search/scenario.h"
#include "engine/store/steps.h"

#include <cstdint>
#include <mutex>
#include <string>

namespace tessera {

/// The line of steps from scenario to scenario of an open project, and where in it the user is; kept in the project where that
/// is open for writing. Several threads may use it.
class History {
public:
    /// The last so many steps are kept.
    static constexpr std::size_t kMostSteps = 1000;

    explicit History(Project &project);

    Scenario present() const;
    /// {"scenario","label","position","steps","can_undo","can_redo","undo","redo"}
    Json state() const;
    StepLine line() const;

    /// Makes a step; those that could be redone are forgotten. merge: a present step with the same label is replaced. Nothing
    /// happens where scenario is the present one.
    void set(const Scenario &scenario, const std::string &label, bool merge);
    /// Goes back (negative) or forth as far as the line reaches.
    void move(std::int64_t steps);

private:
    void keep(StepLine line);

    Project &m_project;
    mutable std::mutex m_mutex;
    StepLine m_line;
};

} // namespace tessera
