// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/cost/block_library.h"

#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// What an Amount of a cost counts.
enum class CostUnit {
    Bytes,
    Count,
    Nanoseconds,
    TokensPerSecond, ///< throughput alone: derived from the run time, never an Amount of its own.
    Billionths       ///< Every cost that somebody else named: multiples of 1e-9.
};

inline const std::string kParameters = "parameters";
inline const std::string kWeightBytes = "weight_bytes";
inline const std::string kKvBytes = "kv_bytes";
inline const std::string kMemory = "memory";
inline const std::string kPrefill = "prefill";
inline const std::string kDecode = "decode";
inline const std::string kRuntime = "runtime";
inline const std::string kThroughput = "throughput";
inline const std::string kAttentionLayers = "attention_layers";

/// The costs that Tessera itself knows, in the order in which they are shown.
const std::vector<std::string> &knownCosts();
bool isKnownCost(std::string_view name);
/// Billionths for every name that is not known.
CostUnit unitOf(std::string_view cost);

/// The number that JSON shows: bytes and counts whole, nanoseconds as milliseconds, billionths as the number itself. Exact to
/// the last unit for amounts below 2^52 (52 days, 4.5 million); above, the nearest double.
Json toJsonNumber(std::string_view cost, Amount amount);
/// The reverse, rounded to the nearest unit; null gives nothing. Throws Error (BadInput) naming where for what is no finite
/// number, a fraction of a byte or of a count, a negative known cost, throughput, and values beyond 63 bits.
std::optional<Amount> amountFromJson(std::string_view cost, const Json &number, const std::string &where);

/// For people: "1.25 GiB", "134.52 M", "12.3 ms", "3".
std::string formatAmount(std::string_view cost, Amount amount);

} // namespace tessera
