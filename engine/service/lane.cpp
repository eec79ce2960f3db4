// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/lane.h"

#include <utility>

namespace tessera {

Lane::Lane(std::function<void(const std::shared_ptr<Task> &)> run) : m_run(std::move(run)), m_thread([this] { work(); }) {}

Lane::~Lane()
{
    {
        std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

bool Lane::add(const std::shared_ptr<Task> &task)
{
    std::lock_guard lock(m_mutex);
    if (m_waiting.size() >= kMostWaiting)
        std::erase_if(m_waiting, [](const std::shared_ptr<Task> &waiting) { return waiting->answered.load(); });
    if (m_waiting.size() >= kMostWaiting)
        return false;
    m_waiting.push_back(task);
    m_changed.notify_all();
    return true;
}

void Lane::work()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_ending || !m_waiting.empty(); });
        if (m_ending)
            return;
        std::shared_ptr<Task> task = std::move(m_waiting.front());
        m_waiting.pop_front();
        lock.unlock();
        if (!task->answered)
            m_run(task);
        task.reset();
        lock.lock();
    }
}

} // namespace tessera
