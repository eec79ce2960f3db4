// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/explain.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

namespace tessera {
namespace {

/// A block of one layer with the parent's variants put in.
struct NamedBlock {
    std::size_t layer = 0;
    std::optional<Variant> attention, ffn;
};

std::string nameOf(const NamedBlock &block)
{
    std::string name = block.attention ? toString(*block.attention) : "";
    if (block.ffn)
        name += (name.empty() ? "" : "+") + toString(*block.ffn);
    return name;
}

bool libraryHas(const BlockLibrary::Layer &layer, const NamedBlock &block)
{
    return std::any_of(layer.entries.begin(), layer.entries.end(), [&](const LibraryEntry &entry) {
        return (block.attention && entry.attention == block.attention) || (block.ffn && entry.ffn == block.ffn);
    });
}

NamedBlock named(const BlockLibrary &library, const LayerBlock &block)
{
    std::vector<std::int64_t> layers = parseLayers(block.layers, static_cast<std::int64_t>(library.layers.size()));
    if (layers.size() != 1)
        throw badInput("\"" + block.text + "\" must name one layer");
    NamedBlock result{static_cast<std::size_t>(layers.front()), std::nullopt, std::nullopt};
    const BlockLibrary::Layer &layer = library.layers[result.layer];
    if (block.attention)
        result.attention = block.attention->in(layer.parent, Part::Attention);
    if (block.ffn)
        result.ffn = block.ffn->in(layer.parent, Part::Ffn);
    for (const NamedBlock &half : {NamedBlock{result.layer, result.attention, {}}, NamedBlock{result.layer, {}, result.ffn}})
        if ((half.attention || half.ffn) && !libraryHas(layer, half))
            throw badInput("layer " + std::to_string(result.layer) + " of the library has no block " + nameOf(half));
    return result;
}

/// As far as an option decides the block's sub-blocks: whether it has them.
bool agrees(const Problem::Option &option, const NamedBlock &block)
{
    return (!block.attention || !option.attention || *option.attention == *block.attention) &&
           (!block.ffn || !option.ffn || *option.ffn == *block.ffn);
}

bool decides(const Problem::Option &option, const NamedBlock &block)
{
    return option.layer == static_cast<std::int64_t>(block.layer) && ((block.attention && option.attention) || (block.ffn && option.ffn));
}

SolveOptions inner(const SolveOptions &options)
{
    SolveOptions quiet = options;
    quiet.solver.start.clear();
    quiet.solver.onProgress = nullptr;
    quiet.explainInfeasible = false;
    return quiet;
}

/// The best objective when only some options may be chosen, less the optimum.
std::optional<double> regretWith(const Program &program, double optimum, const SolveOptions &options, bool &proved)
{
    ProgramResult result = solveProgram(program, inner(options));
    options.solver.stop.throwIfRequested();
    proved = proved && (result.status == SolveStatus::Optimal || result.status == SolveStatus::Infeasible);
    if (result.selection.empty())
        return std::nullopt;
    return std::max(0.0, result.objective - optimum);
}

std::optional<double> regretOfForcing(const Problem &problem, double optimum, const NamedBlock &block, const SolveOptions &options,
                                      bool &proved)
{
    std::vector<char> keep;
    for (const Problem::Option &option : problem.options)
        keep.push_back(!decides(option, block) || agrees(option, block));
    auto part = restricted(problem.program, keep);
    return part ? regretWith(part->program, optimum, options, proved) : std::nullopt;
}

std::optional<double> regretOfBanning(const Problem &problem, double optimum, const NamedBlock &block, const SolveOptions &options,
                                      bool &proved)
{
    std::size_t deciding = 0;
    bool needed = true;
    for (std::size_t slot = 0; slot < problem.program.slots(); ++slot) {
        bool decidesSlot = false;
        for (std::int32_t number = problem.program.begin[slot]; number < problem.program.begin[slot + 1]; ++number) {
            const Problem::Option &option = problem.options[static_cast<std::size_t>(number)];
            decidesSlot = decidesSlot || decides(option, block);
            needed = needed && (!decides(option, block) || agrees(option, block));
        }
        deciding += decidesSlot;
    }
    if (needed)
        return std::nullopt;
    if (deciding == 1) {
        std::vector<char> keep;
        for (const Problem::Option &option : problem.options)
            keep.push_back(!decides(option, block) || !agrees(option, block));
        auto part = restricted(problem.program, keep);
        return part ? regretWith(part->program, optimum, options, proved) : std::nullopt;
    }
    // Either half alone is allowed: the layer must become one slot.
    Scenario scenario = problem.scenario;
    scenario.bans.push_back(parseLayerBlock(std::to_string(block.layer) + ":" + nameOf(block)));
    return regretWith(makeProblem(problem.library, scenario).program, optimum, options, proved);
}

bool has(const Problem &problem, const Selection &selection, const NamedBlock &block)
{
    return !selection.empty() && std::all_of(selection.begin(), selection.end(), [&](std::int32_t number) {
        const Problem::Option &option = problem.options[static_cast<std::size_t>(number)];
        return !decides(option, block) || agrees(option, block);
    });
}

Regret regretOfNamed(const Problem &problem, const ProgramResult &best, const NamedBlock &block, const SolveOptions &options)
{
    Regret regret{static_cast<std::int64_t>(block.layer), nameOf(block), has(problem, best.selection, block), {}, {}, true};
    if (best.selection.empty())
        return regret;
    regret.proved = best.status == SolveStatus::Optimal;
    if (regret.chosen)
        regret.force = 0.0;
    else
        regret.force = regretOfForcing(problem, best.objective, block, options, regret.proved);
    if (regret.chosen)
        regret.ban = regretOfBanning(problem, best.objective, block, options, regret.proved);
    else
        regret.ban = 0.0;
    return regret;
}

/// The scenario without limits, or without those of one cost.
Scenario withoutLimits(const BlockLibrary &library, const Scenario &scenario, const CostAxis *ofAxis)
{
    Scenario result = scenario;
    std::erase_if(result.limits, [&](Limit limit) {
        if (limit.workload.empty())
            limit.workload = scenario.workload;
        if (!ofAxis)
            return true;
        AmountLimit amount = resolveLimit(limit, library);
        return CostAxis{amount.cost, amount.workload} == *ofAxis;
    });
    return result;
}

struct Extreme {
    std::optional<Amount> total;
    bool proved = true;
};

/// The least or greatest total of the only row that nothing bounds.
Extreme extremeOf(const Problem &problem, const CostAxis &axis, bool greatest, const SolveOptions &options)
{
    const std::size_t row = *rowOf(problem, axis);
    Program program = problem.program;
    const double sign = greatest ? -1 : 1;
    double largest = 0;
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        double slotLargest = 0;
        for (std::int32_t option = program.begin[slot]; option < program.begin[slot + 1]; ++option) {
            auto amount = static_cast<double>(program.rows[row].amounts[static_cast<std::size_t>(option)]);
            program.scores[static_cast<std::size_t>(option)] = sign * amount;
            slotLargest = std::max(slotLargest, std::abs(amount));
        }
        largest += slotLargest;
    }
    std::fill(program.auxiliaryScores.begin(), program.auxiliaryScores.end(), 0.0);
    SolveOptions quick = inner(options);
    quick.resolution = std::max(0.5, 1e-6 * largest);
    quick.solver.maxSeconds = std::min(quick.solver.maxSeconds, 1.0);
    ProgramResult result = solveProgram(program, quick);
    options.solver.stop.throwIfRequested();
    Extreme extreme{std::nullopt, result.status == SolveStatus::Optimal || result.status == SolveStatus::Infeasible};
    if (!result.selection.empty())
        extreme.total = amountOf(program.rows[row], result.selection) + problem.rows[row].fixed;
    return extreme;
}

/// A scenario that a library accepts with one more row; nothing where the row's figures leave a layer without an option.
std::optional<Problem> problemFor(const std::shared_ptr<const BlockLibrary> &library, const Scenario &scenario, const CostAxis &axis)
{
    try {
        return makeProblem(library, scenario, {axis});
    } catch (const Error &) {
        makeProblem(library, scenario); // what the scenario itself lacks is an error all the same
        return std::nullopt;
    }
}

} // namespace

