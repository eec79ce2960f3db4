// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/message.h"
#include "engine/protocol/work_context.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace tessera {

/// The worker's side of the pipe: a second thread reads it, so that a cancel is heard while work is under way; requests are
/// answered one after the other on the thread that calls serve().
class WorkerPipe {
public:
    using Method = std::function<Json(const Json &params, const WorkContext &context)>;

    /// Takes over standard input and output: output is duplicated, and descriptor 1 then points at standard error, so that
    /// no library can break the stream.
    WorkerPipe();
    WorkerPipe(const WorkerPipe &) = delete;
    WorkerPipe &operator=(const WorkerPipe &) = delete;

    /// Answers requests until the input ends. The end of the input also asks the work under way to stop. Never returns
    /// while the reading thread may still use this object: the caller ends the process afterwards.
    void serve(const std::map<std::string, Method> &methods);

private:
    struct Request {
        Message message;
        StopToken stop;
    };

    void readInput();
    void take(const std::string &line);
    void cancel(const Json &params);
    void endInput();
    void say(const Message &message);
    void complain(const RpcError &error) noexcept;
    std::optional<Request> nextRequest();
    Message answer(const Request &request, const std::map<std::string, Method> &methods);
    WorkContext contextOf(const Request &request);

    int m_output;
    std::mutex m_saying;
    std::mutex m_mutex; ///< Guards everything below.
    std::condition_variable m_arrived;
    std::deque<Request> m_waiting;
    std::optional<std::int64_t> m_currentId;
    StopToken m_currentStop;
    bool m_ended = false;
};

} // namespace tessera
