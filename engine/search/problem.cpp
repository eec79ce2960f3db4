// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/problem.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/search/rule_program.h"
#include "engine/search/shrinkage.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace tessera {
namespace {

__extension__ using Wide = __int128;

/// More options than any library of variants has; a file that claims more is refused before it costs memory.
constexpr std::size_t kMostOptions = 4'000'000;

/// One way to fill a slot before pins, bans and unknown figures are looked at.
struct Candidate {
    std::optional<Variant> attention, ffn;
    const LibraryEntry *pair = nullptr;
    const LibraryEntry *attentionEntry = nullptr;
    const LibraryEntry *ffnEntry = nullptr;
};
using CandidateSlot = std::vector<Candidate>;

std::string nameOf(const Candidate &candidate) { return blockName(candidate.attention, candidate.ffn); }

bool isParent(const Candidate &candidate, const LayerChoice &parent)
{
    return (!candidate.attention || *candidate.attention == parent.attention) &&
           (!candidate.ffn || *candidate.ffn == parent.ffn);
}

std::optional<Amount> costOf(const LibraryEntry *entry, const CostAxis &axis)
{
    if (!entry || axis.workload >= entry->costs.size())
        return std::nullopt;
    auto value = costIn(entry->costs[axis.workload], axis.cost);
    return value ? std::optional(value->amount) : std::nullopt;
}

std::optional<Amount> costOf(const Candidate &candidate, const CostAxis &axis)
{
    if (auto joint = costOf(candidate.pair, axis))
        return joint;
    Amount sum = 0;
    for (auto [variant, entry] : {std::pair{&candidate.attention, candidate.attentionEntry},
                                  std::pair{&candidate.ffn, candidate.ffnEntry}}) {
        if (!*variant)
            continue;
        auto amount = costOf(entry, axis);
        if (!amount)
            return std::nullopt;
        if (__builtin_add_overflow(sum, *amount, &sum))
            throw badInput("the cost \"" + axis.cost + "\" of " + nameOf(candidate) + " is far too large");
    }
    return sum;
}

struct KnownScore {
    double mean = 0, standardError = 0;
    bool errorKnown = true;
    std::vector<double> samples;
};

std::optional<KnownScore> scoreOf(const LibraryEntry *entry, const std::string &metric)
{
    if (!entry)
        return std::nullopt;
    auto it = entry->scores.find(metric);
    if (it == entry->scores.end())
        return std::nullopt;
    const Score &score = it->second;
    return KnownScore{score.mean, score.standardError.value_or(0), score.standardError.has_value(), score.samples};
}

double standardErrorOf(const std::vector<double> &samples)
{
    auto n = static_cast<double>(samples.size());
    double mean = 0, squares = 0;
    for (double sample : samples)
        mean += sample / n;
    for (double sample : samples)
        squares += (sample - mean) * (sample - mean);
    return std::sqrt(squares / (n - 1) / n);
}

/// The parent's variants do no damage by definition: a missing score of theirs is 0.
std::optional<KnownScore> scoreOf(const Candidate &candidate, const LayerChoice &parent, const std::string &metric)
{
    if (auto joint = scoreOf(candidate.pair, metric))
        return joint;
    KnownScore sum;
    bool first = true;
    for (auto [variant, entry, part] :
         {std::tuple{&candidate.attention, candidate.attentionEntry, Part::Attention},
          std::tuple{&candidate.ffn, candidate.ffnEntry, Part::Ffn}}) {
        if (!*variant)
            continue;
        auto score = scoreOf(entry, metric);
        if (!score && **variant == parent.of(part))
            continue;
        if (!score)
            return std::nullopt;
        sum.mean += score->mean;
        sum.standardError = std::hypot(sum.standardError, score->standardError);
        sum.errorKnown = sum.errorKnown && score->errorKnown;
        if (first)
            sum.samples = score->samples;
        else if (sum.samples.size() == score->samples.size())
            std::transform(sum.samples.begin(), sum.samples.end(), score->samples.begin(), sum.samples.begin(), std::plus<>());
        else
            sum.samples.clear();
        if (!first && sum.samples.size() > 1)
            sum.standardError = standardErrorOf(sum.samples);
        first = false;
    }
    return sum;
}

/// The options of one layer before anything is left out.
std::vector<CandidateSlot> candidatesOf(const BlockLibrary::Layer &layer, bool joint)
{
    std::vector<CandidateSlot> slots;
    std::vector<Candidate> attentions, ffns, pairs;
    std::set<std::pair<Variant, Variant>> known;
    std::set<Variant> knownVariants;
    for (const LibraryEntry &entry : layer.entries) {
        if (entry.isPair()) {
            if (known.insert({*entry.attention, *entry.ffn}).second)
                pairs.push_back({entry.attention, entry.ffn, &entry, nullptr, nullptr});
        } else if (entry.attention && knownVariants.insert(*entry.attention).second) {
            attentions.push_back({entry.attention, {}, nullptr, &entry, nullptr});
        } else if (entry.ffn && knownVariants.insert(*entry.ffn).second) {
            ffns.push_back({{}, entry.ffn, nullptr, nullptr, &entry});
        }
    }
    if (pairs.empty() && !joint) {
        if (!attentions.empty())
            slots.push_back(std::move(attentions));
        if (!ffns.empty())
            slots.push_back(std::move(ffns));
        return slots;
    }
    if (attentions.size() * ffns.size() + pairs.size() > kMostOptions)
        throw badInput("a layer of the library has more than " + std::to_string(kMostOptions) + " combinations");
    for (Candidate &pair : pairs) {
        pair.attentionEntry = findEntry(layer, *pair.attention);
        pair.ffnEntry = findEntry(layer, *pair.ffn);
    }
    for (const Candidate &attention : attentions)
        for (const Candidate &ffn : ffns)
            if (!known.contains({*attention.attention, *ffn.ffn}))
                pairs.push_back({attention.attention, ffn.ffn, nullptr, attention.attentionEntry, ffn.ffnEntry});
    slots.push_back(std::move(pairs));
    return slots;
}

/// Whether a candidate agrees with a pin or is named by a ban, as far as it decides the named sub-blocks.
bool matches(const Candidate &candidate, const LayerBlock &block, const LayerChoice &parent)
{
    if (block.attention && candidate.attention && *candidate.attention != block.attention->in(parent, Part::Attention))
        return false;
    return !(block.ffn && candidate.ffn && *candidate.ffn != block.ffn->in(parent, Part::Ffn));
}

bool concerns(const CandidateSlot &slot, const LayerBlock &block)
{
    return (block.attention && slot.front().attention) || (block.ffn && slot.front().ffn);
}

class ProblemBuilder {
public:
    ProblemBuilder(std::shared_ptr<const BlockLibrary> library, const Scenario &scenario) : m_library(*library)
    {
        m_problem.library = std::move(library);
        m_problem.scenario = scenario;
    }

