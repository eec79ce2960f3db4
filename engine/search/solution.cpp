// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/solution.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace tessera {
namespace {

/// Amounts in one unit of a price: a GiB, a millisecond, one.
double amountsPerPrice(const std::string &cost)
{
    switch (unitOf(cost)) {
    case CostUnit::Bytes:
        return 1024.0 * 1024 * 1024;
    case CostUnit::Nanoseconds:
        return 1e6;
    case CostUnit::Billionths:
        return 1e9;
    default:
        return 1;
    }
}

/// Whole numbers print without a fraction, unknown ones as null.
Json number(std::optional<double> value)
{
    if (!value || !std::isfinite(*value))
        return nullptr;
    if (std::abs(*value) < 9e15 && *value == std::floor(*value))
        return static_cast<std::int64_t>(*value);
    return *value;
}

std::string keyOf(const Limit &limit, std::set<std::string> &used)
{
    std::string key = limit.cost + (limit.workload.empty() ? "" : "@" + limit.workload);
    if (!used.insert(key).second) {
        key += limit.sense == LimitSense::Max ? " max" : " min";
        while (!used.insert(key).second)
            key += "'";
    }
    return key;
}

/// Throughput of a total run time in nanoseconds.
double rateOf(const Workload &workload, Amount runtime) { return throughputOf(workload, runtime).value_or(HUGE_VAL); }

Solution::LimitReport reportLimit(const Problem &problem, const ProgramResult &result, const Problem::BoundLimit &bound,
                                  std::set<std::string> &used)
{
    const Program::Row &row = problem.program.rows[bound.row];
    const Problem::Row &meaning = problem.rows[bound.row];
    const Workload &workload = problem.library->workloads[meaning.axis.workload];
    const bool throughput = bound.limit.cost == kThroughput;
    Solution::LimitReport report{keyOf(bound.limit, used), bound.limit.text, std::nullopt, 0};
    if (!result.selection.empty()) {
        Amount total = amountOf(row, result.selection) + meaning.fixed;
        Amount slack = bound.upper ? bound.total - total : total - bound.total;
        if (throughput)
            report.slack = std::abs(rateOf(workload, total) - rateOf(workload, bound.total)) * (slack < 0 ? -1 : 1);
        else
            report.slack = toJsonNumber(bound.limit.cost, slack).get<double>();
    }
    const bool tightest = bound.upper ? row.upper == bound.total - meaning.fixed : row.lower == bound.total - meaning.fixed;
    if (tightest && bound.row < result.prices.size()) {
        double price = std::max(0.0, bound.upper ? result.prices[bound.row] : -result.prices[bound.row]);
        double perUnit = amountsPerPrice(meaning.axis.cost);
        if (throughput) // d bound / d rate, bound being the run time 10^9 batch output / rate
            perUnit = static_cast<double>(bound.total) / std::max(rateOf(workload, bound.total), 1e-300);
        report.price = price * perUnit;
    }
    return report;
}

} // namespace

double Solution::gap() const
{
    double difference = objective - bound;
    if (!(difference > 0))
        return 0;
    return difference / std::max(std::abs(objective), 1e-300);
}

Solution describeResult(const Problem &problem, const ProgramResult &result)
{
    Solution solution;
    solution.status = result.status;
    solution.metric = problem.objective;
    solution.objective = result.objective;
    solution.bound = result.bound;
    solution.nodes = result.nodes;
    solution.seconds = result.seconds;
    solution.workloads = problem.library->workloads;
    solution.remarks = problem.remarks;
    if (!result.selection.empty()) {
        solution.choices = choicesOf(problem, result.selection);
        for (std::size_t workload = 0; workload < solution.workloads.size(); ++workload)
            solution.costs.push_back(totalCosts(*problem.library, solution.choices, workload));
    }
    std::set<std::string> used;
    for (const Problem::BoundLimit &limit : problem.limits)
        solution.limits.push_back(reportLimit(problem, result, limit, used));
    return solution;
}

