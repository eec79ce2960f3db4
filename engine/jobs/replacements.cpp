// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/replacements.h"

#include "engine/base/error.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"

#include <filesystem>
#include <map>
#include <set>
#include <utility>

namespace tessera {

std::vector<SubBlockSource> replacementsOf(const std::vector<std::string> &texts, const ModelConfig &config)
{
    std::vector<SubBlockSource> sources;
    std::set<std::pair<std::int64_t, Part>> named;
    for (const std::string &text : texts) {
        const std::string who = "the replacement \"" + text + "\"";
        std::size_t colon = text.find(':');
        if (colon == std::string::npos)
            throw badInput(who + ": write LAYERS:BLOCK, 3-7:attention=none say");
        for (std::int64_t layer : parseLayers(text.substr(0, colon), config.layers))
            for (const Variant &variant : parseBlock(config, text.substr(colon + 1))) {
                std::string why = whyImpossible(config, variant);
                if (!why.empty())
                    throw badInput(who + ": " + why);
                if (!named.insert({layer, variant.part}).second)
                    throw badInput(who + " names the " + toString(variant.part) + " of layer " + std::to_string(layer) + " twice");
                sources.push_back({layer, variant, Origin::Paper, "", ""});
            }
    }
    return sources;
}

std::vector<SubBlockSource> replacementsOf(const std::vector<std::string> &texts, const ModelConfig &config, const Project &project)
{
    std::vector<SubBlockSource> sources = replacementsOf(texts, config);
    const std::map<VariantAt, Origin> chosen = chosenOrigins(project);
    for (const WeightsRecord &record : weightsOf(project))
        for (SubBlockSource &source : sources) {
            const auto origin = chosen.find({source.layer, source.variant});
            const bool wanted = record.layer == source.layer && record.variant == source.variant && origin != chosen.end()
                && origin->second == record.origin;
            if (wanted && std::filesystem::exists(record.file))
                source = record.source();
        }
    return sources;
}

} // namespace tessera
