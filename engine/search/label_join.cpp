// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/label_join.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace tessera {
namespace {

constexpr double kDead = std::numeric_limits<double>::infinity();
constexpr std::size_t kGridRows = 3;
/// Steps by which labels are sorted into classes of reduced cost, so that a cell can be left early.
constexpr std::size_t kCostClasses = 512;
/// Labels between two looks at the clock, and how many make it worth to have memory for the most there may be: growing in
/// steps would copy tens of megabytes at once.
constexpr std::size_t kLabelsAtOnce = 1 << 15;
/// Labels from which on cuts are worth making.
constexpr std::size_t kLabelsForCuts = 1000;
/// Labels whose place in the table is fetched while another one is looked up.
constexpr std::size_t kAhead = 12;

std::uint64_t mixed(std::uint64_t value)
{
    value ^= value >> 31;
    value *= 0x9e3779b97f4a7c15u;
    value ^= value >> 29;
    value *= 0xbf58476d1ce4e5b9u;
    return value ^ (value >> 32);
}

/// An entry of the table of labels. Most entries of another label are told apart without looking at it.
std::uint64_t entryOf(std::uint64_t hash, std::size_t label) { return (hash & 0xffffffff00000000u) | (static_cast<std::uint64_t>(label) + 1); }
std::size_t labelOf(std::uint64_t entry) { return static_cast<std::size_t>(entry & 0xffffffffu) - 1; }

/// Odd multipliers make the hash of a sum of changes the sum of their hashes.
std::uint64_t changeHash(const Amount *change, std::size_t constraints)
{
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < constraints; ++i)
        hash += static_cast<std::uint64_t>(change[i]) * (mixed(i + 1) | 1);
    return hash;
}

} // namespace

void LabelJoin::Labels::reset(std::size_t constraints)
{
    reduced.assign(1, 0.0);
    change.assign(constraints, 0);
    hash.assign(1, 0);
    parent.assign(1, 0);
    deviation.assign(1, 0);
    table.assign(1024, 0);
    table[0] = entryOf(0, 0); // mixed(0) is 0
}

void LabelJoin::Labels::reserve(std::size_t most, std::size_t constraints)
{
    reduced.reserve(most);
    change.reserve(most * constraints);
    hash.reserve(most);
    parent.reserve(most);
    deviation.reserve(most);
}

bool LabelJoin::outOfTime(const Limits &limits) const
{
    return limits.stop.requested() || std::chrono::steady_clock::now() >= limits.deadline;
}

/// Whether a loop over labels is to end at this one.
bool LabelJoin::isLast(std::size_t label, const Limits &limits) const
{
    return label % kLabelsAtOnce == kLabelsAtOnce - 1 && outOfTime(limits);
}

LabelJoin::End LabelJoin::run(const DeviationCore &core, double threshold, double interest, const Limits &limits, const Hit &hit)
{
    m_slotHash.resize(core.option.size());
    for (std::size_t deviation = 0; deviation < core.option.size(); ++deviation)
        m_slotHash[deviation] = changeHash(&core.change[deviation * core.constraints], core.constraints);
    // Slots whose deviations are dear come first, while there are few labels to try them on.
    m_order.clear();
    for (std::size_t slot = 0; slot < core.slots(); ++slot)
        if (core.begin[slot] < core.begin[slot + 1] && core.reduced[core.begin[slot]] <= threshold)
            m_order.push_back(slot);
    std::stable_sort(m_order.begin(), m_order.end(),
                     [&](std::size_t a, std::size_t b) { return core.reduced[core.begin[a]] > core.reduced[core.begin[b]]; });
    // Where there were few labels last time there are few now.
    m_cuts.reset(core, labels() > kLabelsForCuts ? m_order : std::vector<std::size_t>{}, threshold);
    for (Labels &half : m_halves)
        half.reset(core.constraints);
    for (std::size_t slot : m_order) {
        const std::size_t half = m_halves[0].reduced.size() <= m_halves[1].reduced.size() ? 0 : 1;
        m_cuts.see(core, slot, half);
        End end = expand(core, slot, threshold, limits, m_halves[half]);
        if (end != End::Complete)
            return end;
    }
    return join(core, threshold, interest, limits, hit);
}

