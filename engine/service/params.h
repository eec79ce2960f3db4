// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/error.h"
#include "engine/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A request whose params have the wrong shape; answered with kInvalidParams.
class InvalidParams : public Error {
public:
    explicit InvalidParams(const std::string &sentence) : Error(ErrorKind::BadInput, sentence) {}
};

/// The params of one request, read member by member; null counts as missing. Every reader throws InvalidParams that names method
/// and member when a member is of another type, out of its range, or missing where it has no default.
class Params {
public:
    Params(Json json, std::string method) : m_json(std::move(json)), m_method(std::move(method)) {}

    /// Throws InvalidParams when there is a member that is not among the words of known.
    void refuseOthers(std::string_view known) const;

    bool has(const std::string &key) const;
    const Json &json(const std::string &key) const;
    std::string text(const std::string &key) const;
    std::string textOr(const std::string &key, const std::string &otherwise) const;
    std::vector<std::string> textsOr(const std::string &key, const std::vector<std::string> &otherwise) const;
    std::int64_t integer(const std::string &key, std::int64_t least, std::int64_t most) const;
    std::int64_t integerOr(const std::string &key, std::int64_t otherwise, std::int64_t least, std::int64_t most) const;
    std::optional<std::int64_t> integerIf(const std::string &key, std::int64_t least, std::int64_t most) const;
    double numberOr(const std::string &key, double otherwise, double least, double most) const;
    std::optional<double> numberIf(const std::string &key, double least, double most) const;
    bool flagOr(const std::string &key, bool otherwise) const;

private:
    InvalidParams wrong(const std::string &key, const std::string &what) const;

    Json m_json;
    std::string m_method;
};

} // namespace tessera
