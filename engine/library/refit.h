// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

namespace tessera {

/// The worker's "refit" (requests.h): the sequential refit of a chosen child (closed_form.md section 6). One pass through the
/// layers keeps two residual streams (2 * tokens * hidden in the run's type). Every replaced sub-block's last matrix is
/// fitted to features of the child's stream; its target is what brings that stream back to the parent's behind the
/// sub-block; the ridge draws it towards the matrix that it had. It starts again when it was stopped: the whole pass costs
/// little more than two forwards. Items also carry "error_before", "error_after": sum |child's stream - parent's|^2 over
/// sum |parent's increment|^2 behind the sub-block, before and after its refit. Result {"variants", "tokens"}.
Json runRefit(const RefitRequest &request, const WorkContext &context);

} // namespace tessera
