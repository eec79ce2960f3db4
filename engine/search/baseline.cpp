// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/baseline.h"

#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>

namespace tessera {
namespace {

using Random = std::mt19937_64;

std::size_t below(Random &random, std::size_t count) { return static_cast<std::size_t>(random() % count); }

std::int32_t randomOption(const Program &program, std::size_t slot, Random &random)
{
    auto count = static_cast<std::size_t>(program.begin[slot + 1] - program.begin[slot]);
    return program.begin[slot] + static_cast<std::int32_t>(below(random, count));
}

/// By how much a selection breaks the rows, each in units of its own bound; 0 when it keeps them all.
double excessOf(const Program &program, const std::vector<Amount> &sums)
{
    double excess = 0;
    for (std::size_t row = 0; row < program.rows.size(); ++row) {
        const Program::Row &bounds = program.rows[row];
        double over = sums[row] > bounds.upper ? static_cast<double>(sums[row]) - static_cast<double>(bounds.upper) : 0;
        double under = sums[row] < bounds.lower ? static_cast<double>(bounds.lower) - static_cast<double>(sums[row]) : 0;
        double scale = std::max(1.0, std::abs(static_cast<double>(over > 0 ? bounds.upper : bounds.lower)));
        excess += (over + under) / scale;
    }
    return excess;
}

std::vector<Amount> sumsOf(const Program &program, const Selection &selection)
{
    std::vector<Amount> sums;
    for (const Program::Row &row : program.rows)
        sums.push_back(amountOf(row, selection));
    return sums;
}

void exchange(const Program &program, std::vector<Amount> &sums, std::int32_t from, std::int32_t to)
{
    for (std::size_t row = 0; row < program.rows.size(); ++row)
        sums[row] += program.rows[row].amounts[static_cast<std::size_t>(to)] - program.rows[row].amounts[static_cast<std::size_t>(from)];
}

/// Random changes that lower the excess until there is none. Returns whether it got there.
bool repair(const Program &program, Selection &selection, Random &random)
{
    std::vector<Amount> sums = sumsOf(program, selection);
    double excess = excessOf(program, sums);
    for (std::size_t tries = 0; excess > 0 && tries < 60 * program.options(); ++tries) {
        std::size_t slot = below(random, program.slots());
        std::int32_t option = randomOption(program, slot, random), before = selection[slot];
        exchange(program, sums, before, option);
        double changed = excessOf(program, sums);
        if (changed < excess) {
            excess = changed;
            selection[slot] = option;
        } else {
            exchange(program, sums, option, before);
        }
    }
    return excess == 0;
}

double meanScore(const Program &program, std::size_t slot)
{
    double sum = 0;
    for (std::int32_t option = program.begin[slot]; option < program.begin[slot + 1]; ++option)
        sum += program.scores[static_cast<std::size_t>(option)];
    return sum / (program.begin[slot + 1] - program.begin[slot]);
}

/// What a slot weighs in a row when budgets are shared out: the parent's amount, or the largest where it has no parent.
Amount weightOf(const Problem &problem, const Program::Row &row, std::size_t slot)
{
    if (!problem.parent.empty())
        return row.amounts[static_cast<std::size_t>(problem.parent[slot])];
    auto first = row.amounts.begin() + problem.program.begin[slot], last = row.amounts.begin() + problem.program.begin[slot + 1];
    return *std::max_element(first, last);
}

/// The best option whose amount in every row is within the slot's share; failing that, the one that exceeds it least.
std::int32_t bestWithin(const Program &program, std::size_t slot, const std::vector<double> &shares)
{
    std::int32_t best = program.begin[slot];
    std::pair<double, double> bestKey{HUGE_VAL, HUGE_VAL};
    for (std::int32_t option = program.begin[slot]; option < program.begin[slot + 1]; ++option) {
        auto number = static_cast<std::size_t>(option);
        double excess = 0;
        for (std::size_t row = 0; row < program.rows.size(); ++row) {
            double over = static_cast<double>(program.rows[row].amounts[number]) - shares[row];
            if (over > 0)
                excess += over / std::max(1.0, std::abs(shares[row]));
        }
        std::pair<double, double> key{excess, program.scores[number]};
        if (key < bestKey) {
            bestKey = key;
            best = option;
        }
    }
    return best;
}

std::optional<Amount> parametersOf(const BlockLibrary &library, const Problem::Option &option)
{
    const BlockLibrary::Layer &layer = library.layers[static_cast<std::size_t>(option.layer)];
    if (option.attention && option.ffn) {
        auto value = layerCost(layer, {*option.attention, *option.ffn}, kParameters, 0);
        return value ? std::optional(value->amount) : std::nullopt;
    }
    const LibraryEntry *entry = findEntry(layer, option.attention ? *option.attention : *option.ffn);
    auto value = entry && !entry->costs.empty() ? costIn(entry->costs[0], kParameters) : std::nullopt;
    return value ? std::optional(value->amount) : std::nullopt;
}

Selection within(const Problem &problem, Selection selection)
{
    return !selection.empty() && holds(problem, selection) ? selection : Selection{};
}

} // namespace

Selection greedyBaseline(const Problem &problem)
{
    const Program &program = problem.program;
    std::vector<std::size_t> order(program.slots());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return meanScore(program, a) < meanScore(program, b); });
    std::vector<double> left, weights;
    for (const Program::Row &row : program.rows) {
        left.push_back(row.upper == kNoUpperBound ? HUGE_VAL : static_cast<double>(row.upper));
        double weight = 0;
        for (std::size_t slot = 0; slot < program.slots(); ++slot)
            weight += static_cast<double>(weightOf(problem, row, slot));
        weights.push_back(weight);
    }
    Selection selection(program.slots());
    for (std::size_t slot : order) {
        std::vector<double> shares;
        for (std::size_t row = 0; row < program.rows.size(); ++row) {
            double weight = static_cast<double>(weightOf(problem, program.rows[row], slot));
            shares.push_back(weights[row] > 0 ? left[row] * weight / weights[row] : left[row]);
            weights[row] -= weight;
        }
        selection[slot] = bestWithin(program, slot, shares);
        for (std::size_t row = 0; row < program.rows.size(); ++row)
            left[row] -= static_cast<double>(program.rows[row].amounts[static_cast<std::size_t>(selection[slot])]);
    }
    return within(problem, selection);
}

