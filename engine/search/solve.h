// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/label_solver.h"
#include "engine/search/problem.h"
#include "engine/search/solution.h"

namespace tessera {

enum class SolverChoice {
    Automatic, ///< Labels for limits, pins and bans; CBC for rules, and where labels end unproved.
    Labels,
    Cbc
};

struct SolveOptions {
    SolverOptions solver;
    SolverChoice choice = SolverChoice::Automatic;
    /// A choice that is better by this or less need not be found: negative for a relative 2e-10, 0.5 for whole numbers.
    double resolution = -1;
    /// Labels in either half of an enumeration, at most; beyond it the answer is left to CBC, or unproved.
    std::size_t labels = 2'000'000;
    /// When infeasible: find a minimal conflict and the least relaxation of each limit.
    bool explainInfeasible = true;
};

/// The best choice for a problem, with its proof or its gap. Infeasible is an answer, not an error.
Solution solve(const Problem &problem, const SolveOptions &options = {});

/// A solver's answer in the words of its problem, with conflict and relaxations where it is infeasible. Throws Error
/// (Failed) should the answer break a limit or a rule.
Solution describeAnswer(const Problem &problem, const ProgramResult &result, const SolveOptions &options = {});

/// The solver's answer alone.
ProgramResult solveProgram(const Program &program, const SolveOptions &options = {});
/// The same for a program without rules that a label solver already holds.
ProgramResult solveProgram(LabelSolver &labels, const SolveOptions &options = {});

} // namespace tessera
