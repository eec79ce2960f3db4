// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/compact_program.h"
#include "engine/search/master_program.h"

#include <cstdint>
#include <vector>

namespace tessera {

/// What is left of a compact program under given capacities: options that alone exceed one are gone, and so are the
/// constraints that no selection can break. Amounts are scaled to sums of about 1.
struct Relaxed {
    std::vector<std::size_t> sides;           ///< Of the compact program, those that can bind.
    std::vector<std::int32_t> begin;
    std::vector<std::int32_t> option;         ///< Numbers in the compact program.
    std::vector<double> scores;               ///< By option.
    std::vector<std::vector<double>> amounts; ///< By constraint and option; may hold more rows than there are constraints.
    std::vector<double> scale;                ///< By constraint: scaled amount = amount * scale.
    std::vector<double> capacity;             ///< By constraint, scaled.
    std::vector<Amount> exactCapacity;        ///< By constraint, unscaled.
    double largestScore = 0;                  ///< No selection scores more.
    bool infeasible = false;                  ///< A capacity is negative, or a slot has no option left.
    std::vector<Amount> most, slotMost;       ///< Scratch of relax().

    std::size_t slots() const { return begin.size() - 1; }
    std::size_t constraints() const { return sides.size(); }
};
/// Reuses the memory of relaxed: once it has held a program of this size nothing is allocated.
void relax(const CompactProgram &program, const std::vector<Amount> &capacities, Relaxed &relaxed);

/// The Lagrangian dual of a relaxed program: over multipliers >= 0 the greatest value of
///   sum over slots of min over options (score + multipliers . amounts)  -  multipliers . capacity,
/// which is the linear relaxation's optimum, by column generation: a master program of one row a constraint and one for
/// convexity, whose columns are selections. Every multiplier vector gives a valid bound. Columns survive a change of
/// capacities, so that the next optimum is a few evaluations away.
class Lagrangian {
public:
    /// Forgets the columns.
    void clear()
    {
        m_columnCosts.clear();
        m_columnUses.clear();
    }
    /// Improves the bound until it is the optimum to within a relative 1e-10, or 400 evaluations are spent. relaxed must be
    /// of program, and program the same since the last clear().
    void optimise(const CompactProgram &program, const Relaxed &relaxed);

    double bound() const { return m_bound; } ///< Less the compact program's offset.
    /// No selection keeps all constraints: the bound exceeds every score.
    bool infeasible() const { return m_infeasible; }
    const std::vector<double> &multipliers() const { return m_best; }
    /// For each slot the option (of relaxed) of least score + multipliers . amounts.
    const std::vector<std::int32_t> &minimisers() const { return m_minimisers; }
    int evaluations() const { return m_evaluations; }

    /// The bound at any multipliers >= 0; fills minimisers and, for every option, score + multipliers . amounts.
    static double evaluate(const Relaxed &relaxed, const std::vector<double> &multipliers, std::vector<std::int32_t> &minimisers,
                           std::vector<double> &values);

private:
    /// Column generation with multipliers up to penalty; returns by how much the mixture still exceeds the capacities.
    double generateColumns(const CompactProgram &program, const Relaxed &relaxed, double penalty, double scale);
    double evaluateTrial(const CompactProgram &program, const Relaxed &relaxed);
    void addColumn(const CompactProgram &program, const Relaxed &relaxed);
    void addToMaster(const CompactProgram &program, const Relaxed &relaxed, std::size_t column);
    bool exceedsAllScores(const Relaxed &relaxed, double scale) const;

    MasterProgram m_master;
    // Columns are selections: their scores, and what they use of every side of the compact program.
    std::vector<double> m_columnCosts;
    std::vector<Amount> m_columnUses;
    std::vector<double> m_best, m_trial, m_use, m_values;
    std::vector<std::int32_t> m_minimisers;
    double m_bound = 0;
    bool m_infeasible = false;
    int m_evaluations = 0;
};

} // namespace tessera
