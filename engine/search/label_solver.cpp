// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/label_solver.h"

#include "engine/base/error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Labels that are tried before the neighbourhood of the incumbent is searched, and how often that may be in vain.
constexpr std::size_t kFirstLabels = 30'000;
constexpr int kFruitlessRounds = 8, kLastFruitlessRounds = 30;
constexpr double kNear = 5e-4;
/// Groups of equal slots that are taken together; each is one constraint more.
constexpr std::size_t kMostGroups = 3;
/// Times the most labels that a proof may seem to need before it is not expected to succeed.
constexpr double kHopeless = 100;

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
    std::map<std::vector<std::int64_t>, std::vector<std::size_t>> bySlot;
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        const auto first = program.begin[slot], last = program.begin[slot + 1];
        std::vector<std::int64_t> figures;
        for (std::int32_t option = first; option < last; ++option)
            figures.push_back(std::bit_cast<std::int64_t>(program.scores[static_cast<std::size_t>(option)]));
        for (const Program::Row &row : program.rows)
            figures.insert(figures.end(), row.amounts.begin() + first, row.amounts.begin() + last);
        bySlot[std::move(figures)].push_back(slot);
    }
    for (auto &[figures, slots] : bySlot)
        if (slots.size() > 1)
            m_alike.push_back(std::move(slots));
    std::stable_sort(m_alike.begin(), m_alike.end(), [](const auto &a, const auto &b) { return a.size() > b.size(); });
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
bool LabelSolver::prepare(ProgramResult &result, const StopToken &stop)
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
    m_dual.optimise(m_compact, m_relaxed, stop);
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
void LabelSolver::roundOff(const Selection &start, const StopToken &stop)
{
    m_last.swap(m_incumbent.selection);
    m_incumbent.selection.clear();
    m_incumbent.score = 0;
    if (start.size() == m_program.slots())
        keepIfBetter(start);
    if (m_last.size() == m_program.slots())
        keepIfBetter(m_last);
    if (m_rounding.round(m_dual.multipliers(), m_rounded, stop)) {
        m_rounding.improve(m_rounded, stop);
        offer(m_rounded);
    }
    if (m_last.size() != m_program.slots() || isNear())
        return;
    // The last answer again, with what no longer fits replaced by the minimiser.
    m_rounded = m_dual.minimisers();
    for (std::size_t slot = 0; slot < m_rounded.size(); ++slot)
        for (std::int32_t option = m_relaxed.begin[slot]; option < m_relaxed.begin[slot + 1]; ++option)
            if (m_compact.original[static_cast<std::size_t>(m_relaxed.option[static_cast<std::size_t>(option)])] == m_last[slot])
                m_rounded[slot] = option;
    if (m_rounding.repair(m_dual.multipliers(), m_rounded, stop)) {
        m_rounding.improve(m_rounded, stop);
        offer(m_rounded);
    }
}