    Problem build(const std::vector<CostAxis> &axes)
    {
        if (m_library.layers.empty())
            throw badInput("the library \"" + m_library.name + "\" has no layers");
        if (!(std::abs(m_problem.scenario.noiseAversion) <= 100))
            throw badInput("the noise aversion must lie between -100 and 100 standard errors");
        defaultWorkload(m_problem);
        chooseObjective();
        for (const Limit &limit : m_problem.scenario.limits)
            addLimit(limit);
        for (const CostAxis &axis : axes)
            addRow(axis, "the axis " + axis.cost);
        readBlocks();
        readRules();
        bool parentComplete = true;
        for (std::size_t layer = 0; layer < m_library.layers.size(); ++layer)
            parentComplete = addLayer(layer) && parentComplete;
        if (!parentComplete)
            m_problem.parent.clear();
        takeNoiseIntoAccount();
        remarkOmissions();
        boundRows();
        addRules(m_problem);
        if (!m_problem.parent.empty() && !keepsRules(m_problem, m_problem.parent))
            m_problem.remarks.push_back("the parent itself does not keep the rules");
        return std::move(m_problem);
    }

private:
    const BlockLibrary::Layer &layerAt(std::size_t layer) const { return m_library.layers[layer]; }

    void chooseObjective()
    {
        m_problem.objective =
            m_problem.scenario.objective.empty() ? m_library.objectiveDefault : m_problem.scenario.objective;
        std::set<std::string> metrics;
        for (const BlockLibrary::Layer &layer : m_library.layers)
            for (const LibraryEntry &entry : layer.entries)
                for (const auto &[metric, score] : entry.scores)
                    metrics.insert(metric);
        if (metrics.contains(m_problem.objective))
            return;
        std::string list;
        for (const std::string &metric : metrics)
            list += (list.empty() ? "" : ", ") + metric;
        throw badInput("the library has no scores \"" + m_problem.objective + "\": it has " +
                       (list.empty() ? std::string("none; score it first") : list));
    }