Regret regretOf(const Problem &problem, const ProgramResult &best, const LayerBlock &block, const SolveOptions &options)
{
    return regretOfNamed(problem, best, named(*problem.library, block), options);
}

std::vector<Regret> allRegrets(const Problem &problem, const ProgramResult &best, const SolveOptions &options)
{
    std::vector<Regret> regrets;
    std::set<std::pair<std::int64_t, Variant>> seen;
    for (const Problem::Option &option : problem.options) {
        const auto layer = static_cast<std::size_t>(option.layer);
        if (option.attention && seen.insert({option.layer, *option.attention}).second)
            regrets.push_back(regretOfNamed(problem, best, {layer, option.attention, {}}, options));
        if (option.ffn && seen.insert({option.layer, *option.ffn}).second)
            regrets.push_back(regretOfNamed(problem, best, {layer, {}, option.ffn}, options));
    }
    return regrets;
}

Reach reachableCost(const std::shared_ptr<const BlockLibrary> &library, const Scenario &scenario, const CostAxis &axis,
                    const SolveOptions &options)
{
    Reach reach{axis, axis.cost + (axis.workload == 0 ? "" : "@" + library->workloads.at(axis.workload).name), {}, {}, {}, {}, true};
    auto find = [&](const Scenario &under, std::optional<Amount> &least, std::optional<Amount> &most) {
        std::optional<Problem> problem = problemFor(library, under, axis);
        if (!problem)
            return;
        for (bool greatest : {false, true}) {
            Extreme extreme = extremeOf(*problem, axis, greatest, options);
            (greatest ? most : least) = extreme.total;
            reach.proved = reach.proved && extreme.proved;
        }
    };
    find(withoutLimits(*library, scenario, nullptr), reach.least, reach.most);
    Scenario others = withoutLimits(*library, scenario, &axis);
    if (others.limits.empty()) {
        reach.leastWithin = reach.least;
        reach.mostWithin = reach.most;
    } else {
        find(others, reach.leastWithin, reach.mostWithin);
    }
    return reach;
}

