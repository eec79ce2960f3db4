// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/variant.h"
#include "engine/cost/block_library.h"
#include "engine/search/scenario.h"

#include <optional>

namespace tessera {

/// The scenario with bans and rules in the place of its runtime, such that the runtime loads every child that keeps them; as it is
/// where it names none. config is the parent's, missing for an imported library. Throws Error (BadInput) for an unknown runtime.
Scenario withRuntimeRules(Scenario scenario, const BlockLibrary &library, const std::optional<ModelConfig> &config);

} // namespace tessera
