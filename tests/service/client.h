// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace tessera {

/// A running tessera serve and this side of its pipes. Whatever it should say and does not say in time fails the test.
class Client {
public:
    /// shakeHands: says hello at once. environment: variables to set.
    explicit Client(bool shakeHands = true, const std::map<std::string, std::string> &environment = {});
    ~Client();
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    void sendBytes(std::string_view bytes) const;
    /// Sends a request and returns its id.
    std::int64_t ask(const std::string &method, const Json &params = Json::object());
    void cancel(std::int64_t id);
    /// The response to a request; everything else that comes meanwhile is kept for later.
    Json answer(std::int64_t id);
    /// The response without an id.
    Json anonymousAnswer();
    /// ask() and the answer's result; an error fails the test.
    Json call(const std::string &method, const Json &params = Json::object());
    /// ask() and the answer's error; a result fails the test.
    Json refused(const std::string &method, const Json &params = Json::object());

    /// The notifications of a method that have come so far, in their order; they are then forgotten.
    std::vector<Json> said(const std::string &method);
    /// Waits for a notification of a method; earlier ones count.
    Json hear(const std::string &method);
    /// Whether an answer to a request has come.
    bool hasAnswered(std::int64_t id);

    pid_t pid() const { return m_pid; }
    /// The process of a worker, once there is one.
    pid_t worker() const;
    void stopReading() { m_reading = false; }
    void closeInput();
    /// The exit code; 128 + the signal that ended it; -1 where it does not end in time.
    int end();

private:
    bool read(std::chrono::milliseconds atMost);
    template <typename Condition> bool waitFor(Condition condition);

    pid_t m_pid = -1;
    int m_input = -1, m_output = -1;
    bool m_reading = true;
    std::int64_t m_lastId = 0;
    std::string m_unfinished;
    std::map<std::int64_t, Json> m_answers;
    std::deque<Json> m_anonymous, m_said;
};

/// A folder of its own for each test, deleted afterwards.
class TestFolder {
public:
    TestFolder();
    ~TestFolder();
    TestFolder(const TestFolder &) = delete;
    TestFolder &operator=(const TestFolder &) = delete;
    std::string file(const std::string &name) const { return m_path + "/" + name; }
    const std::string &path() const { return m_path; }

private:
    std::string m_path;
};

/// The numbers of a bulk answer.
std::vector<double> numbersOf(const Json &bulk);

/// The worker to test with, or empty where none is built.
std::string workerProgram();

} // namespace tessera
