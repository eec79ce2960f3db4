// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"
#include "engine/store/project.h"

#include <filesystem>
#include <string>

namespace tessera {

/// The library of a project as the search sees it. Costs that follow from shapes are computed; run times are those imported,
/// else measured, else estimated, a layer's own before those of all layers. Scores are those of chosenOrigins(); the
/// parent's variants score 0 in every metric. A pair's costs are stated ones, else the sums of its sub-blocks', its scores those
/// of its own training.
BlockLibrary loadLibrary(const Project &project);

/// Makes a project of a library that comes from elsewhere; it can be explored and solved, not run. Costs become imported ones
/// (estimated ones stay so). Throws Error when path exists or cannot be written, or when layers repeat an option.
Project saveLibrary(const std::filesystem::path &path, const BlockLibrary &library);

/// Changes whenever anything in the library does that the search sees.
std::string hashOf(const BlockLibrary &library);

} // namespace tessera
