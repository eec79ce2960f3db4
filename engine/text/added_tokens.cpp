// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/added_tokens.h"

#include "engine/base/error.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace tessera {
namespace {

/// Longer tokens could make the search for them quadratic.
constexpr std::size_t kLongestToken = 4096;

std::size_t whiteSpaceBefore(std::string_view text, std::size_t end)
{
    while (end > 0) {
        std::size_t previous = codePointBefore(text, end);
        if (!isWhiteSpace(codePointAt(text, previous).value))
            break;
        end = previous;
    }
    return end;
}

std::size_t whiteSpaceBehind(std::string_view text, std::size_t begin)
{
    while (begin < text.size()) {
        CodePoint point = codePointAt(text, begin);
        if (!isWhiteSpace(point.value))
            break;
        begin += point.size;
    }
    return begin;
}

bool standsAlone(std::string_view text, std::size_t begin, std::size_t end)
{
    bool left = begin == 0 || !isWordCharacter(codePointAt(text, codePointBefore(text, begin)).value);
    bool right = end == text.size() || !isWordCharacter(codePointAt(text, end).value);
    return left && right;
}

AddedToken readToken(const Json &json, const std::string &where)
{
    AddedToken token;
    token.content = requireString(json, "content", where);
    if (token.content.size() > kLongestToken)
        throw badInput("an added token in " + where + " is longer than " + std::to_string(kLongestToken) + " bytes");
    std::int64_t id = requireInteger(json, "id", where);
    if (id < 0 || id >= std::numeric_limits<TokenId>::max())
        throw badInput("the added token \"" + token.content + "\" in " + where + " has no valid id");
    token.id = static_cast<TokenId>(id);
    token.singleWord = boolOr(json, "single_word", false, where);
    token.leftStrip = boolOr(json, "lstrip", false, where);
    token.rightStrip = boolOr(json, "rstrip", false, where);
    token.special = boolOr(json, "special", false, where);
    token.normalized = boolOr(json, "normalized", !token.special, where);
    return token;
}

} // namespace

void AddedTokens::Trie::insert(std::string_view content, const AddedToken &token)
{
    if (content.empty())
        return;
    m_first[static_cast<unsigned char>(content.front())] = true;
    std::uint32_t node = 0;
    for (char c : content) {
        std::uint64_t key = std::uint64_t(node) * 256 + static_cast<unsigned char>(c);
        auto [child, isNew] = m_children.emplace(key, static_cast<std::uint32_t>(m_tokens.size()));
        if (isNew)
            m_tokens.emplace_back();
        node = child->second;
    }
    if (!m_tokens[node])
        m_tokens[node] = token.id;
}

std::pair<TokenId, std::size_t> AddedTokens::Trie::longestAt(std::string_view text, std::size_t offset) const
{
    std::pair<TokenId, std::size_t> longest{0, 0};
    std::uint32_t node = 0;
    for (std::size_t at = offset; at < text.size(); ++at) {
        auto child = m_children.find(std::uint64_t(node) * 256 + static_cast<unsigned char>(text[at]));
        if (child == m_children.end())
            break;
        node = child->second;
        if (m_tokens[node])
            longest = {*m_tokens[node], at + 1 - offset};
    }
    return longest;
}

AddedTokens AddedTokens::fromJson(const Json &json, const BpeModel &model, const Normalizer &normalizer,
                                  const std::string &where)
{
    AddedTokens result;
    if (json.is_null())
        return result;
    if (!json.is_array())
        throw badInput("\"added_tokens\" in " + where + " must be an array");
    std::vector<TokenId> order;
    for (const Json &item : json) {
        AddedToken token = readToken(item, where);
        if (token.content.empty())
            continue;
        std::optional<TokenId> known = result.idOf(token.content);
        if (!known)
            known = model.idOf(token.content);
        auto modelSize = static_cast<std::int64_t>(model.size());
        std::int64_t id = known ? *known : std::max<std::int64_t>(modelSize, std::int64_t(result.m_largestId) + 1);
        if (id != token.id)
            throw badInput("the added token \"" + token.content + "\" in " + where + " has the id " + std::to_string(token.id)
                           + ", but " + std::to_string(id) + " is the one it gets");
        result.m_largestId = std::max(result.m_largestId, token.id);
        result.m_byContent[token.content] = token.id;
        if (result.m_byId.insert_or_assign(token.id, token).second)
            order.push_back(token.id);
    }
    // Of tokens with the same content in the text, special ones come first.
    std::stable_partition(order.begin(), order.end(), [&](TokenId id) { return result.m_byId[id].special; });
    for (TokenId id : order) {
        const AddedToken &token = result.m_byId[id];
        if (token.normalized)
            result.m_normalized.insert(normalizer.apply(token.content), token);
        else
            result.m_original.insert(token.content, token);
    }
    return result;
}

const AddedToken *AddedTokens::find(TokenId id) const
{
    auto it = m_byId.find(id);
    return it == m_byId.end() ? nullptr : &it->second;
}

std::optional<TokenId> AddedTokens::idOf(std::string_view content) const
{
    auto it = m_byContent.find(std::string(content));
    return it == m_byContent.end() ? std::nullopt : std::optional<TokenId>(it->second);
}

void AddedTokens::split(std::string_view text, bool normalized, bool specialAsText, std::vector<TextPiece> &pieces) const
{
    const Trie &trie = normalized ? m_normalized : m_original;
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size() && !trie.empty();) {
        auto [id, length] = trie.mayBegin(text[at]) ? trie.longestAt(text, at) : std::pair<TokenId, std::size_t>{0, 0};
        if (length == 0) {
            ++at;
            continue;
        }
        std::size_t begin = at;
        std::size_t end = at + length;
        at = end;
        const AddedToken &token = m_byId.at(id);
        if ((specialAsText && token.special) || (token.singleWord && !standsAlone(text, begin, end)))
            continue;
        if (token.leftStrip)
            begin = std::max(whiteSpaceBefore(text, begin), done);
        if (token.rightStrip)
            end = whiteSpaceBehind(text, end);
        if (done < begin)
            pieces.push_back({text.substr(done, begin - done), std::nullopt});
        pieces.push_back({{}, id});
        done = end;
    }
    if (done < text.size())
        pieces.push_back({text.substr(done), std::nullopt});
}

} // namespace tessera
