// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace tessera {

/// Cuts what a client sends into lines. Unlike LineSplitter it survives lines that are too long: it skips them to their end.
class RequestLines {
public:
    explicit RequestLines(std::size_t maxBytes) : m_maxBytes(maxBytes) {}

    /// Takes the next bytes of the stream; onLine gets every finished line without its \n, onTooLong is called once for every line
    /// of more than maxBytes, as soon as it is that long.
    void feed(std::string_view bytes, const std::function<void(const std::string &line)> &onLine,
              const std::function<void()> &onTooLong);

private:
    std::size_t m_maxBytes;
    std::string m_unfinished;
    bool m_skipping = false;
};

} // namespace tessera
