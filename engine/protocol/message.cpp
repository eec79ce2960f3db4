// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/protocol/message.h"

#include <set>
#include <utility>

namespace tessera {
namespace {

constexpr std::int64_t kFailedCode = -32001;
constexpr std::int64_t kBadInputCode = -32002;
constexpr std::int64_t kInterruptedCode = -32130;
constexpr int kMaxDepth = 32;

RpcError parseError(const Json &json, const std::string &where)
{
    return {requireInteger(json, "code", "the error of " + where), requireString(json, "message", "the error of " + where)};
}

void refuseUnknownMembers(const Json &json, const std::string &where)
{
    static const std::set<std::string> kKnown{"jsonrpc", "id", "method", "params", "result", "error"};
    for (const auto &[key, value] : json.items())
        if (!kKnown.contains(key))
            throw badInput("\"" + key + "\" in a message from " + where + " is unknown");
}

void checkShape(const Message &message, const std::string &where)
{
    bool answers = message.result || message.error;
    if (message.method.empty() != answers || (message.result && message.error) || (message.result && !message.id))
        throw badInput("a message from " + where + " is neither request nor notification nor response");
}

} // namespace

RpcError toRpcError(const Error &error)
{
    switch (error.kind()) {
    case ErrorKind::BadInput:
        return {kBadInputCode, error.what()};
    case ErrorKind::Interrupted:
        return {kInterruptedCode, error.what()};
    case ErrorKind::Failed:
        break;
    }
    return {kFailedCode, error.what()};
}

Error toError(const RpcError &error)
{
    if (error.code == kBadInputCode)
        return badInput(error.message);
    if (error.code == kInterruptedCode)
        return interrupted(error.message);
    return failed(error.message);
}

Message makeRequest(std::int64_t id, const std::string &method, Json params)
{
    return {id, method, std::move(params), {}, {}};
}

Message makeNotification(const std::string &method, Json params) { return {{}, method, std::move(params), {}, {}}; }

Message makeResult(std::int64_t id, Json result) { return {id, {}, Json::object(), std::move(result), {}}; }

Message makeError(std::optional<std::int64_t> id, const RpcError &error) { return {id, {}, Json::object(), {}, error}; }

std::string toLine(const Message &message)
{
    Json json{{"jsonrpc", "2.0"}};
    if (message.id)
        json["id"] = *message.id;
    else if (message.isResponse())
        json["id"] = nullptr;
    if (message.result)
        json["result"] = *message.result;
    else if (message.error)
        json["error"] = {{"code", message.error->code}, {"message", message.error->message}};
    else {
        json["method"] = message.method;
        json["params"] = message.params;
    }
    std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (line.size() > kMaxMessageBytes)
        throw failed("a message of " + std::to_string(line.size()) + " bytes is too long for the pipe between Tessera's programs");
    return line + "\n";
}

Message parseMessage(std::string_view line, const std::string &where)
{
    std::string what = "a message from " + where;
    Json json = parseJson(line, what, kMaxDepth);
    if (requireString(json, "jsonrpc", what) != "2.0")
        throw badInput(what + " is not JSON-RPC 2.0");
    refuseUnknownMembers(json, where);
    Message message;
    if (json.contains("id") && !json["id"].is_null())
        message.id = requireInteger(json, "id", what);
    if (json.contains("method")) {
        message.method = requireString(json, "method", what);
        if (message.method.empty())
            throw badInput("\"method\" in " + what + " is empty");
    }
    if (json.contains("params")) {
        if (!json["params"].is_object())
            throw badInput("\"params\" in " + what + " must be a JSON object");
        message.params = std::move(json["params"]);
    }
    if (json.contains("result"))
        message.result = std::move(json["result"]);
    if (json.contains("error"))
        message.error = parseError(json["error"], what);
    checkShape(message, where);
    return message;
}

Json toJson(const Progress &progress)
{
    return {{"name", progress.name}, {"done", progress.done}, {"total", progress.total}, {"unit", progress.unit},
            {"note", progress.note}};
}

Progress parseProgress(const Json &json, const std::string &where)
{
    return {requireString(json, "name", where), requireInteger(json, "done", where), requireInteger(json, "total", where),
            requireString(json, "unit", where), requireString(json, "note", where)};
}

void LineSplitter::feed(std::string_view bytes)
{
    while (!bytes.empty()) {
        std::size_t length = bytes.find('\n');
        std::string_view piece = bytes.substr(0, length);
        if (m_unfinished.size() + piece.size() > m_maxBytes)
            throw badInput("a line on the pipe is longer than " + std::to_string(m_maxBytes) + " bytes");
        m_unfinished += piece;
        if (length == std::string_view::npos)
            return;
        m_lines.push_back(std::move(m_unfinished));
        m_unfinished.clear();
        bytes.remove_prefix(length + 1);
    }
}

std::optional<std::string> LineSplitter::next()
{
    if (m_lines.empty())
        return std::nullopt;
    std::string line = std::move(m_lines.front());
    m_lines.pop_front();
    return line;
}

} // namespace tessera
