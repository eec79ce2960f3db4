// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/quadrature.h"

#include <cmath>
#include <cstddef>
#include <map>
#include <mutex>
#include <numbers>

namespace tessera {

namespace {

/// On [-1, 1]: the roots of the Legendre polynomial, by Newton's steps from Tricomi's guess.
Quadrature legendreRule(std::size_t n)
{
    Quadrature rule{std::vector<double>(n), std::vector<double>(n)};
    for (std::size_t i = 0; i < (n + 1) / 2; ++i) {
        double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (static_cast<double>(n) + 0.5)), slope = 1;
        for (int step = 0; step < 100; ++step) {
            double now = 1, before = 0;
            for (std::size_t k = 0; k < n; ++k) {
                const auto degree = static_cast<double>(k);
                const double next = ((2 * degree + 1) * x * now - degree * before) / (degree + 1);
                before = now;
                now = next;
            }
            slope = static_cast<double>(n) * (x * now - before) / (x * x - 1);
            const double change = now / slope;
            x -= change;
            if (std::fabs(change) < 1e-15)
                break;
        }
        rule.nodes[i] = -x;
        rule.nodes[n - 1 - i] = x;
        rule.weights[i] = rule.weights[n - 1 - i] = 2 / ((1 - x * x) * slope * slope);
    }
    return rule;
}

/// A slider asks for the same few rules again and again.
Quadrature rememberedRule(std::size_t n)
{
    constexpr std::size_t kMost = 32;
    static std::mutex mutex;
    static std::map<std::size_t, Quadrature> rules;
    std::lock_guard lock(mutex);
    auto found = rules.find(n);
    if (found == rules.end()) {
        if (rules.size() == kMost)
            rules.clear();
        found = rules.emplace(n, legendreRule(n)).first;
    }
    return found->second;
}

} // namespace

Quadrature gaussLegendre(std::int64_t count, double from, double to)
{
    Quadrature rule = rememberedRule(static_cast<std::size_t>(count));
    const double middle = (from + to) / 2, half = (to - from) / 2;
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
        rule.nodes[i] = middle + half * rule.nodes[i];
        rule.weights[i] *= half;
    }
    return rule;
}

Quadrature doubleExponential(std::int64_t count, double from, double to)
{
    constexpr double kReach = 4.0; // beyond it the weights are below 1e-35
    Quadrature rule;
    const double step = 2 * kReach / static_cast<double>(count - 1);
    for (std::int64_t i = 0; i < count; ++i) {
        const double t = -kReach + step * static_cast<double>(i), inner = std::numbers::pi * std::sinh(t);
        // (1 + tanh(inner / 2)) / 2 without cancellation at either end.
        const double share = 1 / (1 + std::exp(-inner));
        const double slope = std::numbers::pi * std::cosh(t) * share / (1 + std::exp(inner));
        rule.nodes.push_back(from + (to - from) * share);
        rule.weights.push_back((to - from) * slope * step);
    }
    return rule;
}

} // namespace tessera
