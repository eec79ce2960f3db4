// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/certificate.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/search/solution.h"

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

constexpr const char *kFormat = "tessera-certificate-1";
constexpr std::size_t kMostNodes = 4'000'000;

std::string hashWithout(Json json)
{
    json.erase("hash");
    return hashText(json.dump());
}

Json toJson(const Certificate::Node &node)
{
    Json json = Json::object();
    if (!node.prices.empty())
        json["prices"] = node.prices;
    if (node.layer >= 0) {
        json["layer"] = node.layer;
        json["block"] = node.block;
        json["with"] = node.with;
        json["without"] = node.without;
    }
    return json;
}

const Json &arrayOf(const Json &json, const char *key, const std::string &where)
{
    auto member = json.find(key);
    if (member == json.end() || !member->is_array())
        throw badInput("\"" + std::string(key) + "\" in " + where + " must be an array");
    return *member;
}

std::int32_t nodeNumber(const Json &json, const char *key, std::size_t self, std::size_t nodes, const std::string &where)
{
    const std::int64_t number = requireInteger(json, key, where);
    if (number <= static_cast<std::int64_t>(self) || number >= static_cast<std::int64_t>(nodes))
        throw badInput("\"" + std::string(key) + "\" of node " + std::to_string(self) + " in " + where + " must be a later node");
    return static_cast<std::int32_t>(number);
}

Certificate::Node parseNode(const Json &json, std::size_t self, std::size_t nodes, const std::string &where)
{
    if (!json.is_object())
        throw badInput("node " + std::to_string(self) + " in " + where + " must be an object");
    Certificate::Node node;
    if (json.contains("prices"))
        for (const Json &price : arrayOf(json, "prices", where)) {
            if (!price.is_number() || !std::isfinite(price.get<double>()))
                throw badInput("the prices of node " + std::to_string(self) + " in " + where + " must be numbers");
            node.prices.push_back(price.get<double>());
        }
    if (!json.contains("layer"))
        return node;
    node.layer = static_cast<std::int32_t>(std::clamp<std::int64_t>(requireInteger(json, "layer", where), -2, 1 << 30));
    if (node.layer < 0)
        throw badInput("the layer of node " + std::to_string(self) + " in " + where + " is negative");
    node.block = requireString(json, "block", where);
    node.with = nodeNumber(json, "with", self, nodes, where);
    node.without = nodeNumber(json, "without", self, nodes, where);
    return node;
}

} // namespace

Json toJson(const Certificate &certificate)
{
    Json tree = Json::array();
    for (const Certificate::Node &node : certificate.tree)
        tree.push_back(toJson(node));
    Json json{{"format", kFormat},
              {"scenario", toJson(certificate.scenario)},
              {"metric", certificate.metric},
              {"infeasible", certificate.choices.empty()},
              {"objective", certificate.choices.empty() ? Json() : Json(certificate.objective)},
              {"bound", certificate.bound},
              {"totals", certificate.totals},
              {"choices", toJson(certificate.choices)},
              {"tree", std::move(tree)}};
    json["hash"] = hashWithout(json);
    return json;
}

Certificate parseCertificate(const Json &json, const std::string &where, bool &damaged)
{
    if (!json.is_object() || stringOr(json, "format", "", where) != kFormat)
        throw badInput(where + " is no certificate of tessera solve --certificate");
    damaged = requireString(json, "hash", where) != hashWithout(json);
    Certificate certificate;
    if (!json.contains("scenario"))
        throw badInput("\"scenario\" in " + where + " is missing");
    certificate.scenario = parseScenario(json["scenario"], "the scenario of " + where);
    certificate.metric = requireString(json, "metric", where);
    certificate.choices = parseChoices(arrayOf(json, "choices", where), where);
    if (boolOr(json, "infeasible", false, where) != certificate.choices.empty())
        throw badInput("\"infeasible\" in " + where + " contradicts its choices");
    certificate.objective = certificate.choices.empty() ? 0 : requireNumber(json, "objective", where);
    certificate.bound = requireNumber(json, "bound", where);
    for (const Json &total : arrayOf(json, "totals", where)) {
        if (!total.is_number_integer())
            throw badInput("\"totals\" in " + where + " must be whole numbers");
        certificate.totals.push_back(total.get<Amount>());
    }
    const Json &tree = arrayOf(json, "tree", where);
    if (tree.empty() || tree.size() > kMostNodes)
        throw badInput("the tree in " + where + " must have between 1 and " + std::to_string(kMostNodes) + " nodes");
    for (std::size_t node = 0; node < tree.size(); ++node)
        certificate.tree.push_back(parseNode(tree[node], node, tree.size(), where));
    return certificate;
}

double largestScoreOf(const Program &program)
{
    double largest = 0, magnitude = 0;
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        auto first = program.scores.begin() + program.begin[slot], last = program.scores.begin() + program.begin[slot + 1];
        auto [low, high] = std::minmax_element(first, last);
        largest += *high;
        magnitude += std::max(std::abs(*low), std::abs(*high));
    }
    return largest + 1e-12 * magnitude;
}

} // namespace tessera
