// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/base/error.h"
#include "engine/cost/block_library.h"
#include "tests/architecture/configs.h"

#include <string>
#include <utility>

namespace tessera::test {

/// Two layers with attention {gqa:2, none} and FFN {width:8, none}; the costs of a layer are ten times those of the one before.
inline BlockLibrary twoLayerLibrary()
{
    BlockLibrary library;
    library.name = "toy";
    Workload workload;
    workload.name = "chat";
    workload.batch = 4;
    workload.input = 10;
    workload.output = 5;
    Workload other = workload;
    other.name = "code";
    library.workloads = {workload, other};
    library.fixed = {{{"weight_bytes", {1000, false}}, {"kv_bytes", {0, false}}, {"prefill", {7, false}}, {"decode", {5, false}}}, {}};
    for (std::int64_t scale : {1, 10}) {
        BlockLibrary::Layer layer;
        layer.parent = {gqa(2), ffnWidth(8)};
        auto add = [&](Variant variant, Amount weights, Amount kv, Amount time) {
            LibraryEntry entry;
            (variant.part == Part::Attention ? entry.attention : entry.ffn) = variant;
            const Costs costs{{"weight_bytes", {weights * scale, false}},
                              {"kv_bytes", {kv * scale, false}},
                              {"prefill", {time * scale, false}},
                              {"decode", {2 * time * scale, false}}};
            entry.costs = {costs, costs};
            layer.entries.push_back(entry);
        };
        add(gqa(2), 40, 16, 100);
        add(noneVariant(Part::Attention), 0, 0, 0);
        add(ffnWidth(8), 60, 0, 150);
        add(noneVariant(Part::Ffn), 0, 0, 0);
        library.layers.push_back(layer);
    }
    return library;
}

/// The sentence of the Error that call throws, with its kind's exit code in front; empty where it throws none.
template <typename Call> std::string errorOf(Call &&call)
{
    try {
        std::forward<Call>(call)();
    } catch (const Error &error) {
        return std::to_string(error.exitCode()) + ": " + error.what();
    }
    return {};
}

} // namespace tessera::test
