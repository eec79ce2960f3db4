// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/checkpoint/stored_tensor.h"
#include "engine/protocol/work_context.h"
#include "engine/store/project.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

struct RealizeOptions {
    std::filesystem::path out;
    bool refit = true;                     ///< Fit every replaced sub-block again on the child's own activations.
    std::optional<std::int64_t> refitTokens; ///< Missing: those of the stage fit.
    std::optional<StoredType> type;        ///< F32, F16 or BF16; missing: the parent's, or F32 for quantised parents.
    std::filesystem::path parent;          ///< Where the parent is now, if it was moved.
    std::optional<std::int64_t> solution;  ///< The solution that is built, for the record.
    std::string workerCommand;
    int threads = 0;
};

struct RealizedChild {
    std::filesystem::path path;
    std::int64_t parameters = 0;
    Json predicted; ///< {metric: sum of scores, COST: total} as the library predicts them.
};

/// Builds a child of a project's parent as one checkpoint: the library's weights, refitted in sequence by a worker where
/// refit is set, put together with what the parent keeps and its tokenizer. Needs no network without refit. The child is
/// recorded when the project is open for writing. Throws Error (BadInput) when a chosen variant has no weights yet.
RealizedChild realizeChild(Project &project, const std::vector<LayerChoice> &choices, const RealizeOptions &options,
                           const WorkContext &context);

} // namespace tessera
