// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/label_solver.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

Clock::time_point deadlineOf(Clock::time_point start, double seconds)
{
    return seconds < 1e8 ? start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))
                         : Clock::time_point::max();
}

} // namespace

LabelSolver::LabelSolver(const Program &program) : m_program(program)
{
    if (!program.rules.empty())
        throw badInput("the label solver takes limits, pins and bans alone; rules need the general solver");
}

void LabelSolver::setBounds(std::size_t row, Amount lower, Amount upper)
{
    m_program.rows[row].lower = lower;
    m_program.rows[row].upper = upper;
}

void LabelSolver::suggest(const Selection &selection)
{
    if (selection.size() == m_program.slots())
        m_incumbent.selection = selection;
}

/// Brings bound and multipliers up to date. Returns false where that alone is the answer.
bool LabelSolver::prepare(ProgramResult &result)
{
    result.prices.assign(m_program.rows.size(), 0.0);
    if (!m_compacted || !areActiveSides(m_program, m_sides)) {
        m_compact = compact(m_program);
        m_sides = activeSides(m_program);
        m_dual.clear();
        m_compacted = true;
    }
    m_capacities.resize(m_sides.size());
    for (std::size_t side = 0; side < m_sides.size(); ++side)
        m_capacities[side] = m_compact.capacity(m_program, side);
    relax(m_compact, m_capacities, m_relaxed);
    m_dual.optimise(m_compact, m_relaxed);
    if (m_dual.infeasible()) {
        result.status = SolveStatus::Infeasible;
        return false;
    }
    fillPrices(result.prices);
    return true;
}

void LabelSolver::fillPrices(std::vector<double> &prices) const
{
    for (std::size_t i = 0; i < m_relaxed.constraints(); ++i) {
        CompactProgram::Side side = m_sides[m_relaxed.sides[i]];
        prices[side.row] += (side.upper ? 1 : -1) * m_dual.multipliers()[i] * m_relaxed.scale[i];
    }
}

void LabelSolver::keepIfBetter(const Selection &selection)
{
    double score = scoreOf(m_program, selection);
    if ((m_incumbent.selection.empty() || score < m_incumbent.score) && withinRows(m_program, selection)) {
        m_incumbent.selection = selection;
        m_incumbent.score = score;
    }
}

void LabelSolver::offer(const std::vector<std::int32_t> &relaxedSelection)
{
    m_offered.resize(relaxedSelection.size());
    for (std::size_t slot = 0; slot < m_offered.size(); ++slot) {
        auto compactOption = static_cast<std::size_t>(m_relaxed.option[static_cast<std::size_t>(relaxedSelection[slot])]);
        m_offered[slot] = m_compact.original[compactOption];
    }
    keepIfBetter(m_offered);
}

/// Selections from the multipliers and from the last answer.
void LabelSolver::roundOff(const Selection &start)
{
    m_last.swap(m_incumbent.selection);
    m_incumbent.selection.clear();
    m_incumbent.score = 0;
    if (start.size() == m_program.slots())
        keepIfBetter(start);
    if (m_last.size() == m_program.slots())
        keepIfBetter(m_last);
    if (m_rounding.round(m_dual.multipliers(), m_rounded)) {
        m_rounding.improve(m_rounded);
        offer(m_rounded);
    }
    if (m_last.size() != m_program.slots())
        return;
    // The last answer again, with what no longer fits replaced by the minimiser.
    m_rounded = m_dual.minimisers();
    for (std::size_t slot = 0; slot < m_rounded.size(); ++slot)
        for (std::int32_t option = m_relaxed.begin[slot]; option < m_relaxed.begin[slot + 1]; ++option)
            if (m_compact.original[static_cast<std::size_t>(m_relaxed.option[static_cast<std::size_t>(option)])] == m_last[slot])
                m_rounded[slot] = option;
    if (m_rounding.repair(m_dual.multipliers(), m_rounded)) {
        m_rounding.improve(m_rounded);
        offer(m_rounded);
    }
}

double LabelSolver::resolution(const Effort &effort) const
{
    if (effort.resolution >= 0)
        return effort.resolution;
    // An optimum of 0, the parent's, is as exact as the scores around it can be added up.
    return std::max(2e-10 * std::abs(m_incumbent.score), std::min(2 * margin(), 1e-11 * m_relaxed.largestScore));
}