    void addLimit(Limit limit)
    {
        if (limit.workload.empty())
            limit.workload = m_problem.scenario.workload;
        AmountLimit amount = resolveLimit(limit, m_library);
        std::size_t row = addRow({amount.cost, amount.workload}, "the limit \"" + limit.text + "\"");
        m_problem.limits.push_back({limit, row, amount.atMost.has_value(), amount.atMost ? *amount.atMost : *amount.atLeast});
    }

    std::size_t addRow(const CostAxis &axis, const std::string &who)
    {
        if (auto row = rowOf(m_problem, axis))
            return *row;
        if (axis.workload >= m_library.workloads.size() || !knowsCost(m_library, axis.cost, axis.workload))
            throw badInput(who + " is of a cost that the library does not know");
        auto fixed = fixedCost(m_library, axis.cost, axis.workload);
        if (!fixed)
            throw badInput(who + " needs the " + axis.cost + " of the model's fixed part under the workload \"" +
                           m_library.workloads[axis.workload].name + "\", which is unknown: measure or import it first");
        m_problem.rows.push_back({axis, fixed->amount});
        m_problem.program.rows.emplace_back();
        return m_problem.rows.size() - 1;
    }

    void readBlocks()
    {
        auto layers = static_cast<std::int64_t>(m_library.layers.size());
        auto read = [&](const std::vector<LayerBlock> &blocks, std::vector<std::vector<std::size_t>> &byLayer) {
            byLayer.resize(m_library.layers.size());
            for (std::size_t block = 0; block < blocks.size(); ++block)
                for (std::int64_t layer : parseLayers(blocks[block].layers, layers))
                    byLayer[static_cast<std::size_t>(layer)].push_back(block);
        };
        read(m_problem.scenario.pins, m_pins);
        read(m_problem.scenario.bans, m_bans);
        m_banHits.assign(m_problem.scenario.bans.size(), 0);
    }

    void readRules()
    {
        for (const std::string &text : m_problem.scenario.rules) {
            Rule rule = parseRule(text);
            m_wholeLayers = m_wholeLayers || needsWholeLayers(rule);
            if (auto axis = axisOf(rule, m_library, defaultWorkload(m_problem)))
                addRow(*axis, "the rule \"" + rule.text + "\"");
            m_problem.rules.push_back(std::move(rule));
        }
    }

    /// Returns whether the parent's options survived.
    bool addLayer(std::size_t layer)
    {
        bool banOfPair = std::any_of(m_bans[layer].begin(), m_bans[layer].end(), [&](std::size_t ban) {
            return m_problem.scenario.bans[ban].attention && m_problem.scenario.bans[ban].ffn;
        });
        std::vector<CandidateSlot> slots = candidatesOf(layerAt(layer), banOfPair || m_wholeLayers);
        checkParts(layer, slots);
        bool parentComplete = true;
        for (CandidateSlot &slot : slots) {
            applyPins(layer, slot);
            applyBans(layer, slot);
            parentComplete = addSlot(layer, slot) && parentComplete;
        }
        return parentComplete;
    }

