// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/journeys/program.h"

#include "engine/base/error.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tessera {
namespace {

std::string contentOf(const std::filesystem::path &path)
{
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::filesystem::path freshFile(const std::string &kind)
{
    static int number = 0;
    return std::filesystem::path(testing::TempDir())
        / ("tessera-journey-" + std::to_string(::getpid()) + "-" + std::to_string(++number) + "." + kind);
}

} // namespace

Json Outcome::json() const
{
    try {
        return parseJson(output, "the output");
    } catch (const Error &e) {
        ADD_FAILURE() << e.what() << "\n" << output << "\n" << errors;
        return Json::object();
    }
}

Program::Program(const std::vector<std::string> &arguments) : m_output(freshFile("out")), m_errors(freshFile("err"))
{
    std::vector<std::string> words{TESSERA_BIN_DIR "/tessera"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char *> pointers;
    for (std::string &word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    m_pid = ::fork();
    if (m_pid == 0) {
        int output = ::open(m_output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        int errors = ::open(m_errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(errors, STDERR_FILENO);
        ::execv(pointers[0], pointers.data());
        ::_exit(127);
    }
}

Program::~Program()
{
    if (!reap(false)) {
        signal(SIGKILL);
        reap(true);
    }
    std::error_code ignored;
    std::filesystem::remove(m_output, ignored);
    std::filesystem::remove(m_errors, ignored);
}

std::optional<pid_t> Program::worker() const
{
    std::ifstream children("/proc/" + std::to_string(m_pid) + "/task/" + std::to_string(m_pid) + "/children");
    pid_t pid = 0;
    return children >> pid ? std::optional(pid) : std::nullopt;
}

void Program::signal(int number) const { ::kill(m_pid, number); }

bool Program::reap(bool block)
{
    int status = 0;
    if (!m_status && ::waitpid(m_pid, &status, block ? 0 : WNOHANG) == m_pid)
        m_status = status;
    return m_status.has_value();
}

bool Program::endsWithin(std::chrono::milliseconds time)
{
    auto end = std::chrono::steady_clock::now() + time;
    while (!reap(false)) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

Outcome Program::wait()
{
    reap(true);
    int code = WIFEXITED(*m_status) ? WEXITSTATUS(*m_status) : 128 + WTERMSIG(*m_status);
    return {code, contentOf(m_output), contentOf(m_errors)};
}

Outcome tessera(const std::vector<std::string> &arguments) { return Program(arguments).wait(); }

} // namespace tessera
