// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/architecture/workload.h"
#include "engine/cost/block_library.h"

namespace tessera {

/// The costs that follow from shapes alone, exact: parameters, weight_bytes, kv_bytes, memory, attention_layers. With
/// E = elements of all tensors (a sub-block's norm belongs to it, tied embeddings count once):
///   parameters = E, weight_bytes = E bytes(weights), memory = weight_bytes + kv_bytes,
///   kv_bytes = 2 kv_heads head_dim (input + output) batch bytes(kv), attention_layers = 1 for softmax attention, else 0.
/// Each throws Error (BadInput) when the variant is impossible in this configuration or a figure does not fit 63 bits.
Costs exactCosts(const ModelConfig &config, const Variant &variant, const Workload &workload);
Costs exactFixedCosts(const ModelConfig &config, const Workload &workload);
Costs exactCosts(const ModelArchitecture &model, const Workload &workload);

} // namespace tessera