Selection uniformBaseline(const Problem &problem)
{
    std::set<Variant> attentions, ffns;
    for (const Problem::Option &option : problem.options) {
        if (option.attention)
            attentions.insert(*option.attention);
        if (option.ffn)
            ffns.insert(*option.ffn);
    }
    Selection best;
    double bestScore = HUGE_VAL;
    for (const Variant &attention : attentions)
        for (const Variant &ffn : ffns) {
            auto selection = selectionOf(problem, std::vector<LayerChoice>(problem.library->layers.size(), {attention, ffn}));
            if (!selection || !holds(problem, *selection))
                continue;
            double score = scoreOf(problem.program, *selection);
            if (score < bestScore) {
                bestScore = score;
                best = *selection;
            }
        }
    return best;
}

Selection randomBaseline(const Problem &problem, std::uint64_t seed)
{
    Random random(seed);
    for (int attempt = 0; attempt < 4; ++attempt) {
        Selection selection(problem.program.slots());
        for (std::size_t slot = 0; slot < selection.size(); ++slot)
            selection[slot] = randomOption(problem.program, slot, random);
        if (repair(problem.program, selection, random) && keepsRules(problem, selection))
            return selection;
    }
    return {};
}

Selection noOpBaseline(const Problem &problem, const SolveOptions &options)
{
    std::vector<char> keep;
    for (const Problem::Option &option : problem.options) {
        const LayerChoice &parent = problem.library->layers[static_cast<std::size_t>(option.layer)].parent;
        auto kept = [&](const std::optional<Variant> &variant) {
            return !variant || variant->kind == VariantKind::None || *variant == parent.of(variant->part);
        };
        keep.push_back(kept(option.attention) && kept(option.ffn));
    }
    auto part = restricted(problem.program, keep);
    return part ? part->inOriginal(solveProgram(part->program, options).selection) : Selection{};
}

