// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/scenario.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

namespace tessera {
namespace {

std::vector<std::string> stringsIn(const Json &json, const std::string &key, const std::string &where)
{
    std::vector<std::string> strings;
    auto member = json.find(key);
    if (member == json.end() || member->is_null())
        return strings;
    if (!member->is_array())
        throw badInput("\"" + key + "\" in " + where + " must be an array of strings");
    for (const Json &element : *member) {
        if (!element.is_string())
            throw badInput("\"" + key + "\" in " + where + " must be an array of strings");
        strings.push_back(element.get<std::string>());
    }
    return strings;
}

void checkLayers(const std::string &layers, const std::string &text)
{
    bool number = !layers.empty() && layers.find_first_not_of("0123456789-") == std::string::npos;
    if (layers != "all" && !number)
        throw badInput("\"" + text + "\" must begin with layers, such as 12, 3-7 or all, and a colon: 3-7:attention=none");
}

void readPart(LayerBlock &block, std::string_view piece)
{
    std::size_t equals = piece.find('=');
    std::string_view part = piece.substr(0, equals);
    if (equals == std::string_view::npos || (part != "attention" && part != "ffn"))
        throw badInput("\"" + block.text + "\" must name blocks as attention=gqa:K|linear|none|parent or "
                       "ffn=width:W|linear|none|parent, joined by +");
    std::optional<LayerBlock::Choice> &slot = part == "attention" ? block.attention : block.ffn;
    if (slot)
        throw badInput("\"" + block.text + "\" names the same sub-block twice");
    std::string_view variant = piece.substr(equals + 1);
    slot = LayerBlock::Choice{};
    if (variant != "parent")
        slot->variant = parseVariant(part == "attention" ? Part::Attention : Part::Ffn, variant);
}

std::string toText(double number)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", number);
    return text;
}

Json textsOf(const std::vector<Limit> &limits, LimitSense sense)
{
    Json texts = Json::array();
    for (const Limit &limit : limits)
        if (limit.sense == sense)
            texts.push_back(limit.text);
    return texts;
}

Json textsOf(const std::vector<LayerBlock> &blocks)
{
    Json texts = Json::array();
    for (const LayerBlock &block : blocks)
        texts.push_back(block.text);
    return texts;
}

} // namespace

LayerBlock parseLayerBlock(std::string_view text)
{
    LayerBlock block;
    block.text = std::string(text);
    std::size_t colon = text.find(':');
    block.layers = std::string(text.substr(0, colon));
    checkLayers(block.layers, block.text);
    if (colon == std::string_view::npos)
        throw badInput("\"" + block.text + "\" must have the form LAYERS:BLOCK, such as 3-7:attention=none");
    std::string_view rest = text.substr(colon + 1);
    for (;;) {
        std::size_t plus = rest.find('+');
        readPart(block, rest.substr(0, plus));
        if (plus == std::string_view::npos)
            break;
        rest.remove_prefix(plus + 1);
    }
    return block;
}

Scenario parseScenario(const Json &json, const std::string &where)
{
    static const std::set<std::string> kKnown{"name", "objective", "workload", "runtime", "noise_aversion", "shrinkage",
                                              "max",  "min",       "pin",      "ban",     "rule"};
    if (!json.is_object())
        throw badInput(where + " must be an object such as {\"max\": [\"memory=24GiB\"]}");
    for (const auto &[key, value] : json.items())
        if (!kKnown.contains(key))
            throw badInput("\"" + key + "\" in " + where + " is unknown to a scenario");
    Scenario scenario;
    scenario.name = stringOr(json, "name", "", where);
    scenario.objective = stringOr(json, "objective", "", where);
    scenario.workload = stringOr(json, "workload", "", where);
    scenario.runtime = stringOr(json, "runtime", "", where);
    scenario.noiseAversion = numberOr(json, "noise_aversion", 0, where);
    if (!std::isfinite(scenario.noiseAversion) || std::abs(scenario.noiseAversion) > 100)
        throw badInput("\"noise_aversion\" in " + where + " must lie between -100 and 100 standard errors");
    scenario.shrinkage = boolOr(json, "shrinkage", false, where);
    for (const std::string &text : stringsIn(json, "max", where))
        scenario.limits.push_back(parseLimit(text, LimitSense::Max));
    for (const std::string &text : stringsIn(json, "min", where))
        scenario.limits.push_back(parseLimit(text, LimitSense::Min));
    for (const std::string &text : stringsIn(json, "pin", where))
        scenario.pins.push_back(parseLayerBlock(text));
    for (const std::string &text : stringsIn(json, "ban", where))
        scenario.bans.push_back(parseLayerBlock(text));
    scenario.rules = stringsIn(json, "rule", where);
    return scenario;
}

Json toJson(const Scenario &scenario)
{
    Json json{{"max", textsOf(scenario.limits, LimitSense::Max)},
              {"min", textsOf(scenario.limits, LimitSense::Min)},
              {"pin", textsOf(scenario.pins)},
              {"ban", textsOf(scenario.bans)},
              {"rule", scenario.rules}};
    if (!scenario.name.empty())
        json["name"] = scenario.name;
    if (!scenario.objective.empty())
        json["objective"] = scenario.objective;
    if (!scenario.workload.empty())
        json["workload"] = scenario.workload;
    if (!scenario.runtime.empty())
        json["runtime"] = scenario.runtime;
    if (scenario.noiseAversion != 0)
        json["noise_aversion"] = scenario.noiseAversion;
    if (scenario.shrinkage)
        json["shrinkage"] = true;
    return json;
}

std::string describe(const Scenario &scenario)
{
    std::string line = scenario.objective.empty() ? "default objective" : scenario.objective;
    if (scenario.shrinkage)
        line += ", shrunk";
    if (scenario.noiseAversion != 0)
        line += ", noise aversion " + toText(scenario.noiseAversion);
    if (!scenario.runtime.empty())
        line += ", for " + scenario.runtime;
    for (const Limit &limit : scenario.limits) {
        std::size_t equals = limit.text.find('=');
        line += ", " + limit.text.substr(0, equals) + (limit.sense == LimitSense::Max ? " <= " : " >= ") +
                limit.text.substr(equals + 1);
    }
    for (const LayerBlock &pin : scenario.pins)
        line += ", pin " + pin.text;
    for (const LayerBlock &ban : scenario.bans)
        line += ", ban " + ban.text;
    for (const std::string &rule : scenario.rules)
        line += ", rule " + rule;
    return line;
}

} // namespace tessera
