// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace tessera {

using Json = nlohmann::json;

/// Parses JSON from an untrusted source. where names the source in the sentence of an error ("config.json of the parent").
/// Refused with Error (BadInput): malformed text, duplicate keys, nesting deeper than maxDepth.
Json parseJson(std::string_view text, const std::string &where, int maxDepth = 32);
Json readJsonFile(const std::filesystem::path &path, std::uint64_t maxBytes = 64u << 20, int maxDepth = 32);

/// Typed members of an object; a missing one, or one of another type, is an Error (BadInput) that names key and source.
std::int64_t requireInteger(const Json &object, const std::string &key, const std::string &where);
double requireNumber(const Json &object, const std::string &key, const std::string &where);
std::string requireString(const Json &object, const std::string &key, const std::string &where);
/// The same with a default for a missing or null member.
std::int64_t integerOr(const Json &object, const std::string &key, std::int64_t otherwise, const std::string &where);
double numberOr(const Json &object, const std::string &key, double otherwise, const std::string &where);
bool boolOr(const Json &object, const std::string &key, bool otherwise, const std::string &where);
std::string stringOr(const Json &object, const std::string &key, const std::string &otherwise, const std::string &where);

} // namespace tessera
