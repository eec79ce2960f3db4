// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/worker/pipe.h"

#include "engine/base/error.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <new>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace tessera {
namespace {

const std::string kWhere = "tessera";

} // namespace

WorkerPipe::WorkerPipe() : m_output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10))
{
    std::signal(SIGPIPE, SIG_IGN);
    if (m_output < 0)
        throw failed("the worker has no standard output to answer on");
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

void WorkerPipe::serve(const std::map<std::string, Method> &methods)
{
    // Detached, because nothing can wake a thread that waits in read().
    std::thread([this] { readInput(); }).detach();
    while (auto request = nextRequest())
        say(answer(*request, methods));
}

void WorkerPipe::readInput()
{
    try {
        LineSplitter lines;
        std::array<char, 65536> buffer;
        for (;;) {
            ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                break;
            lines.feed(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
            while (auto line = lines.next())
                take(*line);
        }
    } catch (const std::exception &e) {
        complain({kParseError, e.what()});
    }
    endInput();
}

void WorkerPipe::take(const std::string &line)
{
    Message message;
    try {
        message = parseMessage(line, kWhere);
    } catch (const Error &e) {
        complain({kInvalidRequest, e.what()});
        return;
    }
    if (message.isNotification() && message.method == "cancel") {
        cancel(message.params);
    } else if (message.isRequest()) {
        std::lock_guard lock(m_mutex);
        m_waiting.push_back({std::move(message), {}});
        m_arrived.notify_one();
    }
}

void WorkerPipe::cancel(const Json &params)
{
    auto id = params.find("id");
    if (id == params.end() || !id->is_number_integer())
        return;
    std::lock_guard lock(m_mutex);
    if (m_currentId && *id == *m_currentId)
        m_currentStop.request();
    for (const Request &request : m_waiting)
        if (*id == *request.message.id)
            request.stop.request();
}

void WorkerPipe::endInput()
{
    std::lock_guard lock(m_mutex);
    m_ended = true;
    m_waiting.clear();
    m_currentStop.request();
    m_arrived.notify_one();
}

std::optional<WorkerPipe::Request> WorkerPipe::nextRequest()
{
    std::unique_lock lock(m_mutex);
    m_currentId.reset();
    m_arrived.wait(lock, [this] { return m_ended || !m_waiting.empty(); });
    if (m_waiting.empty())
        return std::nullopt;
    Request request = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_currentId = request.message.id;
    m_currentStop = request.stop;
    return request;
}

void WorkerPipe::say(const Message &message)
{
    std::string line = toLine(message);
    std::lock_guard lock(m_saying);
    for (std::string_view rest = line; !rest.empty();) {
        ssize_t written = ::write(m_output, rest.data(), rest.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            throw interrupted("nobody listens to the worker any more");
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

void WorkerPipe::complain(const RpcError &error) noexcept
{
    try {
        say(makeError({}, error));
    } catch (const std::exception &) {
        // Nobody listens any more: the end of the input follows and ends the worker.
    }
}

WorkContext WorkerPipe::contextOf(const Request &request)
{
    std::int64_t id = *request.message.id;
    WorkContext context;
    context.stop = request.stop;
    context.progress = [this, id](const Progress &progress) {
        Json params = toJson(progress);
        params["id"] = id;
        say(makeNotification("progress", std::move(params)));
    };
    context.item = [this, id](const Json &item) { say(makeNotification("item", {{"id", id}, {"item", item}})); };
    return context;
}

Message WorkerPipe::answer(const Request &request, const std::map<std::string, Method> &methods)
{
    std::int64_t id = *request.message.id;
    auto method = methods.find(request.message.method);
    if (method == methods.end())
        return makeError(id, {kMethodNotFound, "the worker knows no method \"" + request.message.method + "\""});
    try {
        request.stop.throwIfRequested();
        return makeResult(id, method->second(request.message.params, contextOf(request)));
    } catch (const Error &e) {
        return makeError(id, toRpcError(e));
    } catch (const std::bad_alloc &) {
        return makeError(id, {kInternalError, "the worker ran out of memory during " + request.message.method});
    } catch (const std::exception &e) {
        return makeError(id, {kInternalError, "the worker failed during " + request.message.method + ": " + e.what()});
    }
}

} // namespace tessera