/// Whether a label with one more deviation breaks a constraint that nothing else makes up for.
bool LabelJoin::outgrows(const DeviationCore &core, const Labels &labels, std::size_t label, std::size_t deviation)
{
    for (std::size_t i = core.constraints - core.growing; i < core.constraints; ++i)
        if (labels.change[label * core.constraints + i] + core.change[deviation * core.constraints + i] > core.left[i])
            return true;
    return false;
}

/// Leaves in m_extensible the labels that can take a deviation: without a branch on each, since nothing foretells which they are.
LabelJoin::End LabelJoin::extensible(const DeviationCore &core, const Labels &labels, std::size_t before, std::size_t deviation, double room,
                                     const Limits &limits)
{
    m_extensible.resize(before);
    std::size_t found = 0;
    for (std::size_t from = 0; from < before; from += kLabelsAtOnce) {
        if (from > 0 && outOfTime(limits))
            return End::Stopped;
        for (std::size_t label = from; label < std::min(before, from + kLabelsAtOnce); ++label) {
            m_extensible[found] = static_cast<std::uint32_t>(label);
            found += labels.reduced[label] <= room;
        }
    }
    m_extensible.resize(found);
    if (core.growing > 0)
        std::erase_if(m_extensible, [&](std::uint32_t label) { return outgrows(core, labels, label, deviation); });
    return End::Complete;
}

void LabelJoin::extend(const DeviationCore &core, std::size_t deviation, Labels &labels) const
{
    const std::size_t first = labels.reduced.size(), last = first + m_extensible.size(), constraints = core.constraints;
    labels.reduced.resize(last);
    labels.change.resize(last * constraints);
    labels.hash.resize(last);
    labels.parent.resize(last);
    const Amount *added = &core.change[deviation * constraints];
    std::size_t label = first;
    for (const std::uint32_t parent : m_extensible) {
        Amount *change = &labels.change[label * constraints];
        for (std::size_t i = 0; i < constraints; ++i)
            change[i] = labels.change[parent * constraints + i] + added[i];
        labels.parent[label] = parent;
        labels.reduced[label] = labels.reduced[parent] + core.reduced[deviation];
        labels.hash[label] = labels.hash[parent] + m_slotHash[deviation];
        label += m_cuts.allow(labels.reduced[label], change);
    }
    labels.reduced.resize(label);
    labels.change.resize(label * constraints);
    labels.hash.resize(label);
    labels.parent.resize(label);
    labels.deviation.resize(label, static_cast<std::uint32_t>(deviation));
}

LabelJoin::End LabelJoin::expand(const DeviationCore &core, std::size_t slot, double threshold, const Limits &limits, Labels &labels)
{
    const std::size_t before = labels.reduced.size();
    for (std::size_t deviation = core.begin[slot]; deviation < core.begin[slot + 1]; ++deviation) {
        const double room = threshold - core.reduced[deviation];
        if (room < 0)
            break;
        if (extensible(core, labels, before, deviation, room, limits) == End::Stopped)
            return End::Stopped;
        extend(core, deviation, labels);
        if (labels.reduced.size() > limits.labels)
            return End::TooManyLabels;
        if (outOfTime(limits))
            return End::Stopped;
        if (labels.reduced.size() > kLabelsAtOnce)
            labels.reserve(2 * limits.labels, core.constraints);
    }
    return mergeEqual(core, before, limits, labels);
}

LabelJoin::End LabelJoin::growTable(const Limits &limits, Labels &labels)
{
    std::size_t size = labels.table.size();
    while (size < 2 * labels.reduced.size() + 2)
        size *= 2;
    if (size == labels.table.size())
        return End::Complete;
    std::vector<std::uint64_t> old = std::move(labels.table);
    labels.table.assign(size, 0);
    for (std::size_t from = 0; from < old.size(); ++from) {
        if (isLast(from, limits))
            return End::Stopped;
        const std::uint64_t entry = old[from];
        if (entry == 0)
            continue;
        std::uint64_t place = mixed(labels.hash[labelOf(entry)]) & (size - 1);
        while (labels.table[place] != 0)
            place = (place + 1) & (size - 1);
        labels.table[place] = entry;
    }
    return End::Complete;
}