Json toJson(const std::vector<LayerChoice> &choices)
{
    Json json = Json::array();
    for (std::size_t layer = 0; layer < choices.size(); ++layer)
        json.push_back({{"layer", layer}, {"attention", shortName(choices[layer].attention)}, {"ffn", shortName(choices[layer].ffn)}});
    return json;
}

std::vector<LayerChoice> parseChoices(const Json &json, const std::string &where)
{
    if (!json.is_array())
        throw badInput("\"choices\" in " + where + " must be an array");
    std::vector<LayerChoice> choices(json.size());
    std::vector<bool> seen(json.size(), false);
    for (const Json &element : json) {
        std::int64_t layer = requireInteger(element, "layer", where);
        if (layer < 0 || layer >= static_cast<std::int64_t>(choices.size()) || seen[static_cast<std::size_t>(layer)])
            throw badInput("\"choices\" in " + where + " must name every layer from 0 once");
        seen[static_cast<std::size_t>(layer)] = true;
        choices[static_cast<std::size_t>(layer)] = {parseVariant(Part::Attention, requireString(element, "attention", where)),
                                                    parseVariant(Part::Ffn, requireString(element, "ffn", where))};
    }
    return choices;
}

Json toJson(const Solution &solution)
{
    Json costs = Json::object(), estimated = Json::array(), slack = Json::object(), prices = Json::object();
    Json workloads = Json::array(), relaxations = Json::array();
    for (std::size_t i = 0; i < solution.workloads.size(); ++i) {
        const Workload &workload = solution.workloads[i];
        workloads.push_back(toJson(workload));
        if (i >= solution.costs.size())
            continue;
        std::string suffix = i == 0 ? "" : "@" + workload.name;
        const Json named = costsToJson(solution.costs[i], workload);
        for (const auto &[name, value] : named.items())
            costs[name + suffix] = value;
        for (const auto &[name, value] : solution.costs[i])
            if (value.estimated)
                estimated.push_back(name + suffix);
    }
    for (const Solution::LimitReport &limit : solution.limits) {
        slack[limit.key] = number(limit.slack);
        prices[limit.key] = limit.price;
    }
    for (const Solution::Relaxation &relaxation : solution.relaxations)
        relaxations.push_back({{"limit", relaxation.limit},
                               {"needed", number(relaxation.needed)},
                               {"repaired", relaxation.repaired.empty() ? Json() : Json(relaxation.repaired)}});
    const bool found = solution.found();
    return {{"status", toString(solution.status)},
            {"metric", solution.metric},
            {"objective", found ? Json(solution.objective) : Json()},
            {"bound", std::isfinite(solution.bound) && solution.status != SolveStatus::Infeasible ? Json(solution.bound) : Json()},
            {"gap", found && std::isfinite(solution.gap()) ? Json(solution.gap()) : Json()},
            {"seconds", solution.seconds},
            {"nodes", solution.nodes},
            {"costs", std::move(costs)},
            {"estimated", std::move(estimated)},
            {"workloads", std::move(workloads)},
            {"slack", std::move(slack)},
            {"prices", std::move(prices)},
            {"limits", [&] {
                 Json texts = Json::object();
                 for (const Solution::LimitReport &limit : solution.limits)
                     texts[limit.key] = limit.limit;
                 return texts;
             }()},
            {"choices", toJson(solution.choices)},
            {"conflict", solution.conflict},
            {"relaxations", std::move(relaxations)},
            {"remarks", solution.remarks}};
}

