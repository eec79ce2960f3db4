// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/worker_process.h"

#include "engine/base/error.h"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(50);
const std::string kWhere = "the worker";

// Between two parallel loops OpenMP's threads spin for milliseconds by default. The worker has threads of other kinds too (oneDNN's),
// which need the processors meanwhile, and so may the rest of the machine.
const std::string kBriefSpin = "GOMP_SPINCOUNT=500";

std::vector<std::string> commandLine(const WorkerOptions &options)
{
    if (!options.command.empty())
        return {"/bin/sh", "-c", "exec " + options.command};
    return {findWorkerProgram().string()};
}

std::string deviceAsked(const WorkerOptions &options)
{
    if (!options.device.empty())
        return options.device;
    const char *named = std::getenv("TESSERA_DEVICE");
    return named && *named ? named : "auto";
}

/// How many bytes of the device's memory networks may take, as the environment says; 0: it says nothing.
std::int64_t memoryAsked()
{
    const char *named = std::getenv("TESSERA_DEVICE_MEMORY");
    if (!named || !*named)
        return 0;
    std::int64_t bytes = 0;
    const char *end = named + std::strlen(named);
    auto [stop, code] = std::from_chars(named, end, bytes);
    if (code != std::errc() || stop != end || bytes < 1)
        throw badInput("TESSERA_DEVICE_MEMORY is \"" + std::string(named) + "\", which is no number of bytes");
    return bytes;
}

FileDescriptor lockOnce(const std::filesystem::path &path, std::chrono::milliseconds patience, const StopToken &stop)
{
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!file)
        throw failed("cannot write " + path.string() + ": " + std::strerror(errno));
    Clock::time_point deadline = Clock::now() + patience;
    while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (Clock::now() >= deadline)
            throw failed("an earlier worker still writes in " + path.parent_path().string()
                         + "; wait until it has stopped, or end that tessera-worker");
        stop.throwIfRequested();
        std::this_thread::sleep_for(kTick);
    }
    return file;
}

} // namespace

std::filesystem::path findWorkerProgram()
{
    if (const char *named = std::getenv("TESSERA_WORKER_PROGRAM"); named && *named) {
        if (::access(named, X_OK) != 0)
            throw failed("TESSERA_WORKER_PROGRAM names " + std::string(named) + ", which is no program that can be started");
        return named;
    }
    std::error_code ignored;
    std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    std::filesystem::path program = here / "tessera-worker";
    if (::access(program.c_str(), X_OK) != 0)
        throw failed("tessera-worker is not in " + here.string()
                     + "; build it, or let TESSERA_WORKER_PROGRAM name it (what needs LibTorch runs there)");
    return program;
}

/// One request under way.
class WorkerProcess::Call {
public:
    Call(WorkerProcess &worker, std::string method, const WorkContext &context)
        : m_worker(worker), m_method(std::move(method)), m_context(context), m_id(++worker.m_lastId)
    {
    }

    Json run(const Json &params)
    {
        m_worker.m_child->send(toLine(makeRequest(m_id, m_method, params)));
        m_worker.m_over = true; // Until the answer is there, whatever ends this call leaves the pipe in an unknown state.
        for (;;) {
            bool open = m_worker.m_child->exchange(kTick, [&](std::string_view bytes) { m_worker.m_lines.feed(bytes); });
            while (auto line = m_worker.m_lines.next())
                if (auto answer = take(parseMessage(*line, kWhere)))
                    return finish(std::move(*answer));
            if (!open)
                throw died();
            stopWhenAsked();
        }
    }

private:
    std::optional<Message> take(Message message)
    {
        if (message.isResponse()) {
            if (message.id && *message.id != m_id)
                return std::nullopt;
            return message;
        }
        if (integerOr(message.params, "id", -1, kWhere) != m_id)
            return std::nullopt;
        if (message.method == "progress")
            m_context.progress(parseProgress(message.params, "progress of " + kWhere));
        else if (message.method == "item" && message.params.contains("item"))
            m_context.item(message.params["item"]);
        return std::nullopt;
    }

    Json finish(Message answer)
    {
        m_worker.m_over = false;
        if (answer.error)
            throw toError(*answer.error);
        return std::move(*answer.result);
    }

    Error died()
    {
        m_worker.m_child->end(std::chrono::seconds(2));
        return failed(kWhere + " " + m_worker.m_child->obituary() + " (during " + m_method + ")");
    }

    void stopWhenAsked()
    {
        if (!m_context.stop.requested())
            return;
        if (!m_deadline) {
            m_deadline = Clock::now() + m_worker.m_stopPatience;
            m_worker.m_child->send(toLine(makeNotification("cancel", {{"id", m_id}})));
        } else if (Clock::now() > *m_deadline) {
            m_worker.m_child->kill();
            throw interrupted(kWhere + " did not stop in time and was ended; run the same command again to continue");
        }
    }

    WorkerProcess &m_worker;
    std::string m_method;
    const WorkContext &m_context;
    std::int64_t m_id;
    std::optional<Clock::time_point> m_deadline;
};

WorkerProcess::WorkerProcess(const WorkerOptions &options, const StopToken &stop, const WorkerProcess *beside)
    : m_stopPatience(options.stopPatience)
{
    std::vector<std::string> arguments = commandLine(options);
    if (beside && beside->m_lock)
        m_lock = FileDescriptor(::fcntl(beside->m_lock.get(), F_DUPFD_CLOEXEC, 0));
    else if (!options.lockFile.empty())
        m_lock = lockOnce(options.lockFile, options.lockPatience, stop);
    m_child = std::make_unique<ChildProcess>(arguments, &m_lock, std::vector{kBriefSpin});
    shakeHands(options, stop);
}

WorkerProcess::~WorkerProcess()
{
    if (m_child)
        m_child->end(m_over ? std::chrono::milliseconds(0) : std::chrono::milliseconds(2000));
}

void WorkerProcess::shakeHands(const WorkerOptions &options, const StopToken &stop)
{
    WorkContext context;
    context.stop = stop;
    Json params{{"protocol", kProtocolVersion}, {"program", "tessera"}, {"device", deviceAsked(options)}};
    if (const std::int64_t bytes = memoryAsked(); bytes > 0)
        params["device_memory"] = bytes;
    Json hello = call("hello", params, context);
    std::int64_t protocol = requireInteger(hello, "protocol", "the worker's hello");
    if (protocol != kProtocolVersion)
        throw failed("the worker speaks version " + std::to_string(protocol) + " of the protocol, this program version "
                     + std::to_string(kProtocolVersion) + "; install both from the same release");
    m_info = {requireString(hello, "program", "the worker's hello"), stringOr(hello, "libtorch", "", "the worker's hello"),
              stringOr(hello, "device", "cpu", "the worker's hello"), integerOr(hello, "threads", 0, "the worker's hello")};
}

Json WorkerProcess::call(const std::string &method, const Json &params, const WorkContext &context)
{
    if (m_over)
        throw failed("the worker is gone");
    context.stop.throwIfRequested();
    return Call(*this, method, context).run(params);
}

} // namespace tessera
