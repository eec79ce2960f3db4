// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/cost/block_library.h"

#include <filesystem>
#include <string>

namespace tessera {

/// Reads the demonstration data of NVlabs' Puzzle: a folder with block_library.json, measurement_info.json and
/// parent_block_stats.json, or a clone that has such a folder under examples/data. The library knows whole layers only: costs
/// (memory, runtime, parameters) and scores (kl_div, lm_loss less the parent's) belong to (attention, FFN) pairs, there is no
/// fixed part, and the workload has input 0 and output sequence_length. Sizes are read from the statistics, not from the
/// rounded keys. Throws Error (BadInput) naming the file.
BlockLibrary readNvlabs(const std::filesystem::path &folder);

/// The same of the contents of block_library.json, measurement_info.json and parent_block_stats.json.
BlockLibrary parseNvlabs(const Json &library, const Json &measurement, const Json &parent, const std::string &name);

} // namespace tessera
