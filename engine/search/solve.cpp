// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/solve.h"

#include "engine/base/error.h"
#include "engine/search/cbc_solver.h"
#include "engine/search/conflict.h"

#include <algorithm>

namespace tessera {
namespace {

/// The better of two answers to the same program: the better selection, the better bound.
ProgramResult combined(const ProgramResult &labels, ProgramResult cbc)
{
    cbc.nodes += labels.nodes;
    cbc.seconds += labels.seconds;
    cbc.prices = labels.prices;
    if (cbc.status == SolveStatus::Infeasible)
        return cbc;
    if (!labels.selection.empty() && (cbc.selection.empty() || labels.objective <= cbc.objective)) {
        cbc.selection = labels.selection;
        cbc.objective = labels.objective;
    }
    cbc.bound = std::max(cbc.bound, labels.bound);
    if (cbc.selection.empty())
        return cbc;
    const bool proved = cbc.status == SolveStatus::Optimal || cbc.bound >= cbc.objective;
    cbc.status = proved ? SolveStatus::Optimal : SolveStatus::Feasible;
    cbc.bound = proved ? cbc.objective : cbc.bound;
    return cbc;
}

} // namespace

ProgramResult solveProgram(const Program &program, const SolveOptions &options)
{
    if (options.choice == SolverChoice::Cbc || !program.rules.empty())
        return solveWithCbc(program, options.solver);
    LabelSolver labels(program);
    return solveProgram(labels, options);
}

ProgramResult solveProgram(LabelSolver &labels, const SolveOptions &options)
{
    if (options.choice == SolverChoice::Cbc)
        return solveWithCbc(labels.program(), options.solver);
    ProgramResult result = labels.solve(options.solver, {options.labels, options.resolution});
    const bool unproved = result.status == SolveStatus::Feasible || result.status == SolveStatus::Unknown;
    if (options.choice == SolverChoice::Labels || !unproved || options.solver.stop.requested())
        return result;
    SolverOptions closing = options.solver;
    closing.maxSeconds -= result.seconds;
    if (closing.maxSeconds <= 0)
        return result;
    closing.start = result.selection;
    return combined(result, solveWithCbc(labels.program(), closing));
}

Solution solve(const Problem &problem, const SolveOptions &options)
{
    return describeAnswer(problem, solveProgram(problem.program, options), options);
}

Solution describeAnswer(const Problem &problem, const ProgramResult &result, const SolveOptions &options)
{
    if (!result.selection.empty() && !holds(problem, result.selection))
        throw failed("the general solver returned a child that breaks a rule or a limit: try another solver");
    Solution solution = describeResult(problem, result);
    if (solution.status == SolveStatus::Infeasible && options.explainInfeasible) {
        solution.conflict = minimalConflict(problem, options);
        solution.relaxations = leastRelaxations(problem, options);
    }
    return solution;
}

} // namespace tessera
