// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/variant_space.h"

#include "engine/base/error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <set>

namespace tessera {
namespace {

constexpr std::size_t kMostListed = 4096;

std::vector<double> numbersIn(const Json &json, const std::string &key, const std::string &where)
{
    if (!json.is_array() || json.size() > kMostListed)
        throw badInput("\"" + key + "\" in " + where + " must be a list of numbers");
    std::vector<double> numbers;
    for (const Json &value : json) {
        if (!value.is_number() || !std::isfinite(value.get<double>()) || value.get<double>() <= 0)
            throw badInput("\"" + key + "\" in " + where + " must hold positive numbers only");
        numbers.push_back(value.get<double>());
    }
    return numbers;
}

std::vector<double> percentagesIn(const Json &json, const std::string &key, const std::string &where)
{
    std::vector<double> percentages = numbersIn(json, key, where);
    if (std::ranges::any_of(percentages, [](double percentage) { return percentage > 100; }))
        throw badInput("\"" + key + "\" in " + where + " must hold percentages of the parent's width, at most 100");
    return percentages;
}

std::vector<std::int64_t> integersIn(const Json &json, const std::string &key, const std::string &where)
{
    std::vector<std::int64_t> integers;
    for (double number : numbersIn(json, key, where)) {
        if (number != std::floor(number) || number > 1e12)
            throw badInput("\"" + key + "\" in " + where + " must hold whole numbers only");
        integers.push_back(static_cast<std::int64_t>(number));
    }
    return integers;
}

void refuseUnknownMembers(const Json &json, const std::string &where)
{
    static const std::set<std::string> kKnown{"kv_heads",       "ffn_fractions", "ffn_widths", "attention_linear",
                                              "attention_none", "ffn_linear",    "ffn_none",   "layers"};
    if (!json.is_object())
        throw badInput(where + " must be a JSON object");
    for (const auto &[key, value] : json.items())
        if (!kKnown.contains(key))
            throw badInput("\"" + key + "\" in " + where + " is unknown to a variant space");
}

void readLayers(VariantSpace &space, const Json &json, const std::string &where)
{
    if (json == "all")
        return;
    if (!json.is_array() || json.size() > kMostListed)
        throw badInput("\"layers\" in " + where + " must be \"all\" or a list like [\"0-3\", \"7\"]");
    for (const Json &range : json) {
        if (!range.is_string() && !range.is_number_unsigned())
            throw badInput("\"layers\" in " + where + " must hold texts like \"0-3\"");
        space.layers.push_back(range.is_string() ? range.get<std::string>() : range.dump());
    }
}

bool hasLayer(const VariantSpace &space, const ModelConfig &config, std::int64_t layer)
{
    if (space.layers.empty())
        return true;
    for (const std::string &range : space.layers)
        for (std::int64_t named : parseLayers(range, config.layers))
            if (named == layer)
                return true;
    return false;
}

std::vector<std::int64_t> kvHeadsOf(const VariantSpace &space, const ModelConfig &config)
{
    std::vector<std::int64_t> counts;
    for (std::int64_t heads = config.kvHeads - 1; heads >= 1; --heads) {
        bool named = std::ranges::count(space.kvHeads, heads) > 0;
        if (config.kvHeads % heads == 0 && (space.allKvHeads || named))
            counts.push_back(heads);
    }
    return counts;
}

} // namespace

VariantSpace parseVariantSpace(const Json &json, const std::string &where)
{
    refuseUnknownMembers(json, where);
    VariantSpace space;
    if (json.contains("kv_heads") && json["kv_heads"] != "all") {
        space.allKvHeads = false;
        space.kvHeads = integersIn(json["kv_heads"], "kv_heads", where);
    }
    if (json.contains("ffn_fractions"))
        space.ffnFractions = percentagesIn(json["ffn_fractions"], "ffn_fractions", where);
    if (json.contains("ffn_widths"))
        space.ffnWidths = integersIn(json["ffn_widths"], "ffn_widths", where);
    space.attentionLinear = boolOr(json, "attention_linear", true, where);
    space.attentionNone = boolOr(json, "attention_none", true, where);
    space.ffnLinear = boolOr(json, "ffn_linear", true, where);
    space.ffnNone = boolOr(json, "ffn_none", true, where);
    if (json.contains("layers"))
        readLayers(space, json["layers"], where);
    return space;
}

Json toJson(const VariantSpace &space)
{
    Json json{{"ffn_fractions", space.ffnFractions},     {"ffn_widths", space.ffnWidths},
              {"attention_linear", space.attentionLinear}, {"attention_none", space.attentionNone},
              {"ffn_linear", space.ffnLinear},           {"ffn_none", space.ffnNone}};
    json["kv_heads"] = space.allKvHeads ? Json("all") : Json(space.kvHeads);
    json["layers"] = space.layers.empty() ? Json("all") : Json(space.layers);
    return json;
}

std::vector<std::int64_t> widthsOf(std::int64_t parentWidth, const std::vector<double> &percentages)
{
    auto largestPower = static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(parentWidth / 32)));
    std::int64_t step = std::clamp<std::int64_t>(largestPower, 1, 256);
    std::set<std::int64_t, std::greater<>> widths;
    for (double percentage : percentages) {
        double exact = static_cast<double>(parentWidth) * percentage / 100;
        // Half a step up: floor(x + 1/2) takes ties up, as the command line promises.
        auto width = static_cast<std::int64_t>(std::floor(exact / static_cast<double>(step) + 0.5)) * step;
        if (percentage >= 100)
            width = parentWidth;
        if (width >= 1 && width <= parentWidth)
            widths.insert(width);
    }
    return {widths.begin(), widths.end()};
}

std::vector<Variant> variantsOf(const VariantSpace &space, const ModelConfig &config, std::int64_t layer)
{
    Variant attention = parentVariant(config, Part::Attention);
    Variant ffn = parentVariant(config, Part::Ffn);
    if (!hasLayer(space, config, layer))
        return {attention, ffn};

    std::vector<Variant> variants{attention};
    for (std::int64_t heads : kvHeadsOf(space, config))
        variants.push_back(gqa(heads));
    if (space.attentionLinear)
        variants.push_back(linearVariant(Part::Attention));
    if (space.attentionNone)
        variants.push_back(noneVariant(Part::Attention));

    variants.push_back(ffn);
    std::set<std::int64_t, std::greater<>> widths(space.ffnWidths.begin(), space.ffnWidths.end());
    for (std::int64_t width : widthsOf(config.ffnWidth, space.ffnFractions))
        widths.insert(width);
    for (std::int64_t width : widths)
        if (width < config.ffnWidth)
            variants.push_back(ffnWidth(width));
    if (space.ffnLinear)
        variants.push_back(linearVariant(Part::Ffn));
    if (space.ffnNone)
        variants.push_back(noneVariant(Part::Ffn));
    return variants;
}

} // namespace tessera
