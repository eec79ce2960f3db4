// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/base/json.h"
#include "engine/cost/block_library.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tessera {

/// Adds memory = weight_bytes + kv_bytes and runtime = prefill + decode where both parts are known and the sum was not given.
void completeCosts(Costs &costs);

/// The costs that both know, added; a cost that either lacks is unknown. Estimated when either is. Throws Error (BadInput)
/// when a sum does not fit 63 bits.
Costs addCosts(const Costs &a, const Costs &b);

/// The amount of one cost in costs, with memory and runtime completed from their parts; nothing where it is unknown.
std::optional<CostValue> costIn(const Costs &costs, const std::string &cost);

/// 1000 batch output / runtime in tokens a second, runtime being in nanoseconds here; nothing for a run time of 0.
std::optional<double> throughputOf(const Workload &workload, Amount runtime);

/// The entry of a layer for one sub-block, or for a whole pair; null where the library has none.
const LibraryEntry *findEntry(const BlockLibrary::Layer &layer, const Variant &variant);
const LibraryEntry *findPair(const BlockLibrary::Layer &layer, const LayerChoice &choice);

/// One cost of one layer's choice: the pair's own figure where it is known, otherwise the sum of its sub-blocks'.
std::optional<CostValue> layerCost(const BlockLibrary::Layer &layer, const LayerChoice &choice, const std::string &cost,
                                   std::size_t workload);

/// One cost of the fixed part. A library without any fixed cost for the workload has no fixed part: 0. A name that is not
/// one of knownCosts() and that the fixed part does not list is 0 as well: such a cost is its author's, and so is the list.
std::optional<CostValue> fixedCost(const BlockLibrary &library, const std::string &cost, std::size_t workload);

/// One cost of a whole child, fixed part included; throughput has no amount and gives nothing. Nothing where any part is
/// unknown. Throws Error (BadInput) when choice has another number of layers than the library, the library has no workload of
/// this index, or the sum does not fit 63 bits.
std::optional<CostValue> totalCost(const BlockLibrary &library, const std::vector<LayerChoice> &choice, const std::string &cost,
                                   std::size_t workload);

/// The parent's choice in every layer.
std::vector<LayerChoice> parentChoice(const BlockLibrary &library);

/// Names of all costs that any entry or fixed part knows for a workload, memory and runtime included where they follow.
std::set<std::string> costNames(const BlockLibrary &library, std::size_t workload);
/// Whether costNames() has this one, without listing the others.
bool knowsCost(const BlockLibrary &library, const std::string &cost, std::size_t workload);

/// All of costNames() of a child.
Costs totalCosts(const BlockLibrary &library, const std::vector<LayerChoice> &choice, std::size_t workload);

/// {COST: number or null, ..., "throughput": number or null}, with every known cost.
Json costsToJson(const Costs &costs, const Workload &workload);
/// Reads {COST: number or null}; where names the object. Throws Error (BadInput).
Costs costsFromJson(const Json &json, const std::string &where);

} // namespace tessera
