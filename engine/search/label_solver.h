// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/compact_program.h"
#include "engine/search/label_join.h"
#include "engine/search/lagrangian.h"
#include "engine/search/program.h"
#include "engine/search/rounding.h"

#include <vector>

namespace tessera {

/// Proves optima of programs without rules: Lagrangian bound, rounding, then enumeration of everything within a threshold of
/// the bound, the threshold rising until it covers the gap to the best selection. Made for one program whose bounds move:
/// multipliers, columns and the last selection are carried over, so that the next answer costs a fraction of the first.
class LabelSolver {
public:
    /// Copies the program. Throws Error (BadInput) when it has rules.
    explicit LabelSolver(const Program &program);
    LabelSolver(const LabelSolver &) = delete;
    LabelSolver &operator=(const LabelSolver &) = delete;

    const Program &program() const { return m_program; }
    void setBounds(std::size_t row, Amount lower, Amount upper);

    struct Effort {
        std::size_t labels = 400'000; ///< In either half of an enumeration; beyond it the answer stays unproved.
        /// A selection that is better by this or less need not be found: negative for a relative 2e-10 of the objective. For
        /// whole numbers 0.5 makes the answer exact.
        double resolution = -1;
    };
    /// Optimal or Infeasible when proved, Feasible or Unknown with a valid bound otherwise.
    ProgramResult solve(const SolverOptions &options, const Effort &effort);
    ProgramResult solve(const SolverOptions &options = {}) { return solve(options, Effort{}); }
    /// A selection at once, with the Lagrangian bound: no enumeration. Once bounds have moved a little nothing is allocated.
    /// Valid until the next call.
    const ProgramResult &preview();
    /// What the next answer starts from, too, if it keeps all bounds.
    void suggest(const Selection &selection);

private:
    struct Incumbent {
        Selection selection;
        double score = 0;
    };
    bool prepare(ProgramResult &result);
    void roundOff(const Selection &start);
    void keepIfBetter(const Selection &selection);
    void offer(const std::vector<std::int32_t> &relaxedSelection);
    void buildCore(double gap);
    void prove(ProgramResult &result, const SolverOptions &options, const Effort &effort);
    void fillPrices(std::vector<double> &prices) const;
    double resolution(const Effort &effort) const;
    double margin() const;
    double safeBound() const;
    double largestExcess() const;
    double firstThreshold(double gap) const;
    std::vector<std::int32_t> selectionOf(const std::vector<std::size_t> &deviations) const;
    void finish(ProgramResult &result, double bound, const Effort &effort) const;

    Program m_program;
    std::vector<CompactProgram::Side> m_sides; ///< Of m_compact.
    CompactProgram m_compact;
    Relaxed m_relaxed;
    Lagrangian m_dual;
    LabelJoin m_join;
    DeviationCore m_core;
    std::vector<std::size_t> m_coreSlot;      ///< By slot of the core: the slot.
    Rounding m_rounding{m_compact, m_relaxed};
    std::vector<double> m_values;
    std::vector<Amount> m_capacities;
    std::vector<std::int32_t> m_rounded;
    Selection m_last, m_offered;
    ProgramResult m_preview;
    Incumbent m_incumbent;
    bool m_compacted = false;
};

} // namespace tessera
