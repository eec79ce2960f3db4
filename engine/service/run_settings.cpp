// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/run_settings.h"

#include "engine/architecture/dtype.h"
#include "engine/base/error.h"

#include <cstdint>

namespace tessera {

RunSettings runSettingsOf(const Params &params)
{
    RunSettings run;
    run.dtype = parseDType(params.textOr("dtype", "f32"));
    if (run.dtype != DType::F32 && run.dtype != DType::BF16)
        throw badInput("\"dtype\": networks run in f32 or bf16");
    run.threads = static_cast<int>(params.integerOr("threads", 0, 0, 4096));
    run.seed = static_cast<std::uint64_t>(params.integerOr("seed", 0, 0, INT64_MAX));
    return run;
}

} // namespace tessera