Selection mostParametersBaseline(const Problem &problem, const SolveOptions &options)
{
    Program program = problem.program;
    for (std::size_t number = 0; number < program.options(); ++number) {
        auto parameters = parametersOf(*problem.library, problem.options[number]);
        if (!parameters)
            return {};
        program.scores[number] = -static_cast<double>(*parameters);
    }
    return solveProgram(program, options).selection;
}

Selection evolutionaryBaseline(const Problem &problem, std::uint64_t seed, int generations)
{
    constexpr std::size_t kPopulation = 64, kSurvivors = 16;
    const Program &program = problem.program;
    Random random(seed);
    using Individual = std::pair<double, Selection>;
    std::vector<Individual> population;
    for (std::size_t i = 0; i < kPopulation; ++i)
        if (Selection selection = randomBaseline(problem, random()); !selection.empty())
            population.emplace_back(scoreOf(program, selection), std::move(selection));
    if (population.empty())
        return {};
    for (int generation = 0; generation < generations; ++generation) {
        std::sort(population.begin(), population.end());
        population.resize(std::min(population.size(), kSurvivors));
        const std::size_t parents = population.size();
        while (population.size() < kPopulation) {
            Selection child = population[below(random, parents)].second;
            const Selection &other = population[below(random, parents)].second;
            for (std::size_t slot = 0; slot < child.size(); ++slot) {
                if (random() % 2)
                    child[slot] = other[slot];
                if (random() % child.size() == 0)
                    child[slot] = randomOption(program, slot, random);
            }
            if (!repair(program, child, random) || !keepsRules(problem, child))
                child = population[below(random, parents)].second;
            population.emplace_back(scoreOf(program, child), std::move(child));
        }
    }
    return std::min_element(population.begin(), population.end())->second;
}

std::vector<Baseline> baselinesOf(const Problem &problem, double optimum, std::uint64_t seed, const SolveOptions &options)
{
    // A baseline need not be proved; labels rather than seconds bound the effort, so that the answer is always the same.
    SolveOptions quick = options;
    quick.choice = SolverChoice::Labels;
    quick.labels = 20'000;
    quick.solver.start.clear();
    quick.solver.onProgress = nullptr;
    const std::vector<std::pair<std::string, Selection>> found{{"greedy", greedyBaseline(problem)},
                                                               {"uniform", uniformBaseline(problem)},
                                                               {"random", randomBaseline(problem, seed)},
                                                               {"no-op only", noOpBaseline(problem, quick)},
                                                               {"most parameters", mostParametersBaseline(problem, quick)},
                                                               {"evolutionary", evolutionaryBaseline(problem, seed)}};
    std::vector<Baseline> baselines;
    for (const auto &[name, selection] : found) {
        if (selection.empty())
            continue;
        std::vector<LayerChoice> choices = choicesOf(problem, selection);
        double objective = scoreOf(problem.program, selection);
        Costs costs = totalCosts(*problem.library, choices, 0);
        baselines.push_back({name, std::move(choices), objective, std::move(costs), objective - optimum});
    }
    return baselines;
}

Json toJson(const Baseline &baseline, const Workload &workload)
{
    return {{"name", baseline.name},
            {"objective", baseline.objective},
            {"distance", baseline.distance},
            {"costs", costsToJson(baseline.costs, workload)},
            {"choices", toJson(baseline.choices)}};
}

} // namespace tessera
