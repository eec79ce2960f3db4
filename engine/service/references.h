// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/cost/block_library.h"
#include "engine/search/scenario.h"
#include "engine/store/project.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace tessera {

// Children that somebody published, to hold a front against. Each is a stored solution that carries its "reference", a name.

struct Reference {
    std::int64_t solution = 0;
    std::string name;
};
/// Stores the child of a nemotron-nas config.json as a reference. Throws Error (BadInput) naming the layer where the project's library
/// cannot build it, Error (Failed) where the project is open for reading.
Reference importReference(Project &project, const std::filesystem::path &config);

/// [{"name","objective","distance": null,"costs","choices","solution"}] of the references that the library can still build, with what it
/// says of them now by the scenario's objective. Its limits, pins, bans and rules are not looked at.
Json referencesOf(const Project &project, const std::shared_ptr<const BlockLibrary> &library, const Scenario &scenario);

} // namespace tessera
