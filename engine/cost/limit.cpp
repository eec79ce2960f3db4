// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/limit.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

namespace tessera {
namespace {

__extension__ using Wide = __int128;

constexpr int kMostDecimals = 9;
constexpr std::int64_t kMostDigits = 1'000'000'000'000'000'000; // 10^18

std::int64_t powerOfTen(int exponent)
{
    std::int64_t power = 1;
    for (int i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

using Units = std::vector<std::pair<std::string_view, std::int64_t>>;

const Units &unitsOf(CostUnit unit)
{
    static const Units kTimes{{"", 1'000'000}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}};
    static const Units kCounts{{"", 1}, {"K", 1'000}, {"M", 1'000'000}, {"B", 1'000'000'000}, {"T", 1'000'000'000'000}};
    static const Units kRates{{"", 1}, {"tokens/s", 1}};
    static const Units kBare{{"", 1'000'000'000}};
    switch (unit) {
    case CostUnit::Bytes:
        return byteUnits();
    case CostUnit::Nanoseconds:
        return kTimes;
    case CostUnit::Count:
        return kCounts;
    case CostUnit::TokensPerSecond:
        return kRates;
    case CostUnit::Billionths:
        break;
    }
    return kBare;
}

std::string unitNames(CostUnit unit)
{
    std::string names;
    for (const auto &[name, scale] : unitsOf(unit))
        if (!name.empty())
            names += std::string(name) + ", ";
    return names + "%";
}

void setUnit(Limit &limit, std::string_view unit)
{
    if (unit == "%") {
        limit.percent = true;
        return;
    }
    for (const auto &[name, scale] : unitsOf(unitOf(limit.cost)))
        if (name == unit) {
            limit.unitScale = scale;
            return;
        }
    throw badInput("the limit \"" + limit.text + "\" has the unit \"" + std::string(unit) + "\", but " + limit.cost +
                   " takes " + unitNames(unitOf(limit.cost)) + " or none");
}

void checkSign(const Limit &limit)
{
    if (limit.cost == kThroughput && limit.value.digits <= 0)
        throw badInput("the limit \"" + limit.text + "\" must be above 0");
    if (limit.value.digits < 0 && (limit.percent || isKnownCost(limit.cost)))
        throw badInput("the limit \"" + limit.text + "\" is negative");
}

/// The part of text that belongs to the number: units never start with a digit, a sign or a dot, and an e is an exponent
/// only before a digit or a sign.
std::size_t numberLength(std::string_view text)
{
    auto isDigit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    std::size_t i = 0;
    if (i < text.size() && (text[i] == '-' || text[i] == '+'))
        ++i;
    while (isDigit(i) || (i < text.size() && text[i] == '.'))
        ++i;
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        std::size_t exponent = i + 1;
        if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+'))
            ++exponent;
        if (isDigit(exponent))
            for (i = exponent; isDigit(i); ++i)
                ;
    }
    return i;
}

Wide floorDivide(Wide a, Wide b)
{
    const Wide quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}
Wide ceilDivide(Wide a, Wide b) { return -floorDivide(-a, b); }

Amount clamped(Wide value)
{
    return static_cast<Amount>(std::clamp<Wide>(value, INT64_MIN, INT64_MAX));
}

std::size_t workloadIndex(const Limit &limit, const BlockLibrary &library)
{
    if (library.workloads.empty())
        throw badInput("the library has no workload, so that the limit \"" + limit.text + "\" means nothing");
    if (limit.workload.empty())
        return 0;
    std::string names;
    for (std::size_t i = 0; i < library.workloads.size(); ++i) {
        if (library.workloads[i].name == limit.workload)
            return i;
        names += (i ? ", " : "") + library.workloads[i].name;
    }
    throw badInput("the limit \"" + limit.text + "\" names the workload \"" + limit.workload + "\"; there is " + names);
}

void checkCostExists(const Limit &limit, const BlockLibrary &library, const std::string &cost, std::size_t workload)
{
    if (knowsCost(library, cost, workload))
        return;
    std::string list;
    for (const std::string &name : costNames(library, workload))
        list += (list.empty() ? "" : ", ") + name;
    throw badInput("the limit \"" + limit.text + "\" is of a cost that the library does not know for the workload \"" +
                   library.workloads[workload].name + "\": it knows " + (list.empty() ? "none" : list));
}

/// numerator / denominator as an upper or a lower bound of an integer.
void setBound(AmountLimit &result, bool upper, Wide numerator, Wide denominator)
{
    if (upper)
        result.atMost = clamped(floorDivide(numerator, denominator));
    else
        result.atLeast = clamped(ceilDivide(numerator, denominator));
}

} // namespace

Decimal parseDecimal(std::string_view text, const std::string &what)
{
    const Error malformed = badInput(what + " must be a number" + (text.empty() ? "" : ", not \"" + std::string(text) + "\""));
    const Error tooFine = badInput(what + " \"" + std::string(text) + "\" must have at most 18 digits, 9 of them decimals");
    std::size_t i = 0;
    bool negative = false, anyDigit = false, dot = false;
    if (i < text.size() && (text[i] == '-' || text[i] == '+'))
        negative = text[i++] == '-';
    Decimal result;
    int decimals = 0;
    for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
        if (text[i] == '.' && !dot) {
            dot = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            throw malformed;
        anyDigit = true;
        if (result.digits >= kMostDigits / 10)
            throw tooFine;
        result.digits = result.digits * 10 + (text[i] - '0');
        decimals += dot ? 1 : 0;
    }
    int exponent = 0;
    if (i < text.size()) {
        const char *first = text.data() + i + 1;
        if (first != text.data() + text.size() && *first == '+')
            ++first;
        auto [end, error] = std::from_chars(first, text.data() + text.size(), exponent);
        if (error != std::errc{} || end != text.data() + text.size() || std::abs(exponent) > 40)
            throw malformed;
    }
    if (!anyDigit)
        throw malformed;
    decimals -= exponent;
    for (; decimals > 0 && result.digits % 10 == 0; --decimals)
        result.digits /= 10;
    for (; decimals < 0 && result.digits != 0; ++decimals) {
        if (result.digits >= kMostDigits / 10)
            throw tooFine;
        result.digits *= 10;
    }
    result.decimals = std::max(decimals, 0);
    if (result.decimals > kMostDecimals)
        throw tooFine;
    if (negative)
        result.digits = -result.digits;
    return result;
}

double toDouble(const Decimal &decimal)
{
    return static_cast<double>(decimal.digits) / static_cast<double>(powerOfTen(decimal.decimals));
}

Limit parseLimit(std::string_view text, LimitSense sense)
{
    Limit limit;
    limit.text = std::string(text);
    limit.sense = sense;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos)
        throw badInput("the limit \"" + limit.text + "\" must have the form COST[@WORKLOAD]=VALUE, such as memory=24GiB");
    const std::string_view name = text.substr(0, equals);
    const std::size_t at = name.find('@');
    limit.cost = std::string(name.substr(0, at));
    limit.workload = at == std::string_view::npos ? "" : std::string(name.substr(at + 1));
    if (limit.cost.empty() || (at != std::string_view::npos && limit.workload.empty()))
        throw badInput("the limit \"" + limit.text + "\" lacks the name of its cost or workload: write COST[@WORKLOAD]=VALUE");
    std::string_view value = text.substr(equals + 1);
    const std::size_t length = numberLength(value);
    limit.value = parseDecimal(value.substr(0, length), "the value of the limit \"" + limit.text + "\"");
    value.remove_prefix(length);
    while (!value.empty() && value.front() == ' ')
        value.remove_prefix(1);
    setUnit(limit, value);
    checkSign(limit);
    return limit;
}

AmountLimit resolveLimit(const Limit &limit, const BlockLibrary &library)
{
    AmountLimit result;
    result.workload = workloadIndex(limit, library);
    const bool throughput = limit.cost == kThroughput;
    result.cost = throughput ? kRuntime : limit.cost;
    checkCostExists(limit, library, result.cost, result.workload);
    // More tokens a second is less time: the sense turns round.
    const bool upper = (limit.sense == LimitSense::Max) != throughput;
    const Wide digits = limit.value.digits;
    const Wide scale = powerOfTen(limit.value.decimals);
    if (limit.percent) {
        const auto parent = totalCost(library, parentChoice(library), result.cost, result.workload);
        if (!parent)
            throw badInput("the limit \"" + limit.text + "\" is a percentage, but the parent's " + result.cost +
                           " is not known for the workload \"" + library.workloads[result.workload].name +
                           "\": give an absolute value, or measure or import this cost first");
        if (throughput)
            setBound(result, upper, Wide{parent->amount} * 100 * scale, digits);
        else
            setBound(result, upper, digits * parent->amount, 100 * scale);
    } else if (throughput) {
        const Workload &workload = library.workloads[result.workload];
        if (workload.output == 0)
            throw badInput("the limit \"" + limit.text + "\" needs a workload that generates tokens; \"" + workload.name +
                           "\" has output 0");
        setBound(result, upper, Wide{workload.batch} * workload.output * 1'000'000'000 * scale, digits);
    } else {
        setBound(result, upper, digits * limit.unitScale, scale);
    }
    return result;
}

std::string limitWithBound(const Limit &limit, const BlockLibrary &library, Amount bound)
{
    const std::string name = limit.cost + (limit.workload.empty() ? "" : "@" + limit.workload) + "=";
    if (limit.cost != kThroughput) {
        const std::int64_t scale = unitOf(limit.cost) == CostUnit::Nanoseconds    ? 1'000'000
                                   : unitOf(limit.cost) == CostUnit::Billionths ? 1'000'000'000
                                                                                : 1;
        const bool negative = bound < 0;
        const std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(bound) : static_cast<std::uint64_t>(bound);
        const std::uint64_t unit = static_cast<std::uint64_t>(scale);
        std::string fraction = scale == 1 ? "" : std::to_string(unit + magnitude % unit).substr(1);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        return name + (negative ? "-" : "") + std::to_string(magnitude / unit) + (fraction.empty() ? "" : "." + fraction);
    }
    const Workload &workload = library.workloads[workloadIndex(limit, library)];
    const Wide work = Wide{workload.batch} * workload.output * 1'000'000'000;
    const Wide time = std::max<Wide>(bound, 1);
    // Thousandths of a token a second, rounded to the side that keeps the bound feasible.
    const Wide rate = limit.sense == LimitSense::Min ? floorDivide(work * 1000, time) : ceilDivide(work * 1000, time);
    const Amount thousandths = clamped(rate);
    std::string fraction = std::to_string(1000 + thousandths % 1000).substr(1);
    return name + std::to_string(thousandths / 1000) + "." + fraction;
}

} // namespace tessera
