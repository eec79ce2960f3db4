// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/front.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/search/conflict.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

__extension__ using Wide = __int128;

/// The limits of one axis, from the cheapest reachable total to the parent's; empty where nothing is reachable.
std::vector<Amount> spacedLimits(const Problem &problem, const CostAxis &axis, int points, const SolveOptions &options)
{
    auto cheapest = extremeTotal(problem, *rowOf(problem, axis), false, true, options);
    if (!cheapest)
        return {};
    auto parent = totalCost(*problem.library, parentChoice(*problem.library), axis.cost, axis.workload);
    if (!parent)
        throw badInput("the parent's " + axis.cost + " is unknown, so that a front against it has no end: choose another cost");
    std::vector<Amount> limits;
    Wide span = std::max<Wide>(0, Wide{parent->amount} - *cheapest);
    for (int i = 0; i < points; ++i)
        limits.push_back(*cheapest + static_cast<Amount>(span * i / (points - 1)));
    return limits;
}

void limitRow(Problem &problem, const Problem &original, const CostAxis &axis, Amount total)
{
    std::size_t row = *rowOf(problem, axis);
    problem.program.rows[row].upper =
        std::min(original.program.rows[*rowOf(original, axis)].upper, total - problem.rows[row].fixed);
}

class FrontTracer {
public:
    FrontTracer(const Problem &problem, const FrontRequest &request, const SolveOptions &options,
                const std::function<void(const Front::Point &)> &onPoint)
        : m_original(problem), m_problem(problem), m_request(request), m_options(options), m_onPoint(onPoint)
    {
        m_options.explainInfeasible = false;
    }

    void solveAt(const std::vector<Amount> &limits, Front &front)
    {
        m_options.solver.stop.throwIfRequested();
        for (std::size_t axis = 0; axis < limits.size(); ++axis)
            limitRow(m_problem, m_original, m_request.axes[axis], limits[axis]);
        m_options.solver.start.clear();
        if (!m_previous.empty() && withinRows(m_problem.program, m_previous))
            m_options.solver.start = m_previous;
        Front::Point point{limits, solve(m_problem, m_options), {}};
        m_options.solver.stop.throwIfRequested();
        if (!point.solution.found())
            return;
        m_previous = selectionOf(m_problem, point.solution.choices).value_or(Selection{});
        if (m_request.baselines)
            point.baselines = baselinesOf(m_problem, point.solution.objective, m_request.seed, m_options);
        if (m_onPoint)
            m_onPoint(point);
        front.points.push_back(std::move(point));
    }

private:
    const Problem &m_original;
    Problem m_problem;
    const FrontRequest &m_request;
    SolveOptions m_options;
    const std::function<void(const Front::Point &)> &m_onPoint;
    Selection m_previous;
};

} // namespace

CostAxis parseAxis(const std::string &text, const BlockLibrary &library)
{
    // A limit that everything keeps says whether cost and workload exist, in the words of limits.
    AmountLimit limit = resolveLimit(parseLimit(text + "=1", LimitSense::Max), library);
    return {limit.cost, limit.workload};
}

Front traceFront(std::shared_ptr<const BlockLibrary> library, const FrontRequest &request, const SolveOptions &options,
                 const std::function<void(const Front::Point &)> &onPoint)
{
    if (request.axes.empty() || request.axes.size() > 2)
        throw badInput("a front needs one or two costs, not " + std::to_string(request.axes.size()));
    if (request.points < 2 || request.points > 100'000)
        throw badInput("a front needs between 2 and 100000 points, not " + std::to_string(request.points));
    Problem problem = makeProblem(std::move(library), request.scenario, request.axes);
    Front front{request.axes, {}, {}};
    std::vector<std::vector<Amount>> limits;
    for (const CostAxis &axis : request.axes)
        limits.push_back(spacedLimits(problem, axis, request.points, options));
    if (limits.front().empty()) {
        front.unreachable = solve(problem, options);
        return front;
    }
    FrontTracer tracer(problem, request, options, onPoint);
    for (Amount first : limits[0]) {
        if (request.axes.size() == 1)
            tracer.solveAt({first}, front);
        else
            for (Amount second : limits[1])
                tracer.solveAt({first, second}, front);
    }
    return front;
}

} // namespace tessera
