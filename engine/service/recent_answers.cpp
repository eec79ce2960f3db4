// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/recent_answers.h"

namespace tessera {
namespace {

std::string questionOf(const std::string &method, Json params)
{
    params.erase("revision");
    return method + " " + params.dump();
}

} // namespace

void RecentAnswers::remember(const std::string &method, const Json &params, Json answer)
{
    std::string question = questionOf(method, params);
    answer.erase("revision");
    std::lock_guard lock(m_mutex);
    std::erase_if(m_answers, [&](const auto &known) { return known.first == question; });
    if (m_answers.size() >= kMost)
        m_answers.pop_front();
    m_answers.emplace_back(std::move(question), std::move(answer));
}

std::optional<Json> RecentAnswers::find(const std::string &method, const Json &params) const
{
    const std::string question = questionOf(method, params);
    std::lock_guard lock(m_mutex);
    for (const auto &[known, answer] : m_answers)
        if (known == question)
            return answer;
    return std::nullopt;
}

RecentAnswers &recentAnswers()
{
    static RecentAnswers answers;
    return answers;
}

} // namespace tessera