LabelJoin::End LabelJoin::mergeEqual(const DeviationCore &core, std::size_t from, const Limits &limits, Labels &labels)
{
    const std::size_t constraints = core.constraints;
    if (growTable(limits, labels) == End::Stopped)
        return End::Stopped;
    const std::uint64_t mask = labels.table.size() - 1;
    for (std::size_t label = from; label < labels.reduced.size(); ++label) {
        if (isLast(label, limits))
            return End::Stopped;
        if (label + kAhead < labels.reduced.size())
            __builtin_prefetch(&labels.table[mixed(labels.hash[label + kAhead]) & mask], 1);
        const std::uint64_t mine = entryOf(labels.hash[label], label);
        std::uint64_t place = mixed(labels.hash[label]) & mask;
        while (const std::uint64_t entry = labels.table[place]) {
            const std::size_t other = labelOf(entry);
            if (entry >> 32 == mine >> 32 && std::equal(&labels.change[other * constraints], &labels.change[other * constraints] + constraints,
                                                        &labels.change[label * constraints]))
                break;
            place = (place + 1) & mask;
        }
        const std::uint64_t entry = labels.table[place];
        if (entry != 0 && labels.reduced[labelOf(entry)] <= labels.reduced[label]) {
            labels.reduced[label] = kDead;
            continue;
        }
        if (entry != 0)
            labels.reduced[labelOf(entry)] = kDead;
        labels.table[place] = mine;
    }
    return End::Complete;
}

void LabelJoin::chooseGrid(const DeviationCore &core, double threshold)
{
    // How many cells apart the labels of the second half lie along each priced constraint decides which ones are used.
    const Labels &second = m_halves[1];
    std::vector<std::pair<double, std::size_t>> spreads;
    for (std::size_t i = 0; i < core.constraints; ++i) {
        if (core.price[i] <= 0)
            continue;
        Amount least = 0, most = 0;
        for (std::size_t label = 0; label < second.reduced.size(); ++label) {
            Amount change = second.change[label * core.constraints + i];
            least = std::min(least, change);
            most = std::max(most, change);
        }
        spreads.emplace_back((static_cast<double>(most) - static_cast<double>(least)) * core.price[i], i);
    }
    std::sort(spreads.rbegin(), spreads.rend());
    m_gridRows.clear();
    m_gridWidth.clear();
    for (std::size_t i = 0; i < std::min(kGridRows, spreads.size()); ++i) {
        const auto [spread, row] = spreads[i];
        // A little wider than needed, and never so narrow that a cell's number outgrows what a double tells apart.
        double width = std::max(threshold, spread * 0x1p-30) / core.price[row] * (1 + 1e-6);
        m_gridRows.push_back(row);
        m_gridWidth.push_back(std::max(1.0, width));
    }
}

LabelJoin::End LabelJoin::sortIntoCells(const DeviationCore &core, double threshold, const Limits &limits)
{
    const Labels &second = m_halves[1];
    const std::size_t count = second.reduced.size();
    // By class of reduced cost first, then, stably, by cell.
    auto classOf = [&](double reduced) {
        return threshold > 0 ? std::min(kCostClasses - 1, static_cast<std::size_t>(reduced / threshold * (kCostClasses - 1))) : 0;
    };
    std::array<std::uint32_t, kCostClasses + 1> classBegin{};
    std::size_t alive = 0;
    for (double reduced : second.reduced)
        if (reduced != kDead) {
            ++classBegin[classOf(reduced) + 1];
            ++alive;
        }
    std::partial_sum(classBegin.begin(), classBegin.end(), classBegin.begin());
    if (outOfTime(limits))
        return End::Stopped;
    m_byCost.resize(alive);
    for (std::size_t label = 0; label < count; ++label)
        if (second.reduced[label] != kDead)
            m_byCost[classBegin[classOf(second.reduced[label])]++] = static_cast<std::uint32_t>(label);
    if (outOfTime(limits))
        return End::Stopped;
    std::size_t cells = 16;
    while (cells < 2 * alive)
        cells *= 2;
    m_cellMask = cells - 1;
    m_cellBegin.assign(cells + 1, 0);
    auto cellOf = [&](std::uint32_t label) {
        std::uint64_t key = 0;
        for (std::size_t g = 0; g < m_gridRows.size(); ++g) {
            double change = static_cast<double>(second.change[label * core.constraints + m_gridRows[g]]);
            key = mixed(key + static_cast<std::uint64_t>(static_cast<std::int64_t>(std::floor(change / m_gridWidth[g]))));
        }
        return key & m_cellMask;
    };
    std::vector<std::uint32_t> &cell = m_cellLabels;
    cell.resize(alive);
    for (std::size_t i = 0; i < alive; ++i) {
        if (isLast(i, limits))
            return End::Stopped;
        cell[i] = static_cast<std::uint32_t>(cellOf(m_byCost[i]));
        ++m_cellBegin[cell[i] + 1];
    }
    std::partial_sum(m_cellBegin.begin(), m_cellBegin.end(), m_cellBegin.begin());
    m_sorted.resize(alive);
    for (std::size_t i = 0; i < alive; ++i) {
        if (isLast(i, limits))
            return End::Stopped;
        m_sorted[m_cellBegin[cell[i]]++] = m_byCost[i];
    }
    // The scatter moved every begin to its end, which is the next one's begin.
    std::copy_backward(m_cellBegin.begin(), m_cellBegin.end() - 1, m_cellBegin.end());
    m_cellBegin.front() = 0;
    m_cellLabels.swap(m_sorted);
    return End::Complete;
}

