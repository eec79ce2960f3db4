// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/trained_model.h"

#include <cstdint>

namespace tessera::pretrain {

/// Weights drawn from N(0, 0.02^2), the last matrix of every sub-block from N(0, 0.02^2 / (2 layers)) so that the residual
/// stream does not grow with depth (GPT-2's rule), norms one, biases zero.
nn::TrainedModel randomModel(const ModelConfig &config, std::uint64_t seed);

} // namespace tessera::pretrain
