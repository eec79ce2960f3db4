// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/base/json.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera {

/// model_type of nemotron-nas children, and the member that says what each of their layers is.
inline constexpr std::string_view kDeciType = "nemotron-nas";
inline const std::string kBlocksMember = "block_configs";

/// The FFN width that nemotron-nas loaders derive from ffn_mult: 2/3 of its multiple of the hidden size, cut to a whole number and
/// rounded up to a multiple of 256. Throws Error (BadInput) where the result is no width.
std::int64_t widthOfFfnMult(double mult, std::int64_t hidden, const std::string &where);
/// The ffn_mult that gives a width which is a multiple of 256.
double ffnMultOf(std::int64_t width, std::int64_t hidden);

/// A block of nemotron-nas (n_heads_in_group, ffn_mult or intermediate_size) or of Puzzletron (num_key_value_heads, intermediate_size). Throws
/// Error (BadInput) saying where for what Tessera does not know: mixtures of experts, state spaces, windows, parallel blocks, other
/// activations, sizes that are impossible.
LayerChoice parseBlockConfig(const Json &block, const ModelConfig &config, const std::string &where);
/// The two halves of a block, as Puzzletron's statistics hold them.
Variant parseAttentionConfig(const Json &attention, const ModelConfig &config, const std::string &where);
Variant parseFfnConfig(const Json &ffn, const ModelConfig &config, const std::string &where);

/// The model whose layers are these blocks. kvHeads and ffnWidth become the largest ones that occur, where any do.
ModelArchitecture parseBlockConfigs(const Json &blocks, ModelConfig config, const std::string &where);

} // namespace tessera
