// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/server.h"

#include "engine/base/error.h"
#include "engine/protocol/remark.h"
#include "engine/service/methods.h"

#include <array>
#include <cerrno>
#include <new>
#include <string_view>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace tessera {
namespace {

const std::string kClient = "the client";
constexpr int kPollMilliseconds = 200;

Urgency urgencyOf(const Method &method)
{
    return method.lane == LaneName::Preview || method.lane == LaneName::Solve ? Urgency::First : Urgency::Normal;
}

/// The id of a line that is no sound message, where it can be read all the same.
std::optional<std::int64_t> idIn(const Json &json)
{
    auto id = json.is_object() ? json.find("id") : json.end();
    if (!json.is_object() || id == json.end() || !id->is_number_integer())
        return std::nullopt;
    const bool tooLarge = id->is_number_unsigned() && id->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
    return tooLarge ? std::nullopt : std::optional(id->get<std::int64_t>());
}

/// What is wrong with a line that parseMessage() refused, and with which request.
std::pair<std::optional<std::int64_t>, std::int64_t> faultOf(const std::string &line)
{
    try {
        return {idIn(parseJson(line, kClient)), kInvalidRequest};
    } catch (const Error &) {
        return {std::nullopt, kParseError};
    }
}

/// Keeps a task from being run, unless it is already.
bool dropWaiting(Task &task)
{
    std::lock_guard lock(task.mutex);
    task.dropped = !task.running;
    return task.dropped;
}

Message errorOf(std::int64_t id, const std::string &method)
{
    // Called in a handler: the exception says which error it is.
    try {
        throw;
    } catch (const InvalidParams &e) {
        return makeError(id, {kInvalidParams, e.what()});
    } catch (const Error &e) {
        return makeError(id, toRpcError(e));
    } catch (const std::bad_alloc &) {
        return makeError(id, {kInternalError, "the engine ran out of memory during " + method});
    } catch (const std::exception &e) {
        return makeError(id, {kInternalError, "the engine failed during " + method + ": " + e.what()});
    }
}

const char *stateOf(const Message &answer)
{
    if (!answer.error)
        return "done";
    return toError(*answer.error).kind() == ErrorKind::Interrupted ? "interrupted" : "failed";
}

} // namespace

Server::Server(ServiceOptions options, int input, int output)
    : m_input(input), m_output(output), m_session(std::move(options), [this](const std::string &method, Json params) {
          if (method == "project")
              forgetRevisions();
          say(makeNotification(method, std::move(params)));
      })
{
    for (int lane = 0; lane < kLanes; ++lane)
        m_lanes.push_back(std::make_unique<Lane>([this](const std::shared_ptr<Task> &task) { run(task); }));
}

Server::~Server()
{
    endTasks();
    m_output.finish();
}

void Server::serve(const StopToken &stop)
{
    while (!m_over && !stop.requested() && !m_output.closed() && readInput()) {
    }
}

bool Server::readInput()
{
    pollfd ready{m_input, POLLIN, 0};
    const int count = ::poll(&ready, 1, kPollMilliseconds);
    if (count == 0 || (count < 0 && errno == EINTR))
        return true;
    std::array<char, 65536> buffer;
    const ssize_t got = count < 0 ? -1 : ::read(m_input, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0)
        return false;
    m_lines.feed(std::string_view(buffer.data(), static_cast<std::size_t>(got)), [this](const std::string &line) { take(line); },
                 [this] {
                     refuse({}, kInvalidRequest,
                            "a line of more than " + std::to_string(kMaxRequestBytes) + " bytes was skipped: ask for less at once");
                 });
    return true;
}

void Server::take(const std::string &line)
{
    if (m_over)
        return;
    Message message;
    try {
        message = parseMessage(line, kClient);
    } catch (const Error &e) {
        auto [id, code] = faultOf(line);
        return refuse(id, code, e.what());
    }
    if (message.isNotification()) {
        if (message.method == "cancel")
            cancel(message.params);
    } else if (message.isRequest()) {
        takeRequest(std::move(message));
    } else {
        refuse({}, kInvalidRequest, "the engine asked nothing, so there is nothing to answer");
    }
}

