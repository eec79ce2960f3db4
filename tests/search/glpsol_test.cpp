// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
//
// A second solver: GLPK's glpsol, as a program, on the same rows in the LP format.
#include "engine/search/solve.h"
#include "tests/base/temporary_folder.h"
#include "tests/search/children.h"
#include "tests/search/instances.h"
#include "tests/search/libraries.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace tessera {
namespace {

/// Writes "+ 3 x1 - 2 x2", a term a line: the format limits the length of lines.
void writeTerm(std::ostream &out, double coefficient, const char *letter, std::size_t index)
{
    out << (coefficient < 0 ? " - " : " + ") << std::abs(coefficient) << " " << letter << index << "\n";
}

void writeSides(std::ostream &out, const std::string &name, const std::string &terms, std::int64_t lower, std::int64_t upper)
{
    if (terms.empty())
        return;
    if (lower != kNoLowerBound)
        out << " l" << name << ":" << terms << " >= " << lower << "\n";
    if (upper != kNoUpperBound)
        out << " u" << name << ":" << terms << " <= " << upper << "\n";
}

void writeProgram(const Program &program, std::ostream &out)
{
    out.precision(17);
    out << "Minimize\n obj:\n";
    for (std::size_t option = 0; option < program.options(); ++option)
        writeTerm(out, program.scores[option], "x", option);
    out << "Subject To\n";
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        out << " s" << slot << ":";
        for (std::int32_t option = program.begin[slot]; option < program.begin[slot + 1]; ++option)
            out << " + x" << option << "\n";
        out << " = 1\n";
    }
    for (std::size_t row = 0; row < program.rows.size(); ++row) {
        std::ostringstream terms;
        terms.precision(17);
        for (std::size_t option = 0; option < program.options(); ++option)
            writeTerm(terms, static_cast<double>(program.rows[row].amounts[option]), "x", option);
        writeSides(out, "r" + std::to_string(row), terms.str(), program.rows[row].lower, program.rows[row].upper);
    }
    for (std::size_t rule = 0; rule < program.rules.size(); ++rule) {
        std::ostringstream terms;
        for (const Program::Rule::Term &term : program.rules[rule].options)
            writeTerm(terms, static_cast<double>(term.coefficient), "x", static_cast<std::size_t>(term.index));
        for (const Program::Rule::Term &term : program.rules[rule].auxiliaries)
            writeTerm(terms, static_cast<double>(term.coefficient), "y", static_cast<std::size_t>(term.index));
        writeSides(out, "g" + std::to_string(rule), terms.str(), program.rules[rule].lower, program.rules[rule].upper);
    }
    out << "Binary\n";
    for (std::size_t option = 0; option < program.options(); ++option)
        out << " x" << option << "\n";
    for (std::size_t auxiliary = 0; auxiliary < program.auxiliaryScores.size(); ++auxiliary)
        out << " y" << auxiliary << "\n";
    out << "End\n";
}

struct GlpsolAnswer {
    bool optimal = false;
    double objective = 0;
};

/// glpsol's answer; nothing where it did not finish.
std::optional<GlpsolAnswer> solveWithGlpsol(const Program &program)
{
    test::TemporaryFolder folder;
    const std::string problem = (folder.path() / "program.lp").string(), solution = (folder.path() / "solution").string();
    {
        std::ofstream out(problem);
        writeProgram(program, out);
    }
    const std::string command = "glpsol --lp " + problem + " --cuts --tmlim 60 -w " + solution + " > " + problem + ".log 2>&1";
    if (std::system(command.c_str()) != 0)
        return std::nullopt;
    // "s mip ROWS COLUMNS STATUS OBJECTIVE", status o: optimal, n: nothing feasible, f and u: not finished.
    std::ifstream in(solution);
    std::string line;
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::string s, mip, rows, columns, status;
        double objective = 0;
        if (!(words >> s >> mip >> rows >> columns >> status >> objective) || s != "s" || mip != "mip")
            continue;
        if (status == "u") {
            std::ifstream log(problem + ".log");
            std::string text((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
            return text.find("NO PRIMAL FEASIBLE") != std::string::npos || text.find("NO INTEGER FEASIBLE") != std::string::npos
                       ? std::optional(GlpsolAnswer{})
                       : std::nullopt;
        }
        if (status == "f")
            return std::nullopt;
        return GlpsolAnswer{status == "o", objective};
    }
    return std::nullopt;
}

bool glpsolIsThere() { return std::system("glpsol --version > /dev/null 2>&1") == 0; }

void expectSameAnswer(const Program &program, const std::string &where)
{
    std::optional<GlpsolAnswer> other = solveWithGlpsol(program);
    if (!other)
        return;
    ProgramResult ours = solveProgram(program);
    ASSERT_EQ(ours.status == SolveStatus::Optimal, other->optimal) << where;
    if (other->optimal) {
        EXPECT_NEAR(ours.objective, other->objective, 1e-6 * std::abs(other->objective) + 1e-9) << where;
    }
}

TEST(Glpsol, AgreesOnProgramsTooLargeForBruteForce)
{
    if (!glpsolIsThere())
        GTEST_SKIP() << "glpsol (Debian package glpk-utils) is not installed";
    for (std::uint64_t seed = 0; seed < 30; ++seed)
        expectSameAnswer(instances::realLike({.layers = 10, .attentions = 2 + static_cast<int>(seed % 2), .ffns = 4, .rows = 1 + static_cast<int>(seed % 3)},
                                             seed),
                         "seed " + std::to_string(seed));
}

TEST(Glpsol, AgreesOnRules)
{
    if (!glpsolIsThere())
        GTEST_SKIP() << "glpsol (Debian package glpk-utils) is not installed";
    const char *const rules[] = {"same=0-3:attention", "distinct=2:ffn", "contiguous=ffn", "gap=2", "balance=memory:3:15%", "attention=5", "distinct=3"};
    std::uint64_t seed = 0;
    for (const char *rule : rules)
        for (int round = 0; round < 3; ++round, ++seed) {
            auto library = instances::randomLibrary({.layers = 8, .pairs = round == 1}, seed);
            Scenario scenario = instances::scenarioWith({"memory=" + std::to_string(40 + 10 * round) + "%", "runtime=80%"}, {}, {}, {}, {rule});
            expectSameAnswer(makeProblem(library, scenario).program, describe(scenario) + ", seed " + std::to_string(seed));
        }
}

} // namespace
} // namespace tessera
