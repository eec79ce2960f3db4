// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"

#include <cstdint>
#include <optional>
#include <string>

#include <torch/torch.h>

namespace tessera {

/// What is to be scored, as far as memory depends on it.
struct ScoreSize {
    std::int64_t windows = 1, length = 2; ///< Of a group.
    bool logits = true;
    std::int64_t replacements = 1;   ///< That are not the parent's own.
    std::int64_t largestBlock = 0;   ///< Bytes of the largest of them, and of all.
    std::int64_t allBlocks = 0;
};

/// How a parent and its candidates share the device.
struct ScoreMemory {
    std::int64_t residentLayers = 0; ///< All where they fit.
    std::int64_t together = 1;       ///< Replacements whose streams pass the layers side by side; 1 where all layers are resident.
    std::int64_t bytes = 0;          ///< The most that is taken at once, predicted.
};

/// Everything resident where the budget allows it (or there is none). Otherwise first as many replacements side by side as there is room
/// for, since each such bundle takes the layers past the device once for every group, then more resident layers. Throws Error (Failed)
/// where not even one layer fits.
ScoreMemory scoreMemory(const ModelArchitecture &parent, at::ScalarType dtype, const ScoreSize &size, std::optional<std::int64_t> budget);

/// "takes about 4.1 GiB of the memory of cuda:0 at its peak: ..."
std::string describe(const ScoreMemory &memory, const ModelArchitecture &parent, const ScoreSize &size);

/// Candidates' weights that are kept between groups, at most.
inline constexpr std::int64_t kMostKeptBlockBytes = std::int64_t{1} << 30;
/// Rows of logit differences that live at a time. A constant, so that products have the same shapes whatever is asked.
inline constexpr std::int64_t kDifferenceRows = 256;

} // namespace tessera
