// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/label_solver.h"
#include "engine/search/solve.h"

#include <memory>

namespace tessera {

/// One library under a hand that moves limits: the same answers as solve(), each a fraction of the work, because bounds,
/// multipliers and the last choice are carried over. What a slider talks to; one thread at a time.
class LiveSearch {
public:
    /// As makeProblem(), with its errors.
    LiveSearch(std::shared_ptr<const BlockLibrary> library, const Scenario &scenario);

    /// Goes on with another scenario of the same library. Where it differs in the values of limits alone, nothing is made
    /// anew; otherwise the problem is, and the last choice is kept where it still exists. On an Error the old one stays.
    void follow(const Scenario &scenario);
    /// Moves one of problem().limits to another total, fixed part included, in the unit of its row. Does not allocate.
    void moveLimit(std::size_t limit, Amount total);

    const Problem &problem() const { return m_problem; }
    Solution describe(const ProgramResult &result) const { return describeResult(m_problem, result); }

    /// A choice within the scenario, if one was found, and a bound that holds: Optimal where both agree, Infeasible where
    /// that is already plain, else Feasible or Unknown. Does not allocate once limits have moved a little (problems without
    /// general rules). Valid until the next call.
    const ProgramResult &preview();
    /// The proof: as solveProgram(), from where the preview left off.
    ProgramResult prove(const SolveOptions &options = {});

private:
    static std::unique_ptr<LabelSolver> solverFor(const Problem &problem);
    bool followValues(const Scenario &scenario);
    void boundRow(std::size_t row);

    Problem m_problem;
    std::unique_ptr<LabelSolver> m_labels; ///< Of the program without its general rules.
    Selection m_best;                      ///< The last proved choice of a problem with general rules.
    ProgramResult m_ruled;
};

} // namespace tessera
