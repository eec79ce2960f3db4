// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/workload.h"

#include "engine/base/error.h"

#include <set>

namespace tessera {
namespace {

std::int64_t lengthIn(const Json &json, const std::string &key, std::int64_t least, const std::string &where)
{
    std::int64_t value = requireInteger(json, key, where);
    if (value < least || value > (std::int64_t{1} << 31))
        throw badInput("\"" + key + "\" in " + where + " must lie between " + std::to_string(least) + " and 2^31");
    return value;
}

DType typeIn(const Json &json, const std::string &key, const std::string &where)
{
    return parseDType(stringOr(json, key, "f32", where));
}

} // namespace

Workload parseWorkload(const Json &json, const std::string &where)
{
    static const std::set<std::string> kKnown{"name",    "batch",       "input", "output",
                                              "weights", "activations", "kv",    "device"};
    Workload workload;
    workload.name = requireString(json, "name", where);
    if (workload.name.empty() || workload.name.find_first_of("=@ \t\n") != std::string::npos)
        throw badInput("the workload name \"" + workload.name + "\" in " + where + " must not be empty or hold =, @ or spaces");
    for (const auto &[key, value] : json.items())
        if (!kKnown.contains(key))
            throw badInput("\"" + key + "\" in " + where + " is unknown to a workload");
    workload.batch = lengthIn(json, "batch", 1, where);
    workload.input = lengthIn(json, "input", 0, where);
    workload.output = lengthIn(json, "output", 0, where);
    if (workload.input == 0 && workload.output == 0)
        throw badInput("the workload in " + where + " has no tokens: \"input\" or \"output\" must be at least 1");
    workload.weights = typeIn(json, "weights", where);
    workload.activations = typeIn(json, "activations", where);
    workload.kv = typeIn(json, "kv", where);
    workload.device = stringOr(json, "device", "cpu", where);
    return workload;
}

Json toJson(const Workload &workload)
{
    return {{"name", workload.name},
            {"batch", workload.batch},
            {"input", workload.input},
            {"output", workload.output},
            {"weights", toString(workload.weights)},
            {"activations", toString(workload.activations)},
            {"kv", toString(workload.kv)},
            {"device", workload.device}};
}

} // namespace tessera
