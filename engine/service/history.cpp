// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/history.h"

#include <algorithm>
#include <utility>

namespace tessera {

History::History(Project &project) : m_project(project), m_line(stepsOf(project))
{
    for (const StepRecord &step : m_line.steps)
        parseScenario(step.scenario, "a step in " + project.path().string());
    if (m_line.steps.empty())
        m_line.steps.push_back({1, toJson(Scenario{}), "", utcNow()});
}

Scenario History::present() const
{
    std::lock_guard lock(m_mutex);
    return parseScenario(m_line.steps[m_line.present].scenario, "the present step");
}

StepLine History::line() const
{
    std::lock_guard lock(m_mutex);
    return m_line;
}

Json History::state() const
{
    std::lock_guard lock(m_mutex);
    const StepRecord &step = m_line.steps[m_line.present];
    const bool canUndo = m_line.present > 0, canRedo = m_line.present + 1 < m_line.steps.size();
    return {{"scenario", step.scenario},
            {"label", step.label},
            {"position", m_line.present},
            {"steps", m_line.steps.size()},
            {"can_undo", canUndo},
            {"can_redo", canRedo},
            {"undo", canUndo ? Json(step.label) : Json()},
            {"redo", canRedo ? Json(m_line.steps[m_line.present + 1].label) : Json()}};
}

void History::set(const Scenario &scenario, const std::string &label, bool merge)
{
    std::lock_guard lock(m_mutex);
    Json json = toJson(scenario);
    if (json == m_line.steps[m_line.present].scenario)
        return;
    StepLine line = m_line;
    const std::int64_t id = line.steps.back().id + 1;
    line.steps.resize(line.present + 1);
    if (merge && line.present > 0 && line.steps.back().label == label)
        line.steps.pop_back();
    line.steps.push_back({id, std::move(json), label, utcNow()});
    if (line.steps.size() > kMostSteps)
        line.steps.erase(line.steps.begin(), line.steps.end() - kMostSteps);
    line.present = line.steps.size() - 1;
    keep(std::move(line));
}

void History::move(std::int64_t steps)
{
    std::lock_guard lock(m_mutex);
    const auto last = static_cast<std::int64_t>(m_line.steps.size()) - 1;
    StepLine line = m_line;
    line.present = static_cast<std::size_t>(
        std::clamp(static_cast<std::int64_t>(line.present) + std::clamp(steps, -last, last), std::int64_t{0}, last));
    if (line.present != m_line.present)
        keep(std::move(line));
}

void History::keep(StepLine line)
{
    if (m_project.writable())
        saveSteps(m_project, line);
    m_line = std::move(line);
}

} // namespace tessera
