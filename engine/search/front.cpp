// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/front.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/search/conflict.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
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
        if (problem.program.rules.empty())
            m_labels = std::make_unique<LabelSolver>(problem.program);
    }

    /// The best child under limits on the axes; nothing where there is none.
    std::optional<Front::Point> solveAt(const std::vector<Amount> &limits)
    {
        m_options.solver.stop.throwIfRequested();
        for (std::size_t axis = 0; axis < limits.size(); ++axis)
            limitRow(m_problem, m_original, m_request.axes[axis], limits[axis]);
        m_options.solver.start.clear();
        if (!m_previous.empty() && withinRows(m_problem.program, m_previous))
            m_options.solver.start = m_previous;
        ProgramResult result = m_labels ? solveProgram(labelsHere(), m_options) : solveProgram(m_problem.program, m_options);
        m_options.solver.stop.throwIfRequested();
        if (result.selection.empty())
            return std::nullopt;
        m_previous = result.selection;
        return Front::Point{limits, describeAnswer(m_problem, result, m_options), {}};
    }

    void keep(Front::Point point, Front &front)
    {
        if (m_request.baselines)
            point.baselines = baselinesOf(m_problem, point.solution.objective, m_request.seed, m_options);
        if (m_onPoint)
            m_onPoint(point);
        front.points.push_back(std::move(point));
    }

    void traceSpaced(const std::vector<std::vector<Amount>> &limits, Front &front)
    {
        for (Amount first : limits[0])
            if (limits.size() == 1)
                keepAt({first}, front);
            else
                for (Amount second : limits[1])
                    keepAt({first, second}, front);
    }

    /// From the dearest child downwards, each one unit cheaper than the last: what does not lose by it was no front point.
    void traceExact(Amount most, Front &front)
    {
        const CostAxis &axis = m_request.axes.front();
        std::optional<Front::Point> last;
        Amount limit = most;
        for (bool more = true; more;) {
            std::optional<Front::Point> next = solveAt({limit});
            more = next.has_value();
            if (next) {
                const Problem::Row &row = m_problem.rows[*rowOf(m_problem, axis)];
                const Amount cost = amountOf(m_problem.program.rows[*rowOf(m_problem, axis)], m_previous) + row.fixed;
                next->limits = {cost};
                limit = cost - 1;
            }
            if (last && (!next || !sameObjective(last->solution.objective, next->solution.objective))) {
                if (static_cast<int>(front.points.size()) >= m_request.points) {
                    front.complete = false;
                    break;
                }
                keep(std::move(*last), front);
            }
            last = std::move(next);
        }
        std::reverse(front.points.begin(), front.points.end());
    }

private:
    static bool sameObjective(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b)); }

    void keepAt(const std::vector<Amount> &limits, Front &front)
    {
        if (auto point = solveAt(limits))
            keep(std::move(*point), front);
    }

    LabelSolver &labelsHere()
    {
        for (const CostAxis &axis : m_request.axes) {
            const std::size_t row = *rowOf(m_problem, axis);
            m_labels->setBounds(row, m_problem.program.rows[row].lower, m_problem.program.rows[row].upper);
        }
        return *m_labels;
    }

    const Problem &m_original;
    Problem m_problem;
    const FrontRequest &m_request;
    SolveOptions m_options;
    const std::function<void(const Front::Point &)> &m_onPoint;
    std::unique_ptr<LabelSolver> m_labels; ///< Where there are no general rules: it moves from limit to limit.
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
    if (request.exact && request.axes.size() != 1)
        throw badInput("an exact front is traced against one cost: give --x once, or leave --exact out");
    Problem problem = makeProblem(std::move(library), request.scenario, request.axes);
    Front front{request.axes, {}, {}, true};
    std::vector<std::vector<Amount>> limits;
    for (const CostAxis &axis : request.axes)
        limits.push_back(spacedLimits(problem, axis, request.exact ? 2 : request.points, options));
    if (limits.front().empty()) {
        front.unreachable = solve(problem, options);
        return front;
    }
    FrontTracer tracer(problem, request, options, onPoint);
    if (request.exact)
        tracer.traceExact(limits.front().back(), front);
    else
        tracer.traceSpaced(limits, front);
    return front;
}

} // namespace tessera
