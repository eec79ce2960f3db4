// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/cbc_solver.h"

#include "engine/base/error.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <string>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <CbcEventHandler.hpp>
#include <CbcModel.hpp>
#include <CbcSolver.hpp>
#include <ClpEventHandler.hpp>
#include <OsiClpSolverInterface.hpp>
#pragma GCC diagnostic pop

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

/// CBC's tolerances are absolute: objective and rows are brought to magnitudes at which they mean a relative 1e-11 or so.
constexpr double kObjectiveMagnitude = 1e5;
constexpr double kRowMagnitude = 1e3;
/// How many selections that break a row by less than CBC's tolerance are cut off before the answer is called unproved.
constexpr int kMostRepairs = 200;

class StopBranching : public CbcEventHandler {
public:
    explicit StopBranching(const StopToken &token) : m_stop(token) {}
    CbcEventHandler *clone() const override { return new StopBranching(*this); }
    CbcAction event(CbcEvent) override { return m_stop.requested() ? stop : noAction; }

private:
    StopToken m_stop;
};

class StopPivoting : public ClpEventHandler {
public:
    explicit StopPivoting(const StopToken &token) : m_stop(token) {}
    ClpEventHandler *clone() const override { return new StopPivoting(*this); }
    int event(Event) override { return m_stop.requested() ? 5 : -1; }

private:
    StopToken m_stop;
};

/// A row of the program as CBC sees it: the least amount of each slot subtracted, then scaled.
struct ScaledRow {
    std::size_t row = 0;
    double scale = 1;
    std::vector<double> coefficients;
    double lower = -COIN_DBL_MAX, upper = COIN_DBL_MAX;
    bool impossible = false, redundant = false;
};

ScaledRow scaleRow(const Program &program, std::size_t index)
{
    const Program::Row &row = program.rows[index];
    ScaledRow scaled;
    scaled.row = index;
    Amount least = 0, spread = 0, largest = 0;
    std::vector<Amount> shifted = row.amounts;
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        auto first = shifted.begin() + program.begin[slot], last = shifted.begin() + program.begin[slot + 1];
        auto [low, high] = std::minmax_element(first, last);
        Amount minimum = *low, range = *high - *low;
        least += minimum;
        spread += range;
        largest = std::max(largest, range);
        std::for_each(first, last, [&](Amount &amount) { amount -= minimum; });
    }
    bool upperMatters = row.upper != kNoUpperBound && row.upper < least + spread;
    bool lowerMatters = row.lower != kNoLowerBound && row.lower > least;
    scaled.impossible = (row.upper != kNoUpperBound && row.upper < least) || (lowerMatters && row.lower > least + spread);
    scaled.redundant = !upperMatters && !lowerMatters;
    scaled.scale = largest > 0 ? kRowMagnitude / static_cast<double>(largest) : 1;
    if (upperMatters)
        scaled.upper = static_cast<double>(row.upper - least) * scaled.scale;
    if (lowerMatters)
        scaled.lower = static_cast<double>(row.lower - least) * scaled.scale;
    scaled.coefficients.resize(shifted.size());
    std::transform(shifted.begin(), shifted.end(), scaled.coefficients.begin(),
                   [&](Amount amount) { return static_cast<double>(amount) * scaled.scale; });
    return scaled;
}

/// The program inside Clp. Assignment rows come first, then the rows that matter, then rules.
class CbcProgram {
public:
    CbcProgram(const Program &program, const StopToken &stop) : m_program(program), m_stopPivoting(stop)
    {
        for (std::size_t row = 0; row < program.rows.size(); ++row) {
            ScaledRow scaled = scaleRow(program, row);
            m_impossible = m_impossible || scaled.impossible;
            if (!scaled.redundant)
                m_rows.push_back(std::move(scaled));
        }
        if (!m_impossible)
            build();
    }

    bool impossible() const { return m_impossible; }
    OsiClpSolverInterface &solver() { return m_solver; }
    const StopPivoting &stopPivoting() const { return m_stopPivoting; }

    /// Solves the relaxation and scales the objective by its value.
    bool solveRoot()
    {
        m_solver.initialSolve();
        if (!m_solver.isProvenOptimal())
            return false;
        rescaleObjective(std::abs(m_solver.getObjValue()));
        m_solver.initialSolve();
        return m_solver.isProvenOptimal();
    }

    double unscaledObjective(double value) const { return value / m_objectiveScale + m_offset; }

    std::vector<double> prices() const
    {
        std::vector<double> prices(m_program.rows.size(), 0.0);
        const double *duals = m_solver.getRowPrice();
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            prices[m_rows[i].row] = -duals[m_program.slots() + i] * m_rows[i].scale / m_objectiveScale;
        return prices;
    }

