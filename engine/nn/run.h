// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/model.h"
#include "engine/protocol/requests.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::nn {

/// Sets the threads of a request and returns the type its networks run in. Throws Error (BadInput) for a type in which
/// networks cannot run here: fp8, and f16 where the processor does the work.
at::ScalarType beginRun(const RunSettings &run);

/// Throws Error (BadInput) unless there is at least one token and all lie in [0, vocabulary).
void checkTokens(const std::vector<std::int64_t> &tokens, std::int64_t vocabulary);

/// Tokens as an int64 tensor [1, count].
Tensor tokenTensor(const std::vector<std::int64_t> &tokens);

} // namespace tessera::nn
