// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"
#include "engine/protocol/message.h"
#include "engine/service/lane.h"
#include "engine/service/output.h"
#include "engine/service/request_lines.h"
#include "engine/service/session.h"
#include "engine/service/talk.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// Longest request line, its \n not counted.
inline constexpr std::size_t kMaxRequestBytes = 1u << 20;
inline constexpr std::int64_t kSuperseded = -32004;
inline constexpr std::int64_t kTooMany = -32005;

/// The engine's side of PROTOCOL.md on two descriptors. The calling thread reads, five lanes work, one thread writes.
class Server {
public:
    /// Both descriptors must stay open as long as this object lives.
    Server(ServiceOptions options, int input, int output);
    /// Asks what is running to stop and waits until it has.
    ~Server();
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    /// Answers requests until shutdown, the end of the input, or stop is requested; also when nobody takes the answers any more.
    void serve(const StopToken &stop);

private:
    // The reading thread.
    bool readInput();
    void take(const std::string &line);
    void takeRequest(Message message);
    void shakeHands(const Message &message);
    bool answersAtOnce(const Message &message);
    void start(Message message);
    void cancel(const Json &params);
    std::optional<std::int64_t> revisionOf(const Message &message) const;
    bool supersede(const Task &newcomer);
    void forgetRevisions();
    Json listJobs();
    void refuse(std::optional<std::int64_t> id, std::int64_t code, const std::string &sentence);

    // The lanes.
    void run(const std::shared_ptr<Task> &task);
    Message resultOf(Task &task, Talk &talk);
    void answer(Task &task, Message message);
    void tellJob(const Task &task, const char *state, const std::string &note = "");

    void say(const Message &message, Urgency urgency = Urgency::Normal);
    void endTasks();

    int m_input;
    Output m_output;
    RequestLines m_lines{kMaxRequestBytes};
    bool m_shookHands = false, m_over = false;
    Session m_session;

    std::mutex m_mutex; ///< Guards the two below.
    std::map<std::int64_t, std::shared_ptr<Task>> m_tasks; ///< Those that are not answered.
    std::map<std::string, std::int64_t> m_revisions;       ///< The highest of every method.
    std::vector<std::unique_ptr<Lane>> m_lanes;            ///< By LaneName; the last member, so that it ends first.
};

} // namespace tessera
