// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

namespace tessera {

/// The worker's "distill" (requests.h): block-wise local distillation from the given weights.
///
/// The variants are trained in groups, in the order of request.start. One pass of the parent over the training tokens serves
/// all variants of a group: every batch goes once through the parent, and in each layer every variant of the group makes a
/// step. A group ends where its weights, moments and best weights (16 bytes a parameter) would exceed memoryBytes, or where its
/// training costs kGroupWork times the parent's pass: a larger group would save little and be finished later. So when the
/// budget ends early, whole groups at the front are done.
///
/// Step s trains on windows s * batch ... of the token file, again from its start when it ends. Learning rate:
/// nn::warmupCosine. Loss and gradient: see Trainee. Held-out losses are taken at the start, at each quarter and at the
/// end; the best weights by the whole output's loss are kept, the start's among them ("best_tokens" of the item says which;
/// 0: the start was not improved). Results depend neither on groups, memory and checkpointSteps nor on interruptions.
///
/// mode "coupled": start holds pairs, the attention of a layer and behind it its FFN; each pair is trained at once, and its
/// two items name it in "pair". A parent's or none variant in a pair stays as it is and gets no item.
///
/// A parent that does not fit on the device beside the largest variant (nn::memoryBudget()) is gone through layer by layer: the
/// groups are then those of one layer, in order of layers, with the same results.
///
/// Stopped, it writes a checkpoint after the current step of the current variant; killed, it goes on from the last of those
/// written every checkpointSteps steps. Result {"variants", "tokens": per variant, "groups",
/// "memory" as of runScore, "note"}.
Json runDistill(const DistillRequest &request, const WorkContext &context);
inline constexpr double kGroupWork = 4;

} // namespace tessera
