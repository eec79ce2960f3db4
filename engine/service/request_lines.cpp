// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/request_lines.h"

#include <utility>

namespace tessera {

void RequestLines::feed(std::string_view bytes, const std::function<void(const std::string &line)> &onLine,
                        const std::function<void()> &onTooLong)
{
    while (!bytes.empty()) {
        const std::size_t length = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, length);
        if (!m_skipping && m_unfinished.size() + piece.size() > m_maxBytes) {
            m_skipping = true;
            std::string().swap(m_unfinished);
            onTooLong();
        }
        if (!m_skipping)
            m_unfinished += piece;
        if (length == std::string_view::npos)
            return;
        if (!std::exchange(m_skipping, false))
            onLine(std::exchange(m_unfinished, {}));
        bytes.remove_prefix(length + 1);
    }
}

} // namespace tessera
