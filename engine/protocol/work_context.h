// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/base/progress.h"
#include "engine/base/stop_token.h"

#include <functional>

namespace tessera {

/// What a piece of work in the worker may say while it runs. An item is said only after every file that it names has been
/// synced and renamed: whoever hears it may commit it.
struct WorkContext {
    ProgressSink progress = [](const Progress &) {};
    std::function<void(const Json &item)> item = [](const Json &) {};
    StopToken stop;
};

} // namespace tessera
