// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"

#include "engine/protocol/remark.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>

#include <unistd.h>

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

std::string duration(double seconds)
{
    char text[32];
    if (seconds < 60)
        std::snprintf(text, sizeof text, "%.0f s", seconds);
    else if (seconds < 3600)
        std::snprintf(text, sizeof text, "%.0f min %02.0f s", std::floor(seconds / 60), std::fmod(seconds, 60));
    else
        std::snprintf(text, sizeof text, "%.0f h %02.0f min", std::floor(seconds / 3600), std::fmod(seconds, 3600) / 60);
    return text;
}

/// Turns progress into lines; remembers when each named piece of work began, for rate and time left.
class ProgressLine {
public:
    ProgressLine() : m_terminal(::isatty(STDERR_FILENO) == 1) {}
    ~ProgressLine()
    {
        if (m_open)
            std::cerr << "\n";
    }

    void show(const Progress &progress)
    {
        Clock::time_point now = Clock::now();
        if (progress.name != m_name)
            begin(progress, now);
        bool finished = progress.total > 0 && progress.done >= progress.total;
        if (finished && m_finished)
            return; // Work that goes on behind the last of what it counts says so again.
        m_finished = finished;
        auto pause = std::chrono::milliseconds(m_terminal ? 100 : 10000);
        if (!finished && now - m_shown < pause)
            return;
        m_shown = now;
        std::string line = describe(progress, std::chrono::duration<double>(now - m_began).count());
        if (m_terminal)
            std::cerr << "\r\x1b[K" << line << (finished ? "\n" : "") << std::flush;
        else
            std::cerr << line << std::endl;
        m_open = m_terminal && !finished;
    }

private:
    void begin(const Progress &progress, Clock::time_point now)
    {
        if (m_open)
            std::cerr << "\n";
        m_open = m_finished = false;
        m_name = progress.name;
        m_began = now;
        m_first = progress.done;
        m_shown = {};
    }

    std::string describe(const Progress &progress, double seconds) const
    {
        std::string line = progress.name + ": " + std::to_string(progress.done);
        if (progress.total > 0)
            line += " of " + std::to_string(progress.total);
        line += " " + progress.unit;
        double rate = seconds > 0 ? static_cast<double>(progress.done - m_first) / seconds : 0;
        if (rate > 0) {
            char text[32];
            std::snprintf(text, sizeof text, ", %.3g/s", rate);
            line += text;
            if (progress.total > progress.done)
                line += ", " + duration(static_cast<double>(progress.total - progress.done) / rate) + " left";
        }
        return progress.note.empty() ? line : line + " (" + progress.note + ")";
    }

    bool m_terminal;
    bool m_open = false, m_finished = false;
    std::string m_name;
    std::int64_t m_first = 0;
    Clock::time_point m_began, m_shown;
};

} // namespace

void Console::printJson(const Json &value) const
{
    std::cout << value.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

void Console::print(const std::string &line) const
{
    if (!json)
        std::cout << line << "\n";
}

void Console::remark(const std::string &line) const { std::cerr << line << std::endl; }

ProgressSink Console::progress() const
{
    auto line = std::make_shared<ProgressLine>();
    return [line](const Progress &progress) {
        if (isRemark(progress))
            std::cerr << progress.note << std::endl;
        else
            line->show(progress);
    };
}

} // namespace tessera
