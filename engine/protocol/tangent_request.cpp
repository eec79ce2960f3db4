// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/protocol/tangent_request.h"

#include "engine/base/error.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tessera {
namespace {

const std::string kWhere = "a request for tangent kernels";
constexpr std::array<std::string_view, 10> kMembers{"model",  "token_file", "probes",       "window",   "functional",
                                                    "seeds",  "sketch",     "replacements", "out_file", "run"};

const Json &arrayOf(const Json &json, const char *key)
{
    auto member = json.find(key);
    if (member == json.end() || !member->is_array())
        throw badInput("\"" + std::string(key) + "\" in " + kWhere + " must be a list");
    return *member;
}

/// Run settings as every other request reads and writes them.
Json runJson(const RunSettings &run)
{
    LogitsRequest carrier;
    carrier.run = run;
    return toJson(carrier).at("run");
}

RunSettings parseRun(const Json &json)
{
    Json carrier = toJson(LogitsRequest{});
    carrier["run"] = json;
    return parseLogitsRequest(carrier).run;
}

std::uint64_t seedIn(const Json &value)
{
    if (!value.is_number_unsigned() && !(value.is_number_integer() && value.get<std::int64_t>() >= 0))
        throw badInput("\"seeds\" in " + kWhere + " must hold whole numbers of 0 or more");
    return value.get<std::uint64_t>();
}

} // namespace

Json toJson(const TangentRequest &request)
{
    Json replacements = Json::array();
    for (const SubBlockSource &source : request.replacements)
        replacements.push_back(toJson(source));
    return {{"model", request.model},   {"token_file", request.tokenFile}, {"probes", request.probes},
            {"window", request.window}, {"functional", request.functional}, {"seeds", request.seeds},
            {"sketch", request.sketch}, {"replacements", replacements},    {"out_file", request.outFile},
            {"run", runJson(request.run)}};
}

TangentRequest parseTangentRequest(const Json &json)
{
    if (!json.is_object())
        throw badInput(kWhere + " must be a JSON object");
    for (const auto &[key, value] : json.items())
        if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end())
            throw badInput("\"" + key + "\" in " + kWhere + " is unknown");
    TangentRequest request;
    request.model = requireString(json, "model", kWhere);
    request.tokenFile = requireString(json, "token_file", kWhere);
    request.probes = requireInteger(json, "probes", kWhere);
    request.window = requireInteger(json, "window", kWhere);
    request.functional = requireString(json, "functional", kWhere);
    request.seeds.clear();
    for (const Json &seed : arrayOf(json, "seeds"))
        request.seeds.push_back(seedIn(seed));
    request.sketch = requireInteger(json, "sketch", kWhere);
    for (const Json &source : arrayOf(json, "replacements"))
        request.replacements.push_back(parseSubBlockSource(source, "a replacement in " + kWhere));
    request.outFile = requireString(json, "out_file", kWhere);
    if (!json.contains("run"))
        throw badInput(kWhere + " lacks \"run\"");
    request.run = parseRun(json.at("run"));
    return request;
}

} // namespace tessera
