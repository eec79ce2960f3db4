// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/service/task.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace tessera {

/// A thread that runs requests one after the other.
class Lane {
public:
    static constexpr std::size_t kMostWaiting = 256;

    /// run is called on the lane's thread and may not throw. Tasks that are answered before their turn are skipped.
    explicit Lane(std::function<void(const std::shared_ptr<Task> &)> run);
    /// Ends when the task that runs now is done; the others are left unanswered.
    ~Lane();
    Lane(const Lane &) = delete;
    Lane &operator=(const Lane &) = delete;

    /// Returns false when too many wait.
    bool add(const std::shared_ptr<Task> &task);

private:
    void work();

    std::function<void(const std::shared_ptr<Task> &)> m_run;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::shared_ptr<Task>> m_waiting;
    bool m_ending = false;
    std::thread m_thread;
};

} // namespace tessera
