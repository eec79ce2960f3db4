// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/base/stop_token.h"
#include "engine/service/call.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace tessera {

/// A request in work: made by the reading thread, run by its lane's.
struct Task {
    std::int64_t id = 0;
    const Method *method = nullptr;
    Json params;
    std::optional<std::int64_t> revision;
    StopToken stop;
    /// Whoever sets it first answers.
    std::atomic<bool> answered = false;

    std::mutex mutex; ///< Guards what follows, which jobs/list shows.
    bool running = false;
    bool dropped = false; ///< Will not be run.
    std::chrono::steady_clock::time_point begun;
    Json progress; ///< The last "progress" that was said, null before.
};

} // namespace tessera