    /// Cuts off a selection that breaks a row in integers, together with every selection that is at least as heavy (or
    /// as light) in each slot.
    void cutOff(const Selection &selection)
    {
        CoinPackedVector terms;
        auto [row, tooMuch] = brokenRow(selection);
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot) {
            Amount chosen = row->amounts[static_cast<std::size_t>(selection[slot])];
            for (std::int32_t option = m_program.begin[slot]; option < m_program.begin[slot + 1]; ++option) {
                Amount amount = row->amounts[static_cast<std::size_t>(option)];
                if (tooMuch ? amount >= chosen : amount <= chosen)
                    terms.insert(option, 1.0);
            }
        }
        m_solver.addRow(terms, -COIN_DBL_MAX, static_cast<double>(m_program.slots()) - 1);
    }

private:
    void build()
    {
        auto options = static_cast<int>(m_program.options());
        auto columns = options + static_cast<int>(m_program.auxiliaryScores.size());
        m_solver.messageHandler()->setLogLevel(0);
        m_solver.getModelPtr()->setLogLevel(0);
        m_solver.setHintParam(OsiDoReducePrint, true, OsiHintTry);
        addRows(options);
        CoinPackedMatrix matrix(false, m_terms.rows.data(), m_terms.columns.data(), m_terms.values.data(),
                                      static_cast<CoinBigIndex>(m_terms.values.size()));
        matrix.setDimensions(static_cast<int>(m_terms.lower.size()), columns);
        const std::vector<double> zeros(static_cast<std::size_t>(columns), 0.0), ones(static_cast<std::size_t>(columns), 1.0);
        m_solver.loadProblem(matrix, zeros.data(), ones.data(), zeros.data(), m_terms.lower.data(), m_terms.upper.data());
        m_terms = {};
        for (int column = 0; column < columns; ++column)
            m_solver.setInteger(column);
        m_solver.getModelPtr()->passInEventHandler(&m_stopPivoting);
        m_shifted = m_program.scores;
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot) {
            auto first = m_shifted.begin() + m_program.begin[slot], last = m_shifted.begin() + m_program.begin[slot + 1];
            double least = *std::min_element(first, last);
            m_offset += least;
            std::for_each(first, last, [&](double &score) { score -= least; });
        }
        m_shifted.insert(m_shifted.end(), m_program.auxiliaryScores.begin(), m_program.auxiliaryScores.end());
        rescaleObjective(0);
    }

    void beginRow(double lower, double upper)
    {
        m_terms.lower.push_back(lower);
        m_terms.upper.push_back(upper);
    }
    void addTerm(int column, double value)
    {
        m_terms.rows.push_back(static_cast<int>(m_terms.lower.size()) - 1);
        m_terms.columns.push_back(column);
        m_terms.values.push_back(value);
    }

    void addRows(int options)
    {
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot) {
            beginRow(1.0, 1.0);
            for (std::int32_t option = m_program.begin[slot]; option < m_program.begin[slot + 1]; ++option)
                addTerm(option, 1.0);
        }
        for (const ScaledRow &row : m_rows) {
            beginRow(row.lower, row.upper);
            for (int option = 0; option < options; ++option)
                if (row.coefficients[static_cast<std::size_t>(option)] != 0)
                    addTerm(option, row.coefficients[static_cast<std::size_t>(option)]);
        }
        for (const Program::Rule &rule : m_program.rules) {
            beginRow(rule.lower == kNoLowerBound ? -COIN_DBL_MAX : static_cast<double>(rule.lower),
                     rule.upper == kNoUpperBound ? COIN_DBL_MAX : static_cast<double>(rule.upper));
            for (const Program::Rule::Term &term : rule.options)
                addTerm(term.index, static_cast<double>(term.coefficient));
            for (const Program::Rule::Term &term : rule.auxiliaries)
                addTerm(options + term.index, static_cast<double>(term.coefficient));
        }
    }

    void rescaleObjective(double relaxation)
    {
        double largest = 0;
        for (double score : m_shifted)
            largest = std::max(largest, std::abs(score));
        double previous = m_objectiveScale;
        if (relaxation > 1e-9 * previous * largest)
            m_objectiveScale = kObjectiveMagnitude * previous / relaxation;
        else
            m_objectiveScale = largest > 0 ? kRowMagnitude / largest : 1;
        for (std::size_t column = 0; column < m_shifted.size(); ++column)
            m_solver.setObjCoeff(static_cast<int>(column), m_shifted[column] * m_objectiveScale);
    }

    std::pair<const Program::Row *, bool> brokenRow(const Selection &selection) const
    {
        for (const Program::Row &row : m_program.rows) {
            Amount sum = amountOf(row, selection);
            if (sum > row.upper || sum < row.lower)
                return {&row, sum > row.upper};
        }
        return {&m_program.rows.front(), true};
    }

    /// The matrix while it is put together.
    struct Terms {
        std::vector<int> rows, columns;
        std::vector<double> values, lower, upper;
    };

    const Program &m_program;
    StopPivoting m_stopPivoting;
    OsiClpSolverInterface m_solver;
    Terms m_terms;
    std::vector<ScaledRow> m_rows;
    std::vector<double> m_shifted;
    double m_objectiveScale = 1, m_offset = 0;
    bool m_impossible = false;
};