LabelJoin::End LabelJoin::join(const DeviationCore &core, double threshold, double interest, const Limits &limits, const Hit &hit)
{
    const Labels &first = m_halves[0], &second = m_halves[1];
    const std::size_t constraints = core.constraints;
    chooseGrid(core, threshold);
    if (sortIntoCells(core, threshold, limits) == End::Stopped)
        return End::Stopped;
    const double coarseness = threshold / (kCostClasses - 1) * (1 + 1e-9);
    double most = std::min(threshold, interest);
    std::vector<Amount> left(constraints);
    std::size_t probes = 0, pairs = 0;
    for (std::size_t label = 0; label < first.reduced.size(); ++label) {
        const double cost = first.reduced[label];
        if (cost > most)
            continue;
        if ((++probes & 1023) == 0 && outOfTime(limits))
            return End::Stopped;
        for (std::size_t i = 0; i < constraints; ++i)
            left[i] = core.left[i] - first.change[label * constraints + i];
        // A partner's slack costs no more than what is left of the threshold, so its change lies in one or two cells along each row.
        std::array<std::int64_t, kGridRows> highest{};
        std::size_t two = 0;
        for (std::size_t g = 0; g < m_gridRows.size(); ++g) {
            const double top = static_cast<double>(left[m_gridRows[g]]), window = (most - cost) / core.price[m_gridRows[g]];
            highest[g] = static_cast<std::int64_t>(std::floor(top / m_gridWidth[g]));
            const double bottom = top - window * (1 + 1e-9) - 1;
            two |= static_cast<std::size_t>(std::floor(bottom / m_gridWidth[g]) < static_cast<double>(highest[g])) << g;
        }
        const std::size_t corners = std::size_t{1} << m_gridRows.size();
        std::array<std::uint64_t, 8> seen{};
        std::size_t known = 0;
        for (std::size_t corner = 0; corner < corners; ++corner) {
            if ((corner & ~two) != 0)
                continue;
            std::uint64_t key = 0;
            for (std::size_t g = 0; g < m_gridRows.size(); ++g)
                key = mixed(key + static_cast<std::uint64_t>(highest[g] - static_cast<std::int64_t>(corner >> g & 1)));
            key &= m_cellMask;
            const auto end = seen.begin() + static_cast<std::ptrdiff_t>(known);
            if (std::find(seen.begin(), end, key) != end)
                continue; // two corners met in one bucket
            seen[known++] = key;
            for (std::size_t at = m_cellBegin[key]; at < m_cellBegin[key + 1]; ++at) {
                const std::size_t partner = m_cellLabels[at];
                double excess = cost + second.reduced[partner];
                if (excess > most) {
                    if (excess > most + coarseness)
                        break;
                    continue;
                }
                if ((++pairs & 0xffff) == 0 && outOfTime(limits))
                    return End::Stopped;
                if (pairs > limits.pairs)
                    return End::TooManyLabels;
                bool keeps = true;
                for (std::size_t i = 0; i < constraints; ++i) {
                    Amount slack = left[i] - second.change[partner * constraints + i];
                    keeps = keeps && slack >= 0;
                    excess += core.price[i] * static_cast<double>(slack);
                }
                if (!keeps || excess > most)
                    continue;
                m_found.clear();
                for (std::size_t at1 = label; at1 != 0; at1 = first.parent[at1])
                    m_found.push_back(first.deviation[at1]);
                for (std::size_t at2 = partner; at2 != 0; at2 = second.parent[at2])
                    m_found.push_back(second.deviation[at2]);
                most = std::min(most, hit(m_found, excess));
            }
        }
    }
    return End::Complete;
}

} // namespace tessera
