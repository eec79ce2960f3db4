// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/lagrangian.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tessera {
namespace {

constexpr int kMostEvaluations = 400;
constexpr std::size_t kMostColumns = 256;
constexpr double kTolerance = 1e-10;

} // namespace

void relax(const CompactProgram &program, const std::vector<Amount> &capacities, Relaxed &relaxed)
{
    relaxed.infeasible = std::any_of(capacities.begin(), capacities.end(), [](Amount capacity) { return capacity < 0; });
    relaxed.sides.clear();
    relaxed.begin.assign(1, 0);
    relaxed.option.clear();
    relaxed.scores.clear();
    relaxed.scale.clear();
    relaxed.capacity.clear();
    relaxed.exactCapacity.clear();
    relaxed.largestScore = 0;
    relaxed.option.reserve(program.options());
    relaxed.scores.reserve(program.options());
    std::vector<Amount> &most = relaxed.most, &slotMost = relaxed.slotMost;
    most.assign(capacities.size(), 0);
    slotMost.resize(capacities.size());
    for (std::size_t slot = 0; slot < program.slots() && !relaxed.infeasible; ++slot) {
        std::fill(slotMost.begin(), slotMost.end(), 0);
        double largest = 0;
        for (std::int32_t option = program.begin[slot]; option < program.begin[slot + 1]; ++option) {
            auto number = static_cast<std::size_t>(option);
            bool fits = true;
            for (std::size_t side = 0; side < capacities.size() && fits; ++side)
                fits = program.amounts[side][number] <= capacities[side];
            if (!fits)
                continue;
            relaxed.option.push_back(option);
            relaxed.scores.push_back(program.scores[number]);
            largest = std::max(largest, program.scores[number]);
            for (std::size_t side = 0; side < capacities.size(); ++side)
                slotMost[side] = std::max(slotMost[side], program.amounts[side][number]);
        }
        relaxed.infeasible = static_cast<std::int32_t>(relaxed.option.size()) == relaxed.begin.back();
        relaxed.begin.push_back(static_cast<std::int32_t>(relaxed.option.size()));
        relaxed.largestScore += largest;
        for (std::size_t side = 0; side < capacities.size(); ++side)
            most[side] += slotMost[side];
    }
    if (relaxed.infeasible)
        return;
    for (std::size_t side = 0; side < capacities.size(); ++side)
        if (most[side] > capacities[side])
            relaxed.sides.push_back(side);
    if (relaxed.amounts.size() < relaxed.sides.size())
        relaxed.amounts.resize(relaxed.sides.size());
    for (std::size_t i = 0; i < relaxed.sides.size(); ++i) {
        std::size_t side = relaxed.sides[i];
        double scale = 1.0 / static_cast<double>(most[side]);
        relaxed.scale.push_back(scale);
        relaxed.capacity.push_back(static_cast<double>(capacities[side]) * scale);
        relaxed.exactCapacity.push_back(capacities[side]);
        relaxed.amounts[i].reserve(program.options());
        relaxed.amounts[i].resize(relaxed.option.size());
        for (std::size_t option = 0; option < relaxed.option.size(); ++option)
            relaxed.amounts[i][option] =
                static_cast<double>(program.amounts[side][static_cast<std::size_t>(relaxed.option[option])]) * scale;
    }
}

double Lagrangian::evaluate(const Relaxed &relaxed, const std::vector<double> &multipliers, std::vector<std::int32_t> &minimisers,
                            std::vector<double> &values)
{
    values.reserve(relaxed.scores.capacity());
    values = relaxed.scores;
    double bound = 0;
    for (std::size_t i = 0; i < relaxed.constraints(); ++i) {
        double multiplier = multipliers[i];
        if (multiplier == 0)
            continue;
        const double *amounts = relaxed.amounts[i].data();
        for (std::size_t option = 0; option < values.size(); ++option)
            values[option] += multiplier * amounts[option];
        bound -= multiplier * relaxed.capacity[i];
    }
    minimisers.resize(relaxed.slots());
    for (std::size_t slot = 0; slot < relaxed.slots(); ++slot) {
        std::int32_t best = relaxed.begin[slot];
        double least = values[static_cast<std::size_t>(best)];
        for (std::int32_t option = best + 1; option < relaxed.begin[slot + 1]; ++option)
            if (values[static_cast<std::size_t>(option)] < least) {
                least = values[static_cast<std::size_t>(option)];
                best = option;
            }
        minimisers[slot] = best;
        bound += least;
    }
    return bound;
}

