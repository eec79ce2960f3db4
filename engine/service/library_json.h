// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/service/library_view.h"

#include <cstddef>

namespace tessera {

/// A variant as "tessera library" prints it: {"layer","block",COST...,"estimated","scores","scores_by_origin","origin",
/// "loss_before","loss_after","increment_before","increment_after"}, costs of the first workload.
Json variantJson(const LibraryView &view, std::size_t variant);

/// {METRIC: {"mean","se","samples"}}
Json scoresJson(const std::map<std::string, Score> &scores);
/// {ORIGIN: {METRIC: {"mean","se","samples"}}} of everything that was scored of a sub-block's variant; empty for pairs. A metric
/// with a value that is not finite is null.
Json scoresByOrigin(const LibraryView &view, std::size_t variant);

} // namespace tessera
