// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace tessera {

/// A file descriptor that closes itself.
class FileDescriptor {
public:
    explicit FileDescriptor(int descriptor = -1) : m_descriptor(descriptor) {}
    ~FileDescriptor() { close(); }
    FileDescriptor(FileDescriptor &&other) noexcept : m_descriptor(other.release()) {}
    FileDescriptor &operator=(FileDescriptor &&other) noexcept;
    FileDescriptor(const FileDescriptor &) = delete;
    FileDescriptor &operator=(const FileDescriptor &) = delete;

    int get() const { return m_descriptor; }
    explicit operator bool() const { return m_descriptor >= 0; }
    int release();
    void close();

private:
    int m_descriptor;
};

/// A program that runs as our child in a process group of its own, its three standard streams in our hands. Used by one
/// thread at a time. The destructor closes the child's input, waits a little, then kills what is left of the group.
class ChildProcess {
public:
    /// arguments[0] is the program's path. passOn, where it is open, becomes descriptor 3 of the child. defaults: environment
    /// variables as NAME=VALUE that the child gets besides ours, those left out that we have. Throws Error (Failed) when the
    /// program cannot be started.
    explicit ChildProcess(const std::vector<std::string> &arguments, const FileDescriptor *passOn = nullptr,
                          const std::vector<std::string> &defaults = {});
    ~ChildProcess();
    ChildProcess(const ChildProcess &) = delete;
    ChildProcess &operator=(const ChildProcess &) = delete;

    pid_t pid() const { return m_pid; }

    /// Queues bytes for the child's input; exchange() sends them.
    void send(std::string_view bytes) { m_unsent += bytes; }
    /// Waits up to the given time for the child to take or to say something, and hands its output to onOutput. Returns
    /// false once the child has closed its output.
    bool exchange(std::chrono::milliseconds atMost, const std::function<void(std::string_view)> &onOutput);

    /// Closes the child's input, which asks it to end; waits up to grace, then kills its group. Does nothing once it is gone.
    void end(std::chrono::milliseconds grace);
    void kill();

    /// How the child ended and the last lines it said on its standard error, as a part of a sentence. Call after end().
    std::string obituary() const;

private:
    void readError();
    bool reap(bool block);

    pid_t m_pid = -1;
    std::optional<int> m_status; ///< As waitpid gives it, once the child is gone.
    FileDescriptor m_input, m_output, m_error;
    std::string m_unsent;
    std::size_t m_sent = 0; ///< Of m_unsent.
    std::string m_errorLine;
    std::deque<std::string> m_lastErrors;
};

} // namespace tessera
