// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/program.h"

#include <algorithm>

namespace tessera {

double scoreOf(const Program &program, const Selection &selection)
{
    double sum = 0;
    for (std::int32_t option : selection)
        sum += program.scores[static_cast<std::size_t>(option)];
    return sum;
}

Amount amountOf(const Program::Row &row, const Selection &selection)
{
    Amount sum = 0;
    for (std::int32_t option : selection)
        sum += row.amounts[static_cast<std::size_t>(option)];
    return sum;
}

bool withinRows(const Program &program, const Selection &selection)
{
    return std::all_of(program.rows.begin(), program.rows.end(), [&](const Program::Row &row) {
        Amount sum = amountOf(row, selection);
        return row.lower <= sum && sum <= row.upper;
    });
}

std::string toString(SolveStatus status)
{
    switch (status) {
    case SolveStatus::Optimal:
        return "optimal";
    case SolveStatus::Feasible:
        return "feasible";
    case SolveStatus::Infeasible:
        return "infeasible";
    case SolveStatus::Unknown:
        break;
    }
    return "unknown";
}

} // namespace tessera
