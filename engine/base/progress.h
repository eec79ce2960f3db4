// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace tessera {

/// How far a named piece of work is. total is 0 where it is unknown.
struct Progress {
    std::string name;
    std::int64_t done = 0;
    std::int64_t total = 0;
    std::string unit; ///< What done and total count: "tokens", "variants", "bytes".
    std::string note; ///< What is being done right now, for a person; may be empty.
};

using ProgressSink = std::function<void(const Progress &)>;

} // namespace tessera