void Server::takeRequest(Message message)
{
    const std::int64_t id = *message.id;
    {
        std::lock_guard lock(m_mutex);
        if (m_tasks.contains(id))
            return refuse(id, kInvalidRequest,
                          "the request " + std::to_string(id) + " is still in work: give every request an id of its own");
    }
    if (message.method == "hello")
        return shakeHands(message);
    if (!m_shookHands)
        return refuse(id, kInvalidRequest, "the first request must be hello, not " + message.method);
    if (!answersAtOnce(message))
        start(std::move(message));
}

void Server::shakeHands(const Message &message)
{
    const std::int64_t id = *message.id;
    try {
        Params params(message.params, "hello");
        params.refuseOthers("protocol program");
        const std::int64_t version = params.integer("protocol", INT64_MIN, INT64_MAX);
        params.text("program");
        if (version != kProtocolVersion)
            return refuse(id, kInvalidRequest, "this engine speaks version " + std::to_string(kProtocolVersion)
                              + " of the protocol, the client version " + std::to_string(version) + ": update the older of them");
    } catch (const InvalidParams &e) {
        return refuse(id, kInvalidParams, e.what());
    }
    m_shookHands = true;
    Json names{"hello", "jobs/list", "shutdown"};
    for (const Method &method : allMethods())
        names.push_back(method.name);
    forgetRevisions();
    say(makeResult(id, {{"protocol", kProtocolVersion},
                        {"program", "tessera " TESSERA_VERSION},
                        {"version", TESSERA_VERSION},
                        {"pid", ::getpid()},
                        {"methods", std::move(names)}}));
}

bool Server::answersAtOnce(const Message &message)
{
    if (message.method != "jobs/list" && message.method != "shutdown")
        return false;
    try {
        Params(message.params, message.method).refuseOthers("");
        m_over = message.method == "shutdown";
        say(makeResult(*message.id, m_over ? Json::object() : listJobs()));
    } catch (const InvalidParams &e) {
        refuse(message.id, kInvalidParams, e.what());
    }
    return true;
}

Json Server::listJobs()
{
    Json jobs = Json::array();
    std::lock_guard lock(m_mutex);
    for (const auto &[id, task] : m_tasks) {
        if (task->method->lane != LaneName::Job)
            continue;
        std::lock_guard taskLock(task->mutex);
        const auto time = std::chrono::steady_clock::now() - task->begun;
        jobs.push_back({{"id", id},
                        {"method", task->method->name},
                        {"state", task->running ? "running" : "waiting"},
                        {"seconds", task->running ? std::chrono::duration<double>(time).count() : 0.0},
                        {"progress", task->progress}});
    }
    return {{"jobs", std::move(jobs)}};
}

std::optional<std::int64_t> Server::revisionOf(const Message &message) const
{
    return Params(message.params, message.method).integerIf("revision", INT64_MIN, INT64_MAX);
}

void Server::start(Message message)
{
    const std::int64_t id = *message.id;
    const Method *method = findMethod(message.method);
    if (!method)
        return refuse(id, kMethodNotFound, "the engine has no method \"" + message.method.substr(0, 80) + "\"");
    auto task = std::make_shared<Task>();
    task->id = id;
    task->method = method;
    try {
        Params(message.params, method->name).refuseOthers(method->members);
        task->revision = revisionOf(message);
    } catch (const InvalidParams &e) {
        return refuse(id, kInvalidParams, e.what());
    }
    task->params = std::move(message.params);
    if (!supersede(*task))
        return refuse(id, kSuperseded, "a request with a higher revision came before");
    {
        std::lock_guard lock(m_mutex);
        m_tasks.emplace(id, task);
    }
    tellJob(*task, "waiting");
    if (!m_lanes[static_cast<std::size_t>(method->lane)]->add(task))
        answer(*task, makeError(id, {kTooMany, "too many requests wait for this engine: wait for answers before asking more"}));
}

void Server::forgetRevisions()
{
    std::lock_guard lock(m_mutex);
    m_revisions.clear();
}