void Lagrangian::optimise(const CompactProgram &program, const Relaxed &relaxed)
{
    m_infeasible = relaxed.infeasible;
    m_evaluations = 0;
    m_bound = -std::numeric_limits<double>::infinity();
    m_best.assign(relaxed.constraints(), 0.0);
    if (m_infeasible)
        return;
    // Where all scores are equal the multipliers have no scale of their own: 1 is as good as any.
    const double scale = relaxed.largestScore > 0 ? relaxed.largestScore : 1;
    for (double penalty = 16 * scale; relaxed.constraints() > 0 && penalty <= 1e12 * scale; penalty *= 1000) {
        double excess = generateColumns(program, relaxed, penalty, scale);
        m_infeasible = exceedsAllScores(relaxed, scale);
        if (m_infeasible || excess <= 1e-12)
            break;
    }
    m_bound = evaluate(relaxed, m_best, m_minimisers, m_values);
}

/// Whether the bound proves that no selection keeps all constraints, rounding errors allowed for.
bool Lagrangian::exceedsAllScores(const Relaxed &relaxed, double scale) const
{
    double error = 1e-9 * scale;
    for (double multiplier : m_best)
        error += 1e-13 * multiplier;
    return m_bound > relaxed.largestScore + error;
}

double Lagrangian::generateColumns(const CompactProgram &program, const Relaxed &relaxed, double penalty, double scale)
{
    m_master.reset(relaxed.capacity, penalty, kMostColumns + kMostEvaluations);
    m_trial.assign(relaxed.constraints(), 0.0);
    for (std::size_t column = 0; column < m_columnCosts.size(); ++column)
        addToMaster(program, relaxed, column);
    if (m_master.empty())
        evaluateTrial(program, relaxed);
    m_master.start();
    while (m_evaluations < kMostEvaluations) {
        m_master.optimise();
        double value = m_master.value();
        if (value - m_bound <= kTolerance * std::max(std::abs(value), 1e-6 * scale))
            break;
        m_master.copyMultipliers(m_trial);
        double bound = evaluateTrial(program, relaxed);
        if (exceedsAllScores(relaxed, scale) || value - bound <= kTolerance * std::max(std::abs(value), 1e-6 * scale))
            break;
    }
    return m_master.excess();
}

/// The bound at the trial multipliers, whose minimisers become a column.
double Lagrangian::evaluateTrial(const CompactProgram &program, const Relaxed &relaxed)
{
    double bound = evaluate(relaxed, m_trial, m_minimisers, m_values);
    ++m_evaluations;
    if (bound > m_bound) {
        m_bound = bound;
        m_best = m_trial;
    }
    addColumn(program, relaxed);
    addToMaster(program, relaxed, m_columnCosts.size() - 1);
    return bound;
}

void Lagrangian::addToMaster(const CompactProgram &program, const Relaxed &relaxed, std::size_t column)
{
    const Amount *use = &m_columnUses[column * program.sides.size()];
    m_use.resize(relaxed.constraints());
    for (std::size_t i = 0; i < relaxed.constraints(); ++i)
        m_use[i] = static_cast<double>(use[relaxed.sides[i]]) * relaxed.scale[i];
    m_master.add(m_columnCosts[column], m_use);
}

void Lagrangian::addColumn(const CompactProgram &program, const Relaxed &relaxed)
{
    const std::size_t sides = program.sides.size();
    m_columnCosts.reserve(kMostColumns);
    m_columnUses.reserve(kMostColumns * sides);
    if (m_columnCosts.size() >= kMostColumns) {
        m_columnCosts.erase(m_columnCosts.begin());
        m_columnUses.erase(m_columnUses.begin(), m_columnUses.begin() + static_cast<std::ptrdiff_t>(sides));
    }
    m_columnCosts.push_back(0);
    m_columnUses.resize(m_columnUses.size() + sides, 0);
    Amount *use = m_columnUses.data() + m_columnUses.size() - sides;
    for (std::int32_t minimiser : m_minimisers) {
        auto option = static_cast<std::size_t>(relaxed.option[static_cast<std::size_t>(minimiser)]);
        m_columnCosts.back() += program.scores[option];
        for (std::size_t side = 0; side < sides; ++side)
            use[side] += program.amounts[side][option];
    }
}

} // namespace tessera
