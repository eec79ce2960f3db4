// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/json.h"

#include "engine/base/error.h"
#include "engine/base/file.h"

#include <cmath>
#include <set>
#include <vector>

namespace tessera {
namespace {

/// Watches a parse for what nlohmann-json accepts and we do not: deep nesting and duplicate keys.
class Guard {
public:
    Guard(const std::string &where, int maxDepth) : m_where(where), m_maxDepth(maxDepth) {}

    bool operator()(int depth, Json::parse_event_t event, Json &value)
    {
        bool opens = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
        if (opens && depth >= m_maxDepth)
            throw badInput(m_where + " is nested deeper than " + std::to_string(m_maxDepth) + " levels");
        if (event == Json::parse_event_t::object_start)
            m_keys.emplace_back();
        else if (event == Json::parse_event_t::object_end)
            m_keys.pop_back();
        else if (event == Json::parse_event_t::key && !m_keys.back().insert(value.get<std::string>()).second)
            throw badInput(m_where + " has the key \"" + value.get<std::string>() + "\" twice in one object");
        return true;
    }

private:
    const std::string &m_where;
    int m_maxDepth;
    std::vector<std::set<std::string>> m_keys;
};

const Json *find(const Json &object, const std::string &key, const std::string &where)
{
    if (!object.is_object())
        throw badInput(where + " must be a JSON object");
    auto it = object.find(key);
    return it == object.end() || it->is_null() ? nullptr : &*it;
}

const Json &require(const Json &object, const std::string &key, const std::string &where)
{
    if (const Json *value = find(object, key, where))
        return *value;
    throw badInput(where + " lacks \"" + key + "\"");
}

std::int64_t asInteger(const Json &value, const std::string &key, const std::string &where)
{
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        throw badInput("\"" + key + "\" in " + where + " is too large");
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    throw badInput("\"" + key + "\" in " + where + " must be a whole number");
}

double asNumber(const Json &value, const std::string &key, const std::string &where)
{
    if (!value.is_number() || !std::isfinite(value.get<double>()))
        throw badInput("\"" + key + "\" in " + where + " must be a finite number");
    return value.get<double>();
}

std::string asString(const Json &value, const std::string &key, const std::string &where)
{
    if (!value.is_string())
        throw badInput("\"" + key + "\" in " + where + " must be a string");
    return value.get<std::string>();
}

} // namespace

Json parseJson(std::string_view text, const std::string &where, int maxDepth)
{
    // nlohmann-json takes a zero byte as the end of its input, and what stands behind it would be believed unread.
    if (text.find('\0') != std::string_view::npos)
        throw badInput(where + " is not valid JSON: it holds a zero byte");
    try {
        return Json::parse(text, Guard(where, maxDepth));
    } catch (const Json::exception &e) {
        constexpr std::size_t kMostShown = 300; // The message may repeat a token of any length.
        throw badInput(where + " is not valid JSON: " + std::string(e.what()).substr(0, kMostShown));
    }
}

Json readJsonFile(const std::filesystem::path &path, std::uint64_t maxBytes, int maxDepth)
{
    return parseJson(readTextFile(path, maxBytes), path.string(), maxDepth);
}

std::int64_t requireInteger(const Json &object, const std::string &key, const std::string &where)
{
    return asInteger(require(object, key, where), key, where);
}

double requireNumber(const Json &object, const std::string &key, const std::string &where)
{
    return asNumber(require(object, key, where), key, where);
}

std::string requireString(const Json &object, const std::string &key, const std::string &where)
{
    return asString(require(object, key, where), key, where);
}

std::int64_t integerOr(const Json &object, const std::string &key, std::int64_t otherwise, const std::string &where)
{
    const Json *value = find(object, key, where);
    return value ? asInteger(*value, key, where) : otherwise;
}

double numberOr(const Json &object, const std::string &key, double otherwise, const std::string &where)
{
    const Json *value = find(object, key, where);
    return value ? asNumber(*value, key, where) : otherwise;
}

bool boolOr(const Json &object, const std::string &key, bool otherwise, const std::string &where)
{
    const Json *value = find(object, key, where);
    if (!value)
        return otherwise;
    if (!value->is_boolean())
        throw badInput("\"" + key + "\" in " + where + " must be true or false");
    return value->get<bool>();
}

std::string stringOr(const Json &object, const std::string &key, const std::string &otherwise, const std::string &where)
{
    const Json *value = find(object, key, where);
    return value ? asString(*value, key, where) : otherwise;
}

} // namespace tessera
