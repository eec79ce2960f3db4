// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/model.h"

#include <cstdint>
#include <vector>

namespace tessera::test {

using Matrix = std::vector<std::vector<double>>; ///< rows

/// Logits [tokens x vocabulary] by loops in float64, written from the definitions without LibTorch's operations.
Matrix referenceLogits(const nn::Model &model, const std::vector<std::int64_t> &tokens);

} // namespace tessera::test
