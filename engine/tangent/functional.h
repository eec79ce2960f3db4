// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"

#include <cstdint>
#include <string>

namespace tessera::tangent {

/// The scalar that a network says at the last position, whose gradients a kernel compares (see TangentRequest).
enum class Functional { RandomLogit, TargetLogit, Loss };
/// Throws Error (BadInput).
Functional parseFunctional(const std::string &word);

/// The functional's derivatives by the logits, float32 [probes, vocabulary]. hidden: behind the final norm at the last position,
/// [probes, hidden]; targets: int64 [probes]. Only RandomLogit depends on the seed. Rows sum to zero: a constant added to all
/// logits changes no probability, so that a kernel which saw it would see what the network never says.
nn::Tensor logitDerivatives(Functional functional, const nn::Model &model, const nn::Tensor &hidden, const nn::Tensor &targets,
                            std::uint64_t seed);

/// A stream of numbers of its own.
at::Generator generatorOf(std::uint64_t seed);

} // namespace tessera::tangent
