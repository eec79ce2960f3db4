// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/nemotron_nas.h"

#include "engine/base/error.h"
#include "engine/checkpoint/hf_blocks.h"
#include "engine/checkpoint/hf_config.h"
#include "engine/cost/formulas.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <system_error>

namespace tessera {

namespace fs = std::filesystem;

ModelArchitecture readNemotronNas(const fs::path &path)
{
    std::error_code error;
    fs::path file = fs::is_directory(path, error) ? path / "config.json" : path;
    Json config = readJsonFile(file);
    if (!config.is_object() || !config.contains(kBlocksMember) || config[kBlocksMember].is_null())
        throw badInput(file.string() + " is no nemotron-nas configuration: it has no \"block_configs\"");
    return parseHfConfig(config, file.string());
}

BlockLibrary libraryOf(const ModelArchitecture &model, const std::string &name)
{
    BlockLibrary library;
    library.name = name;
    Workload workload;
    workload.input = 4096;
    workload.output = 512;
    workload.weights = workload.activations = workload.kv = DType::BF16;
    library.workloads = {workload};
    library.fixed = {exactFixedCosts(model.config, workload)};
    LayerChoice largest{gqa(model.config.kvHeads), ffnWidth(model.config.ffnWidth)};
    for (const LayerChoice &choice : model.layers) {
        BlockLibrary::Layer layer{largest, {}};
        for (Part part : {Part::Attention, Part::Ffn})
            for (const Variant &variant : {largest.of(part), choice.of(part)}) {
                if (findEntry(layer, variant))
                    continue;
                LibraryEntry entry;
                (part == Part::Attention ? entry.attention : entry.ffn) = variant;
                entry.costs = {exactCosts(model.config, variant, workload)};
                layer.entries.push_back(std::move(entry));
            }
        library.layers.push_back(std::move(layer));
    }
    return library;
}

void requireBuildable(const BlockLibrary &library, const std::vector<LayerChoice> &choices, const std::string &where)
{
    if (choices.size() != library.layers.size())
        throw badInput(where + " has " + std::to_string(choices.size()) + " layers, the library " + std::to_string(library.layers.size()));
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const BlockLibrary::Layer &layer = library.layers[i];
        if (findPair(layer, choices[i]))
            continue;
        for (Part part : {Part::Attention, Part::Ffn})
            if (!findEntry(layer, choices[i].of(part)))
                throw badInput("layer " + std::to_string(i) + " of " + where + " is " + toString(choices[i].attention) + "+"
                               + toString(choices[i].ffn) + ", which the library does not have in this layer");
    }
}

} // namespace tessera
