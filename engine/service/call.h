// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/progress.h"
#include "engine/base/stop_token.h"
#include "engine/protocol/work_context.h"
#include "engine/service/params.h"
#include "engine/service/session.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace tessera {

/// One request as its method sees it. What the method says goes to the client with the request's id.
struct Call {
    Params params;
    Session &session;
    StopToken stop;
    std::optional<std::int64_t> revision;
    ProgressSink progress;
    std::function<void(const Json &item)> item;
    std::function<void(const std::string &sentence)> log;

    WorkContext context() const { return {progress, item, stop}; }
};

/// The threads on which methods run; each works on one request after the other.
enum class LaneName { Preview, Solve, Explore, Data, Job };
inline constexpr int kLanes = 5;

/// A line of the table of methods.
struct Method {
    const char *name;
    LaneName lane;
    const char *members; ///< What its params may hold, words with spaces between; others are refused before it runs.
    Json (*run)(Call &call);
};

} // namespace tessera
