// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"
#include "engine/nn/forward.h"
#include "engine/nn/streamed_model.h"

#include <cstdint>
#include <vector>

namespace tessera::distill {

/// What the teacher makes of windows of tokens; N = windows * (length - 1) predictions, window by window.
struct TeacherPass {
    at::Tensor targets;             ///< int64 [N]
    std::vector<at::Tensor> states; ///< The residual stream behind each layer, [N, hidden].
    at::Tensor hidden;              ///< After the final norm, [N, hidden].
};
/// tokens: int64 [windows, length]. Its logits are not kept: they would be the vocabulary's size larger.
TeacherPass passThrough(const nn::Model &teacher, const at::Tensor &tokens, const nn::Rope &rope);
/// The same for several parts of a batch and a teacher that need not be on the device as a whole: each layer is asked for once.
std::vector<TeacherPass> passThrough(nn::StreamedModel &teacher, const std::vector<at::Tensor> &parts, const nn::Rope &rope,
                                     const StopToken &stop);

/// The loss of global distillation is kl * KL(teacher || student) + cosine * (1 - cosine of hidden states) + lm * (-log
/// probability of the next token), each a mean over predictions; the cosine is a mean over layers too (puzzle paper, equation 4,
/// has all three with weight 1 and recommends to leave lm out).
struct LossWeights {
    double kl = 1, cosine = 1, lm = 0;
};

/// Sums over predictions. A part whose weight is 0 is not computed and stays 0.
struct LossSums {
    std::int64_t predictions = 0;
    double kl = 0, cosine = 0, lm = 0;
};
/// The weighted mean.
double lossOf(const LossSums &sums, const LossWeights &weights);
LossSums &operator+=(LossSums &sums, const LossSums &more);

/// 1 - cosine of each row of two [N, hidden] tensors, float32 [N]; 1 where a row is zero. gradient, unless it is null, receives the
/// gradient of factor * their sum towards a, in a's type.
at::Tensor cosineDistances(const at::Tensor &a, const at::Tensor &b, double factor = 0, at::Tensor *gradient = nullptr);

/// The student's losses on the tokens that the teacher has passed, and the gradient of factor times the weighted sum over
/// predictions, which is added to gradients (one a parameter; undefined ones are taken as zero). student: with the
/// parameters in its autograd graph. With factor = 1 / predictions of a whole batch, calls for parts of it add up to the
/// gradient of its mean loss. No more than about 200 MB (logitBytes()) hold logits at once. Same hidden width, layers and vocabulary.
LossSums addGradients(const nn::Model &student, const std::vector<at::Tensor> &parameters, const nn::Model &teacher,
                      const TeacherPass &pass, const at::Tensor &tokens, const nn::Rope &rope, const LossWeights &weights,
                      double factor, std::vector<at::Tensor> &gradients);

/// The most bytes of logits and what is computed from them that addGradients() has at once for so many rows.
std::int64_t logitBytes(std::int64_t vocabulary, std::int64_t rows);

} // namespace tessera::distill
