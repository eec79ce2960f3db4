// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/model.h"

#include <string>
#include <vector>

namespace tessera::nn {

/// A model of which some tensors are trained: those are float32 and want gradients, all others stay as they are.
struct TrainedModel {
    Model model; ///< Its trained tensors share memory with parameters.
    std::vector<std::string> names; ///< Full names, as tensorsOf(architecture) has them.
    std::vector<at::Tensor> parameters;
};

/// A checkpoint in dtype whose named tensors are trained. Throws Error (BadInput) for a name that the model does not have.
TrainedModel trainTensors(const Checkpoint &checkpoint, const std::vector<std::string> &names, at::ScalarType dtype);

/// The model with other tensors under full names. Throws Error (BadInput) for a name that it does not have.
Model withTensors(Model model, const std::vector<std::string> &names, const std::vector<at::Tensor> &tensors);

/// The same model over other tensors: parameters converted to dtype inside the autograd graph, so that gradients reach the
/// float32 originals.
Model castModel(const TrainedModel &trained, at::ScalarType dtype);

} // namespace tessera::nn