std::vector<Reach> reachableCosts(const std::shared_ptr<const BlockLibrary> &library, const Scenario &scenario,
                                  const SolveOptions &options)
{
    std::vector<Reach> reaches;
    for (std::size_t workload = 0; workload < library->workloads.size(); ++workload)
        for (const std::string &cost : costNames(*library, workload))
            if (totalCost(*library, parentChoice(*library), cost, workload))
                reaches.push_back(reachableCost(library, scenario, {cost, workload}, options));
    return reaches;
}

Json reachToJson(const std::vector<Reach> &reaches, const BlockLibrary &library, bool withinLimits)
{
    Json json = Json::object();
    for (const Reach &reach : reaches) {
        const auto &least = withinLimits ? reach.leastWithin : reach.least;
        const auto &most = withinLimits ? reach.mostWithin : reach.most;
        json[reach.key] = !least || !most ? Json() : Json{toJsonNumber(reach.axis.cost, *least), toJsonNumber(reach.axis.cost, *most)};
        if (reach.axis.cost != kRuntime)
            continue;
        const Workload &workload = library.workloads[reach.axis.workload];
        auto rate = [&](const std::optional<Amount> &runtime) { return runtime ? throughputOf(workload, *runtime) : std::nullopt; };
        auto slowest = rate(most), fastest = rate(least);
        json[kThroughput + reach.key.substr(reach.axis.cost.size())] =
            Json{slowest ? Json(*slowest) : Json(), fastest ? Json(*fastest) : Json()};
    }
    return json;
}

Json toJson(const Regret &regret)
{
    return {{"layer", regret.layer},
            {"block", regret.block},
            {"chosen", regret.chosen},
            {"force", regret.force ? Json(*regret.force) : Json()},
            {"ban", regret.ban ? Json(*regret.ban) : Json()},
            {"proved", regret.proved}};
}

} // namespace tessera
