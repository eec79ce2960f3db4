// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/run.h"

#include "engine/base/error.h"
#include "engine/nn/threads.h"

namespace tessera::nn {

at::ScalarType beginRun(const RunSettings &run)
{
    if (run.dtype == DType::F16)
        throw badInput("networks do not run in f16 here: use f32 or bf16");
    at::ScalarType type = scalarType(run.dtype);
    useThreads(run.threads);
    at::manual_seed(run.seed);
    return type;
}

void checkTokens(const std::vector<std::int64_t> &tokens, std::int64_t vocabulary)
{
    if (tokens.empty())
        throw badInput("there are no tokens: give at least one");
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (tokens[i] < 0 || tokens[i] >= vocabulary)
            throw badInput("token " + std::to_string(tokens[i]) + " at place " + std::to_string(i)
                           + " does not exist: the model's vocabulary has the ids 0 to " + std::to_string(vocabulary - 1));
}

Tensor tokenTensor(const std::vector<std::int64_t> &tokens)
{
    return at::tensor(tokens, at::kLong).view({1, static_cast<std::int64_t>(tokens.size())});
}

} // namespace tessera::nn
