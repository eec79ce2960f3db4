// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tessera {
namespace {

constexpr double kMultiples[] = {1, 1.003, 1.01, 1.03, 1.1, 1.3, 2, 8};
/// Exchanges of two options are sought among this many single ones a slot.
constexpr std::size_t kMovesPerSlot = 3;
constexpr int kMostExchangesOfTwo = 8;

} // namespace

double Rounding::score(const std::vector<std::int32_t> &selection) const
{
    double sum = 0;
    for (std::int32_t option : selection)
        sum += m_relaxed.scores[static_cast<std::size_t>(option)];
    return sum;
}

void Rounding::computeSlack(const std::vector<std::int32_t> &selection)
{
    m_slack = m_relaxed.exactCapacity;
    for (std::size_t i = 0; i < m_slack.size(); ++i)
        for (std::int32_t option : selection)
            m_slack[i] -= amount(i, option);
}

bool Rounding::keepsAll() const
{
    return std::all_of(m_slack.begin(), m_slack.end(), [](Amount slack) { return slack >= 0; });
}

bool Rounding::fits(const Move &move, std::int32_t current) const
{
    for (std::size_t i = 0; i < m_slack.size(); ++i)
        if (amount(i, move.option) - amount(i, current) > m_slack[i])
            return false;
    return true;
}

void Rounding::apply(std::vector<std::int32_t> &selection, std::size_t slot, std::int32_t option)
{
    for (std::size_t i = 0; i < m_slack.size(); ++i)
        m_slack[i] -= amount(i, option) - amount(i, selection[slot]);
    selection[slot] = option;
}

bool Rounding::round(const std::vector<double> &multipliers, std::vector<std::int32_t> &selection)
{
    m_prices = multipliers;
    for (double multiple : kMultiples) {
        m_scaled = multipliers;
        for (double &multiplier : m_scaled)
            multiplier *= multiple;
        Lagrangian::evaluate(m_relaxed, m_scaled, selection, m_values);
        computeSlack(selection);
        if (keepsAll())
            return true;
    }
    Lagrangian::evaluate(m_relaxed, multipliers, selection, m_values);
    return repair(multipliers, selection);
}

bool Rounding::repair(const std::vector<double> &multipliers, std::vector<std::int32_t> &selection)
{
    m_prices = multipliers;
    computeSlack(selection);
    auto excessAfter = [&](std::int32_t from, std::int32_t to) {
        double excess = 0;
        for (std::size_t i = 0; i < m_slack.size(); ++i) {
            Amount slack = m_slack[i] - amount(i, to) + amount(i, from);
            if (slack < 0)
                excess -= static_cast<double>(slack) * m_relaxed.scale[i];
        }
        return excess;
    };
    for (std::size_t step = 0; step < 4 * m_relaxed.slots() && !keepsAll(); ++step) {
        const double before = excessAfter(selection[0], selection[0]);
        double bestRatio = std::numeric_limits<double>::infinity();
        Move best;
        for (std::size_t slot = 0; slot < m_relaxed.slots(); ++slot)
            for (std::int32_t option = m_relaxed.begin[slot]; option < m_relaxed.begin[slot + 1]; ++option) {
                double saved = before - excessAfter(selection[slot], option);
                if (!(saved > 0))
                    continue;
                double price = m_relaxed.scores[static_cast<std::size_t>(option)] -
                               m_relaxed.scores[static_cast<std::size_t>(selection[slot])];
                double ratio = price > 0 ? price / saved : price * saved;
                if (ratio < bestRatio) {
                    bestRatio = ratio;
                    best = {slot, option, price};
                }
            }
        if (bestRatio == std::numeric_limits<double>::infinity())
            return false;
        apply(selection, best.slot, best.option);
    }
    return keepsAll();
}

void Rounding::improve(std::vector<std::int32_t> &selection)
{
    computeSlack(selection);
    int exchanges = 0;
    do {
        while (improveByOne(selection)) {
        }
    } while (++exchanges <= kMostExchangesOfTwo && improveByTwo(selection));
}

