// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/rule_program.h"

#include "engine/base/error.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace tessera {
namespace {

__extension__ using Wide = __int128;

using Term = Program::Rule::Term;
/// What a rule tells apart: a variant, or a pair of them.
using Kind = std::pair<std::optional<Variant>, std::optional<Variant>>;

class RuleAdder {
public:
    explicit RuleAdder(Problem &problem) : m_problem(problem), m_program(problem.program), m_byLayer(problem.library->layers.size())
    {
        for (std::size_t option = 0; option < problem.options.size(); ++option)
            m_byLayer[static_cast<std::size_t>(problem.options[option].layer)].push_back(static_cast<std::int32_t>(option));
    }

    void add(const Rule &rule)
    {
        switch (rule.kind) {
        case Rule::Kind::Same:
            return addSame(rule);
        case Rule::Kind::Distinct:
            return addDistinct(rule);
        case Rule::Kind::Contiguous:
            return addContiguous(rule);
        case Rule::Kind::Attention:
            return addCount([](const Problem::Option &option) { return isAttention(option); }, rule.count, kNoUpperBound);
        case Rule::Kind::Gap:
            return addGap(rule);
        case Rule::Kind::Balance:
            return addBalance(rule);
        case Rule::Kind::Differ:
        case Rule::Kind::Near:
            return addDistance(rule);
        }
    }

private:
    static bool isAttention(const Problem::Option &option) { return option.attention && option.attention->kind == VariantKind::Gqa; }
    const Problem::Option &optionAt(std::int32_t number) const { return m_problem.options[static_cast<std::size_t>(number)]; }

    /// The options of a layer by what they are to a rule: the variant of its part, or both.
    std::map<Kind, std::vector<Term>> kindsOf(std::size_t layer, std::optional<Part> part) const
    {
        std::map<Kind, std::vector<Term>> kinds;
        for (std::int32_t number : m_byLayer[layer]) {
            const Problem::Option &option = optionAt(number);
            if (part && !(*part == Part::Attention ? option.attention : option.ffn))
                continue;
            Kind kind{part == Part::Ffn ? std::nullopt : option.attention, part == Part::Attention ? std::nullopt : option.ffn};
            kinds[kind].push_back({number, 1});
        }
        return kinds;
    }

    void addSame(const Rule &rule)
    {
        std::vector<std::int64_t> layers = parseLayers(rule.layers, static_cast<std::int64_t>(m_byLayer.size()));
        std::vector<Part> parts = rule.part ? std::vector{*rule.part} : std::vector{Part::Attention, Part::Ffn};
        for (Part part : parts) {
            const auto first = kindsOf(static_cast<std::size_t>(layers.front()), part);
            for (std::size_t i = 1; i < layers.size(); ++i) {
                auto kinds = kindsOf(static_cast<std::size_t>(layers[i]), part);
                for (const auto &[kind, terms] : first)
                    for (Term term : terms)
                        kinds[kind].push_back({term.index, -1});
                for (auto &[kind, terms] : kinds)
                    m_program.rules.push_back({std::move(terms), {}, 0, 0});
            }
        }
    }

    std::int32_t newAuxiliary()
    {
        m_program.auxiliaryScores.push_back(0);
        return static_cast<std::int32_t>(m_program.auxiliaryScores.size()) - 1;
    }

    void addDistinct(const Rule &rule)
    {
        std::map<Kind, std::int32_t> used;
        Program::Rule most{{}, {}, kNoLowerBound, rule.count};
        for (std::size_t layer = 0; layer < m_byLayer.size(); ++layer)
            for (auto &[kind, terms] : kindsOf(layer, rule.part)) {
                auto [place, isNew] = used.try_emplace(kind, 0);
                if (isNew) {
                    place->second = newAuxiliary();
                    most.auxiliaries.push_back({place->second, 1});
                }
                m_program.rules.push_back({terms, {{place->second, -1}}, kNoLowerBound, 0});
            }
        m_program.rules.push_back(std::move(most));
    }

    std::vector<Term> removedIn(std::size_t layer, Part part, std::int64_t sign) const
    {
        std::vector<Term> terms;
        for (std::int32_t number : m_byLayer[layer]) {
            const std::optional<Variant> &variant = part == Part::Attention ? optionAt(number).attention : optionAt(number).ffn;
            if (variant && variant->kind == VariantKind::None)
                terms.push_back({number, sign});
        }
        return terms;
    }

    /// A run starts where a layer is without the sub-block and the one before is not.
    void addContiguous(const Rule &rule)
    {
        Program::Rule one{{}, {}, kNoLowerBound, 1};
        for (std::size_t layer = 0; layer < m_byLayer.size(); ++layer) {
            std::vector<Term> terms = removedIn(layer, *rule.part, 1);
            if (terms.empty())
                continue;
            if (layer > 0)
                for (Term term : removedIn(layer - 1, *rule.part, -1))
                    terms.push_back(term);
            std::int32_t starts = newAuxiliary();
            m_program.rules.push_back({std::move(terms), {{starts, -1}}, kNoLowerBound, 0});
            one.auxiliaries.push_back({starts, 1});
        }
        if (!one.auxiliaries.empty())
            m_program.rules.push_back(std::move(one));
    }

