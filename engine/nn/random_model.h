// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"

namespace tessera::nn {

/// Random weights from LibTorch's generator (at::manual_seed): matrices normal with the given standard deviation, norms 1,
/// biases 0. For measuring, pretraining and tests.
SubBlock randomSubBlock(const ModelConfig &config, const Variant &variant, at::ScalarType dtype, double deviation = 0.02);
Layer randomLayer(const ModelConfig &config, const LayerChoice &choice, at::ScalarType dtype, double deviation = 0.02);
Model randomModel(const ModelArchitecture &architecture, at::ScalarType dtype, double deviation = 0.02);

} // namespace tessera::nn