int noCallback(CbcModel *, int) { return 0; }

/// One run of CBC on the relaxation as it stands.
struct CbcRun {
    bool optimal = false, infeasible = false;
    Selection selection;
    double bound = 0;
    std::int64_t nodes = 0;
};

Selection selectionOf(const Program &program, const double *values)
{
    Selection selection(program.slots());
    for (std::size_t slot = 0; slot < program.slots(); ++slot)
        selection[slot] = static_cast<std::int32_t>(
            std::max_element(values + program.begin[slot], values + program.begin[slot + 1]) - values);
    return selection;
}

CbcRun runCbc(const Program &program, CbcProgram &relaxed, const SolverOptions &options, double seconds)
{
    CbcSolverUsefulData data;
    data.noPrinting_ = true;
    data.useSignalHandler_ = false;
    CbcModel model(relaxed.solver());
    model.setLogLevel(0);
    CbcMain0(model, data);
    StopBranching stopBranching(options.stop);
    model.passInEventHandler(&stopBranching);
    if (auto *clp = dynamic_cast<OsiClpSolverInterface *>(model.solver()))
        clp->getModelPtr()->passInEventHandler(&relaxed.stopPivoting());
    std::string limit = std::to_string(std::min(seconds, 1e9));
    const char *arguments[] = {"tessera",    "-log", "0",        "-ratioGap", "0",           "-allowableGap", "0",
                               "-increment", "0",    "-seconds", limit.c_str(), "-timeMode", "elapsed",       "-solve",
                               "-quit"};
    CbcMain1(static_cast<int>(std::size(arguments)), arguments, model, noCallback, data);
    CbcRun run;
    run.optimal = model.isProvenOptimal();
    run.infeasible = model.isProvenInfeasible();
    run.bound = model.getBestPossibleObjValue();
    run.nodes = model.getNodeCount();
    if (const double *values = model.bestSolution())
        run.selection = selectionOf(program, values);
    return run;
}

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void solveInto(ProgramResult &result, const Program &program, const SolverOptions &options, Clock::time_point start)
{
    CbcProgram relaxed(program, options.stop);
    if (relaxed.impossible() || (!relaxed.solveRoot() && !options.stop.requested()))
        result.status = SolveStatus::Infeasible;
    if (result.status == SolveStatus::Infeasible || options.stop.requested())
        return;
    result.prices = relaxed.prices();
    result.bound = relaxed.unscaledObjective(relaxed.solver().getObjValue());
    for (int repair = 0; repair < kMostRepairs; ++repair) {
        if (options.stop.requested())
            return;
        CbcRun run = runCbc(program, relaxed, options, options.maxSeconds - secondsSince(start));
        result.nodes += run.nodes;
        if (run.infeasible) {
            result.status = result.selection.empty() ? SolveStatus::Infeasible : SolveStatus::Optimal;
            return;
        }
        result.bound = std::max(result.bound, relaxed.unscaledObjective(run.bound));
        if (run.selection.empty())
            return;
        if (withinRows(program, run.selection)) {
            result.selection = run.selection;
            result.objective = scoreOf(program, run.selection);
            result.status = run.optimal ? SolveStatus::Optimal : SolveStatus::Feasible;
            result.bound = run.optimal ? result.objective : std::min(result.bound, result.objective);
            return;
        }
        if (!run.optimal)
            return;
        relaxed.cutOff(run.selection);
    }
}

} // namespace

ProgramResult solveWithCbc(const Program &program, const SolverOptions &options)
{
    Clock::time_point start = Clock::now();
    ProgramResult result;
    result.prices.assign(program.rows.size(), 0.0);
    solveInto(result, program, options, start);
    if (result.status == SolveStatus::Unknown && !options.start.empty()) {
        result.selection = options.start;
        result.objective = scoreOf(program, options.start);
        result.status = SolveStatus::Feasible;
    }
    result.seconds = secondsSince(start);
    return result;
}

ProgramResult solveRelaxation(const Program &program)
{
    Clock::time_point start = Clock::now();
    ProgramResult result;
    result.prices.assign(program.rows.size(), 0.0);
    CbcProgram relaxed(program, StopToken());
    if (relaxed.impossible() || !relaxed.solveRoot()) {
        result.status = SolveStatus::Infeasible;
    } else {
        result.prices = relaxed.prices();
        result.bound = relaxed.unscaledObjective(relaxed.solver().getObjValue());
    }
    result.seconds = secondsSince(start);
    return result;
}

} // namespace tessera
