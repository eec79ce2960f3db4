// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/params.h"

#include <cmath>
#include <sstream>
#include <utility>

namespace tessera {
namespace {

bool isWordOf(std::string_view word, std::string_view words)
{
    for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if (!word.empty() && (at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' '))
            return true;
    }
    return false;
}

std::string numberText(double number)
{
    std::ostringstream text;
    text << number;
    return text.str();
}

} // namespace

InvalidParams Params::wrong(const std::string &key, const std::string &what) const
{
    return InvalidParams("\"" + key + "\" of " + m_method + " " + what);
}

void Params::refuseOthers(std::string_view known) const
{
    for (const auto &[key, value] : m_json.items())
        if (key.find(' ') != std::string::npos || !isWordOf(key, known))
            throw InvalidParams(m_method + " knows no member \"" + key.substr(0, 80) + "\"; it has "
                                + (known.empty() ? "none" : std::string(known)));
}

bool Params::has(const std::string &key) const
{
    auto found = m_json.find(key);
    return found != m_json.end() && !found->is_null();
}

const Json &Params::json(const std::string &key) const
{
    if (!has(key))
        throw wrong(key, "is missing");
    return m_json.at(key);
}

std::string Params::text(const std::string &key) const
{
    const Json &value = json(key);
    if (!value.is_string())
        throw wrong(key, "must be a string");
    return value.get<std::string>();
}

std::string Params::textOr(const std::string &key, const std::string &otherwise) const
{
    return has(key) ? text(key) : otherwise;
}

std::vector<std::string> Params::textsOr(const std::string &key, const std::vector<std::string> &otherwise) const
{
    if (!has(key))
        return otherwise;
    const Json &value = json(key);
    std::vector<std::string> texts;
    if (!value.is_array())
        throw wrong(key, "must be an array of strings");
    for (const Json &element : value) {
        if (!element.is_string())
            throw wrong(key, "must be an array of strings");
        texts.push_back(element.get<std::string>());
    }
    return texts;
}

std::int64_t Params::integer(const std::string &key, std::int64_t least, std::int64_t most) const
{
    const Json &value = json(key);
    const std::string range = "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const bool tooLarge = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
    if (!value.is_number_integer() || tooLarge)
        throw wrong(key, range);
    const auto number = value.get<std::int64_t>();
    if (number < least || number > most)
        throw wrong(key, range);
    return number;
}

std::int64_t Params::integerOr(const std::string &key, std::int64_t otherwise, std::int64_t least, std::int64_t most) const
{
    return has(key) ? integer(key, least, most) : otherwise;
}

std::optional<std::int64_t> Params::integerIf(const std::string &key, std::int64_t least, std::int64_t most) const
{
    return has(key) ? std::optional(integer(key, least, most)) : std::nullopt;
}

double Params::numberOr(const std::string &key, double otherwise, double least, double most) const
{
    return numberIf(key, least, most).value_or(otherwise);
}

std::optional<double> Params::numberIf(const std::string &key, double least, double most) const
{
    if (!has(key))
        return std::nullopt;
    const Json &value = json(key);
    const double number = value.is_number() ? value.get<double>() : NAN;
    if (!(number >= least && number <= most))
        throw wrong(key, "must be a number from " + numberText(least) + " to " + numberText(most));
    return number;
}

bool Params::flagOr(const std::string &key, bool otherwise) const
{
    if (!has(key))
        return otherwise;
    if (!json(key).is_boolean())
        throw wrong(key, "must be true or false");
    return json(key).get<bool>();
}

} // namespace tessera
