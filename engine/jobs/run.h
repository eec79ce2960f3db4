// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/jobs/worker_process.h"
#include "engine/protocol/work_context.h"
#include "engine/store/project.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// What tessera run is told. A missing option is the one that the stage was first begun with, or else its default.
struct RunOrder {
    std::vector<std::string> stages; ///< Of stageNames(); empty: defaultStages().
    std::optional<std::int64_t> budgetTokens; ///< To train each variant on; given, distilling is among the default stages.
    std::string mode = "decoupled";           ///< Of trainingModes(): which stages train, and which pairs.
    double maxMinutes = 0;                    ///< 0: no limit.
    std::optional<std::int64_t> fitTokens;    ///< Default 32768.
    std::optional<std::string> channelRanking, kvHeads;
    std::optional<std::int64_t> scoreWindows; ///< Default 8.
    std::optional<double> learningRate;
    double measureSeconds = 60; ///< A workload.
    bool measureAgain = false;  ///< What was measured before too.
    int threads = 0;
    std::filesystem::path parent; ///< Where the parent is now, if it was moved.
    /// What starts each of the workers that share the work, as WorkerOptions::command. Empty: one, the usual one.
    std::vector<std::string> workerCommands;
};

struct StageReport {
    std::string name;
    std::int64_t done = 0, total = 0;
    double seconds = 0; ///< Of this run.
};

/// init: the paper's initialisations. fit: closed-form variants. distill: training, each sub-block beside the parent's other one.
/// couple: training of pairs, starting from the best of their halves: in mode coupled all of them, otherwise those that a search
/// of the library keeps at 90, 80, 70, 60 and 50 % of the parent's run time or memory. score: the damage of the best weights of every
/// variant. score-paper: that of the paper's initialisation. measure: run times of every shape.
const std::vector<std::string> &stageNames();
/// decoupled: sub-blocks. coupled: pairs alone. hybrid: sub-blocks, then the pairs that a search keeps (Puzzle, section 3).
const std::vector<std::string> &trainingModes();
/// fit, measure, score, then with training distill or couple or both, each with its scores, and score-paper.
std::vector<std::string> defaultStages(bool trains, const std::string &mode);

/// Does what is left to do of the stages, in their order; every result that a worker reports is committed at once, so that the
/// same call after any end goes on behind the last one. Stops when context.stop is requested (Error Interrupted) or when the
/// minutes are over (returns). remark gets sentences for the user.
std::vector<StageReport> runProject(Project &project, const RunOrder &options, const WorkContext &context,
                                    const std::function<void(const std::string &)> &remark);

} // namespace tessera
