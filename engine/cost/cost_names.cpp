// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/cost_names.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace tessera {
namespace {

struct KnownCost {
    std::string_view name;
    CostUnit unit;
};
constexpr std::array<KnownCost, 9> kTable{{{"parameters", CostUnit::Count},
                                           {"weight_bytes", CostUnit::Bytes},
                                           {"kv_bytes", CostUnit::Bytes},
                                           {"memory", CostUnit::Bytes},
                                           {"prefill", CostUnit::Nanoseconds},
                                           {"decode", CostUnit::Nanoseconds},
                                           {"runtime", CostUnit::Nanoseconds},
                                           {"throughput", CostUnit::TokensPerSecond},
                                           {"attention_layers", CostUnit::Count}}};

/// Units of one JSON number: what a value is multiplied with to become an Amount.
std::int64_t unitsPerNumber(CostUnit unit)
{
    switch (unit) {
    case CostUnit::Nanoseconds:
        return 1'000'000;
    case CostUnit::Billionths:
        return 1'000'000'000;
    default:
        return 1;
    }
}

std::string formatCount(Amount count)
{
    constexpr std::array<const char *, 5> kSuffixes{"", " K", " M", " B", " T"};
    double value = static_cast<double>(count);
    std::size_t step = 0;
    for (; std::abs(value) >= 1000 && step + 1 < kSuffixes.size(); ++step)
        value /= 1000;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), step == 0 ? "%.0f%s" : "%.4g%s", value, kSuffixes[step]);
    return text.data();
}

std::string formatTime(Amount nanoseconds)
{
    const double value = static_cast<double>(nanoseconds);
    const double magnitude = std::abs(value);
    std::array<char, 64> text{};
    if (magnitude >= 1e9)
        std::snprintf(text.data(), text.size(), "%.4g s", value / 1e9);
    else if (magnitude >= 1e6)
        std::snprintf(text.data(), text.size(), "%.4g ms", value / 1e6);
    else
        std::snprintf(text.data(), text.size(), "%.4g us", value / 1e3);
    return text.data();
}

} // namespace

const std::vector<std::string> &knownCosts()
{
    static const std::vector<std::string> kNames = [] {
        std::vector<std::string> names;
        for (const KnownCost &cost : kTable)
            names.emplace_back(cost.name);
        return names;
    }();
    return kNames;
}

bool isKnownCost(std::string_view name)
{
    return std::any_of(kTable.begin(), kTable.end(), [&](const KnownCost &cost) { return cost.name == name; });
}

CostUnit unitOf(std::string_view cost)
{
    const auto *found = std::find_if(kTable.begin(), kTable.end(), [&](const KnownCost &known) { return known.name == cost; });
    return found == kTable.end() ? CostUnit::Billionths : found->unit;
}

Json toJsonNumber(std::string_view cost, Amount amount)
{
    const std::int64_t scale = unitsPerNumber(unitOf(cost));
    if (amount % scale == 0)
        return amount / scale;
    return static_cast<double>(amount) / static_cast<double>(scale);
}

std::optional<Amount> amountFromJson(std::string_view cost, const Json &number, const std::string &where)
{
    if (number.is_null())
        return std::nullopt;
    const std::string what = "the cost \"" + std::string(cost) + "\" in " + where;
    const CostUnit unit = unitOf(cost);
    if (unit == CostUnit::TokensPerSecond)
        throw badInput(what + " cannot be given: it follows from the run time; give prefill and decode, or runtime");
    if (!number.is_number() || !std::isfinite(number.get<double>()))
        throw badInput(what + " must be a finite number or null");
    if (unit != CostUnit::Billionths && number.get<double>() < 0)
        throw badInput(what + " is negative");
    const std::int64_t scale = unitsPerNumber(unit);
    Amount amount = 0;
    if (number.is_number_integer()) {
        const bool fits = !number.is_number_unsigned() || number.get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX);
        if (!fits || __builtin_mul_overflow(number.get<std::int64_t>(), scale, &amount))
            throw badInput(what + " is too large");
        return amount;
    }
    const double value = number.get<double>();
    if (scale == 1 && value != std::floor(value))
        throw badInput(what + " must be a whole number");
    const long double scaledValue = static_cast<long double>(value) * static_cast<long double>(scale);
    if (std::abs(scaledValue) >= 9.2e18L)
        throw badInput(what + " is too large");
    return static_cast<Amount>(std::llround(scaledValue));
}

std::string formatAmount(std::string_view cost, Amount amount)
{
    switch (unitOf(cost)) {
    case CostUnit::Bytes:
        return bytesText(amount);
    case CostUnit::Count:
        return formatCount(amount);
    case CostUnit::Nanoseconds:
        return formatTime(amount);
    default:
        break;
    }
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.6g", static_cast<double>(amount) / 1e9);
    return text.data();
}

} // namespace tessera