    void checkParts(std::size_t layer, const std::vector<CandidateSlot> &slots) const
    {
        for (Part part : {Part::Attention, Part::Ffn}) {
            bool there = std::any_of(slots.begin(), slots.end(), [&](const CandidateSlot &slot) {
                return !slot.empty() && (part == Part::Attention ? slot.front().attention : slot.front().ffn);
            });
            if (!there)
                throw badInput("layer " + std::to_string(layer) + " of the library has no " + toString(part) +
                               " block: give at least the parent's");
        }
    }

    void applyPins(std::size_t layer, CandidateSlot &slot) const
    {
        const LayerChoice &parent = layerAt(layer).parent;
        std::string pinned;
        for (std::size_t pin : m_pins[layer]) {
            const LayerBlock &block = m_problem.scenario.pins[pin];
            if (!concerns(slot, block))
                continue;
            CandidateSlot all = slot;
            std::erase_if(slot, [&](const Candidate &candidate) { return !matches(candidate, block, parent); });
            if (slot.empty() && !pinned.empty())
                throw badInput("the pins \"" + pinned + "\" and \"" + block.text + "\" contradict each other in layer " +
                               std::to_string(layer) + ": remove one of them");
            if (slot.empty())
                throw badInput("the pin \"" + block.text + "\" names a block that layer " + std::to_string(layer) +
                               " does not have: it has " + listOf(all));
            pinned = block.text;
        }
    }

    void applyBans(std::size_t layer, CandidateSlot &slot)
    {
        const LayerChoice &parent = layerAt(layer).parent;
        for (std::size_t ban : m_bans[layer]) {
            const LayerBlock &block = m_problem.scenario.bans[ban];
            if (!concerns(slot, block))
                continue;
            m_banHits[ban] += std::erase_if(slot, [&](const Candidate &candidate) { return matches(candidate, block, parent); });
            if (slot.empty())
                throw badInput("after the ban \"" + block.text + "\" layer " + std::to_string(layer) +
                               " has no option left: lift a ban or a pin");
        }
    }

    static std::string listOf(const CandidateSlot &slot)
    {
        std::string list;
        for (std::size_t i = 0; i < slot.size() && i < 20; ++i)
            list += (i ? ", " : "") + nameOf(slot[i]);
        return list + (slot.size() > 20 ? ", ..." : "");
    }

    bool addSlot(std::size_t layer, const CandidateSlot &slot)
    {
        std::string lastReason;
        std::size_t before = m_problem.options.size(), withoutPair = 0, pairs = 0;
        bool parentThere = false;
        for (const Candidate &candidate : slot) {
            if (auto reason = addOption(layer, candidate)) {
                lastReason = *reason;
                ++m_omitted[*reason];
                continue;
            }
            (candidate.pair ? pairs : withoutPair) += candidate.attention && candidate.ffn ? 1 : 0;
            if (!parentThere && isParent(candidate, layerAt(layer).parent)) {
                parentThere = true;
                m_problem.parent.push_back(static_cast<std::int32_t>(m_problem.options.size()) - 1);
            }
        }
        if (m_problem.options.size() == before)
            throw badInput("layer " + std::to_string(layer) + " has no option left: " + lastReason + " is unknown for " +
                           listOf(slot));
        m_sumsBesidePairs += pairs > 0 ? withoutPair : 0;
        m_problem.program.begin.push_back(static_cast<std::int32_t>(m_problem.options.size()));
        return parentThere;
    }