/// What the bound and sums of reduced costs may be off by.
double LabelSolver::margin() const
{
    double magnitude = m_relaxed.largestScore;
    for (double multiplier : m_dual.multipliers())
        magnitude += multiplier;
    return 1e-14 * magnitude;
}

/// No selection is better: the Lagrangian bound, less what it may be off by.
double LabelSolver::safeBound() const { return m_dual.bound() - margin() + m_compact.offset; }

/// The excess over the bound that no selection can have.
double LabelSolver::largestExcess() const
{
    double largest = 0;
    std::vector<Amount> slack = m_core.left;
    for (std::size_t slot = 0; slot < m_core.slots(); ++slot) {
        largest += m_core.reduced[m_core.begin[slot + 1] - 1];
        for (std::size_t i = 0; i < m_core.constraints; ++i) {
            Amount least = 0;
            for (std::size_t deviation = m_core.begin[slot]; deviation < m_core.begin[slot + 1]; ++deviation)
                least = std::min(least, m_core.change[deviation * m_core.constraints + i]);
            slack[i] -= least;
        }
    }
    for (std::size_t i = 0; i < m_core.constraints; ++i)
        largest += m_core.price[i] * std::max(0.0, static_cast<double>(slack[i]));
    return largest * (1 + 1e-9) + 4 * margin();
}

/// Every deviation from the minimisers whose reduced cost is at most gap.
void LabelSolver::buildCore(double gap)
{
    const std::vector<std::int32_t> &minimisers = m_dual.minimisers();
    std::vector<std::int32_t> again;
    Lagrangian::evaluate(m_relaxed, m_dual.multipliers(), again, m_values);
    m_core.constraints = m_relaxed.constraints();
    m_core.begin.assign(1, 0);
    m_core.option.clear();
    m_core.reduced.clear();
    m_core.change.clear();
    m_core.left = m_relaxed.exactCapacity;
    m_core.price.clear();
    m_coreSlot.clear();
    for (std::size_t i = 0; i < m_core.constraints; ++i)
        m_core.price.push_back(m_dual.multipliers()[i] * m_relaxed.scale[i]);
    std::vector<std::pair<double, std::int32_t>> deviations;
    for (std::size_t slot = 0; slot < m_relaxed.slots(); ++slot) {
        const auto minimiser = static_cast<std::size_t>(minimisers[slot]);
        const auto compactMinimiser = static_cast<std::size_t>(m_relaxed.option[minimiser]);
        for (std::size_t i = 0; i < m_core.constraints; ++i)
            m_core.left[i] -= m_compact.amounts[m_relaxed.sides[i]][compactMinimiser];
        deviations.clear();
        for (std::int32_t option = m_relaxed.begin[slot]; option < m_relaxed.begin[slot + 1]; ++option) {
            double reduced = std::max(0.0, m_values[static_cast<std::size_t>(option)] - m_values[minimiser]);
            if (option != minimisers[slot] && reduced <= gap)
                deviations.emplace_back(reduced, option);
        }
        if (deviations.empty())
            continue;
        std::sort(deviations.begin(), deviations.end());
        for (auto [reduced, option] : deviations) {
            m_core.option.push_back(option);
            m_core.reduced.push_back(reduced);
            const auto compactOption = static_cast<std::size_t>(m_relaxed.option[static_cast<std::size_t>(option)]);
            for (std::size_t i = 0; i < m_core.constraints; ++i) {
                const std::vector<Amount> &amounts = m_compact.amounts[m_relaxed.sides[i]];
                m_core.change.push_back(amounts[compactOption] - amounts[compactMinimiser]);
            }
        }
        m_core.begin.push_back(m_core.option.size());
        m_coreSlot.push_back(slot);
    }
}

/// The first threshold: enough for some deviations, and for a part of the gap.
double LabelSolver::firstThreshold(double gap) const
{
    std::vector<double> costs = m_core.reduced;
    std::sort(costs.begin(), costs.end());
    double threshold = costs.empty() ? 0 : costs[std::min<std::size_t>(14, costs.size() - 1)];
    if (gap < kInfinity)
        threshold = std::max(threshold, gap / 64);
    return threshold > 0 ? threshold : (costs.empty() || costs.back() == 0 ? largestExcess() : costs.back() / 64);
}

