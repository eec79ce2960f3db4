// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/child_process.h"

#include "engine/base/error.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kErrorLinesKept = 8;
constexpr std::size_t kErrorLineLength = 400;

/// Moves a descriptor above those that the child's streams take, and keeps it from other children.
FileDescriptor outOfTheWay(int descriptor)
{
    int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
    int why = errno;
    ::close(descriptor);
    if (moved < 0)
        throw failed(std::string("cannot open a pipe: ") + std::strerror(why));
    return FileDescriptor(moved);
}

/// Ours and the child's end. Sockets rather than pipes: writing to a child that has died then gives an error and no signal.
std::pair<FileDescriptor, FileDescriptor> makeStream()
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw failed(std::string("cannot open a pipe: ") + std::strerror(errno));
    FileDescriptor second(ends[1]);
    FileDescriptor ours = outOfTheWay(ends[0]);
    FileDescriptor theirs = outOfTheWay(second.release());
    ::fcntl(ours.get(), F_SETFL, ::fcntl(ours.get(), F_GETFL) | O_NONBLOCK);
    return {std::move(ours), std::move(theirs)};
}

class SpawnSettings {
public:
    SpawnSettings()
    {
        ::posix_spawn_file_actions_init(&m_actions);
        ::posix_spawnattr_init(&m_attributes);
        // A group of its own: Ctrl-C on the terminal reaches us alone, and we ask the child to stop in good order.
        ::posix_spawnattr_setpgroup(&m_attributes, 0);
        sigset_t all, none;
        sigfillset(&all);
        sigdelset(&all, SIGKILL);
        sigdelset(&all, SIGSTOP);
        sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&m_attributes, &all);
        ::posix_spawnattr_setsigmask(&m_attributes, &none);
        ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnSettings()
    {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }
    SpawnSettings(const SpawnSettings &) = delete;
    SpawnSettings &operator=(const SpawnSettings &) = delete;

    void give(const FileDescriptor &descriptor, int as)
    {
        ::posix_spawn_file_actions_adddup2(&m_actions, descriptor.get(), as);
    }
    pid_t start(const std::vector<std::string> &arguments, const std::vector<std::string> &defaults)
    {
        std::vector<char *> words, variables;
        for (const std::string &argument : arguments)
            words.push_back(const_cast<char *>(argument.c_str()));
        words.push_back(nullptr);
        for (char **variable = environ; *variable; ++variable)
            variables.push_back(*variable);
        for (const std::string &variable : defaults)
            if (!std::getenv(variable.substr(0, variable.find('=')).c_str()))
                variables.push_back(const_cast<char *>(variable.c_str()));
        variables.push_back(nullptr);
        pid_t pid = -1;
        int why = ::posix_spawn(&pid, words[0], &m_actions, &m_attributes, words.data(), variables.data());
        if (why != 0)
            throw failed("cannot start " + arguments[0] + ": " + std::strerror(why));
        return pid;
    }

private:
    posix_spawn_file_actions_t m_actions;
    posix_spawnattr_t m_attributes;
};

