// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

namespace tessera {

/// The method "logits". Throws Error (BadInput) for tokens beyond the vocabulary and positions beyond the tokens.
Json runLogits(const LogitsRequest &request, const WorkContext &context);

} // namespace tessera
