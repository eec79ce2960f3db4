// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/model.h"

#include <string>
#include <vector>

namespace tessera::pretrain {

/// A model whose tensors are trained, with its float32 parameters in the order of tensorsOf(architecture).
struct TrainedModel {
    nn::Model model; ///< Tensors share memory with parameters.
    std::vector<std::string> names;
    std::vector<at::Tensor> parameters;
};

/// Weights drawn from N(0, 0.02^2), the last matrix of every sub-block from N(0, 0.02^2 / (2 layers)) so that the residual
/// stream does not grow with depth (GPT-2's rule), norms one, biases zero.
TrainedModel randomModel(const ModelConfig &config, std::uint64_t seed);

/// The same model over other tensors: parameters converted to dtype inside the autograd graph, so that gradients reach the
/// float32 originals.
nn::Model castModel(const TrainedModel &trained, at::ScalarType dtype);

} // namespace tessera::pretrain
