// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/master_program.h"

#include <algorithm>
#include <cmath>

namespace tessera {

void MasterProgram::reset(const std::vector<double> &capacity, double penalty, std::size_t most)
{
    m_capacity = &capacity;
    m_rows = capacity.size() + 1;
    m_penalty = penalty;
    m_costs.clear();
    m_uses.clear();
    m_costs.reserve(most);
    m_uses.reserve(most * capacity.size());
    m_inverse.assign(m_rows * m_rows, 0.0);
    m_right.assign(m_rows, 0.0);
    m_basis.assign(m_rows, 0);
    m_basisCost.assign(m_rows, 0.0);
    m_duals.assign(m_rows, 0.0);
    m_direction.assign(m_rows, 0.0);
    m_entering.assign(m_rows, 0.0);
}

void MasterProgram::add(double cost, const std::vector<double> &use)
{
    m_costs.push_back(cost);
    m_uses.insert(m_uses.end(), use.begin(), use.end());
}

void MasterProgram::start()
{
    const std::size_t convexity = m_rows - 1;
    m_basis[convexity] = 0;
    m_basisCost[convexity] = m_costs[0];
    m_right[convexity] = 1;
    m_inverse[convexity * m_rows + convexity] = 1;
    for (std::size_t i = 0; i < convexity; ++i) {
        double left = (*m_capacity)[i] - m_uses[i];
        double sign = left >= 0 ? 1 : -1;
        m_basis[i] = left >= 0 ? slack(i) : artificial(i);
        m_basisCost[i] = left >= 0 ? 0 : m_penalty;
        m_inverse[i * m_rows + i] = sign;
        m_inverse[i * m_rows + convexity] = -sign * m_uses[i];
        m_right[i] = std::abs(left);
    }
}

void MasterProgram::optimise()
{
    for (int pivots = 0; pivots < 2000; ++pivots) {
        computeDuals();
        int entering = price();
        if (entering == kNone || !pivotIn(entering))
            return;
    }
}

double MasterProgram::value() const
{
    double value = 0;
    for (std::size_t i = 0; i < m_rows; ++i)
        value += m_basisCost[i] * m_right[i];
    return value;
}

double MasterProgram::excess() const
{
    double excess = 0;
    for (std::size_t i = 0; i < m_rows; ++i)
        if (m_basis[i] < 0 && (-m_basis[i]) % 2 == 0)
            excess += m_right[i];
    return excess;
}

void MasterProgram::computeDuals()
{
    std::fill(m_duals.begin(), m_duals.end(), 0.0);
    for (std::size_t i = 0; i < m_rows; ++i)
        if (m_basisCost[i] != 0)
            for (std::size_t j = 0; j < m_rows; ++j)
                m_duals[j] += m_basisCost[i] * m_inverse[i * m_rows + j];
}

int MasterProgram::price() const
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

bool MasterProgram::pivotIn(int entering)
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

void MasterProgram::replace(std::size_t leaving, int entering, double cost)
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

void MasterProgram::copyMultipliers(std::vector<double> &multipliers) const
{
    multipliers.resize(m_rows - 1);
    for (std::size_t i = 0; i + 1 < m_rows; ++i)
        multipliers[i] = std::clamp(-m_duals[i], 0.0, m_penalty);
}

} // namespace tessera
