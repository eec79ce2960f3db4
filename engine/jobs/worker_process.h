// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/jobs/child_process.h"
#include "engine/protocol/message.h"
#include "engine/protocol/work_context.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace tessera {

struct WorkerOptions {
    /// The command that starts a worker, as a shell reads it ("ssh host tessera-worker"). Empty: the program named by
    /// TESSERA_WORKER_PROGRAM, or else tessera-worker beside the running program.
    std::string command;
    /// Where networks are to run: "cpu", "cuda", "cuda:1", "auto". Empty: what the environment's TESSERA_DEVICE says, or else auto.
    std::string device;
    /// A file that the worker keeps locked as long as it lives, made where it is missing; the constructor waits until an earlier worker
    /// has let go of it, so that no two ever write the same folder. Empty: none.
    std::filesystem::path lockFile;
    std::chrono::milliseconds lockPatience = std::chrono::seconds(60);
    /// How long a worker may take to stop after it was asked to, before it is killed.
    std::chrono::milliseconds stopPatience = std::chrono::seconds(60);
};

/// What a worker says of itself in the handshake.
struct WorkerInfo {
    std::string program; ///< "tessera-worker 0.1.0"
    std::string libtorch;
    std::string device; ///< "cpu", "cuda:0"
    std::int64_t threads = 0;
};

/// A running tessera-worker. Used by one thread at a time.
class WorkerProcess {
public:
    /// Starts a worker and shakes hands. Throws Error (Failed) when it cannot be found or started, or when it speaks another
    /// protocol version; Error (Interrupted) when stop is requested meanwhile.
    /// With beside, this worker holds the lock of that one, and options' own is not looked at.
    explicit WorkerProcess(const WorkerOptions &options = {}, const StopToken &stop = {}, const WorkerProcess *beside = nullptr);
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess &) = delete;
    WorkerProcess &operator=(const WorkerProcess &) = delete;

    const WorkerInfo &info() const { return m_info; }
    pid_t pid() const { return m_child->pid(); }

    /// Lets the worker run a method of requests.h and returns its result. What it says meanwhile goes to context.progress and
    /// context.item, on this thread. When context.stop is requested the worker is asked to stop, and the call ends with
    /// Error (Interrupted) unless the result came first. An Error of the worker is thrown here with its kind; a worker
    /// that dies is an Error (Failed) that says why. An exception of context.item ends the worker and is passed on.
    Json call(const std::string &method, const Json &params, const WorkContext &context);

private:
    class Call;
    void shakeHands(const WorkerOptions &options, const StopToken &stop);

    std::chrono::milliseconds m_stopPatience;
    FileDescriptor m_lock;
    std::unique_ptr<ChildProcess> m_child;
    LineSplitter m_lines;
    WorkerInfo m_info;
    std::int64_t m_lastId = 0;
    bool m_over = false; ///< The worker is gone, or nobody knows what it will say next.
};

/// Where tessera-worker is looked for when no command is given. Throws Error (Failed) naming the places when there is none.
std::filesystem::path findWorkerProgram();

} // namespace tessera
