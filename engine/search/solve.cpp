// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/solve.h"

#include "engine/search/cbc_solver.h"
#include "engine/search/conflict.h"

namespace tessera {

ProgramResult solveProgram(const Program &program, const SolveOptions &options)
{
    return solveWithCbc(program, options.solver);
}

Solution solve(const Problem &problem, const SolveOptions &options)
{
    ProgramResult result = solveProgram(problem.program, options);
    Solution solution = describeResult(problem, result);
    solution.method = "cbc";
    if (solution.status == SolveStatus::Infeasible && options.explainInfeasible) {
        solution.conflict = minimalConflict(problem, options);
        solution.relaxations = leastRelaxations(problem, options);
    }
    return solution;
}

} // namespace tessera