bool Rounding::improveByOne(std::vector<std::int32_t> &selection)
{
    Move best;
    for (std::size_t slot = 0; slot < m_relaxed.slots(); ++slot) {
        const double current = m_relaxed.scores[static_cast<std::size_t>(selection[slot])];
        for (std::int32_t option = m_relaxed.begin[slot]; option < m_relaxed.begin[slot + 1]; ++option) {
            double gain = m_relaxed.scores[static_cast<std::size_t>(option)] - current;
            Move move{slot, option, gain};
            if (gain < best.gain && fits(move, selection[slot]))
                best = move;
        }
    }
    if (best.gain >= 0)
        return false;
    apply(selection, best.slot, best.option);
    return true;
}

/// The moves that cost least once resources are counted at their prices.
void Rounding::collectMoves(const std::vector<std::int32_t> &selection)
{
    m_values.reserve(m_relaxed.scores.capacity());
    m_values = m_relaxed.scores;
    for (std::size_t i = 0; i < m_relaxed.constraints(); ++i)
        for (std::size_t option = 0; option < m_values.size(); ++option)
            m_values[option] += m_prices[i] * m_relaxed.amounts[i][option];
    m_moves.reserve(m_program.options());
    m_moves.clear();
    for (std::size_t slot = 0; slot < m_relaxed.slots(); ++slot)
        for (std::int32_t option = m_relaxed.begin[slot]; option < m_relaxed.begin[slot + 1]; ++option)
            if (option != selection[slot])
                m_moves.push_back({slot, option, m_values[static_cast<std::size_t>(option)] - m_values[static_cast<std::size_t>(selection[slot])]});
    std::size_t count = std::min(m_moves.size(), kMovesPerSlot * m_relaxed.slots());
    std::nth_element(m_moves.begin(), m_moves.begin() + static_cast<std::ptrdiff_t>(count), m_moves.end(),
                     [](const Move &a, const Move &b) { return a.gain < b.gain; });
    m_moves.resize(count);
    for (Move &move : m_moves)
        move.gain = m_relaxed.scores[static_cast<std::size_t>(move.option)] -
                    m_relaxed.scores[static_cast<std::size_t>(selection[move.slot])];
    std::sort(m_moves.begin(), m_moves.end(), [](const Move &a, const Move &b) { return a.gain < b.gain; });
}

bool Rounding::improveByTwo(std::vector<std::int32_t> &selection)
{
    collectMoves(selection);
    const std::size_t constraints = m_slack.size();
    m_changes.reserve(kMovesPerSlot * m_relaxed.slots() * m_program.sides.size());
    m_changes.resize(m_moves.size() * constraints);
    for (std::size_t move = 0; move < m_moves.size(); ++move)
        for (std::size_t i = 0; i < constraints; ++i)
            m_changes[move * constraints + i] = amount(i, m_moves[move].option) - amount(i, selection[m_moves[move].slot]);
    double bestGain = -1e-15 * (1 + m_relaxed.largestScore);
    std::size_t bestA = 0, bestB = 0;
    for (std::size_t a = 0; a < m_moves.size() && m_moves[a].gain + m_moves[a].gain < bestGain; ++a)
        for (std::size_t b = a + 1; b < m_moves.size(); ++b) {
            double gain = m_moves[a].gain + m_moves[b].gain;
            if (gain >= bestGain)
                break; // gains ascend
            if (m_moves[a].slot == m_moves[b].slot)
                continue;
            bool keeps = true;
            for (std::size_t i = 0; i < constraints; ++i)
                keeps = keeps && m_changes[a * constraints + i] + m_changes[b * constraints + i] <= m_slack[i];
            if (keeps) {
                bestGain = gain;
                bestA = a;
                bestB = b;
            }
        }
    if (bestA == bestB)
        return false;
    apply(selection, m_moves[bestA].slot, m_moves[bestA].option);
    apply(selection, m_moves[bestB].slot, m_moves[bestB].option);
    return true;
}

} // namespace tessera
