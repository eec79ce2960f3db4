// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

namespace tessera {

/// Trains a small parent from tokens and writes model.safetensors (bfloat16) beside the config.json and tokenizer.json that
/// outFolder already holds. The state with the best held-out loss is what is written. Stops within one step of a stop
/// request; the same request continues from the last checkpoint in scratchFolder with the same bits as an undisturbed run
/// (same threads, type and library). Items and result: PretrainRequest.
Json runPretrain(const PretrainRequest &request, const WorkContext &context);

} // namespace tessera