namespace {

SolveStatus parseStatus(const std::string &word, const std::string &where)
{
    for (SolveStatus status : {SolveStatus::Optimal, SolveStatus::Feasible, SolveStatus::Infeasible, SolveStatus::Unknown})
        if (word == toString(status))
            return status;
    throw badInput("\"status\" in " + where + " is \"" + word + "\"; it must be optimal, feasible, infeasible or unknown");
}

const Json &memberOf(const Json &json, const char *key, Json::value_t type, const std::string &where)
{
    auto member = json.find(key);
    if (member == json.end() || member->type() != type)
        throw badInput("\"" + std::string(key) + "\" in " + where + " is missing or malformed");
    return *member;
}

std::vector<std::string> stringsOf(const Json &array, const std::string &where)
{
    std::vector<std::string> strings;
    for (const Json &element : array) {
        if (!element.is_string())
            throw badInput("a list in " + where + " must hold strings alone");
        strings.push_back(element.get<std::string>());
    }
    return strings;
}

std::optional<double> optionalNumber(const Json &object, const std::string &key, const std::string &where)
{
    auto member = object.find(key);
    if (member == object.end() || member->is_null())
        return std::nullopt;
    if (!member->is_number())
        throw badInput("\"" + key + "\" in " + where + " must be a number or null");
    return member->get<double>();
}

std::vector<Costs> parseCosts(const Json &json, const std::vector<Workload> &workloads, const std::vector<std::string> &estimated,
                              const std::string &where)
{
    std::vector<Costs> costs(workloads.size());
    for (const auto &[key, value] : json.items()) {
        std::size_t at = key.find('@');
        std::string name = key.substr(0, at);
        auto workload = at == std::string::npos
                            ? workloads.begin()
                            : std::find_if(workloads.begin(), workloads.end(),
                                           [&](const Workload &candidate) { return candidate.name == key.substr(at + 1); });
        if (workload == workloads.end())
            throw badInput("the cost \"" + key + "\" in " + where + " names no workload of it");
        if (name == kThroughput || value.is_null())
            continue;
        auto amount = amountFromJson(name, value, where);
        bool isEstimated = std::find(estimated.begin(), estimated.end(), key) != estimated.end();
        costs[static_cast<std::size_t>(workload - workloads.begin())][name] = {*amount, isEstimated};
    }
    return costs;
}

} // namespace

Solution parseSolution(const Json &json, const std::string &where)
{
    if (!json.is_object())
        throw badInput(where + " must be an object");
    Solution solution;
    solution.status = parseStatus(requireString(json, "status", where), where);
    solution.metric = stringOr(json, "metric", "", where);
    solution.objective = numberOr(json, "objective", 0, where);
    solution.bound = numberOr(json, "bound", -std::numeric_limits<double>::infinity(), where);
    solution.seconds = numberOr(json, "seconds", 0, where);
    solution.nodes = integerOr(json, "nodes", 0, where);
    solution.choices = parseChoices(memberOf(json, "choices", Json::value_t::array, where), where);
    for (const Json &workload : memberOf(json, "workloads", Json::value_t::array, where))
        solution.workloads.push_back(parseWorkload(workload, where));
    std::vector<std::string> estimated = stringsOf(memberOf(json, "estimated", Json::value_t::array, where), where);
    if (solution.found())
        solution.costs =
            parseCosts(memberOf(json, "costs", Json::value_t::object, where), solution.workloads, estimated, where);
    const Json &slack = memberOf(json, "slack", Json::value_t::object, where);
    const Json &prices = memberOf(json, "prices", Json::value_t::object, where);
    for (const auto &[key, text] : memberOf(json, "limits", Json::value_t::object, where).items()) {
        if (!text.is_string() || !slack.contains(key) || !prices.contains(key))
            throw badInput("the limit \"" + key + "\" in " + where + " lacks its text, slack or price");
        solution.limits.push_back({key, text.get<std::string>(), optionalNumber(slack, key, where),
                                   optionalNumber(prices, key, where).value_or(0)});
    }
    solution.conflict = stringsOf(memberOf(json, "conflict", Json::value_t::array, where), where);
    for (const Json &relaxation : memberOf(json, "relaxations", Json::value_t::array, where))
        solution.relaxations.push_back({requireString(relaxation, "limit", where),
                                        optionalNumber(relaxation, "needed", where),
                                        stringOr(relaxation, "repaired", "", where)});
    solution.remarks = stringsOf(memberOf(json, "remarks", Json::value_t::array, where), where);
    return solution;
}

} // namespace tessera