/// Whether the incumbent is so near to the bound that a proof gains nothing from a better one.
bool LabelSolver::isNear() const
{
    return !m_incumbent.selection.empty() && m_incumbent.score - safeBound() <= kNear * std::abs(m_incumbent.score);
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

/// Every deviation from the minimisers whose reduced cost is at most gap. Slots that are the same are taken together: how
/// many of them have an option is what matters, and that there are no more of them than slots.
void LabelSolver::buildCore(double gap)
{
    const std::vector<std::int32_t> &minimisers = m_dual.minimisers();
    std::vector<std::int32_t> again;
    Lagrangian::evaluate(m_relaxed, m_dual.multipliers(), again, m_values);
    const std::size_t groups = std::min(kMostGroups, m_alike.size()), rows = m_relaxed.constraints();
    m_core.constraints = rows + groups;
    m_core.growing = groups;
    m_core.begin.assign(1, 0);
    m_core.option.clear();
    m_core.reduced.clear();
    m_core.change.clear();
    m_core.left = m_relaxed.exactCapacity;
    m_core.price.clear();
    m_coreSlot.clear();
    m_coreTimes.clear();
    for (std::size_t i = 0; i < rows; ++i)
        m_core.price.push_back(m_dual.multipliers()[i] * m_relaxed.scale[i]);
    for (std::size_t group = 0; group < groups; ++group) {
        m_core.left.push_back(static_cast<Amount>(m_alike[group].size()));
        m_core.price.push_back(0);
    }
    std::vector<std::pair<double, std::int32_t>> deviations;
    for (std::size_t slot = 0; slot < m_relaxed.slots(); ++slot) {
        const auto minimiser = static_cast<std::size_t>(minimisers[slot]);
        for (std::size_t i = 0; i < rows; ++i)
            m_core.left[i] -= m_compact.amounts[m_relaxed.sides[i]][static_cast<std::size_t>(m_relaxed.option[minimiser])];
        const std::size_t group = groupOf(slot);
        if (group < groups && m_alike[group].front() != slot)
            continue;
        deviations.clear();
        for (std::int32_t option = m_relaxed.begin[slot]; option < m_relaxed.begin[slot + 1]; ++option) {
            double reduced = std::max(0.0, m_values[static_cast<std::size_t>(option)] - m_values[minimiser]);
            if (option != minimisers[slot] && reduced <= gap)
                deviations.emplace_back(reduced, option);
        }
        std::sort(deviations.begin(), deviations.end());
        for (auto [reduced, option] : deviations) {
            const std::size_t most = group < groups ? m_alike[group].size() : 1;
            for (std::size_t times = 1; times <= most && static_cast<double>(times) * reduced <= gap; ++times)
                addDeviation(slot, option, reduced, times);
            if (group < groups)
                endCoreSlot(slot);
        }
        if (group >= groups)
            endCoreSlot(slot);
    }
}

/// The group of slots that are taken together to which a slot belongs; a larger number than any where there is none.
std::size_t LabelSolver::groupOf(std::size_t slot) const
{
    for (std::size_t group = 0; group < std::min(kMostGroups, m_alike.size()); ++group)
        if (std::binary_search(m_alike[group].begin(), m_alike[group].end(), slot))
            return group;
    return kMostGroups;
}

void LabelSolver::addDeviation(std::size_t slot, std::int32_t option, double reduced, std::size_t times)
{
    const auto number = static_cast<std::size_t>(m_relaxed.option[static_cast<std::size_t>(option)]);
    const auto minimiser = static_cast<std::size_t>(m_relaxed.option[static_cast<std::size_t>(m_dual.minimisers()[slot])]);
    const auto count = static_cast<Amount>(times);
    m_core.option.push_back(option);
    m_core.reduced.push_back(static_cast<double>(times) * reduced);
    m_coreTimes.push_back(times);
    for (std::size_t side : m_relaxed.sides)
        m_core.change.push_back(count * (m_compact.amounts[side][number] - m_compact.amounts[side][minimiser]));
    for (std::size_t group = 0; group < m_core.growing; ++group)
        m_core.change.push_back(group == groupOf(slot) ? count : 0);
}

void LabelSolver::endCoreSlot(std::size_t slot)
{
    if (m_core.option.size() == m_core.begin.back())
        return;
    m_core.begin.push_back(m_core.option.size());
    m_coreSlot.push_back(slot);
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
void LabelSolver::prove(ProgramResult &result, const SolverOptions &options, const Effort &effort, Clock::time_point start)
{
    const double bound = safeBound();
    LabelJoin::Limits limits;
    limits.labels = std::min(effort.labels, kFirstLabels);
    limits.deadline = deadlineOf(start, options.maxSeconds);
    limits.stop = options.stop;
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
    double threshold = firstThreshold(gap()), previousLabels = 0, previousThreshold = 0, power = 3;
    while (proved < gap() && proved < everything) {
        threshold = std::min({threshold, gap(), everything});
        LabelJoin::End end = m_join.run(m_core, threshold + 2 * margin(), gap() + 2 * margin(), limits, onHit);
        result.nodes += static_cast<std::int64_t>(m_join.labels());
        if (end == LabelJoin::End::TooManyLabels) {
            // Many layers that are nearly alike have many children near the bound, and no threshold covers the gap: then
            // they are sought before more labels are spent on the bound.
            const bool last = limits.labels >= effort.labels;
            const bool hopeless = previousThreshold == 0 || previousLabels * std::pow(gap() / previousThreshold, power) >
                                                                kHopeless * static_cast<double>(effort.labels);
            if ((last || hopeless) &&
                polish(limits, last ? kLastFruitlessRounds : kFruitlessRounds, gap() + 2 * margin(), onHit) == LabelJoin::End::Stopped)
                break;
            if (last)
                break;
            limits.labels = std::min(effort.labels, limits.labels * 8);
            continue;
        }
        if (end != LabelJoin::End::Complete)
            break;
        proved = threshold;
        // Labels grow like a power of the threshold: aim at three times as many.
        double labels = static_cast<double>(m_join.labels());
        power = previousThreshold > 0 && labels > previousLabels * 1.05
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

/// Seeks better selections in the neighbourhood of the incumbent.
LabelJoin::End LabelSolver::polish(const LabelJoin::Limits &limits, int fruitlessRounds, double interest, const LabelJoin::Hit &hit)
{
    if (m_incumbent.selection.empty())
        return LabelJoin::End::Complete;
    std::vector<std::size_t> chosen(m_core.slots(), Neighbourhood::kMinimiser);
    std::vector<Amount> left = m_core.left;
    for (std::size_t slot = 0; slot < m_core.slots(); ++slot) {
        const std::size_t first = m_core.begin[slot], group = groupOf(m_coreSlot[slot]);
        for (std::size_t deviation = first; deviation < m_core.begin[slot + 1]; ++deviation) {
            std::size_t times = 0;
            if (group >= kMostGroups)
                times = has(m_coreSlot[slot], m_core.option[deviation]);
            else
                for (std::size_t alike : m_alike[group])
                    times += has(alike, inSlot(alike, m_coreSlot[slot], m_core.option[deviation]));
            if (times == m_coreTimes[deviation])
                chosen[slot] = deviation;
        }
        for (std::size_t i = 0; chosen[slot] != Neighbourhood::kMinimiser && i < m_core.constraints; ++i)
            left[i] -= m_core.change[chosen[slot] * m_core.constraints + i];
    }
    // A selection from elsewhere may have options that are not here.
    if (std::any_of(left.begin(), left.end(), [](Amount amount) { return amount < 0; }))
        return LabelJoin::End::Complete;
    LabelJoin::Limits few = limits;
    few.labels = kFirstLabels;
    return m_neighbourhood.search(m_core, std::move(chosen), interest, fruitlessRounds, m_join, few, hit);
}

/// Whether the incumbent has an option of the relaxed program in a slot.
bool LabelSolver::has(std::size_t slot, std::int32_t option) const
{
    return m_compact.original[static_cast<std::size_t>(m_relaxed.option[static_cast<std::size_t>(option)])] == m_incumbent.selection[slot];
}

/// The option of a slot that is an option of another, equal one.
std::int32_t LabelSolver::inSlot(std::size_t slot, std::size_t other, std::int32_t option) const
{
    return m_relaxed.begin[slot] + (option - m_relaxed.begin[other]);
}

std::vector<std::int32_t> LabelSolver::selectionOf(const std::vector<std::size_t> &deviations) const
{
    std::vector<std::int32_t> selection = m_dual.minimisers();
    std::vector<std::size_t> used(m_core.growing, 0);
    for (std::size_t deviation : deviations) {
        const auto at = std::upper_bound(m_core.begin.begin(), m_core.begin.end(), deviation) - m_core.begin.begin() - 1;
        const std::size_t slot = m_coreSlot[static_cast<std::size_t>(at)], group = groupOf(slot);
        if (group >= kMostGroups) {
            selection[slot] = m_core.option[deviation];
            continue;
        }
        for (std::size_t times = 0; times < m_coreTimes[deviation]; ++times) {
            const std::size_t alike = m_alike[group][used[group]++];
            selection[alike] = inSlot(alike, slot, m_core.option[deviation]);
        }
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
    if (prepare(result, options.stop)) {
        roundOff(options.start, options.stop);
        finish(result, safeBound(), effort);
        if (options.onProgress)
            options.onProgress(result);
        if (result.status != SolveStatus::Optimal)
            prove(result, options, effort, start);
    }
    if (result.status == SolveStatus::Optimal)
        sortAlike(result);
    result.seconds = secondsSince(start);
    return result;
}

/// Slots that are the same can swap what they have: of all these selections one is the answer, whatever was found first.
void LabelSolver::sortAlike(ProgramResult &result)
{
    std::vector<std::int32_t> offsets;
    bool changed = false;
    for (const std::vector<std::size_t> &slots : m_alike) {
        offsets.clear();
        for (std::size_t slot : slots)
            offsets.push_back(result.selection[slot] - m_program.begin[slot]);
        changed = changed || !std::is_sorted(offsets.begin(), offsets.end());
        std::sort(offsets.begin(), offsets.end());
        for (std::size_t i = 0; i < slots.size(); ++i)
            result.selection[slots[i]] = m_program.begin[slots[i]] + offsets[i];
    }
    if (!changed)
        return;
    result.objective = result.bound = scoreOf(m_program, result.selection);
    m_incumbent = {result.selection, result.objective};
}

const ProgramResult &LabelSolver::preview()
{
    Clock::time_point start = Clock::now();
    static const Selection kNothing;
    m_preview.selection.clear();
    m_preview.status = SolveStatus::Unknown;
    m_preview.objective = 0;
    m_preview.bound = -kInfinity;
    if (prepare(m_preview, m_never)) {
        roundOff(kNothing, m_never);
        finish(m_preview, safeBound(), Effort{});
    }
    m_preview.seconds = secondsSince(start);
    return m_preview;
}

} // namespace tessera
