// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf_model.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

namespace tessera {
namespace {

constexpr double kTolerance = 1e-5; // the factors are float32

/// Turns a token, a frequency's share of a full circle.
double turns(std::size_t i, double base, std::int64_t headDim)
{
    return std::pow(base, -2.0 * static_cast<double>(i) / static_cast<double>(headDim)) / (2 * std::numbers::pi);
}

/// What llama3 scaling divides frequency i by (the definition in transformers' rope utilities).
double llama3Factor(const RopeScaling &s, double turnsPerToken)
{
    double turnsInContext = static_cast<double>(s.originalContext) * turnsPerToken;
    if (turnsInContext > s.highFrequencyFactor)
        return 1;
    if (turnsInContext < s.lowFrequencyFactor)
        return s.factor;
    double smooth = (turnsInContext - s.lowFrequencyFactor) / (s.highFrequencyFactor - s.lowFrequencyFactor);
    return 1 / ((1 - smooth) / s.factor + smooth);
}

bool reproduces(const RopeScaling &scaling, std::span<const float> factors, double base, std::int64_t headDim)
{
    for (std::size_t i = 0; i < factors.size(); ++i) {
        double expected = llama3Factor(scaling, turns(i, base, headDim));
        if (!(std::abs(static_cast<double>(factors[i]) - expected) <= kTolerance * expected))
            return false;
    }
    return true;
}

/// Original contexts worth trying: those of published models, and what the model's own context suggests.
std::vector<std::int64_t> contextsToTry(std::int64_t context, double factor)
{
    std::vector<std::int64_t> contexts{8192, static_cast<std::int64_t>(static_cast<double>(context) / factor), context};
    for (std::int64_t power = 16; power <= 1 << 20; power *= 2)
        contexts.push_back(power);
    return contexts;
}

/// Between the two bands the share of the unscaled frequency is linear in it, slope * turns - offset, with
/// slope = original / (high - low) and offset = low / (high - low). Only these ratios matter, so low may be taken as 1: two
/// frequencies determine the rest.
std::optional<RopeScaling> fromSlope(std::span<const float> factors, double factor, double base, std::int64_t headDim)
{
    std::vector<std::pair<double, double>> points; // turns, share
    for (std::size_t i = 0; i < factors.size(); ++i)
        if (factors[i] > 1 + kTolerance && factors[i] < factor * (1 - kTolerance))
            points.emplace_back(turns(i, base, headDim), (1.0 / factors[i] - 1 / factor) / (1 - 1 / factor));
    if (points.size() < 2)
        return std::nullopt;
    double slope = (points.front().second - points.back().second) / (points.front().first - points.back().first);
    double offset = slope * points.front().first - points.front().second;
    if (!(slope > 0) || !(offset > 0))
        return std::nullopt;
    double context = std::round(slope / offset);
    if (!(context >= 1 && context <= INT32_MAX))
        return std::nullopt;
    return RopeScaling{RopeScaling::Kind::Llama3, factor, 1, 1 + 1 / offset, static_cast<std::int64_t>(context)};
}

} // namespace

std::vector<float> factorsOfScaling(const RopeScaling &scaling, double base, std::int64_t headDim)
{
    std::vector<float> factors(static_cast<std::size_t>(headDim / 2));
    for (std::size_t i = 0; i < factors.size(); ++i)
        factors[i] = static_cast<float>(llama3Factor(scaling, turns(i, base, headDim)));
    return factors;
}

std::optional<RopeScaling> scalingOfFactors(std::span<const float> factors, double base, std::int64_t headDim, std::int64_t context)
{
    if (factors.empty() || std::any_of(factors.begin(), factors.end(), [](float f) { return !(f > 0) || !std::isfinite(f); }))
        return std::nullopt;
    if (std::all_of(factors.begin(), factors.end(), [](float f) { return f == 1; }))
        return RopeScaling{};
    double factor = *std::max_element(factors.begin(), factors.end());
    if (factor < 1)
        return std::nullopt;
    for (std::int64_t original : contextsToTry(context, factor)) {
        RopeScaling candidate{RopeScaling::Kind::Llama3, factor, 1, 4, original};
        if (original >= 1 && reproduces(candidate, factors, base, headDim))
            return candidate;
    }
    std::optional<RopeScaling> fitted = fromSlope(factors, factor, base, headDim);
    return fitted && reproduces(*fitted, factors, base, headDim) ? fitted : std::nullopt;
}

} // namespace tessera
