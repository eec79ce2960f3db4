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
#include <set>
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

    /// From the dearest child downwards, each one unit cheaper on the first axis than the last: what does not lose by it was
    /// no front point. others are the limits of the other axes. Returns false when the front is full.
    bool traceExact(Amount most, const std::vector<Amount> &others, const std::function<bool(Front::Point)> &take)
    {
        std::optional<Front::Point> last;
        std::vector<Amount> limits{most};
        limits.insert(limits.end(), others.begin(), others.end());
        for (bool more = true; more;) {
            std::optional<Front::Point> next = solveAt(limits);
            more = next.has_value();
            if (next) {
                next->limits = costsOf(m_previous);
                limits[0] = next->limits[0] - 1;
            }
            if (last && (!next || !sameObjective(last->solution.objective, next->solution.objective)) && !take(std::move(*last)))
                return false;
            last = std::move(next);
        }
        return true;
    }

    void traceExact(Amount most, Front &front)
    {
        front.complete = traceExact(most, {}, [&](Front::Point point) { return keepIfRoom(std::move(point), front); });
        std::reverse(front.points.begin(), front.points.end());
    }

    /// Every point lies on the exact front against the first axis under some limit on the second. The limit goes down from
    /// sweep to sweep to just below the dearest point of the last one (the epsilon-constraint method; Laumanns, Thiele and
    /// Zitzler, EJOR 169, 2006).
    void traceExactSurface(Amount most, Amount mostSecond, Front &front)
    {
        std::set<std::vector<Amount>> seen;
        for (std::optional<Amount> second = mostSecond; second;) {
            std::optional<Amount> dearest;
            front.complete = traceExact(most, {*second}, [&](Front::Point point) {
                point = cheapestSecond(std::move(point), seen);
                dearest = std::max(dearest.value_or(point.limits[1]), point.limits[1]);
                return !seen.insert(point.limits).second || keepIfRoom(std::move(point), front);
            });
            second = front.complete && dearest ? std::optional(*dearest - 1) : std::nullopt;
        }
        std::ranges::sort(front.points, {}, &Front::Point::limits);
    }

private:
    static bool sameObjective(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b)); }

    std::vector<Amount> costsOf(const Selection &selection) const
    {
        std::vector<Amount> costs;
        for (const CostAxis &axis : m_request.axes) {
            const std::size_t row = *rowOf(m_problem, axis);
            costs.push_back(amountOf(m_problem.program.rows[row], selection) + m_problem.rows[row].fixed);
        }
        return costs;
    }

    /// The child of a point's objective and cost on the first axis that is cheapest on the second.
    Front::Point cheapestSecond(Front::Point point, const std::set<std::vector<Amount>> &seen)
    {
        while (!seen.contains(point.limits)) {
            std::optional<Front::Point> cheaper = solveAt({point.limits[0], point.limits[1] - 1});
            if (!cheaper || !sameObjective(cheaper->solution.objective, point.solution.objective))
                break;
            cheaper->limits = costsOf(m_previous);
            point = std::move(*cheaper);
        }
        return point;
    }

    bool keepIfRoom(Front::Point point, Front &front)
    {
        if (static_cast<int>(front.points.size()) >= m_request.points)
            return false;
        keep(std::move(point), front);
        return true;
    }

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
    Problem problem = makeProblem(std::move(library), request.scenario, request.axes);
    Front front{request.axes, {}, {}, true};
    std::vector<std::vector<Amount>> limits;
    for (const CostAxis &axis : request.axes)
        limits.push_back(spacedLimits(problem, axis, request.exact ? 2 : request.points, options));
    FrontTracer tracer(problem, request, options, onPoint);
    if (std::ranges::any_of(limits, [](const std::vector<Amount> &axis) { return axis.empty(); }))
        front.unreachable = solve(problem, options);
    else if (request.exact && limits.size() == 2)
        tracer.traceExactSurface(limits[0].back(), limits[1].back(), front);
    else if (request.exact)
        tracer.traceExact(limits.front().back(), front);
    else
        tracer.traceSpaced(limits, front);
    return front;
}

} // namespace tessera
