// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/rule.h"

#include "engine/base/error.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace tessera {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kMostLayers = 1'000'000;

class RuleReader {
public:
    explicit RuleReader(std::string_view text) { m_rule.text = std::string(text); }

    Rule read()
    {
        const std::string_view text = m_rule.text;
        const std::size_t equals = text.find('=');
        const std::string_view name = text.substr(0, equals);
        if (equals == std::string_view::npos)
            refuse("must have the form NAME=VALUE, such as distinct=3:attention");
        m_rest = text.substr(equals + 1);
        if (name == "same")
            readSame();
        else if (name == "distinct")
            readDistinct();
        else if (name == "contiguous")
            readContiguous();
        else if (name == "attention" || name == "gap")
            readCount(name == "attention" ? Rule::Kind::Attention : Rule::Kind::Gap);
        else if (name == "balance")
            readBalance();
        else if (name == "differ" || name == "near")
            readDistance(name == "differ" ? Rule::Kind::Differ : Rule::Kind::Near);
        else
            refuse("has an unknown name: there are same, distinct, contiguous, attention, gap, balance, differ and near");
        return std::move(m_rule);
    }

private:
    [[noreturn]] void refuse(const std::string &why) const { throw badInput("the rule \"" + m_rule.text + "\" " + why); }

    /// The text up to the next colon, which goes.
    std::string_view next()
    {
        const std::size_t colon = m_rest.find(':');
        std::string_view piece = m_rest.substr(0, colon);
        m_rest.remove_prefix(colon == std::string_view::npos ? m_rest.size() : colon + 1);
        return piece;
    }

    std::int64_t number(std::string_view text, std::int64_t least) const
    {
        std::int64_t value = 0;
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || value < least || value > kMostLayers)
            refuse("needs a whole number from " + std::to_string(least) + " instead of \"" + std::string(text) + "\"");
        return value;
    }

    Part partNamed(std::string_view text) const
    {
        if (text != "attention" && text != "ffn")
            refuse("names the sub-block \"" + std::string(text) + "\"; it must be attention or ffn");
        return text == "attention" ? Part::Attention : Part::Ffn;
    }

    void readPartAtTheEnd()
    {
        if (!m_rest.empty())
            m_rule.part = partNamed(m_rest);
    }

    void readSame()
    {
        m_rule.kind = Rule::Kind::Same;
        m_rule.layers = std::string(next());
        if (m_rule.layers.empty())
            refuse("must name layers, such as same=0-3:attention");
        readPartAtTheEnd();
    }

    void readDistinct()
    {
        m_rule.kind = Rule::Kind::Distinct;
        m_rule.count = number(next(), 1);
        readPartAtTheEnd();
    }

    void readContiguous()
    {
        m_rule.kind = Rule::Kind::Contiguous;
        m_rule.part = partNamed(m_rest);
    }

    void readCount(Rule::Kind kind)
    {
        m_rule.kind = kind;
        m_rule.count = number(m_rest, 0);
    }

    void readBalance()
    {
        m_rule.kind = Rule::Kind::Balance;
        std::string_view cost = next();
        const std::size_t at = cost.find('@');
        m_rule.cost = std::string(cost.substr(0, at));
        m_rule.workload = at == std::string_view::npos ? "" : std::string(cost.substr(at + 1));
        m_rule.count = number(next(), 1);
        if (m_rule.cost.empty() || m_rest.empty() || m_rest.back() != '%')
            refuse("must have the form balance=COST:STAGES:P%, such as balance=runtime:4:10%");
        m_rest.remove_suffix(1);
        m_rule.percent = parseDecimal(m_rest, "the percentage of the rule \"" + m_rule.text + "\"");
        if (m_rule.percent.digits < 0 || toDouble(m_rule.percent) > 10'000 || m_rule.percent.decimals > 4)
            refuse("needs a percentage from 0 to 10000 with at most 4 decimals");
    }

    void readDistance(Rule::Kind kind)
    {
        m_rule.kind = kind;
        m_rule.count = number(next(), 0);
        if (m_rest.empty())
            refuse("must name choices, such as differ=5:gqa:4+width:512*8,none+none*2");
        m_rule.choices = parseChoicesText(m_rest);
    }

    Rule m_rule;
    std::string_view m_rest;
};

bool hasAttention(const LayerChoice &choice) { return choice.attention.kind == VariantKind::Gqa; }

bool keepsSame(const Rule &rule, const std::vector<LayerChoice> &choices)
{
    std::vector<std::int64_t> layers = parseLayers(rule.layers, static_cast<std::int64_t>(choices.size()));
    return std::all_of(layers.begin(), layers.end(), [&](std::int64_t layer) {
        const LayerChoice &a = choices[static_cast<std::size_t>(layers.front())], &b = choices[static_cast<std::size_t>(layer)];
        return rule.part ? a.of(*rule.part) == b.of(*rule.part) : a == b;
    });
}

bool keepsDistinct(const Rule &rule, const std::vector<LayerChoice> &choices)
{
    std::set<std::pair<Variant, Variant>> seen;
    for (const LayerChoice &choice : choices)
        seen.insert(rule.part ? std::pair{choice.of(*rule.part), choice.of(*rule.part)} : std::pair{choice.attention, choice.ffn});
    return static_cast<std::int64_t>(seen.size()) <= rule.count;
}

