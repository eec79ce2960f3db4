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
    double maxMinutes = 0;                    ///< 0: no limit.
    std::optional<std::int64_t> fitTokens;    ///< Default 32768.
    std::optional<std::string> channelRanking, kvHeads;
    std::optional<std::int64_t> scoreWindows; ///< Default 8.
    std::optional<double> learningRate;
    double measureSeconds = 60; ///< A workload.
    bool measureAgain = false;  ///< What was measured before too.
    int threads = 0;
    std::filesystem::path parent; ///< Where the parent is now, if it was moved.
    std::string workerCommand;
};

struct StageReport {
    std::string name;
    std::int64_t done = 0, total = 0;
    double seconds = 0; ///< Of this run.
};

/// init: the paper's initialisations. fit: closed-form variants. distill: training. score: the damage of the best weights of every
/// variant. score-paper: that of the paper's initialisation. measure: run times of every shape.
const std::vector<std::string> &stageNames();
/// fit, measure, score, then distill and score again where a budget is given, score-paper.
std::vector<std::string> defaultStages(bool distill);

/// Does what is left to do of the stages, in their order; every result that a worker reports is committed at once, so that the
/// same call after any end goes on behind the last one. Stops when context.stop is requested (Error Interrupted) or when the
/// minutes are over (returns). remark gets sentences for the user.
std::vector<StageReport> runProject(Project &project, const RunOrder &options, const WorkContext &context,
                                    const std::function<void(const std::string &)> &remark);

} // namespace tessera
