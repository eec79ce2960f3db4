// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/jobs/worker_process.h"
#include "engine/store/project.h"

#include <cstdint>
#include <filesystem>

namespace tessera {

struct ChildCheck {
    std::filesystem::path child;
    std::int64_t maxTokens = 0;   ///< Of the project's test split; 0: all.
    bool measure = true;          ///< Run times too, of the parent and the child in turn, for every workload of this machine.
    double measureSeconds = 20;   ///< A workload.
    int threads = 0;
    std::filesystem::path parent; ///< Where the parent is now, if it was moved.
};

/// Holds a child against what the library predicts of it: evaluated in float32 on text of the project that nothing was fitted to
/// or scored on, and timed as a whole. Result {"evaluation": as the method "evaluate" gives it, "measured": {"kl_div","lm_loss",
/// "accuracy_loss","perplexity", COST: v, "parent": {"perplexity", COST: v}}, "predicted": {METRIC or COST: v} or null}; costs
/// of other workloads than the first are written COST@WORKLOAD. measured is kept with the child's record when the project is open for
/// writing and built the child. Throws Error (BadInput) when the project has no text or the child another vocabulary.
Json checkChild(Project &project, const ChildCheck &order, WorkerProcess &worker, const WorkContext &context);

} // namespace tessera
