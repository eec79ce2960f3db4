// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/tangent_request.h"
#include "engine/protocol/work_context.h"

namespace tessera {

/// The method "tangent". "estimator" names everything that makes two kernels comparable beside the probes: functional, how its
/// gradients were compared, and the type of numbers, as in "random_logit/jacobian/f32" or "loss/sketch:1024/f32".
/// "sketch_spread" is null without a sketch, else [low, high]: with a probability of 99 % every eigenvalue of every Theta_b
/// and of their sum lies within these factors of its true value (Davidson and Szarek's bound for Gaussian matrices, for all
/// sub-blocks and seeds at once); low is 0 where the sketch has fewer columns than that needs.
///
/// Throws Error (BadInput) for types other than f32, fewer than 2 probes, a file that is too short, several seeds where
/// nothing is drawn, and replacements that do not fit; Error (Interrupted) on request.
Json runTangent(const TangentRequest &request, const WorkContext &context);

} // namespace tessera
