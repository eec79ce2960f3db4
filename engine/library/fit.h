// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

namespace tessera {

/// The worker's "fit" (requests.h): closed-form variants, layer by layer. Memory: the parent's residual stream (tokens *
/// hidden in the run's type), one layer of weights, and fitLayer's moments. Before every layer with something to fit the
/// stream is written to scratchFolder, from which a stopped or killed run goes on; it is removed at the end. A variant's bits
/// depend on parent, tokens, window, settings, type and threads alone: neither on interruptions nor on what else is wanted.
/// Result {"variants": number fitted, "tokens": tokens used, "memory": {"predicted": bytes}, "note": where a batch was too large}.
Json runFit(const FitRequest &request, const WorkContext &context);

} // namespace tessera
