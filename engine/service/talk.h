// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/progress.h"
#include "engine/service/task.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace tessera {

/// What one running request says before its answer: progress with time and time left, at most ten times a second, the last
/// word of every named piece of work always. Used by one thread.
class Talk {
public:
    using Say = std::function<void(const std::string &method, Json params)>;
    Talk(Task &task, Say say);
    /// Says what is still unsaid.
    void finish();

    void progress(const Progress &progress);
    void item(const Json &item);
    void log(const std::string &sentence);

private:
    using Clock = std::chrono::steady_clock;
    Json describe(const Progress &progress) const;
    void tell(const Progress &progress);

    Task &m_task;
    Say m_say;
    std::optional<Progress> m_unsaid;
    std::string m_name;
    std::int64_t m_first = 0; ///< done when the piece of work began.
    Clock::time_point m_began, m_said;
};

} // namespace tessera
