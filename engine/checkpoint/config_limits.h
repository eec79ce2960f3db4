// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_config.h"

#include <string>

namespace tessera {

/// Checks what a file said about a model: every size at least 1 and so small that no product of them overflows, kv heads
/// dividing query heads, an even head dimension (rotations turn pairs). Throws Error (BadInput) naming where.
void checkLimits(const ModelConfig &config, const std::string &where);

} // namespace tessera
