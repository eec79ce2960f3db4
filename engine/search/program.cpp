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

Selection RestrictedProgram::inOriginal(const Selection &selection) const
{
    Selection result;
    for (std::int32_t option : selection)
        result.push_back(original[static_cast<std::size_t>(option)]);
    return result;
}

std::optional<RestrictedProgram> restricted(const Program &program, const std::vector<char> &keep)
{
    RestrictedProgram result;
    std::vector<std::int32_t> number(program.options(), -1);
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        for (std::int32_t option = program.begin[slot]; option < program.begin[slot + 1]; ++option) {
            if (!keep[static_cast<std::size_t>(option)])
                continue;
            number[static_cast<std::size_t>(option)] = static_cast<std::int32_t>(result.original.size());
            result.original.push_back(option);
            result.program.scores.push_back(program.scores[static_cast<std::size_t>(option)]);
        }
        if (static_cast<std::int32_t>(result.original.size()) == result.program.begin.back())
            return std::nullopt;
        result.program.begin.push_back(static_cast<std::int32_t>(result.original.size()));
    }
    for (const Program::Row &row : program.rows) {
        Program::Row &kept = result.program.rows.emplace_back();
        kept.lower = row.lower;
        kept.upper = row.upper;
        for (std::int32_t option : result.original)
            kept.amounts.push_back(row.amounts[static_cast<std::size_t>(option)]);
    }
    result.program.auxiliaryScores = program.auxiliaryScores;
    for (Program::Rule rule : program.rules) {
        std::erase_if(rule.options, [&](const Program::Rule::Term &term) { return number[static_cast<std::size_t>(term.index)] < 0; });
        for (Program::Rule::Term &term : rule.options)
            term.index = number[static_cast<std::size_t>(term.index)];
        result.program.rules.push_back(std::move(rule));
    }
    return result;
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
