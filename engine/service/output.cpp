// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/output.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <optional>
#include <string_view>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostQueuedBytes = 16u << 20;
constexpr int kPollMilliseconds = 100;
constexpr std::chrono::seconds kLastPatience(2);

} // namespace

Output::Output(int descriptor) : m_descriptor(descriptor), m_thread([this] { run(); }) {}

Output::~Output()
{
    {
        std::lock_guard lock(m_mutex);
        m_finishing = m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void Output::say(std::string line, Urgency urgency)
{
    std::unique_lock lock(m_mutex);
    Queue &queue = urgency == Urgency::First ? m_first : m_normal;
    m_changed.wait(lock, [&] { return queue.bytes < kMostQueuedBytes || m_finishing || m_closed; });
    if (m_closed)
        return;
    queue.bytes += line.size();
    queue.lines.push_back(std::move(line));
    m_changed.notify_all();
}

bool Output::closed() const
{
    std::lock_guard lock(m_mutex);
    return m_closed;
}

void Output::finish()
{
    std::lock_guard lock(m_mutex);
    m_finishing = true;
    m_changed.notify_all();
}

void Output::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [&] { return m_ending || !m_first.lines.empty() || !m_normal.lines.empty(); });
        Queue &queue = m_first.lines.empty() ? m_normal : m_first;
        if (queue.lines.empty())
            return;
        std::string line = std::move(queue.lines.front());
        queue.lines.pop_front();
        queue.bytes -= line.size();
        lock.unlock();
        const bool written = write(line);
        lock.lock();
        if (!written) {
            m_closed = true;
            m_changed.notify_all();
            return;
        }
        m_changed.notify_all();
    }
}

/// Never blocks in write(), so that the end of the service need not wait for a client that reads nothing: a pipe that poll()
/// calls writable takes PIPE_BUF bytes at once.
bool Output::write(const std::string &line)
{
    for (std::string_view rest = line; !rest.empty();) {
        if (!waitForRoom())
            return false;
        const ssize_t written = ::write(m_descriptor, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool Output::waitForRoom()
{
    std::optional<Clock::time_point> end;
    for (;;) {
        pollfd room{m_descriptor, POLLOUT, 0};
        const int ready = ::poll(&room, 1, kPollMilliseconds);
        if (ready > 0)
            return true; // Or broken: write() says so.
        if (ready < 0 && errno != EINTR)
            return false;
        std::lock_guard lock(m_mutex);
        if (m_ending && !end)
            end = Clock::now() + kLastPatience;
        if (end && Clock::now() > *end)
            return false;
    }
}

} // namespace tessera
