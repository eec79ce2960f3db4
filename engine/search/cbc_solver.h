// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/program.h"

namespace tessera {

/// Solves a program, rules included, with CBC's branch and cut: increment and gaps 0, objective and rows scaled. CBC works
/// within tolerances, so every selection it returns is added up again in integers; one that breaks a row is cut off and
/// the solve repeated. Prices are those of the linear relaxation. Prints nothing; stops within about 100 ms of a request
/// and then returns what it has.
ProgramResult solveWithCbc(const Program &program, const SolverOptions &options);

/// The linear relaxation alone: its value as bound, and its prices. Status is Infeasible or Unknown.
ProgramResult solveRelaxation(const Program &program);

} // namespace tessera