/// What a stream holds right now. Returns false at its end.
bool readAvailable(FileDescriptor &stream, const std::function<void(std::string_view)> &onBytes)
{
    std::array<char, 65536> buffer;
    for (;;) {
        ssize_t got = ::read(stream.get(), buffer.data(), buffer.size());
        if (got > 0)
            onBytes(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
        else if (got < 0 && errno == EINTR)
            continue;
        else
            return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
}

} // namespace

FileDescriptor &FileDescriptor::operator=(FileDescriptor &&other) noexcept
{
    close();
    m_descriptor = other.release();
    return *this;
}

int FileDescriptor::release() { return std::exchange(m_descriptor, -1); }

void FileDescriptor::close()
{
    if (m_descriptor >= 0)
        ::close(release());
}

ChildProcess::ChildProcess(const std::vector<std::string> &arguments, const FileDescriptor *passOn,
                           const std::vector<std::string> &defaults)
{
    auto [input, theirInput] = makeStream();
    auto [output, theirOutput] = makeStream();
    auto [error, theirError] = makeStream();
    SpawnSettings settings;
    settings.give(theirInput, STDIN_FILENO);
    settings.give(theirOutput, STDOUT_FILENO);
    settings.give(theirError, STDERR_FILENO);
    FileDescriptor passed;
    if (passOn && *passOn) {
        passed = FileDescriptor(::fcntl(passOn->get(), F_DUPFD_CLOEXEC, 10));
        settings.give(passed, 3);
    }
    m_pid = settings.start(arguments, defaults);
    m_input = std::move(input);
    m_output = std::move(output);
    m_error = std::move(error);
}

ChildProcess::~ChildProcess() { end(std::chrono::seconds(2)); }

bool ChildProcess::exchange(std::chrono::milliseconds atMost, const std::function<void(std::string_view)> &onOutput)
{
    if (!m_output)
        return false;
    std::array<pollfd, 3> streams{pollfd{m_output.get(), POLLIN, 0}, pollfd{m_error.get(), POLLIN, 0},
                                  pollfd{m_unsent.empty() ? -1 : m_input.get(), POLLOUT, 0}};
    if (::poll(streams.data(), streams.size(), static_cast<int>(atMost.count())) <= 0)
        return true;
    if (streams[2].revents != 0) {
        ssize_t sent = ::send(m_input.get(), m_unsent.data() + m_sent, m_unsent.size() - m_sent, MSG_NOSIGNAL);
        if (sent > 0)
            m_sent += static_cast<std::size_t>(sent);
        bool deaf = sent < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK;
        if (deaf || m_sent == m_unsent.size()) { // Where the child no longer listens, its output's end will tell why.
            m_unsent.clear();
            m_sent = 0;
        }
    }
    if (streams[1].revents != 0)
        readError();
    if (streams[0].revents != 0 && !readAvailable(m_output, onOutput))
        m_output.close();
    return static_cast<bool>(m_output);
}

void ChildProcess::readError()
{
    auto keep = [this](std::string_view bytes) {
        for (char c : bytes) {
            if (c != '\n') {
                if (m_errorLine.size() < kErrorLineLength)
                    m_errorLine += c;
                continue;
            }
            if (!m_errorLine.empty())
                m_lastErrors.push_back(std::exchange(m_errorLine, {}));
            if (m_lastErrors.size() > kErrorLinesKept)
                m_lastErrors.pop_front();
        }
    };
    if (m_error && !readAvailable(m_error, keep)) {
        keep("\n");
        m_error.close();
    }
}

bool ChildProcess::reap(bool block)
{
    int status = 0;
    while (!m_status) {
        pid_t gone = ::waitpid(m_pid, &status, block ? 0 : WNOHANG);
        if (gone == m_pid)
            m_status = status;
        else if (gone == 0 || errno != EINTR)
            break;
    }
    return m_status.has_value();
}

void ChildProcess::end(std::chrono::milliseconds grace)
{
    m_input.close();
    Clock::time_point deadline = Clock::now() + grace;
    while (!reap(false) && Clock::now() < deadline) {
        readError();
        if (m_output && !readAvailable(m_output, [](std::string_view) {}))
            m_output.close();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    kill();
}

void ChildProcess::kill()
{
    if (!reap(false)) {
        ::kill(-m_pid, SIGKILL);
        reap(true);
    }
    readError();
    m_input.close();
    m_output.close();
    m_error.close();
}

std::string ChildProcess::obituary() const
{
    std::string text;
    if (m_status && WIFSIGNALED(*m_status)) {
        text = std::string("was ended by the signal \"") + ::strsignal(WTERMSIG(*m_status)) + "\"";
        if (WTERMSIG(*m_status) == SIGKILL)
            text += " (the system does that when memory runs out)";
    } else if (m_status) {
        text = "ended with exit code " + std::to_string(WEXITSTATUS(*m_status));
    } else {
        text = "still runs";
    }
    if (m_lastErrors.empty())
        return text;
    text += "; its last words:";
    for (const std::string &line : m_lastErrors)
        text += "\n  " + line;
    return text;
}

} // namespace tessera