    void addGap(const Rule &rule)
    {
        const std::size_t window = static_cast<std::size_t>(rule.count) + 1;
        for (std::size_t first = 0; first + window <= m_byLayer.size(); ++first) {
            Program::Rule some{{}, {}, 1, kNoUpperBound};
            for (std::size_t layer = first; layer < first + window; ++layer)
                for (std::int32_t number : m_byLayer[layer])
                    if (isAttention(optionAt(number)))
                        some.options.push_back({number, 1});
            m_program.rules.push_back(std::move(some));
        }
    }

    void addRow(const Rule &rule, const std::function<Wide(std::size_t)> &amountOf, Amount lower, Amount upper)
    {
        constexpr Wide kMost = Wide{1} << 61;
        Program::Row row{{}, lower, upper};
        Wide sum = 0;
        for (std::size_t slot = 0; slot < m_program.slots(); ++slot) {
            Wide largest = 0;
            for (std::int32_t number = m_program.begin[slot]; number < m_program.begin[slot + 1]; ++number) {
                Wide amount = amountOf(static_cast<std::size_t>(number));
                largest = std::max(largest, amount < 0 ? -amount : amount);
                row.amounts.push_back(static_cast<Amount>(largest < kMost ? amount : 0));
            }
            sum = std::min(kMost, sum + std::min(kMost, largest));
        }
        if (sum >= kMost)
            throw badInput("the rule \"" + rule.text + "\" adds up to numbers that are far too large");
        m_program.rows.push_back(std::move(row));
    }

    void addCount(const std::function<bool(const Problem::Option &)> &counts, Amount lower, Amount upper)
    {
        addRow({}, [&](std::size_t option) { return Wide{counts(m_problem.options[option]) ? 1 : 0}; }, lower, upper);
    }

    void addBalance(const Rule &rule)
    {
        const Program::Row costs = m_program.rows[*rowOf(m_problem, *axisOf(rule, *m_problem.library, workload()))];
        const auto layers = static_cast<std::int64_t>(m_byLayer.size());
        Wide hundred = 100;
        for (int i = 0; i < rule.percent.decimals; ++i)
            hundred *= 10;
        if (rule.count > layers)
            throw badInput("the rule \"" + rule.text + "\" asks for more stages than the " + std::to_string(layers) + " layers");
        for (std::int64_t stage = 0; stage < rule.count; ++stage)
            addRow(
                rule,
                [&](std::size_t option) {
                    bool inside = stageOf(m_problem.options[option].layer, layers, rule.count) == stage;
                    return costs.amounts[option] * ((inside ? rule.count * hundred : 0) - hundred - rule.percent.digits);
                },
                kNoLowerBound, 0);
    }

    std::size_t workload() const { return defaultWorkload(m_problem); }

    void addDistance(const Rule &rule)
    {
        const auto layers = static_cast<std::int64_t>(m_byLayer.size());
        if (static_cast<std::int64_t>(rule.choices.size()) != layers)
            throw badInput("the rule \"" + rule.text.substr(0, 60) + "\" names " + std::to_string(rule.choices.size()) +
                           " layers, but the library has " + std::to_string(layers));
        auto same = [&](const Problem::Option &option) {
            const LayerChoice &choice = rule.choices[static_cast<std::size_t>(option.layer)];
            return option.attention == choice.attention && option.ffn == choice.ffn;
        };
        if (rule.kind == Rule::Kind::Differ)
            addCount(same, kNoLowerBound, layers - rule.count);
        else
            addCount(same, layers - rule.count, kNoUpperBound);
    }

    Problem &m_problem;
    Program &m_program;
    std::vector<std::vector<std::int32_t>> m_byLayer;
};

} // namespace

bool needsWholeLayers(const Rule &rule)
{
    return rule.kind == Rule::Kind::Differ || rule.kind == Rule::Kind::Near || (rule.kind == Rule::Kind::Distinct && !rule.part);
}

std::optional<CostAxis> axisOf(const Rule &rule, const BlockLibrary &library, std::size_t workload)
{
    if (rule.kind != Rule::Kind::Balance)
        return std::nullopt;
    // A limit that everything keeps says whether cost and workload exist, in the words of limits.
    Limit limit = parseLimit(rule.cost + "=1", LimitSense::Max);
    limit.workload = rule.workload.empty() ? library.workloads.at(workload).name : rule.workload;
    limit.text = rule.text;
    AmountLimit amount = resolveLimit(limit, library);
    return CostAxis{amount.cost, amount.workload};
}

void addRules(Problem &problem)
{
    RuleAdder adder(problem);
    for (const Rule &rule : problem.rules)
        adder.add(rule);
}

} // namespace tessera
