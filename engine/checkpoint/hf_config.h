// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/base/json.h"
#include "engine/checkpoint/stored_tensor.h"

#include <string>

namespace tessera {

/// A heterogeneous child's model_type, the member that says what each layer is, and that member's version.
inline const std::string kChildType = "tessera";
inline const std::string kChildMember = "tessera";
inline constexpr int kChildVersion = 1;

/// The model that a config.json describes, as transformers 4 (rope_theta, rope_scaling, torch_dtype) and 5
/// (rope_parameters, dtype) write it: model_type llama, mistral, qwen2 or qwen3, tessera for a heterogeneous child, nemotron-nas (or any
/// of the former with block_configs) for what other tools made. What a member means where it
/// is absent is what transformers takes. Throws Error (BadInput) that names the member which is wrong or not supported.
ModelArchitecture parseHfConfig(const Json &config, const std::string &where);

/// Takes begin and end tokens from a generation_config.json where it gives them; generation uses those.
void applyGenerationConfig(const Json &generation, const std::string &where, ModelConfig &config);

/// config.json of a model whose weights are stored as F32, F16 or BF16, with the members that older loaders read. A uniform
/// model is a plain one of its family with its own kv heads and width; another one has model_type tessera. Both have the member
///   "tessera": {"version": 1, "layers": [{"attention": "gqa:3", "ffn": "width:768"}, ...], "family": "qwen2"}
/// (family only where it is not llama).
/// Throws Error (Failed) for what the format cannot say.
Json toHfConfig(const ModelArchitecture &model, StoredType type);

/// Rope settings of a config.json, read into base and scaling, and the reverse.
void readRope(const Json &config, const std::string &where, ModelConfig &into);
void writeRope(const ModelConfig &config, Json &into);

} // namespace tessera
