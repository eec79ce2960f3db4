// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/dtype.h"
#include "engine/architecture/model_config.h"

#include <cstdint>
#include <vector>

namespace tessera::nn {

struct TypeSpeed {
    DType type;
    double tokensPerSecond; ///< Of the model's layers over a window, the best of a few repeats.
};

/// How fast a model of this configuration runs here in float32 and in bfloat16, the faster first. Its weights do not matter: one
/// layer with random ones is run and its time multiplied. Uses the threads that are set.
std::vector<TypeSpeed> measureTypes(const ModelConfig &config, std::int64_t window = 512);

} // namespace tessera::nn
