// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tessera {

struct Outcome {
    int exitCode = -1; ///< 128 + the signal where one ended it.
    std::string output, errors;
    Json json() const; ///< Of the output; fails the test when it is none.
};

/// A running tessera.
class Program {
public:
    explicit Program(const std::vector<std::string> &arguments);
    ~Program();
    Program(const Program &) = delete;
    Program &operator=(const Program &) = delete;

    pid_t pid() const { return m_pid; }
    /// The process of its worker, where it has one right now.
    std::optional<pid_t> worker() const;
    void signal(int number) const;
    /// Whether it ends within the time.
    bool endsWithin(std::chrono::milliseconds time);
    Outcome wait();

private:
    bool reap(bool block);
    pid_t m_pid = -1;
    std::optional<int> m_status;
    std::filesystem::path m_output, m_errors;
};

/// Runs tessera to its end.
Outcome tessera(const std::vector<std::string> &arguments);

} // namespace tessera
