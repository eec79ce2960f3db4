// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/solution_text.h"

#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace tessera {
namespace {

__attribute__((format(printf, 1, 2))) std::string text(const char *format, ...)
{
    char buffer[256];
    std::va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    return buffer;
}

std::string padded(std::string cell, std::size_t width)
{
    if (cell.size() < width)
        cell.append(width - cell.size(), ' ');
    return cell;
}

void printTable(const Console &console, const std::vector<std::vector<std::string>> &rows)
{
    std::vector<std::size_t> widths;
    for (const auto &row : rows)
        for (std::size_t column = 0; column < row.size(); ++column) {
            if (column == widths.size())
                widths.push_back(0);
            widths[column] = std::max(widths[column], row[column].size());
        }
    for (const auto &row : rows) {
        std::string line = " ";
        for (std::size_t column = 0; column < row.size(); ++column)
            line += " " + (column + 1 < row.size() ? padded(row[column], widths[column]) : row[column]) + " ";
        line.erase(line.find_last_not_of(' ') + 1);
        console.print(line);
    }
}

std::string priceUnit(const std::string &cost)
{
    switch (unitOf(cost)) {
    case CostUnit::Bytes:
        return "GiB";
    case CostUnit::Nanoseconds:
        return "ms";
    case CostUnit::TokensPerSecond:
        return "token/s";
    default:
        return "unit";
    }
}

std::string slackText(const Solution::LimitReport &limit, const std::string &cost)
{
    if (!limit.slack)
        return "";
    switch (unitOf(cost)) {
    case CostUnit::Nanoseconds:
        return formatAmount(cost, static_cast<Amount>(*limit.slack * 1e6)) + " to spare";
    case CostUnit::Bytes:
    case CostUnit::Count:
        return formatAmount(cost, static_cast<Amount>(*limit.slack)) + " to spare";
    default:
        return text("%.6g to spare", *limit.slack);
    }
}

void printCosts(const Console &console, const BlockLibrary &library, const Solution &solution)
{
    std::vector<std::vector<std::string>> rows{{"cost", "child", "parent", "share", "limit"}};
    for (std::size_t i = 0; i < solution.costs.size(); ++i) {
        std::string suffix = i == 0 ? "" : "@" + solution.workloads[i].name;
        for (const std::string &cost : costNames(library, i)) {
            auto child = costIn(solution.costs[i], cost), parent = totalCost(library, parentChoice(library), cost, i);
            std::vector<std::string> row{cost + suffix, child ? formatAmount(cost, child->amount) : "unknown",
                                         parent ? formatAmount(cost, parent->amount) : "unknown",
                                         child && parent && parent->amount != 0
                                             ? text("%.1f %%", 100 * static_cast<double>(child->amount) / static_cast<double>(parent->amount))
                                             : ""};
            std::string remarks;
            for (const Solution::LimitReport &limit : solution.limits)
                if (limit.limit.starts_with(cost + suffix + "="))
                    remarks += (remarks.empty() ? "" : "; ") + limit.limit + ": " + slackText(limit, cost);
            if (child && child->estimated)
                remarks += remarks.empty() ? "estimated" : " (estimated)";
            row.push_back(remarks);
            rows.push_back(std::move(row));
        }
    }
    printTable(console, rows);
    for (const Solution::LimitReport &limit : solution.limits)
        if (limit.price > 0)
            console.print("  price of " + limit.limit + ": " +
                          text("%.4g %s per %s", limit.price, solution.metric.c_str(),
                               priceUnit(limit.key.substr(0, limit.key.find_first_of("@ "))).c_str()));
}

} // namespace

std::string secondsText(double seconds)
{
    if (seconds < 1)
        return text("%.3g ms", seconds * 1e3);
    return text("%.3g s", seconds);
}

void printLayers(const Console &console, const std::vector<LayerChoice> &choices, const BlockLibrary &library)
{
    std::vector<std::vector<std::string>> rows{{"layers", "attention", "ffn"}};
    auto cell = [](const Variant &variant, const Variant &parent) {
        return variant == parent ? shortName(variant) + " (parent)" : shortName(variant);
    };
    for (std::size_t first = 0; first < choices.size();) {
        std::size_t last = first;
        while (last + 1 < choices.size() && choices[last + 1] == choices[first])
            ++last;
        const LayerChoice &parent = library.layers[first].parent;
        rows.push_back({first == last ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(last),
                        cell(choices[first].attention, parent.attention), cell(choices[first].ffn, parent.ffn)});
        first = last + 1;
    }
    printTable(console, rows);
}

void printInfeasible(const Console &console, const Solution &solution)
{
    console.print("infeasible: no child satisfies the scenario");
    if (!solution.conflict.empty())
        console.print(solution.conflict.size() == 1 ? "This cannot hold:" : "These cannot hold together:");
    for (const std::string &constraint : solution.conflict)
        console.print("  " + constraint);
    if (!solution.relaxations.empty())
        console.print("Any one of these repairs it:");
    for (const Solution::Relaxation &relaxation : solution.relaxations)
        if (relaxation.needed)
            console.print("  " + relaxation.limit + " -> " + relaxation.repaired);
        else
            console.print("  " + relaxation.limit + ": no value of it alone is enough");
}

void printSolution(const Console &console, const BlockLibrary &library, const Solution &solution)
{
    for (const std::string &remark : solution.remarks)
        console.remark(remark);
    if (!solution.found()) {
        if (solution.status == SolveStatus::Infeasible)
            printInfeasible(console, solution);
        else
            console.print("stopped before a child was found");
        return;
    }
    std::string headline = toString(solution.status) + text(": %s %.6g", solution.metric.c_str(), solution.objective);
    if (solution.status == SolveStatus::Feasible)
        headline += text(", at best %.6g (gap %.3g %%)", solution.bound, 100 * solution.gap());
    console.print(headline + ", in " + secondsText(solution.seconds));
    console.print("");
    printCosts(console, library, solution);
    console.print("");
    printLayers(console, solution.choices, library);
}