bool keepsContiguous(const Rule &rule, const std::vector<LayerChoice> &choices)
{
    int runs = 0;
    bool before = false;
    for (const LayerChoice &choice : choices) {
        bool removed = choice.of(*rule.part).kind == VariantKind::None;
        runs += removed && !before;
        before = removed;
    }
    return runs <= 1;
}

bool keepsGap(const Rule &rule, const std::vector<LayerChoice> &choices)
{
    std::int64_t run = 0;
    for (const LayerChoice &choice : choices) {
        run = hasAttention(choice) ? 0 : run + 1;
        if (run > rule.count)
            return false;
    }
    return true;
}

bool keepsBalance(const Rule &rule, const BlockLibrary &library, const std::vector<LayerChoice> &choices, std::size_t workload)
{
    if (!rule.workload.empty()) {
        auto named = std::find_if(library.workloads.begin(), library.workloads.end(),
                                  [&](const Workload &candidate) { return candidate.name == rule.workload; });
        if (named == library.workloads.end())
            return false;
        workload = static_cast<std::size_t>(named - library.workloads.begin());
    }
    std::vector<Wide> stages(static_cast<std::size_t>(rule.count), 0);
    Wide total = 0;
    const auto layers = static_cast<std::int64_t>(choices.size());
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        auto number = static_cast<std::size_t>(layer);
        auto cost = layerCost(library.layers[number], choices[number], rule.cost, workload);
        if (!cost)
            return false;
        stages[static_cast<std::size_t>(stageOf(layer, layers, rule.count))] += cost->amount;
        total += cost->amount;
    }
    Wide hundred = 100;
    for (int i = 0; i < rule.percent.decimals; ++i)
        hundred *= 10;
    return std::all_of(stages.begin(), stages.end(),
                       [&](Wide stage) { return stage * rule.count * hundred <= (hundred + rule.percent.digits) * total; });
}

} // namespace

Rule parseRule(std::string_view text) { return RuleReader(text).read(); }

std::string choicesText(const std::vector<LayerChoice> &choices)
{
    std::string text;
    for (std::size_t first = 0; first < choices.size();) {
        std::size_t last = first + 1;
        while (last < choices.size() && choices[last] == choices[first])
            ++last;
        text += (first ? "," : "") + shortName(choices[first].attention) + "+" + shortName(choices[first].ffn);
        if (last - first > 1)
            text += "*" + std::to_string(last - first);
        first = last;
    }
    return text;
}

std::vector<LayerChoice> parseChoicesText(std::string_view text)
{
    std::vector<LayerChoice> choices;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        std::string_view piece = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        const std::size_t star = piece.find('*');
        std::int64_t count = 1;
        if (star != std::string_view::npos) {
            std::string_view digits = piece.substr(star + 1);
            auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
            if (error != std::errc{} || end != digits.data() + digits.size() || count < 1)
                throw badInput("\"" + std::string(piece) + "\" must end with a number of layers, such as gqa:4+width:512*3");
            piece = piece.substr(0, star);
        }
        const std::size_t plus = piece.find('+');
        if (plus == std::string_view::npos)
            throw badInput("\"" + std::string(piece) + "\" must be the attention and the FFN of a layer, such as gqa:4+width:512");
        if (static_cast<std::int64_t>(choices.size()) + count > kMostLayers)
            throw badInput("the choices name more than " + std::to_string(kMostLayers) + " layers");
        choices.insert(choices.end(), static_cast<std::size_t>(count),
                       {parseVariant(Part::Attention, piece.substr(0, plus)), parseVariant(Part::Ffn, piece.substr(plus + 1))});
    }
    return choices;
}

std::int64_t distanceOf(const std::vector<LayerChoice> &a, const std::vector<LayerChoice> &b)
{
    std::int64_t distance = 0;
    for (std::size_t layer = 0; layer < std::max(a.size(), b.size()); ++layer)
        distance += layer >= a.size() || layer >= b.size() || !(a[layer] == b[layer]);
    return distance;
}

bool keeps(const Rule &rule, const BlockLibrary &library, const std::vector<LayerChoice> &choices, std::size_t workload)
{
    switch (rule.kind) {
    case Rule::Kind::Same:
        return keepsSame(rule, choices);
    case Rule::Kind::Distinct:
        return keepsDistinct(rule, choices);
    case Rule::Kind::Contiguous:
        return keepsContiguous(rule, choices);
    case Rule::Kind::Attention:
        return std::count_if(choices.begin(), choices.end(), hasAttention) >= rule.count;
    case Rule::Kind::Gap:
        return keepsGap(rule, choices);
    case Rule::Kind::Balance:
        return keepsBalance(rule, library, choices, workload);
    case Rule::Kind::Differ:
        return distanceOf(rule.choices, choices) >= rule.count;
    case Rule::Kind::Near:
        return distanceOf(rule.choices, choices) <= rule.count;
    }
    return false;
}

} // namespace tessera
