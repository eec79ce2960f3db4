// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/worker/pipe.h"

#include <map>
#include <string>

namespace tessera {

inline constexpr const char *kWorkerName = "tessera-worker " TESSERA_VERSION;

/// Everything that can be asked of a worker: the methods of engine/protocol/requests.h, "hello" and "device".
std::map<std::string, WorkerPipe::Method> workerMethods();

} // namespace tessera
