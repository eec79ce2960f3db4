// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/cost/block_library.h"

#include <filesystem>
#include <string>

namespace tessera {

/// Reads cli.md's library file:
///   {"name", "objective_default", "workload": WORKLOAD or "workloads": [WORKLOAD...], "fixed": {COST: v},
///    "layers": [{"parent": BLOCK, "blocks": [{"block": BLOCK, "costs": {COST: v}, "scores": {METRIC: v or [per sample]}}]}]}
/// Costs are in cli.md's units; COST may be COST@WORKLOAD, without it the first workload is meant. null, and what is not
/// named, is unknown. Where they are not given, attention_layers follows from the block, and kv_bytes is 0 where there are no
/// keys and values (fixed part, FFN, attention linear or none) beside known weight_bytes. Other members are the author's
/// notes and ignored. Throws Error (BadInput) naming where for malformed or repeated blocks, a parent that does not name
/// both sub-blocks, numbers that are not finite, fractions of bytes.
BlockLibrary parseLibrary(const Json &json, const std::string &where);
BlockLibrary readLibraryFile(const std::filesystem::path &file);

/// The library in the same form; parseLibrary gives it back. A score with samples is written as its samples.
Json toJson(const BlockLibrary &library);

} // namespace tessera
