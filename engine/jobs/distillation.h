// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/base/json.h"
#include "engine/protocol/distill_children_request.h"
#include "engine/protocol/work_context.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// Global distillation of children towards their parent, as a user orders it.
struct Distillation {
    std::vector<std::string> children;
    std::vector<std::string> texts; ///< UTF-8 files; none: the token files of request are trained on and judged by as they are.
    std::string out; ///< The child's folder; of several children the folder of their folders, each named as the child was.
    std::string loss = "kl,cosine"; ///< See parseLossWeights().
    std::string train = "all";      ///< See trainedTensors().
    double heldOutPercent = 5;      ///< Of the text's windows: these choose the best state.
    std::optional<DType> storedAs;  ///< F32, F16 or BF16; missing: each child's own, or F32 for quantised ones.
    DistillChildrenRequest request; ///< Parent, budget and the numbers; other paths and the children are filled in.
    std::string workerCommand;
    std::function<void()> begun = [] {}; ///< Called when the order was found sound, before the work begins.
};

struct LossTerms {
    double kl = 0, cosine = 0, lm = 0;
};
/// "kl,cosine" or "kl=1,cosine=0.5,lm=0.1": a word alone has weight 1, what is not named 0. Throws Error (BadInput).
LossTerms parseLossWeights(const std::string &text);

/// The tensors that "all", "changed" (sub-blocks that are not the parent's variant), "3-7:ffn", "0:attention", "12" (a whole layer),
/// "embeddings", "norm" (the final one) and "head" name, joined by commas, in the model's order. all are the sub-blocks of all layers;
/// tied embeddings are the head too. Throws Error (BadInput) for other words and where nothing is named.
std::vector<std::string> trainedTensors(const std::string &text, const ModelArchitecture &child);

/// Where an order's children go, as an absolute path without a slash at its end, and where its state is kept meanwhile.
std::filesystem::path distilledFolder(const std::string &out);
std::filesystem::path trainingFolder(const std::string &out);

/// Tokenises the texts, lets a worker train and gives the children their names when all are complete. What an interrupted run
/// reached stays in OUT.training, where the same order continues. Result {"path","steps","tokens","seconds","best_step",
/// "before","after","change","curve"}; change holds the paired differences after - before over held-out windows, by figure. Of
/// several children the last five are null, and "children" is a list with a "path" and these for each.
Json distillChildren(Distillation order, const WorkContext &context);

} // namespace tessera
