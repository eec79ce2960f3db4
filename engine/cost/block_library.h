// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/architecture/workload.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// An exact amount of a cost, in the cost's own integer unit: bytes for weight_bytes, kv_bytes and memory, counts for
/// parameters and attention_layers, nanoseconds for prefill, decode and runtime, billionths (1e-9) for every other name.
using Amount = std::int64_t;

struct CostValue {
    Amount amount = 0;
    bool estimated = false; ///< By the roofline; false for measured, imported and exact costs.
    bool operator==(const CostValue &) const = default;
};

/// Costs by name; a missing name is unknown, never 0. memory and runtime are there where they were given as such or where
/// both of their parts are known (see completeCosts).
using Costs = std::map<std::string, CostValue>;

/// The damage of one replacement under one metric. samples holds one value per window where they are known.
struct Score {
    double mean = 0;
    std::optional<double> standardError;
    std::vector<double> samples;
};

/// An option of a layer: one sub-block (additive) or a whole (attention, FFN) pair.
struct LibraryEntry {
    std::optional<Variant> attention;
    std::optional<Variant> ffn;
    std::vector<Costs> costs; ///< By workload, as BlockLibrary::workloads.
    std::map<std::string, Score> scores; ///< By metric, of the variant's best origin.
    bool isPair() const { return attention && ffn; }
};

/// "attention=gqa:3", "ffn=none" or both joined by "+": what is there of a sub-block's and a whole layer's variants.
std::string blockName(const std::optional<Variant> &attention, const std::optional<Variant> &ffn);
inline std::string blockName(const LibraryEntry &entry) { return blockName(entry.attention, entry.ffn); }

/// Everything the search needs to know of a project or of an imported library: values alone, no weights.
struct BlockLibrary {
    struct Layer {
        LayerChoice parent;
        std::vector<LibraryEntry> entries; ///< The parent's own variants included.
    };
    std::string name;
    std::string objectiveDefault = "kl_div";
    std::vector<Workload> workloads; ///< At least one; the first is the default of every limit.
    std::vector<Costs> fixed;        ///< By workload: embeddings, final norm, head.
    std::vector<Layer> layers;
};

} // namespace tessera
