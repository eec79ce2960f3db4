// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/score/parent_pass.h"

#include <map>
#include <string>
#include <vector>

namespace tessera {

/// Values per window of a group, by metric.
using WindowScores = std::map<std::string, std::vector<double>>;

/// "kl_div", "lm_loss", "hidden_cosine", "accuracy_loss".
const std::vector<std::string> &scoreMetrics();
/// Whether a metric is computed from logits.
bool needsLogits(const std::string &metric);

/// Memory for one piece of logit differences, kept between candidates.
struct HeadBuffer {
    nn::Tensor differences;
};

/// The metrics of a child whose residual stream after the last layer is stream, against the parent's pass over the same group.
WindowScores scoreWindows(const nn::Model &model, const ParentPass &pass, const nn::Tensor &stream,
                          const std::vector<std::string> &metrics, HeadBuffer &buffer);

} // namespace tessera