/// Drops what the newcomer makes stale. Returns false where the newcomer is stale itself.
bool Server::supersede(const Task &newcomer)
{
    if (!newcomer.revision)
        return true;
    std::vector<std::shared_ptr<Task>> stale;
    {
        std::lock_guard lock(m_mutex);
        auto [highest, first] = m_revisions.emplace(newcomer.method->name, *newcomer.revision);
        if (*newcomer.revision < highest->second)
            return false;
        highest->second = *newcomer.revision;
        for (const auto &[id, task] : m_tasks)
            if (task->method == newcomer.method && task->revision && *task->revision < *newcomer.revision)
                stale.push_back(task);
    }
    for (const std::shared_ptr<Task> &task : stale) {
        // The answer first: a task that is stopped says so itself, and would say that somebody asked for it.
        answer(*task, makeError(task->id, {kSuperseded, "superseded by revision " + std::to_string(*newcomer.revision)}));
        task->stop.request();
    }
    return true;
}

void Server::cancel(const Json &params)
{
    auto id = idIn(params);
    std::shared_ptr<Task> task;
    {
        std::lock_guard lock(m_mutex);
        auto found = id ? m_tasks.find(*id) : m_tasks.end();
        if (found == m_tasks.end())
            return;
        task = found->second;
    }
    task->stop.request();
    if (dropWaiting(*task))
        answer(*task, makeError(task->id, toRpcError(interrupted("stopped on request before it began"))));
}

void Server::run(const std::shared_ptr<Task> &task)
{
    {
        std::lock_guard lock(task->mutex);
        if (task->dropped)
            return;
        task->running = true;
        task->begun = std::chrono::steady_clock::now();
    }
    tellJob(*task, "running");
    Talk talk(*task, [&](const std::string &method, Json params) {
        if (!task->answered)
            say(makeNotification(method, std::move(params)), urgencyOf(*task->method));
    });
    Message result = resultOf(*task, talk);
    talk.finish();
    answer(*task, std::move(result));
}

Message Server::resultOf(Task &task, Talk &talk)
{
    try {
        task.stop.throwIfRequested();
        Call call{Params(task.params, task.method->name),
                  m_session,
                  task.stop,
                  task.revision,
                  [&](const Progress &progress) { isRemark(progress) ? talk.log(progress.note) : talk.progress(progress); },
                  [&](const Json &item) { talk.item(item); },
                  [&](const std::string &sentence) { talk.log(sentence); }};
        return makeResult(task.id, task.method->run(call));
    } catch (const std::exception &) {
        return errorOf(task.id, task.method->name);
    }
}

void Server::answer(Task &task, Message message)
{
    if (task.answered.exchange(true))
        return;
    tellJob(task, stateOf(message), message.error ? message.error->message : "");
    {
        std::lock_guard lock(m_mutex);
        m_tasks.erase(task.id);
    }
    say(message, urgencyOf(*task.method));
}

void Server::tellJob(const Task &task, const char *state, const std::string &note)
{
    if (task.method->lane == LaneName::Job)
        say(makeNotification("job", {{"id", task.id}, {"method", task.method->name}, {"state", state}, {"note", note}}));
}

void Server::refuse(std::optional<std::int64_t> id, std::int64_t code, const std::string &sentence)
{
    say(makeError(id, {code, sentence}));
}

void Server::say(const Message &message, Urgency urgency)
{
    std::string line;
    try {
        line = toLine(message);
    } catch (const Error &e) {
        line = toLine(makeError(message.id, toRpcError(e)));
    }
    m_output.say(std::move(line), urgency);
}

void Server::endTasks()
{
    std::vector<std::shared_ptr<Task>> waiting;
    {
        std::lock_guard lock(m_mutex);
        for (const auto &[id, task] : m_tasks) {
            task->stop.request();
            if (dropWaiting(*task))
                waiting.push_back(task);
        }
    }
    for (const std::shared_ptr<Task> &task : waiting)
        answer(*task, makeError(task->id, toRpcError(interrupted("the engine ends"))));
}

} // namespace tessera
