// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

namespace tessera {

/// The master program of column generation: minimise cost . weights such that the weights sum to 1 and the mixed use keeps
/// the capacities. The basis is a dense inverse of one row more than there are constraints. An artificial variable a
/// constraint pays for excess at a rate, the penalty, which bounds the multipliers. Keeps its memory between programs.
class MasterProgram {
public:
    /// Forgets all columns and makes room for most. capacity must live until the next call.
    void reset(const std::vector<double> &capacity, double penalty, std::size_t most);
    /// use: a number a constraint.
    void add(double cost, const std::vector<double> &use);
    bool empty() const { return m_costs.empty(); }
    /// The basis of the first column alone, slacks where it keeps the capacity and artificials where it does not.
    void start();
    /// Runs the simplex method over the columns there are; then multipliers and value() are theirs.
    void optimise();

    void copyMultipliers(std::vector<double> &multipliers) const;
    double value() const;
    /// By how much the mixture exceeds the capacities in sum.
    double excess() const;

private:
    static constexpr int kNone = std::numeric_limits<int>::min();
    static int slack(std::size_t i) { return -1 - 2 * static_cast<int>(i); }
    static int artificial(std::size_t i) { return -2 - 2 * static_cast<int>(i); }
    void computeDuals();
    int price() const;
    bool pivotIn(int entering);
    void replace(std::size_t leaving, int entering, double cost);

    const std::vector<double> *m_capacity = nullptr;
    std::size_t m_rows = 0;
    double m_penalty = 0;
    std::vector<double> m_costs, m_uses; ///< Columns; uses are a number a constraint each.
    std::vector<double> m_inverse, m_right;
    std::vector<int> m_basis; ///< A column's number, or slack(i), or artificial(i).
    std::vector<double> m_basisCost, m_duals, m_direction, m_entering;
};

} // namespace tessera
