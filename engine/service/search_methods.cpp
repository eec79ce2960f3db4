// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/search/baseline.h"
#include "engine/search/conflict.h"
#include "engine/search/front.h"
#include "engine/service/asked.h"
#include "engine/service/bulk.h"
#include "engine/service/search_json.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPauseOfItems(50);

SolverChoice solverNamed(const std::string &name)
{
    if (name == "auto")
        return SolverChoice::Automatic;
    if (name == "labels")
        return SolverChoice::Labels;
    if (name == "cbc")
        return SolverChoice::Cbc;
    throw badInput("there is no solver \"" + name + "\": use auto, labels or cbc");
}

/// The best within the given time. Rules leave that to the general solver, which does not even start in the time of a frame:
/// what the last proof found is shown at once where it still holds.
ProgramResult previewOf(LiveSearch &search, const SolveOptions &how, const std::vector<LayerChoice> &lastBest)
{
    if (search.problem().program.rules.empty())
        return search.prove(how);
    search.suggest(lastBest);
    const ProgramResult &shown = search.preview();
    const bool answered = !shown.selection.empty() || shown.status == SolveStatus::Infeasible;
    return answered ? shown : search.prove(how);
}

/// Says what is known so far, now and then.
std::function<void(const ProgramResult &)> partialAnswers(Call &call, const Problem &problem)
{
    return [&call, &problem, said = Clock::now()](const ProgramResult &result) mutable {
        const Clock::time_point now = Clock::now();
        if (result.selection.empty() || now - said < kPauseOfItems)
            return;
        said = now;
        ProgramResult known = result;
        known.status = SolveStatus::Feasible;
        const Json solution = toJson(describeResult(problem, known));
        Json item = Json::object();
        for (const char *key : {"objective", "bound", "gap", "seconds", "choices"})
            item[key] = solution.at(key);
        call.item(item);
    };
}

/// What a choice would be, where its scores are known.
std::optional<Solution> solutionOf(const Problem &problem, const std::vector<LayerChoice> &choices)
{
    auto selection = selectionOf(problem, choices);
    if (!selection)
        return std::nullopt;
    ProgramResult result;
    result.status = SolveStatus::Feasible;
    result.objective = scoreOf(problem.program, *selection);
    result.prices.assign(problem.program.rows.size(), 0);
    result.selection = std::move(*selection);
    return describeResult(problem, result);
}

/// The costs of a choice for which the library lacks a score.
Solution costsOnly(const BlockLibrary &library, const std::vector<LayerChoice> &choices)
{
    Solution solution;
    solution.choices = choices;
    solution.workloads = library.workloads;
    for (std::size_t workload = 0; workload < library.workloads.size(); ++workload)
        solution.costs.push_back(totalCosts(library, choices, workload));
    return solution;
}

/// Random numbers of one member of a sequence, whichever member comes first (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014).
class SplitMix {
public:
    SplitMix(std::uint64_t seed, std::uint64_t number) : m_state(mixed(mixed(seed + kStep) + number * kStep)) {}
    /// In [0, 1).
    double next() { return static_cast<double>(mixed(m_state += kStep) >> 11) * 0x1p-53; }

private:
    static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
    static std::uint64_t mixed(std::uint64_t z)
    {
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }
    std::uint64_t m_state;
};

/// A child that keeps a random share of the parent and takes anything elsewhere.
Selection randomChild(const Problem &problem, SplitMix &random)
{
    const Program &program = problem.program;
    const double share = problem.parent.empty() ? 0 : random.next();
    Selection selection(program.slots());
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        const double draw = random.next(), options = program.begin[slot + 1] - program.begin[slot];
        selection[slot] = random.next() < share ? problem.parent[slot]
                                                  : program.begin[slot] + static_cast<std::int32_t>(draw * options);
    }
    return selection;
}

} // namespace

