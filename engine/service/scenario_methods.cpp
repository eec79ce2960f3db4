// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/base/error.h"
#include "engine/search/problem.h"
#include "engine/service/bulk.h"
#include "engine/service/runtime_scenario.h"
#include "engine/store/solutions.h"

namespace tessera {
namespace {

constexpr std::size_t kLongestName = 200;

std::string nameIn(const Params &params)
{
    std::string name = params.text("name");
    if (name.empty() || name.size() > kLongestName)
        throw badInput("a scenario's name has 1 to " + std::to_string(kLongestName) + " bytes");
    return name;
}

/// Whether limits, layers, blocks and metrics of a scenario exist; nothing is known of a library without scores.
void checkScenario(const OpenProject &open, const Scenario &scenario)
{
    auto view = open.library();
    const Scenario searched = withRuntimeRules(scenario, *view->library, view->config);
    if (view->scored > 0)
        makeProblem(view->library, searched);
}

void requireWritable(const Project &project)
{
    if (!project.writable())
        throw failed(project.whyReadOnly() + " (nothing was stored)");
}

Json stateAfterMoving(Call &call, std::int64_t direction)
{
    auto open = call.session.project(call.stop);
    open->history.move(direction * call.params.integerOr("steps", 1, 1, 1 << 20));
    return open->history.state();
}

} // namespace

namespace methods {

Json getScenario(Call &call) { return call.session.project(call.stop)->history.state(); }

Json setScenario(Call &call)
{
    auto open = call.session.project(call.stop);
    const Scenario scenario = parseScenario(call.params.json("scenario"), "the scenario");
    const std::string label = call.params.text("label");
    if (label.size() > kLongestName)
        throw badInput("a step's label has at most " + std::to_string(kLongestName) + " bytes");
    checkScenario(*open, scenario);
    open->history.set(scenario, label, call.params.flagOr("merge", false));
    return open->history.state();
}

Json undo(Call &call) { return stateAfterMoving(call, -1); }

Json redo(Call &call) { return stateAfterMoving(call, 1); }

Json scenarioHistory(Call &call)
{
    const StepLine line = call.session.project(call.stop)->history.line();
    Json json = rowsJson(rangeOf(call.params, line.steps.size(), 1), [&](std::size_t step) -> Json {
        return {{"step", step}, {"label", line.steps[step].label}, {"created", line.steps[step].created}};
    });
    json["position"] = line.present;
    return json;
}

Json listScenarios(Call &call)
{
    auto open = call.session.project(call.stop);
    Json scenarios = Json::array();
    for (const ScenarioRecord &record : scenariosOf(open->project))
        scenarios.push_back({{"name", record.name}, {"scenario", record.scenario}, {"created", record.created}});
    return {{"scenarios", std::move(scenarios)}};
}

Json saveScenarioAs(Call &call)
{
    auto open = call.session.project(call.stop);
    Scenario scenario = parseScenario(call.params.json("scenario"), "the scenario");
    scenario.name = nameIn(call.params);
    checkScenario(*open, scenario);
    requireWritable(open->project);
    saveScenario(open->project, toJson(scenario), scenario.name);
    return {{"name", scenario.name}};
}

Json loadScenarioNamed(Call &call)
{
    auto open = call.session.project(call.stop);
    return {{"scenario", loadScenario(open->project, nameIn(call.params))}};
}

Json removeScenario(Call &call)
{
    auto open = call.session.project(call.stop);
    requireWritable(open->project);
    forgetScenarioName(open->project, nameIn(call.params));
    return Json::object();
}

} // namespace methods
} // namespace tessera