void printBaselines(const Console &console, const std::vector<Baseline> &baselines, double optimum)
{
    std::vector<std::vector<std::string>> rows{{"baseline", "objective", "above the optimum"}};
    for (const Baseline &baseline : baselines)
        rows.push_back({baseline.name, text("%.6g", baseline.objective),
                        optimum > 0 ? text("%.6g (%.1f %%)", baseline.distance, 100 * baseline.distance / optimum)
                                    : text("%.6g", baseline.distance)});
    printTable(console, rows);
}

void printFront(const Console &console, const BlockLibrary &library, const Front &front)
{
    std::vector<std::string> head;
    for (const CostAxis &axis : front.axes)
        head.push_back(axis.cost + " at most");
    for (const CostAxis &axis : front.axes)
        head.push_back(axis.cost);
    head.push_back("objective");
    head.push_back("proved");
    std::vector<std::vector<std::string>> rows{head};
    for (const Front::Point &point : front.points) {
        std::vector<std::string> row;
        for (std::size_t axis = 0; axis < front.axes.size(); ++axis)
            row.push_back(formatAmount(front.axes[axis].cost, point.limits[axis]));
        for (const CostAxis &axis : front.axes) {
            auto total = totalCost(library, point.solution.choices, axis.cost, axis.workload);
            row.push_back(total ? formatAmount(axis.cost, total->amount) : "unknown");
        }
        row.push_back(text("%.6g", point.solution.objective));
        row.push_back(point.solution.status == SolveStatus::Optimal ? "yes" : text("gap %.3g %%", 100 * point.solution.gap()));
        rows.push_back(std::move(row));
    }
    printTable(console, rows);
}

void printPool(const Console &console, const BlockLibrary &library, const Pool &pool)
{
    std::vector<std::vector<std::string>> rows{{"child", "objective", "above the best", "layers that differ from it", "proved"}};
    const Solution &best = pool.solutions.front();
    for (const Solution &solution : pool.solutions)
        rows.push_back({std::to_string(rows.size()), text("%.8g", solution.objective), text("%.3g", solution.objective - best.objective),
                        std::to_string(distanceOf(best.choices, solution.choices)),
                        solution.status == SolveStatus::Optimal ? "yes" : text("gap %.3g %%", 100 * solution.gap())});
    printTable(console, rows);
    console.print(pool.complete ? "\nThere is no further child. Most frequent choices:" : "\nMost frequent choices:");
    rows = {{"layer", "attention", "", "ffn", "", "parent"}};
    for (std::size_t layer = 0; layer < pool.consensus.size(); ++layer) {
        const Pool::Consensus &agreed = pool.consensus[layer];
        const LayerChoice &parent = library.layers[layer].parent;
        rows.push_back({std::to_string(layer), shortName(agreed.choice.attention), text("%.0f %%", 100 * agreed.attention),
                        shortName(agreed.choice.ffn), text("%.0f %%", 100 * agreed.ffn), agreed.choice == parent ? "yes" : ""});
    }
    printTable(console, rows);
}

void printRegrets(const Console &console, const std::vector<Regret> &regrets)
{
    if (regrets.empty())
        return;
    auto cell = [](const std::optional<double> &regret) { return regret ? text("%.6g", *regret) : std::string("impossible"); };
    std::vector<std::vector<std::string>> rows{{"layer", "block", "chosen", "to have it", "not to have it"}};
    for (const Regret &regret : regrets)
        rows.push_back({std::to_string(regret.layer), regret.block, regret.chosen ? "yes" : "", cell(regret.force), cell(regret.ban)});
    console.print("");
    printTable(console, rows);
}

void printReaches(const Console &console, const std::vector<Reach> &reaches)
{
    std::vector<std::vector<std::string>> rows{{"cost", "reachable", "within the other limits"}};
    auto range = [](const std::string &cost, const std::optional<Amount> &least, const std::optional<Amount> &most) {
        return least && most ? formatAmount(cost, *least) + " .. " + formatAmount(cost, *most) : std::string("nothing");
    };
    for (const Reach &reach : reaches)
        rows.push_back({reach.key, range(reach.axis.cost, reach.least, reach.most),
                        range(reach.axis.cost, reach.leastWithin, reach.mostWithin)});
    console.print("");
    printTable(console, rows);
}

void printRobustness(const Console &console, const Solution &solution, const Robustness &robustness)
{
    console.print("");
    console.print(text("of %d draws of the scores' windows: the shown child is %.3g above a draw's own best on average, %.3g in 95 %% of them",
                       robustness.draws, robustness.regretMean, robustness.regretP95));
    std::vector<std::vector<std::string>> rows{{"layer", "attention", "chosen in", "ffn", "chosen in"}};
    for (std::size_t layer = 0; layer < robustness.layers.size(); ++layer)
        rows.push_back({std::to_string(layer), shortName(solution.choices[layer].attention), text("%.0f %%", 100 * robustness.layers[layer].attention),
                        shortName(solution.choices[layer].ffn), text("%.0f %%", 100 * robustness.layers[layer].ffn)});
    printTable(console, rows);
    if (!robustness.needs.empty())
        console.print("More windows would tell most about:");
    for (std::size_t i = 0; i < std::min<std::size_t>(5, robustness.needs.size()); ++i)
        console.print("  layer " + std::to_string(robustness.needs[i].layer) + " " + robustness.needs[i].block);
}

} // namespace tessera
