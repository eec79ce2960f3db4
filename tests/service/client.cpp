// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/client.h"

#include "engine/protocol/message.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience(200);

} // namespace

Client::Client(bool shakeHands, const std::map<std::string, std::string> &environment)
{
    std::signal(SIGPIPE, SIG_IGN);
    int toChild[2], fromChild[2];
    if (::pipe2(toChild, O_CLOEXEC) != 0 || ::pipe2(fromChild, O_CLOEXEC) != 0)
        std::abort();
    m_pid = ::fork();
    if (m_pid == 0) {
        for (const auto &[name, value] : environment)
            ::setenv(name.c_str(), value.c_str(), 1);
        ::dup2(toChild[0], STDIN_FILENO);
        ::dup2(fromChild[1], STDOUT_FILENO);
        std::signal(SIGPIPE, SIG_DFL);
        ::execl(TESSERA_BIN_DIR "/tessera", "tessera", "serve", nullptr);
        ::_exit(127);
    }
    ::close(toChild[0]);
    ::close(fromChild[1]);
    m_input = toChild[1];
    m_output = fromChild[0];
    if (shakeHands)
        call("hello", {{"protocol", kProtocolVersion}, {"program", "test"}});
}

Client::~Client()
{
    closeInput();
    ::close(m_output);
    ::kill(m_pid, SIGKILL);
    ::waitpid(m_pid, nullptr, 0);
}

void Client::sendBytes(std::string_view bytes) const
{
    while (!bytes.empty()) {
        const ssize_t sent = ::write(m_input, bytes.data(), bytes.size());
        if (sent < 0 && errno == EINTR)
            continue;
        ASSERT_GT(sent, 0) << "tessera serve takes no input any more: " << std::strerror(errno);
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::int64_t Client::ask(const std::string &method, const Json &params)
{
    sendBytes(toLine(makeRequest(++m_lastId, method, params)));
    return m_lastId;
}

void Client::cancel(std::int64_t id) { sendBytes(toLine(makeNotification("cancel", {{"id", id}}))); }

bool Client::read(std::chrono::milliseconds atMost)
{
    pollfd ready{m_output, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(atMost.count())) <= 0)
        return true;
    char buffer[65536];
    const ssize_t got = ::read(m_output, buffer, sizeof buffer);
    if (got <= 0)
        return false;
    m_unfinished.append(buffer, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end; (end = m_unfinished.find('\n', begin)) != std::string::npos; begin = end + 1) {
        Json message = Json::parse(m_unfinished.begin() + static_cast<std::ptrdiff_t>(begin),
                                   m_unfinished.begin() + static_cast<std::ptrdiff_t>(end));
        if (message.contains("method"))
            m_said.push_back(std::move(message));
        else if (message.at("id").is_null())
            m_anonymous.push_back(std::move(message));
        else
            m_answers.insert_or_assign(message.at("id").get<std::int64_t>(), std::move(message));
    }
    m_unfinished.erase(0, begin);
    return true;
}

template <typename Condition> bool Client::waitFor(Condition condition)
{
    const Clock::time_point end = Clock::now() + kPatience;
    while (!condition())
        if (!read(std::chrono::milliseconds(100)) || Clock::now() > end)
            return condition();
    return true;
}

Json Client::answer(std::int64_t id)
{
    if (!waitFor([&] { return m_answers.contains(id); })) {
        ADD_FAILURE() << "no answer to request " << id;
        return Json::object();
    }
    return m_answers.extract(id).mapped();
}

Json Client::anonymousAnswer()
{
    if (!waitFor([&] { return !m_anonymous.empty(); })) {
        ADD_FAILURE() << "no answer without an id";
        return Json::object();
    }
    Json message = std::move(m_anonymous.front());
    m_anonymous.pop_front();
    return message;
}

Json Client::call(const std::string &method, const Json &params)
{
    Json message = answer(ask(method, params));
    if (message.contains("result"))
        return message["result"];
    ADD_FAILURE() << method << " " << params << " was refused: " << message;
    return Json::object();
}

Json Client::refused(const std::string &method, const Json &params)
{
    Json message = answer(ask(method, params));
    if (message.contains("error"))
        return message["error"];
    ADD_FAILURE() << method << " " << params << " should have been refused: " << message.dump().substr(0, 500);
    return {{"code", 0}, {"message", ""}};
}

std::vector<Json> Client::said(const std::string &method)
{
    std::vector<Json> found;
    std::erase_if(m_said, [&](const Json &message) {
        if (message["method"] != method)
            return false;
        found.push_back(message["params"]);
        return true;
    });
    return found;
}

Json Client::hear(const std::string &method)
{
    auto find = [&] { return std::ranges::find_if(m_said, [&](const Json &message) { return message["method"] == method; }); };
    if (!waitFor([&] { return find() != m_said.end(); })) {
        ADD_FAILURE() << "no notification " << method;
        return Json::object();
    }
    auto found = find();
    Json params = (*found)["params"];
    m_said.erase(found);
    return params;
}

bool Client::hasAnswered(std::int64_t id)
{
    read(std::chrono::milliseconds(0));
    return m_answers.contains(id);
}

pid_t Client::worker() const
{
    const Clock::time_point end = Clock::now() + kPatience;
    while (Clock::now() < end) {
        std::error_code gone;
        for (const auto &thread : std::filesystem::directory_iterator("/proc/" + std::to_string(m_pid) + "/task", gone)) {
            pid_t pid = 0;
            if (std::ifstream(thread.path() / "children") >> pid)
                return pid;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ADD_FAILURE() << "no worker was started";
    return -1;
}

void Client::closeInput()
{
    if (m_input >= 0)
        ::close(m_input);
    m_input = -1;
}

int Client::end()
{
    const Clock::time_point end = Clock::now() + kPatience;
    while (Clock::now() < end) {
        int status = 0;
        if (::waitpid(m_pid, &status, WNOHANG) == m_pid) {
            while (m_reading && read(std::chrono::milliseconds(0)) && ::poll(nullptr, 0, 0) == 0) {
                pollfd more{m_output, POLLIN, 0};
                if (::poll(&more, 1, 0) <= 0)
                    break;
            }
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        if (m_reading)
            read(std::chrono::milliseconds(10));
        else
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "tessera serve does not end";
    return -1;
}

TestFolder::TestFolder()
{
    std::string name = testing::TempDir() + "/tessera-service-XXXXXX";
    m_path = ::mkdtemp(name.data());
}

TestFolder::~TestFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

std::vector<double> numbersOf(const Json &bulk)
{
    static const std::string kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    EXPECT_EQ(bulk.at("dtype"), "float64");
    std::string bytes;
    std::uint32_t group = 0;
    int bits = 0;
    for (char digit : bulk.at("base64").get<std::string>()) {
        if (digit == '=')
            break;
        group = group << 6 | static_cast<std::uint32_t>(kDigits.find(digit));
        bits += 6;
        if (bits >= 8)
            bytes += static_cast<char>(group >> (bits -= 8) & 255);
    }
    std::vector<double> numbers(bytes.size() / sizeof(double));
    std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(double));
    EXPECT_EQ(numbers.size(), bulk.at("shape").at(0).get<std::size_t>() * bulk.at("shape").at(1).get<std::size_t>());
    return numbers;
}

std::string workerProgram()
{
    const char *named = std::getenv("TESSERA_WORKER_PROGRAM");
    const std::string program = named && *named ? named : TESSERA_BIN_DIR "/tessera-worker";
    return std::filesystem::exists(program) ? program : "";
}

} // namespace tessera
