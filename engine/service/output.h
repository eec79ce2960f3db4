// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace tessera {

/// What overtakes what on the way to the client.
enum class Urgency {
    First, ///< Answers that somebody waits for while dragging.
    Normal
};

/// The one writer of the service's output: a thread that writes whole lines to a descriptor, urgent ones first, otherwise in
/// their order.
class Output {
public:
    /// The descriptor must not be in non-blocking mode and must stay open as long as this object lives.
    explicit Output(int descriptor);
    /// Writes what is left; gives up when nobody takes any of it for 2 s.
    ~Output();
    Output(const Output &) = delete;
    Output &operator=(const Output &) = delete;

    /// Queues a line, its \n included. Waits while more than 16 MiB of this urgency are queued: who says much is slowed down to
    /// what the client reads. Does nothing once nobody listens.
    void say(std::string line, Urgency urgency);
    /// Whether nobody listens any more.
    bool closed() const;
    /// From now on nobody waits in say().
    void finish();

private:
    void run();
    bool write(const std::string &line);
    bool waitForRoom();

    int m_descriptor;
    mutable std::mutex m_mutex; ///< Guards everything below but the thread.
    std::condition_variable m_changed;
    struct Queue {
        std::deque<std::string> lines;
        std::size_t bytes = 0;
    };
    Queue m_first, m_normal;
    bool m_finishing = false, m_ending = false, m_closed = false;
    std::thread m_thread;
};

} // namespace tessera
