// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/cost/block_library.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

/// Reads a Puzzletron run: a folder with replacement_library.json, subblock_stats.json, ckpts/teacher/config.json and, where scores were
/// made, single_sequence_replacement_solutions--validation/teacher.json and solution_N.json.
/// - Every replacement of one layer is a whole-layer block; its costs are the sums of its two sub-blocks' statistics. null, and a sub-block
///   without statistics, is unknown; a no_op costs nothing.
/// - Each entry of the statistics is a workload, named by its batch, lengths and types; types that workloads do not have
///   (nvfp4, int8) are taken as fp8 and stay in the name.
/// - A score is the child's value less the teacher's, sample by sample where both have samples: lm_loss and kl_div under their names,
///   cosine_embedding_loss_hidden_states as hidden_cosine, token_accuracy_top_1 as accuracy_loss (teacher less child), other shares of
///   right tokens as one_minus_NAME, everything else under its own name.
/// Throws Error (BadInput) naming file and field; replacements of several layers are refused.
BlockLibrary readPuzzletron(const std::filesystem::path &folder);

/// What those files hold. Without scores teacher is null and solutions is empty.
struct PuzzletronRun {
    std::string name;
    Json config, replacements, statistics, teacher;
    std::vector<std::pair<std::string, Json>> solutions; ///< By file name.
};
BlockLibrary parsePuzzletron(const PuzzletronRun &run);

} // namespace tessera
