// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_config.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// The two halves of a transformer layer.
enum class Part { Attention, Ffn };

enum class VariantKind {
    Gqa,    ///< Grouped-query softmax attention with size kv heads.
    Width,  ///< Gated FFN of width size.
    Linear, ///< The sub-block's norm and one hidden x hidden matrix.
    None    ///< Nothing: the residual stream passes, the norm is gone.
};

/// An alternative for one sub-block, as a value. Prints and parses as cli.md's BLOCK: "attention=gqa:3", "ffn=width:768",
/// "attention=linear", "ffn=none".
struct Variant {
    Part part = Part::Attention;
    VariantKind kind = VariantKind::None;
    std::int64_t size = 0; ///< kv heads or width; 0 for linear and none.

    auto operator<=>(const Variant &) const = default;
};

inline Variant gqa(std::int64_t kvHeads) { return {Part::Attention, VariantKind::Gqa, kvHeads}; }
inline Variant ffnWidth(std::int64_t width) { return {Part::Ffn, VariantKind::Width, width}; }
inline Variant linearVariant(Part part) { return {part, VariantKind::Linear, 0}; }
inline Variant noneVariant(Part part) { return {part, VariantKind::None, 0}; }
/// The variant that the parent itself has.
Variant parentVariant(const ModelConfig &config, Part part);

std::string toString(Part part);              ///< "attention" or "ffn"
std::string toString(const Variant &variant); ///< "attention=gqa:3"
std::string shortName(const Variant &variant);///< "gqa:3"
/// Reads "gqa:3", "width:768", "linear", "none" for a part. Throws Error (BadInput) naming the text when it is anything else.
Variant parseVariant(Part part, std::string_view text);

/// One tensor of a sub-block: its name behind "model.layers.N." and its shape (rows x columns as checkpoints store them).
struct TensorSpec {
    std::string name;
    std::vector<std::int64_t> shape;
    bool operator==(const TensorSpec &) const = default;
};

/// All tensors of a variant, its norm first; empty for none. Names are Hugging Face's, and for linear
/// "self_attn.linear_attn.weight" and "mlp.linear_mlp.weight" (nemotron-nas).
std::vector<TensorSpec> tensorsOf(const ModelConfig &config, const Variant &variant);

/// Whether the variant can stand in a model of this configuration: kv heads divide the query heads, sizes are positive.
/// Returns an empty string, or the sentence that says why not.
std::string whyImpossible(const ModelConfig &config, const Variant &variant);

/// One sub-block's worth of user input: the variants that "attention=gqa:2+ffn=none" names, at most one a part. "parent"
/// gives the parent's variant. Throws Error (BadInput).
std::vector<Variant> parseBlock(const ModelConfig &config, std::string_view text);

/// "12", "3-7" or "all" as layer numbers in ascending order. Throws Error (BadInput) when a layer is not below layers.
std::vector<std::int64_t> parseLayers(std::string_view text, std::int64_t layers);

} // namespace tessera