/// Raises the threshold until it covers the gap, or the labels or the time run out.
void LabelSolver::prove(ProgramResult &result, const SolverOptions &options, const Effort &effort)
{
    const double bound = safeBound();
    const LabelJoin::Limits limits{effort.labels, deadlineOf(Clock::now(), options.maxSeconds), options.stop};
    auto gap = [&] { return m_incumbent.selection.empty() ? kInfinity : m_incumbent.score - bound - resolution(effort); };
    double proved = 0;
    auto onHit = [&](const std::vector<std::size_t> &deviations, double) {
        offer(selectionOf(deviations));
        if (options.onProgress) {
            finish(result, bound + proved, effort);
            options.onProgress(result);
        }
        return gap() + 2 * margin();
    };
    buildCore(gap() + 2 * margin());
    const double everything = largestExcess();
    double threshold = firstThreshold(gap()), previousLabels = 0, previousThreshold = 0;
    while (proved < gap() && proved < everything) {
        threshold = std::min({threshold, gap(), everything});
        LabelJoin::End end = m_join.run(m_core, threshold + 2 * margin(), gap() + 2 * margin(), limits, onHit);
        result.nodes += static_cast<std::int64_t>(m_join.labels());
        if (end != LabelJoin::End::Complete)
            break;
        proved = threshold;
        // Labels grow like a power of the threshold: aim at three times as many.
        double labels = static_cast<double>(m_join.labels());
        double power = previousThreshold > 0 && labels > previousLabels * 1.05
                           ? std::log(labels / previousLabels) / std::log(threshold / previousThreshold)
                           : 3;
        previousLabels = labels;
        previousThreshold = threshold;
        threshold *= std::clamp(std::pow(3.0, 1 / std::max(power, 0.1)), 1.15, 8.0);
    }
    // The core holds every selection that is better: once all of it was seen there is none.
    const bool exhausted = proved >= everything;
    finish(result, exhausted && !m_incumbent.selection.empty() ? m_incumbent.score : bound + proved, effort);
    if (exhausted && m_incumbent.selection.empty())
        result.status = SolveStatus::Infeasible;
}

std::vector<std::int32_t> LabelSolver::selectionOf(const std::vector<std::size_t> &deviations) const
{
    std::vector<std::int32_t> selection = m_dual.minimisers();
    for (std::size_t deviation : deviations) {
        auto slot = std::upper_bound(m_core.begin.begin(), m_core.begin.end(), deviation) - m_core.begin.begin() - 1;
        selection[m_coreSlot[static_cast<std::size_t>(slot)]] = m_core.option[deviation];
    }
    return selection;
}

/// States what is known: the incumbent, and that nothing is better than bound.
void LabelSolver::finish(ProgramResult &result, double bound, const Effort &effort) const
{
    result.bound = bound;
    if (m_incumbent.selection.empty()) {
        result.status = SolveStatus::Unknown;
        return;
    }
    result.selection = m_incumbent.selection;
    result.objective = m_incumbent.score;
    const double rounding = 1e-15 * (std::abs(m_incumbent.score) + std::abs(bound));
    const bool closed = m_incumbent.score - bound <= resolution(effort) + rounding || m_relaxed.largestScore == 0;
    result.status = closed ? SolveStatus::Optimal : SolveStatus::Feasible;
    result.bound = closed ? m_incumbent.score : bound;
}

ProgramResult LabelSolver::solve(const SolverOptions &options, const Effort &effort)
{
    Clock::time_point start = Clock::now();
    ProgramResult result;
    if (prepare(result)) {
        roundOff(options.start);
        finish(result, safeBound(), effort);
        if (options.onProgress)
            options.onProgress(result);
        if (result.status != SolveStatus::Optimal)
            prove(result, options, effort);
    }
    result.seconds = secondsSince(start);
    return result;
}

const ProgramResult &LabelSolver::preview()
{
    Clock::time_point start = Clock::now();
    static const Selection kNothing;
    m_preview.selection.clear();
    m_preview.status = SolveStatus::Unknown;
    m_preview.objective = 0;
    m_preview.bound = -kInfinity;
    if (prepare(m_preview)) {
        roundOff(kNothing);
        finish(m_preview, safeBound(), Effort{});
    }
    m_preview.seconds = secondsSince(start);
    return m_preview;
}

} // namespace tessera
