// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/base/stop_token.h"
#include "engine/service/system_report.h"

#include <string>
#include <vector>

namespace tessera {

/// Whether this machine is fit for Tessera.
struct Examination {
    Processor processor;
    Json system, libraries;
    Json worker = nullptr; ///< What the worker says of itself and of its device, or null.
    std::vector<Complaint> complaints;
};
/// Asks a worker too, which takes seconds.
Examination examine(const std::string &workerCommand, const StopToken &stop);
/// Whether nothing keeps Tessera from working.
bool healthy(const Examination &found);
Json toJson(const Examination &found);

} // namespace tessera
