// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/conflict.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"

#include <algorithm>
#include <functional>

namespace tessera {
namespace {

bool feasible(const Problem &problem, const SolveOptions &options)
{
    Program program = problem.program;
    clearScores(program);
    SolveOptions inner = options;
    inner.solver.start.clear();
    inner.solver.onProgress = nullptr;
    ProgramResult result = solveProgram(program, inner);
    options.solver.stop.throwIfRequested();
    return result.status != SolveStatus::Infeasible;
}

/// Tries a constraint after the other: what stays infeasible without it does not need it.
template <typename Constraint>
void dropUnneeded(std::vector<Constraint> Scenario::*list, Scenario &scenario,
                  const std::function<bool(const Scenario &)> &isFeasible)
{
    for (std::size_t i = (scenario.*list).size(); i-- > 0;) {
        Scenario without = scenario;
        (without.*list).erase((without.*list).begin() + static_cast<std::ptrdiff_t>(i));
        if (!isFeasible(without))
            scenario = std::move(without);
    }
}

double unitsOf(const Limit &limit, const std::string &text)
{
    Limit repaired = parseLimit(text, limit.sense);
    return toDouble(repaired.value);
}

} // namespace

std::vector<std::string> minimalConflict(const Problem &problem, const SolveOptions &options)
{
    auto isFeasible = [&](const Scenario &scenario) { return feasible(makeProblem(problem.library, scenario), options); };
    Scenario scenario = problem.scenario;
    dropUnneeded(&Scenario::rules, scenario, isFeasible);
    dropUnneeded(&Scenario::bans, scenario, isFeasible);
    dropUnneeded(&Scenario::pins, scenario, isFeasible);
    dropUnneeded(&Scenario::limits, scenario, isFeasible);
    std::vector<std::string> conflict;
    for (const Limit &limit : scenario.limits)
        conflict.push_back(limit.text);
    for (const LayerBlock &pin : scenario.pins)
        conflict.push_back("pin " + pin.text);
    for (const LayerBlock &ban : scenario.bans)
        conflict.push_back("ban " + ban.text);
    for (const std::string &rule : scenario.rules)
        conflict.push_back("rule " + rule);
    return conflict;
}

std::optional<Amount> extremeTotal(const Problem &problem, std::size_t row, bool greatest, bool keepOwn, const SolveOptions &options)
{
    Program program = problem.program;
    if (!keepOwn) {
        program.rows[row].lower = kNoLowerBound;
        program.rows[row].upper = kNoUpperBound;
    }
    clearScores(program);
    for (std::size_t option = 0; option < program.options(); ++option)
        program.scores[option] = (greatest ? -1.0 : 1.0) * static_cast<double>(program.rows[row].amounts[option]);
    SolveOptions inner = options;
    inner.solver.start.clear();
    inner.solver.onProgress = nullptr;
    inner.resolution = 0.5;
    ProgramResult result = solveProgram(program, inner);
    options.solver.stop.throwIfRequested();
    if (result.selection.empty())
        return std::nullopt;
    return amountOf(program.rows[row], result.selection) + problem.rows[row].fixed;
}

std::vector<Solution::Relaxation> leastRelaxations(const Problem &problem, const SolveOptions &options)
{
    std::vector<Solution::Relaxation> relaxations;
    for (std::size_t i = 0; i < problem.limits.size(); ++i) {
        const Problem::BoundLimit &limit = problem.limits[i];
        Scenario others = problem.scenario;
        others.limits.erase(others.limits.begin() + static_cast<std::ptrdiff_t>(i));
        Problem relaxed = makeProblem(problem.library, others, {problem.rows[limit.row].axis});
        std::size_t row = *rowOf(relaxed, problem.rows[limit.row].axis);
        Solution::Relaxation relaxation{limit.limit.text, std::nullopt, ""};
        if (auto total = extremeTotal(relaxed, row, !limit.upper, true, options)) {
            relaxation.repaired = limitWithBound(limit.limit, *problem.library, *total);
            relaxation.needed = unitsOf(limit.limit, relaxation.repaired);
        }
        relaxations.push_back(std::move(relaxation));
    }
    return relaxations;
}

} // namespace tessera
