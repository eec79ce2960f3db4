// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/runtime_scenario.h"

#include "engine/interop/lint.h"

#include <string>
#include <vector>

namespace tessera {

Scenario withRuntimeRules(Scenario scenario, const BlockLibrary &library, const std::optional<ModelConfig> &config)
{
    if (scenario.runtime.empty())
        return scenario;
    std::vector<Variant> variants;
    for (const BlockLibrary::Layer &layer : library.layers)
        for (const LibraryEntry &entry : layer.entries)
            for (const std::optional<Variant> &variant : {entry.attention, entry.ffn})
                if (variant)
                    variants.push_back(*variant);
    const RuntimeRules rules = rulesFor(parseRuntime(scenario.runtime), variants, config);
    for (const std::string &ban : rules.bans)
        scenario.bans.push_back(parseLayerBlock(ban));
    scenario.rules.insert(scenario.rules.end(), rules.rules.begin(), rules.rules.end());
    scenario.runtime.clear();
    return scenario;
}

} // namespace tessera
