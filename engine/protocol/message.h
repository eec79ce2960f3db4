// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/progress.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

// The pipes between Tessera's programs: JSON-RPC 2.0, one message a line, UTF-8, lines end in \n. A program answers each
// request in turn; while it works on one it sends notifications:
//   progress {"id", "name", "done", "total", "unit", "note"}     item {"id", "item"}
// and it takes the notification  cancel {"id"}  at any time. The first request is
//   hello {"protocol", "program"}, answered with at least the same two.

/// Both sides of a pipe must speak the same version; it grows with every change of a message's meaning.
inline constexpr std::int64_t kProtocolVersion = 1;

/// Longest line that a program accepts, its \n not counted.
inline constexpr std::size_t kMaxMessageBytes = 64u << 20;

/// What went wrong, as the error object of JSON-RPC carries it. Codes below -32000 are the standard's; ours are
/// -32001 failed, -32002 bad input, -32130 interrupted.
struct RpcError {
    std::int64_t code = -32001;
    std::string message;

    bool operator==(const RpcError &) const = default;
};
inline constexpr std::int64_t kParseError = -32700;
inline constexpr std::int64_t kInvalidRequest = -32600;
inline constexpr std::int64_t kMethodNotFound = -32601;
inline constexpr std::int64_t kInvalidParams = -32602;
inline constexpr std::int64_t kInternalError = -32603;

RpcError toRpcError(const Error &error);
Error toError(const RpcError &error);

/// One message. A request has method and id, a notification a method alone, a response an id (or none, where the request
/// could not be read) and either result or error.
struct Message {
    std::optional<std::int64_t> id;
    std::string method;
    Json params = Json::object();
    std::optional<Json> result;
    std::optional<RpcError> error;

    bool isRequest() const { return id && !method.empty(); }
    bool isNotification() const { return !id && !method.empty(); }
    bool isResponse() const { return method.empty(); }
    bool operator==(const Message &) const = default;
};

Message makeRequest(std::int64_t id, const std::string &method, Json params);
Message makeNotification(const std::string &method, Json params);
Message makeResult(std::int64_t id, Json result);
Message makeError(std::optional<std::int64_t> id, const RpcError &error);

/// The message as one line, its \n included. Text that is not UTF-8 is replaced by U+FFFD, numbers that are not finite by
/// null. Throws Error (Failed) when the line is longer than kMaxMessageBytes.
std::string toLine(const Message &message);
/// Throws Error (BadInput) for anything that is no message; where names the sender in the sentence.
Message parseMessage(std::string_view line, const std::string &where);

Json toJson(const Progress &progress);
Progress parseProgress(const Json &json, const std::string &where);

/// Cuts a stream of bytes into lines.
class LineSplitter {
public:
    explicit LineSplitter(std::size_t maxBytes = kMaxMessageBytes) : m_maxBytes(maxBytes) {}

    /// Takes the next bytes of the stream. Throws Error (BadInput) when a line is longer than maxBytes; the stream is of no
    /// use afterwards.
    void feed(std::string_view bytes);
    /// The next whole line without its \n, or nothing until more bytes come.
    std::optional<std::string> next();

private:
    std::size_t m_maxBytes;
    std::string m_unfinished;
    std::deque<std::string> m_lines;
};

} // namespace tessera
