// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

namespace tessera {

/// Replace-one-block scores (cli.md): for every candidate and window the damage that the parent takes when the candidate
/// stands in for its sub-block. Items {"layer","variant","origin","window": first,"scores":{name:[one per window]}} say a few
/// consecutive windows each; the windows are the outer loop, so that an interrupted run has all candidates on fewer windows.
/// A score that is no finite number (a child that overflows) is null.
///
/// The file's windows are grouped by their place in the file, about 2048 tokens a group, and a group is always computed whole:
/// so a value depends on the file, types, threads and library versions alone, never on what was asked beside it (where the device
/// has too little memory for a group, in halves). For each group the parent runs once and keeps the input of every sub-block and
/// its logits; a candidate runs its sub-block and what lies behind it. Of a parent that does not fit (nn::memoryBudget()) the layers
/// stream, and many candidates pass them side by side, in the order of layers; the values are the same. Of the child's logits only
/// the difference to the parent's is ever computed, from the difference of the hidden states, a few hundred rows at a time: that is
/// the same by linearity, and keeps small scores exact in bfloat16.
///
/// Memory beside weights: a group's streams (2 layers x 2048 x hidden), its parent's logits (2048 x vocabulary) and one piece
/// of differences (256 x vocabulary), in the model's type; weights of candidates are kept between groups up to 1 GiB.
///
/// A candidate without file is computed from the parent by the paper's initialisation where its origin is paper; the ranking of
/// FFN channels then uses the parent's activations on the file's windows [0, firstWindow + windows), so that a narrower FFN
/// scores the same only under the same end. The parent's own variant (without file) scores exactly 0.
///
/// float32 and bfloat16. Result {"candidates","windows","tokens","memory":{"predicted": bytes at the peak,"layers": resident ones,
/// "moved": bytes of layers,"taken": at the peak, where the device counts it},"note": where memory was less than predicted}. Throws
/// Error (BadInput) for a file that is too short, an unknown metric, a candidate that does not fit or whose file has another hash,
/// Error (Interrupted) on request.
Json runScore(const ScoreRequest &request, const WorkContext &context);

} // namespace tessera
