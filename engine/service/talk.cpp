// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/talk.h"

#include "engine/protocol/message.h"

#include <utility>

namespace tessera {
namespace {

constexpr std::chrono::milliseconds kPause(100);

} // namespace

Talk::Talk(Task &task, Say say) : m_task(task), m_say(std::move(say)) {}

void Talk::finish()
{
    if (m_unsaid)
        tell(*std::exchange(m_unsaid, std::nullopt));
}

void Talk::progress(const Progress &progress)
{
    const Clock::time_point now = Clock::now();
    if (progress.name != m_name) {
        finish();
        m_name = progress.name;
        m_first = progress.done;
        m_began = now;
        m_said = {};
    }
    m_unsaid = progress;
    if (now - m_said >= kPause) {
        m_said = now;
        finish();
    }
}

void Talk::item(const Json &item)
{
    m_say("item", {{"id", m_task.id}, {"item", item}});
}

void Talk::log(const std::string &sentence)
{
    m_say("log", {{"id", m_task.id}, {"text", sentence}});
}

Json Talk::describe(const Progress &progress) const
{
    Json json = toJson(progress);
    const double seconds = std::chrono::duration<double>(Clock::now() - m_began).count();
    const auto done = static_cast<double>(progress.done - m_first), left = static_cast<double>(progress.total - progress.done);
    json["id"] = m_task.id;
    json["seconds"] = seconds;
    json["seconds_left"] = done > 0 && left >= 0 ? Json(seconds / done * left) : Json();
    return json;
}

void Talk::tell(const Progress &progress)
{
    Json json = describe(progress);
    {
        std::lock_guard lock(m_task.mutex);
        m_task.progress = json;
    }
    m_say("progress", std::move(json));
}

} // namespace tessera
