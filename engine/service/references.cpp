// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/references.h"

#include "engine/base/error.h"
#include "engine/cost/totals.h"
#include "engine/interop/nemotron_nas.h"
#include "engine/search/baseline.h"
#include "engine/search/solve.h"
#include "engine/service/search_json.h"
#include "engine/store/library_rows.h"

#include <optional>
#include <utility>
#include <vector>

namespace tessera {
namespace {

constexpr const char *kReference = "reference";

/// The layers of a child as pins, so that the search gives its objective and costs.
Scenario scenarioOf(const std::vector<LayerChoice> &choices, const std::string &name)
{
    Scenario scenario;
    scenario.name = name;
    for (std::size_t i = 0; i < choices.size(); ++i)
        scenario.pins.push_back(parseLayerBlock(std::to_string(i) + ":" + toString(choices[i].attention) + "+" + toString(choices[i].ffn)));
    return scenario;
}

/// "Nemotron-49B" of Nemotron-49B/config.json, "nemotron" of nemotron.json.
std::string nameOf(const std::filesystem::path &file)
{
    std::filesystem::path path = std::filesystem::absolute(file).lexically_normal();
    if (path.filename() == "config.json" || path.filename().empty())
        path = path.parent_path();
    return path.extension() == ".json" ? path.stem().string() : path.filename().string();
}

} // namespace

Reference importReference(Project &project, const std::filesystem::path &config)
{
    const ModelArchitecture model = readNemotronNas(config);
    if (!project.writable())
        throw failed(project.whyReadOnly() + " (nothing was stored)");
    auto library = std::make_shared<const BlockLibrary>(loadLibrary(project));
    requireBuildable(*library, model.layers, config.string());
    const Scenario scenario = scenarioOf(model.layers, nameOf(config));
    const Solution solution = solve(makeProblem(library, scenario), {});
    if (!solution.found())
        throw failed("the child of " + config.string() + " could not be computed; tessera solve with its layers as pins says why");
    SolutionRecord record = recordOf(scenario, solution, hashOf(*library));
    record.solution[kReference] = scenario.name;
    return {saveSolution(project, record), scenario.name};
}

Json referencesOf(const Project &project, const std::shared_ptr<const BlockLibrary> &library, const Scenario &scenario)
{
    Json references = Json::array();
    std::optional<Problem> problem;
    for (const SolutionRecord &record : solutionsOf(project)) {
        if (!record.solution.contains(kReference) || !record.solution.at(kReference).is_string())
            continue;
        if (!problem) {
            Scenario plain;
            plain.objective = scenario.objective;
            plain.noiseAversion = scenario.noiseAversion;
            plain.shrinkage = scenario.shrinkage;
            problem = makeProblem(library, plain);
        }
        Baseline baseline{record.solution.at(kReference).get<std::string>(),
                          parseSolution(record.solution, "solution " + std::to_string(record.id)).choices, 0, {}, 0};
        if (baseline.choices.size() != library->layers.size())
            continue;
        const std::optional<Selection> selection = selectionOf(*problem, baseline.choices);
        if (!selection)
            continue;
        baseline.objective = scoreOf(problem->program, *selection);
        baseline.costs = totalCosts(*library, baseline.choices, 0);
        Json json = toJson(baseline, library->workloads.front());
        json["distance"] = nullptr;
        json["solution"] = record.id;
        references.push_back(std::move(json));
    }
    return references;
}

} // namespace tessera