    /// Adds the option, or returns what is unknown of it.
    std::optional<std::string> addOption(std::size_t layer, const Candidate &candidate)
    {
        auto score = scoreOf(candidate, layerAt(layer).parent, m_problem.objective);
        if (!score)
            return "the score " + m_problem.objective;
        if (!std::isfinite(score->mean) || !(score->standardError >= 0) || std::max(std::abs(score->mean), score->standardError) > 1e98)
            throw badInput("the score " + m_problem.objective + " of " + nameOf(candidate) + " in layer " +
                           std::to_string(layer) + " is not a finite number");
        m_errorsMissing += score->errorKnown ? 0 : 1;
        std::vector<Amount> amounts;
        for (const Problem::Row &row : m_problem.rows) {
            auto amount = costOf(candidate, row.axis);
            if (!amount)
                return "the cost " + row.axis.cost;
            amounts.push_back(*amount);
        }
        if (m_problem.options.size() >= kMostOptions)
            throw badInput("the library has more than " + std::to_string(kMostOptions) + " options");
        for (std::size_t row = 0; row < amounts.size(); ++row)
            m_problem.program.rows[row].amounts.push_back(amounts[row]);
        m_problem.program.scores.push_back(score->mean);
        m_problem.options.push_back({static_cast<std::int64_t>(layer), candidate.attention, candidate.ffn,
                                     score->standardError, std::move(score->samples)});
        return std::nullopt;
    }

    /// Scores become what the objective adds up, which stays a sum.
    void takeNoiseIntoAccount()
    {
        std::vector<double> &scores = m_problem.program.scores;
        const double aversion = m_problem.scenario.noiseAversion;
        if (m_problem.scenario.shrinkage) {
            const std::vector<ShrunkScore> shrunk = shrink(m_problem.options, scores);
            for (std::size_t option = 0; option < scores.size(); ++option)
                scores[option] = shrunk[option].mean + aversion * shrunk[option].standardError;
        } else if (aversion != 0) {
            for (std::size_t option = 0; option < scores.size(); ++option)
                scores[option] += aversion * m_problem.options[option].standardError;
        }
    }

    void remarkOmissions()
    {
        for (const auto &[reason, count] : m_omitted)
            m_problem.remarks.push_back(std::to_string(count) + (count == 1 ? " option is" : " options are") +
                                        " left out because " + reason + " is unknown");
        if (m_sumsBesidePairs > 0)
            m_problem.remarks.push_back(std::to_string(m_sumsBesidePairs) +
                                        " combinations were not measured as pairs: their figures are the sums of their "
                                        "sub-blocks, beside measured pairs, and not calibrated on them");
        if ((m_problem.scenario.noiseAversion != 0 || m_problem.scenario.shrinkage) && m_errorsMissing > 0)
            m_problem.remarks.push_back(std::to_string(m_errorsMissing) +
                                        " scores have no standard error; theirs counts as 0");
        for (std::size_t ban = 0; ban < m_banHits.size(); ++ban)
            if (m_banHits[ban] == 0)
                m_problem.remarks.push_back("the ban \"" + m_problem.scenario.bans[ban].text + "\" names nothing that the library has");
    }

    void boundRows()
    {
        const Wide kMost = Wide{1} << 61;
        for (std::size_t row = 0; row < m_problem.rows.size(); ++row) {
            Program::Row &amounts = m_problem.program.rows[row];
            Wide most = std::abs(static_cast<double>(m_problem.rows[row].fixed)) > 2e18 ? kMost : 0;
            for (std::size_t slot = 0; slot < m_problem.program.slots(); ++slot) {
                Wide largest = 0;
                for (std::int32_t option = m_problem.program.begin[slot]; option < m_problem.program.begin[slot + 1]; ++option) {
                    Wide amount = amounts.amounts[static_cast<std::size_t>(option)];
                    largest = std::max(largest, amount < 0 ? -amount : amount);
                }
                most += largest;
            }
            if (most >= kMost)
                throw badInput("the sum of the cost \"" + m_problem.rows[row].axis.cost + "\" over the layers is far too large");
        }
        for (std::size_t row = 0; row < m_problem.rows.size(); ++row)
            applyLimits(m_problem, row);
    }

    const BlockLibrary &m_library;
    Problem m_problem;
    std::vector<std::vector<std::size_t>> m_pins, m_bans; ///< By layer, numbers in the scenario.
    std::vector<std::size_t> m_banHits;
    std::map<std::string, std::size_t> m_omitted;
    std::size_t m_sumsBesidePairs = 0, m_errorsMissing = 0;
    bool m_wholeLayers = false; ///< A rule speaks of whole layers.
};

} // namespace

