// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/live_search.h"

#include <algorithm>
#include <utility>

namespace tessera {

LiveSearch::LiveSearch(std::shared_ptr<const BlockLibrary> library, const Scenario &scenario)
    : m_problem(makeProblem(std::move(library), scenario)), m_labels(solverFor(m_problem))
{
}

std::unique_ptr<LabelSolver> LiveSearch::solverFor(const Problem &problem)
{
    Program program = problem.program;
    program.rules.clear();
    return std::make_unique<LabelSolver>(program);
}

void LiveSearch::follow(const Scenario &scenario)
{
    if (followValues(scenario))
        return;
    const Selection last = m_best.empty() ? m_labels->preview().selection : m_best;
    const std::vector<LayerChoice> choices = last.empty() ? std::vector<LayerChoice>{} : choicesOf(m_problem, last);
    Problem problem = makeProblem(m_problem.library, scenario);
    m_labels = solverFor(problem);
    m_problem = std::move(problem);
    m_best.clear();
    if (choices.empty())
        return;
    if (auto selection = selectionOf(m_problem, choices)) {
        m_labels->suggest(*selection);
        if (!m_problem.program.rules.empty() && holds(m_problem, *selection))
            m_best = *selection;
    }
}

/// Moves limits where the scenario differs from the present one in their values alone.
bool LiveSearch::followValues(const Scenario &scenario)
{
    Scenario shape = scenario;
    shape.limits = m_problem.scenario.limits;
    const std::vector<Limit> &old = m_problem.scenario.limits;
    auto sameKind = [](const Limit &a, const Limit &b) {
        return a.cost == b.cost && a.workload == b.workload && a.sense == b.sense;
    };
    if (shape != m_problem.scenario || !std::equal(old.begin(), old.end(), scenario.limits.begin(), scenario.limits.end(), sameKind))
        return false;
    std::vector<Amount> totals;
    for (std::size_t i = 0; i < old.size(); ++i) {
        Limit limit = scenario.limits[i];
        if (limit.workload.empty())
            limit.workload = scenario.workload;
        AmountLimit amount = resolveLimit(limit, *m_problem.library);
        totals.push_back(amount.atMost ? *amount.atMost : *amount.atLeast);
    }
    for (std::size_t i = 0; i < old.size(); ++i) {
        m_problem.limits[i].limit = scenario.limits[i];
        if (m_problem.limits[i].limit.workload.empty())
            m_problem.limits[i].limit.workload = scenario.workload;
        moveLimit(i, totals[i]);
    }
    m_problem.scenario = scenario;
    return true;
}

void LiveSearch::moveLimit(std::size_t limit, Amount total)
{
    m_problem.limits[limit].total = total;
    boundRow(m_problem.limits[limit].row);
}

void LiveSearch::boundRow(std::size_t row)
{
    applyLimits(m_problem, row);
    m_labels->setBounds(row, m_problem.program.rows[row].lower, m_problem.program.rows[row].upper);
}

const ProgramResult &LiveSearch::preview()
{
    const ProgramResult &relaxed = m_labels->preview();
    if (m_problem.program.rules.empty() || relaxed.status == SolveStatus::Infeasible)
        return relaxed;
    // The bound holds with rules as well; the selection must be looked at.
    m_ruled = relaxed;
    if (relaxed.selection.empty() || !keepsRules(m_problem, relaxed.selection)) {
        m_ruled.selection.clear();
        m_ruled.objective = 0;
        m_ruled.status = SolveStatus::Unknown;
    }
    if (!m_best.empty() && withinRows(m_problem.program, m_best)) {
        double score = scoreOf(m_problem.program, m_best);
        if (m_ruled.selection.empty() || score < m_ruled.objective) {
            m_ruled.selection = m_best;
            m_ruled.objective = score;
            m_ruled.status = SolveStatus::Feasible;
        }
    }
    return m_ruled;
}

ProgramResult LiveSearch::prove(const SolveOptions &options)
{
    if (!m_problem.program.rules.empty()) {
        SolveOptions from = options;
        from.solver.start = preview().selection;
        ProgramResult result = solveProgram(m_problem.program, from);
        if (!result.selection.empty())
            m_best = result.selection;
        return result;
    }
    return solveProgram(*m_labels, options);
}

} // namespace tessera
