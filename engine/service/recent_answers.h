// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace tessera {

/// The last answers that took a while, by what was asked, so that one is kept as it was seen and not made again. Several threads may
/// use it.
class RecentAnswers {
public:
    static constexpr std::size_t kMost = 24;

    /// A revision in params or answer is nothing that matters.
    void remember(const std::string &method, const Json &params, Json answer);
    std::optional<Json> find(const std::string &method, const Json &params) const;

private:
    mutable std::mutex m_mutex;
    std::deque<std::pair<std::string, Json>> m_answers; ///< The newest last, one for each question.
};

/// Those of this process, which serves one client.
RecentAnswers &recentAnswers();

} // namespace tessera