namespace methods {

Json preview(Call &call)
{
    const auto [open, view, scenario, stated] = askedOf(call);
    LiveSearch &search = open->previewSearch.at(*view, scenario);
    SolveOptions how = solveOptionsOf(call);
    how.solver.maxSeconds = call.params.numberOr("max_ms", 12, 1, 1000) / 1000;
    how.choice = SolverChoice::Labels;
    how.explainInfeasible = false;
    const ProgramResult answer = previewOf(search, how, open->lastBest());
    return withOrigin(toJson(describeAnswer(search.problem(), answer, how)), call, *view);
}

Json solveScenario(Call &call)
{
    const auto [open, view, scenario, stated] = askedOf(call);
    LiveSearch &search = open->solveSearch.at(*view, scenario);
    SolveOptions how = solveOptionsOf(call);
    how.choice = solverNamed(call.params.textOr("solver", "auto"));
    how.solver.maxSeconds = call.params.numberOr("max_seconds", std::numeric_limits<double>::infinity(), 0.001, 1e9);
    how.solver.onProgress = partialAnswers(call, search.problem());
    const Solution solution = describeAnswer(search.problem(), search.prove(how), how);
    call.stop.throwIfRequested();
    if (solution.found())
        open->setLastBest(solution.choices);
    Json answer = withOrigin(toJson(solution), call, *view);
    answer["scenario"] = toJson(stated);
    answer["id"] = nullptr;
    if (call.params.flagOr("store", false) && open->project.writable())
        answer["id"] = storeSolution(open->project, stated, solution, view->hash);
    return answer;
}

Json assess(Call &call)
{
    auto [open, view, scenario, stated] = askedOf(call);
    scenario.pins.clear();
    scenario.bans.clear();
    scenario.rules.clear();
    const std::vector<LayerChoice> choices = parseChoices(call.params.json("choices"), "the choices");
    const Solution costs = costsOnly(*view->library, choices);
    auto solution = solutionOf(makeProblem(view->library, scenario), choices);
    const Json json = toJson(solution ? *solution : costs);
    Json answer = Json::object();
    for (const char *key : {"objective", "costs", "estimated", "slack", "limits"})
        answer[key] = json.at(key);
    answer["holds"] = nullptr;
    if (solution)
        answer["holds"] = std::ranges::all_of(solution->limits, [](const auto &limit) { return limit.slack.value_or(-1) >= 0; });
    return withOrigin(std::move(answer), call, *view);
}

Json baselines(Call &call)
{
    const auto [open, view, scenario, stated] = askedOf(call);
    const Problem problem = makeProblem(view->library, scenario);
    SolveOptions how = solveOptionsOf(call);
    how.explainInfeasible = false;
    const Solution optimum = solve(problem, how);
    call.stop.throwIfRequested();
    Json all = Json::array();
    if (optimum.found())
        for (const Baseline &baseline :
             baselinesOf(problem, optimum.objective, static_cast<std::uint64_t>(call.params.integerOr("seed", 1, 0, INT64_MAX)), how))
            all.push_back(toJson(baseline, view->library->workloads.front()));
    call.stop.throwIfRequested();
    return withOrigin({{"baselines", std::move(all)}}, call, *view);
}

Json reachable(Call &call)
{
    const auto [open, view, scenario, stated] = askedOf(call);
    const CostAxis axis = parseAxis(call.params.text("limit"), *view->library);
    const Problem problem = makeProblem(view->library, scenario, {axis});
    const SolveOptions how = solveOptionsOf(call);
    auto extreme = [&](bool greatest) {
        auto total = extremeTotal(problem, *rowOf(problem, axis), greatest, false, how);
        call.stop.throwIfRequested();
        return total ? toJsonNumber(axis.cost, *total) : Json();
    };
    auto parent = totalCost(*view->library, parentChoice(*view->library), axis.cost, axis.workload);
    return withOrigin({{"cost", costKey(*view->library, axis.cost, axis.workload)},
                       {"least", extreme(false)},
                       {"greatest", extreme(true)},
                       {"parent", parent ? toJsonNumber(axis.cost, parent->amount) : Json()}},
                      call, *view);
}

Json sample(Call &call)
{
    auto open = call.session.project(call.stop);
    auto view = open->library();
    std::vector<CostAxis> axes;
    for (const std::string &axis : call.params.textsOr("axes", {}))
        axes.push_back(parseAxis(axis, *view->library));
    if (axes.empty() || axes.size() > 8)
        throw badInput("a sample has 1 to 8 axes");
    const Problem problem = makeProblem(view->library, Scenario{}, axes);
    const auto seed = static_cast<std::uint64_t>(call.params.integerOr("seed", 1, 0, INT64_MAX));
    const auto total = static_cast<std::size_t>(call.params.integerOr("total", 100'000, 1, 100'000'000));
    const Range range = rangeOf(call.params, total, (1 + axes.size()) * sizeof(double));
    std::vector<double> values;
    for (std::size_t row = 0; row < range.count; ++row) {
        call.stop.throwIfRequested();
        SplitMix random(seed, range.from + row);
        const Selection child = randomChild(problem, random);
        values.push_back(scoreOf(problem.program, child));
        for (const CostAxis &axis : axes) {
            const std::size_t at = *rowOf(problem, axis);
            const Amount amount = problem.rows[at].fixed + amountOf(problem.program.rows[at], child);
            values.push_back(toJsonNumber(axis.cost, amount).get<double>());
        }
    }
    return bulkJson(range, 1 + axes.size(), values);
}

} // namespace methods
} // namespace tessera
