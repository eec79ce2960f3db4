// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// A child in global distillation, and where it goes.
struct StudentOrder {
    std::string model;
    std::vector<std::string> tensors; ///< What is trained, by full names.
    std::string outFolder;            ///< Made; what it holds before is lost.
    DType storedAs = DType::F32;
    bool operator==(const StudentOrder &) const = default;
};

/// "distill_children": global distillation of children towards their parent, which passes every batch once for all of them.
/// Items {"child": index,"step","tokens","training_loss","held_out_loss","kl_to_parent","nll","hidden_cosine"}; result {"steps","tokens","seconds","children":
/// [{"path","steps","best_step","before","after","curve"}]}, before and after on held-out tokens as evaluate's result, plus "loss"
/// and "hidden_cosine".
struct DistillChildrenRequest {
    std::string parent;
    std::vector<StudentOrder> children;
    std::string tokenFile;        ///< Its windows are trained on in a random order; again in another one when they end.
    std::string heldOutTokenFile; ///< Tokens that choose the best state.
    std::int64_t heldOutTokens = 8192;
    std::int64_t window = 512;
    std::int64_t batchTokens = 2048;  ///< Of a step; rounded down to windows, at least one.
    std::int64_t tokensAtOnce = 512;  ///< Pass a network together; the batch's gradient is the sum over its parts.
    std::int64_t tokens = 131072;     ///< Budget; 0: minutes.
    double minutes = 0;
    std::int64_t evaluationSteps = 16;
    double klWeight = 1, cosineWeight = 1, lmWeight = 0;
    double learningRate = 1e-4;
    double warmup = 0.05;
    double weightDecay = 0;
    double clipNorm = 1; ///< 0: no clipping.
    std::string scratchFolder; ///< Checkpoints, for resuming.
    RunSettings run;
    bool operator==(const DistillChildrenRequest &) const = default;
};

/// As the requests of requests.h, and beside them in requests.cpp.
Json toJson(const DistillChildrenRequest &request);
DistillChildrenRequest parseDistillChildrenRequest(const Json &json);

} // namespace tessera