Problem makeProblem(std::shared_ptr<const BlockLibrary> library, const Scenario &scenario, const std::vector<CostAxis> &axes)
{
    if (!scenario.runtime.empty())
        throw badInput("the runtime " + scenario.runtime + " of this scenario must be given as the bans and rules that it stands for");
    return ProblemBuilder(std::move(library), scenario).build(axes);
}

void applyLimits(Problem &problem, std::size_t row)
{
    Program::Row &bounds = problem.program.rows[row];
    bounds.lower = kNoLowerBound;
    bounds.upper = kNoUpperBound;
    for (const Problem::BoundLimit &limit : problem.limits) {
        if (limit.row != row)
            continue;
        Wide bound = Wide{limit.total} - problem.rows[row].fixed;
        Amount clamped = static_cast<Amount>(std::clamp<Wide>(bound, kNoLowerBound + 1, kNoUpperBound - 1));
        if (limit.upper)
            bounds.upper = std::min(bounds.upper, clamped);
        else
            bounds.lower = std::max(bounds.lower, clamped);
    }
}

std::size_t defaultWorkload(const Problem &problem)
{
    const std::vector<Workload> &workloads = problem.library->workloads;
    if (problem.scenario.workload.empty())
        return 0;
    for (std::size_t i = 0; i < workloads.size(); ++i)
        if (workloads[i].name == problem.scenario.workload)
            return i;
    throw badInput("the scenario's workload \"" + problem.scenario.workload + "\" is none of the library's");
}

bool keepsRules(const Problem &problem, const Selection &selection)
{
    if (problem.rules.empty())
        return true;
    const std::vector<LayerChoice> choices = choicesOf(problem, selection);
    const std::size_t workload = defaultWorkload(problem);
    return std::all_of(problem.rules.begin(), problem.rules.end(),
                       [&](const Rule &rule) { return keeps(rule, *problem.library, choices, workload); });
}

bool holds(const Problem &problem, const Selection &selection)
{
    return withinRows(problem.program, selection) && keepsRules(problem, selection);
}

std::vector<LayerChoice> choicesOf(const Problem &problem, const Selection &selection)
{
    std::vector<LayerChoice> choices;
    for (const BlockLibrary::Layer &layer : problem.library->layers)
        choices.push_back(layer.parent);
    for (std::int32_t number : selection) {
        const Problem::Option &option = problem.options[static_cast<std::size_t>(number)];
        LayerChoice &choice = choices[static_cast<std::size_t>(option.layer)];
        if (option.attention)
            choice.attention = *option.attention;
        if (option.ffn)
            choice.ffn = *option.ffn;
    }
    return choices;
}

std::optional<Selection> selectionOf(const Problem &problem, const std::vector<LayerChoice> &choices)
{
    Selection selection;
    for (std::size_t slot = 0; slot < problem.program.slots(); ++slot) {
        std::int32_t found = -1;
        for (std::int32_t number = problem.program.begin[slot]; found < 0 && number < problem.program.begin[slot + 1]; ++number) {
            const Problem::Option &option = problem.options[static_cast<std::size_t>(number)];
            if (option.layer >= static_cast<std::int64_t>(choices.size()))
                return std::nullopt;
            const LayerChoice &choice = choices[static_cast<std::size_t>(option.layer)];
            if ((!option.attention || *option.attention == choice.attention) && (!option.ffn || *option.ffn == choice.ffn))
                found = number;
        }
        if (found < 0)
            return std::nullopt;
        selection.push_back(found);
    }
    return selection;
}

std::optional<std::size_t> rowOf(const Problem &problem, const CostAxis &axis)
{
    for (std::size_t row = 0; row < problem.rows.size(); ++row)
        if (problem.rows[row].axis == axis)
            return row;
    return std::nullopt;
}

} // namespace tessera
