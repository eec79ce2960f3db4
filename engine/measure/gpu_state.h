// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

#include <string>

namespace tessera {

/// How a GPU is doing, as its driver's management library (NVML) says: {"sm_mhz","memory_mhz","celsius"}, null where it does not say.
/// The library is opened when it is asked and needed nowhere else. Null where it or the GPU is not there. pciBus: "00000000:1b:00.0".
Json gpuState(const std::string &pciBus, const std::string &library = "libnvidia-ml.so.1");

} // namespace tessera
