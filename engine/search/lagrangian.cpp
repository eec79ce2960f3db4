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
    std::vector<Amount> most(capacities.size(), 0), slotMost(capacities.size());
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
    relaxed.amounts.resize(relaxed.sides.size());
    for (std::size_t i = 0; i < relaxed.sides.size(); ++i) {
        std::size_t side = relaxed.sides[i];
        double scale = 1.0 / static_cast<double>(most[side]);
        relaxed.scale.push_back(scale);
        relaxed.capacity.push_back(static_cast<double>(capacities[side]) * scale);
        relaxed.exactCapacity.push_back(capacities[side]);
        relaxed.amounts[i].resize(relaxed.option.size());
        for (std::size_t option = 0; option < relaxed.option.size(); ++option)
            relaxed.amounts[i][option] =
                static_cast<double>(program.amounts[side][static_cast<std::size_t>(relaxed.option[option])]) * scale;
    }
}

double Lagrangian::evaluate(const Relaxed &relaxed, const std::vector<double> &multipliers, std::vector<std::int32_t> &minimisers,
                            std::vector<double> &values)
{
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

/// The master program: minimise cost . weights such that the weights sum to 1 and the mixed use keeps the capacities. The
/// basis is a dense inverse of one row more than there are constraints. An artificial variable a constraint pays for excess
/// at the rate m_penalty, which bounds the multipliers.
class Lagrangian::Master {
public:
    Master(const Relaxed &relaxed, double penalty)
        : m_relaxed(relaxed), m_rows(relaxed.constraints() + 1), m_penalty(penalty), m_inverse(m_rows * m_rows, 0.0),
          m_right(m_rows), m_basis(m_rows), m_basisCost(m_rows, 0.0), m_duals(m_rows), m_direction(m_rows), m_entering(m_rows)
    {
    }

    void add(double cost, const std::vector<double> &use)
    {
        m_costs.push_back(cost);
        m_uses.insert(m_uses.end(), use.begin(), use.end());
    }
    bool empty() const { return m_costs.empty(); }

    /// The basis of the first column alone, slacks where it keeps the capacity and artificials where it does not.
    void start()
    {
        const std::size_t convexity = m_rows - 1;
        m_basis[convexity] = 0;
        m_basisCost[convexity] = m_costs[0];
        m_right[convexity] = 1;
        m_inverse[convexity * m_rows + convexity] = 1;
        for (std::size_t i = 0; i < convexity; ++i) {
            double left = m_relaxed.capacity[i] - m_uses[i];
            double sign = left >= 0 ? 1 : -1;
            m_basis[i] = left >= 0 ? slack(i) : artificial(i);
            m_basisCost[i] = left >= 0 ? 0 : m_penalty;
            m_inverse[i * m_rows + i] = sign;
            m_inverse[i * m_rows + convexity] = -sign * m_uses[i];
            m_right[i] = std::abs(left);
        }
    }

    /// Runs the simplex method over the columns there are; then multipliers() and value() are theirs.
    void optimise()
    {
        for (int pivots = 0; pivots < 2000; ++pivots) {
            computeDuals();
            int entering = price();
            if (entering == kNone || !pivotIn(entering))
                return;
        }
    }

    std::vector<double> multipliers() const
    {
        std::vector<double> multipliers(m_rows - 1);
        for (std::size_t i = 0; i + 1 < m_rows; ++i)
            multipliers[i] = std::clamp(-m_duals[i], 0.0, m_penalty);
        return multipliers;
    }
    double value() const
    {
        double value = 0;
        for (std::size_t i = 0; i < m_rows; ++i)
            value += m_basisCost[i] * m_right[i];
        return value;
    }
    double excess() const
    {
        double excess = 0;
        for (std::size_t i = 0; i < m_rows; ++i)
            if (m_basis[i] < 0 && (-m_basis[i]) % 2 == 0)
                excess += m_right[i];
        return excess;
    }

private:
    static constexpr int kNone = std::numeric_limits<int>::min();
    static int slack(std::size_t i) { return -1 - 2 * static_cast<int>(i); }
    static int artificial(std::size_t i) { return -2 - 2 * static_cast<int>(i); }

    void computeDuals()
    {
        std::fill(m_duals.begin(), m_duals.end(), 0.0);
        for (std::size_t i = 0; i < m_rows; ++i)
            if (m_basisCost[i] != 0)
                for (std::size_t j = 0; j < m_rows; ++j)
                    m_duals[j] += m_basisCost[i] * m_inverse[i * m_rows + j];
    }

    int price() const
    {
        const std::size_t convexity = m_rows - 1;
        double scale = std::abs(m_duals[convexity]) + 1e-300, least = -1e-12 * scale;
        int best = kNone;
        for (std::size_t column = 0; column < m_costs.size(); ++column) {
            double reduced = m_costs[column] - m_duals[convexity];
            const double *use = &m_uses[column * convexity];
            for (std::size_t i = 0; i < convexity; ++i)
                reduced -= m_duals[i] * use[i];
            if (reduced < least) {
                least = reduced;
                best = static_cast<int>(column);
            }
        }
        for (std::size_t i = 0; i < convexity; ++i) {
            if (-m_duals[i] < least) { // the slack's reduced cost: its multiplier has the wrong sign
                least = -m_duals[i];
                best = slack(i);
            }
            if (m_penalty + m_duals[i] < least) {
                least = m_penalty + m_duals[i];
                best = artificial(i);
            }
        }
        return best;
    }

    bool pivotIn(int entering)
    {
        const std::size_t convexity = m_rows - 1;
        double cost = 0;
        std::fill(m_entering.begin(), m_entering.end(), 0.0);
        if (entering >= 0) {
            std::copy_n(&m_uses[static_cast<std::size_t>(entering) * convexity], convexity, m_entering.begin());
            m_entering[convexity] = 1;
            cost = m_costs[static_cast<std::size_t>(entering)];
        } else {
            auto row = static_cast<std::size_t>((-entering - 1) / 2);
            bool isSlack = (-entering) % 2 == 1;
            m_entering[row] = isSlack ? 1 : -1;
            cost = isSlack ? 0 : m_penalty;
        }
        for (std::size_t i = 0; i < m_rows; ++i) {
            m_direction[i] = 0;
            for (std::size_t j = 0; j < m_rows; ++j)
                m_direction[i] += m_inverse[i * m_rows + j] * m_entering[j];
        }
        std::size_t leaving = m_rows;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < m_rows; ++i)
            if (m_direction[i] > 1e-11) {
                double ratio = std::max(m_right[i], 0.0) / m_direction[i];
                if (ratio < least || (ratio == least && m_basis[i] < m_basis[leaving])) {
                    least = ratio;
                    leaving = i;
                }
            }
        if (leaving == m_rows)
            return false;
        replace(leaving, entering, cost);
        return true;
    }

    void replace(std::size_t leaving, int entering, double cost)
    {
        double pivot = m_direction[leaving];
        for (std::size_t j = 0; j < m_rows; ++j)
            m_inverse[leaving * m_rows + j] /= pivot;
        m_right[leaving] /= pivot;
        for (std::size_t i = 0; i < m_rows; ++i) {
            double factor = m_direction[i];
            if (i == leaving || factor == 0)
                continue;
            for (std::size_t j = 0; j < m_rows; ++j)
                m_inverse[i * m_rows + j] -= factor * m_inverse[leaving * m_rows + j];
            m_right[i] -= factor * m_right[leaving];
        }
        m_basis[leaving] = entering;
        m_basisCost[leaving] = cost;
    }

    const Relaxed &m_relaxed;
    std::size_t m_rows;
    double m_penalty;
    std::vector<double> m_costs, m_uses; ///< Columns; uses are constraints() numbers each.
    std::vector<double> m_inverse, m_right;
    std::vector<int> m_basis; ///< A column's number, or slack(i), or artificial(i).
    std::vector<double> m_basisCost, m_duals, m_direction, m_entering;
};

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
    Master master(relaxed, penalty);
    std::vector<double> use(relaxed.constraints()), multipliers(relaxed.constraints(), 0.0);
    auto addToMaster = [&](const Column &column) {
        for (std::size_t i = 0; i < relaxed.constraints(); ++i)
            use[i] = static_cast<double>(column.use[relaxed.sides[i]]) * relaxed.scale[i];
        master.add(column.cost, use);
    };
    auto evaluateHere = [&] {
        double bound = evaluate(relaxed, multipliers, m_minimisers, m_values);
        ++m_evaluations;
        if (bound > m_bound) {
            m_bound = bound;
            m_best = multipliers;
        }
        Column column = columnOf(program, relaxed);
        addToMaster(column);
        if (m_columns.size() >= kMostColumns)
            m_columns.erase(m_columns.begin());
        m_columns.push_back(std::move(column));
        return bound;
    };
    for (const Column &column : m_columns)
        addToMaster(column);
    if (master.empty())
        evaluateHere();
    master.start();
    while (m_evaluations < kMostEvaluations) {
        master.optimise();
        double value = master.value();
        if (value - m_bound <= kTolerance * std::max(std::abs(value), 1e-6 * scale))
            break;
        multipliers = master.multipliers();
        double bound = evaluateHere();
        if (exceedsAllScores(relaxed, scale) || value - bound <= kTolerance * std::max(std::abs(value), 1e-6 * scale))
            break;
    }
    return master.excess();
}

Lagrangian::Column Lagrangian::columnOf(const CompactProgram &program, const Relaxed &relaxed) const
{
    Column column{0, std::vector<Amount>(program.sides.size(), 0)};
    for (std::int32_t minimiser : m_minimisers) {
        auto option = static_cast<std::size_t>(relaxed.option[static_cast<std::size_t>(minimiser)]);
        column.cost += program.scores[option];
        for (std::size_t side = 0; side < program.sides.size(); ++side)
            column.use[side] += program.amounts[side][option];
    }
    return column;
}

} // namespace tessera
