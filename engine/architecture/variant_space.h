// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/variant.h"
#include "engine/base/json.h"

#include <cstdint>
#include <vector>

namespace tessera {

/// Which variants a block library has. The JSON form (tessera new --space FILE), every member optional:
///   {"kv_heads": "all" or [3, 1], "ffn_fractions": [100, 87, 75, 50, 25, 20, 10], "ffn_widths": [768],
///    "attention_linear": true, "attention_none": true, "ffn_linear": true, "ffn_none": true,
///    "layers": "all" or ["0-3", "7"]}
/// Fractions are percentages of the parent's width, rounded to the nearest multiple of
/// min(256, largest power of two <= width / 32), ties up, duplicates dropped. The parent's variant is always there. Layers
/// that are not named keep the parent's variants alone.
struct VariantSpace {
    bool allKvHeads = true;
    std::vector<std::int64_t> kvHeads;
    std::vector<double> ffnFractions{100, 87, 75, 50, 25, 20, 10};
    std::vector<std::int64_t> ffnWidths;
    bool attentionLinear = true, attentionNone = true, ffnLinear = true, ffnNone = true;
    std::vector<std::string> layers; ///< Empty for all.
};

/// Throws Error (BadInput) that names where for unknown members and impossible values.
VariantSpace parseVariantSpace(const Json &json, const std::string &where);
Json toJson(const VariantSpace &space);

/// The widths a fraction list means for a parent of this FFN width, descending, without duplicates.
std::vector<std::int64_t> widthsOf(std::int64_t parentWidth, const std::vector<double> &percentages);

/// The variants of one layer: attention from many kv heads to none, then FFN from wide to none; the parent's come first in
/// their part.
std::vector<Variant> variantsOf(const VariantSpace &space, const ModelConfig &config, std::int64_t layer);

} // namespace tessera
