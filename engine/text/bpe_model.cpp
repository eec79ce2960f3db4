// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/bpe_model.h"

#include "engine/base/error.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <queue>
#include <tuple>

namespace tessera {
namespace {

std::uint64_t pairKey(TokenId left, TokenId right)
{
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 | static_cast<std::uint32_t>(right);
}

void refuseText(const Json &json, const char *key, const std::string &where)
{
    if (!stringOr(json, key, "", where).empty())
        throw badInput(std::string("\"") + key + "\" of the model in " + where + " is not supported");
}

/// A possible merge of the symbol at position with its right neighbour.
struct Candidate {
    std::int32_t rank;
    std::uint32_t position;
    TokenId left, right, result;
    bool operator>(const Candidate &other) const
    {
        return std::tie(rank, position) > std::tie(other.rank, other.position);
    }
};

/// A word's symbols as a doubly linked list in an array; a merge keeps the left one's place.
struct Symbol {
    TokenId id;
    std::uint32_t previous, next;
    bool alive = true;
};

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

} // namespace

BpeModel BpeModel::fromJson(const Json &json, const std::string &where, bool characters)
{
    if (!json.is_object())
        throw badInput(where + " lacks the object \"model\"");
    // Files of the format's first years have no type.
    if (std::string type = stringOr(json, "type", "BPE", where); type != "BPE")
        throw badInput("the tokenizer model \"" + type + "\" in " + where + " is not supported; only BPE is");
    if (numberOr(json, "dropout", 0, where) != 0)
        throw badInput("\"dropout\" of the model in " + where + " is not supported");
    refuseText(json, "continuing_subword_prefix", where);
    refuseText(json, "end_of_word_suffix", where);
    BpeModel model;
    model.m_characters = characters;
    model.m_ignoreMerges = boolOr(json, "ignore_merges", false, where);
    model.m_fuseUnknown = boolOr(json, "fuse_unk", false, where);
    model.readVocabulary(json, where);
    model.readMerges(json, where);
    model.readUnknown(json, where);
    return model;
}

void BpeModel::readVocabulary(const Json &json, const std::string &where)
{
    auto vocabulary = json.find("vocab");
    if (vocabulary == json.end() || !vocabulary->is_object())
        throw badInput("the model in " + where + " lacks the object \"vocab\"");
    m_ids.reserve(vocabulary->size());
    m_tokens.reserve(vocabulary->size());
    for (const auto &[token, value] : vocabulary->items()) {
        std::int64_t id = value.is_number_integer() ? value.get<std::int64_t>() : -1;
        if (id < 0 || id >= std::numeric_limits<TokenId>::max())
            throw badInput("the token \"" + token + "\" in " + where + " has no valid id");
        auto [entry, isNew] = m_ids.emplace(token, static_cast<TokenId>(id));
        if (!m_tokens.emplace(entry->second, &entry->first).second)
            throw badInput("two tokens in " + where + " have the id " + std::to_string(id));
        m_largestId = std::max(m_largestId, entry->second);
    }
}

void BpeModel::readMerges(const Json &json, const std::string &where)
{
    auto merges = json.find("merges");
    if (merges == json.end() || !merges->is_array())
        throw badInput("the model in " + where + " lacks the array \"merges\"");
    m_merges.reserve(merges->size());
    for (const Json &merge : *merges) {
        if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
            addMerge(merge[0].get_ref<const std::string &>(), merge[1].get_ref<const std::string &>(), where);
            continue;
        }
        if (!merge.is_string())
            throw badInput("a merge in " + where + " is neither \"a b\" nor [\"a\", \"b\"]");
        std::string_view text = merge.get_ref<const std::string &>();
        if (text.starts_with("#version"))
            continue;
        std::size_t space = text.find(' ');
        if (space == std::string_view::npos || text.find(' ', space + 1) != std::string_view::npos)
            throw badInput("the merge \"" + std::string(text) + "\" in " + where + " is not of the form \"a b\"");
        addMerge(text.substr(0, space), text.substr(space + 1), where);
    }
}

void BpeModel::addMerge(std::string_view left, std::string_view right, const std::string &where)
{
    auto id = [&](std::string token) {
        std::optional<TokenId> found = idOf(token);
        if (!found)
            throw badInput("a merge in " + where + " uses \"" + token + "\", which the vocabulary lacks");
        return *found;
    };
    TokenId result = id(std::string(left) + std::string(right));
    auto rank = static_cast<std::int32_t>(m_mergesRead++);
    m_merges[pairKey(id(std::string(left)), id(std::string(right)))] = {rank, result};
}

void BpeModel::readUnknown(const Json &json, const std::string &where)
{
    if (m_characters) {
        for (unsigned byte = 0; byte < 256; ++byte) {
            char code[8];
            std::snprintf(code, sizeof code, "<0x%02X>", byte);
            m_rawBytes[byte] = idOf(code);
        }
        m_unknownId = idOf(stringOr(json, "unk_token", "", where));
        return;
    }
    bool fallback = boolOr(json, "byte_fallback", false, where);
    bool unknownUsed = false;
    std::string unknown = stringOr(json, "unk_token", "", where);
    for (unsigned byte = 0; byte < 256; ++byte) {
        std::string token;
        appendUtf8(token, characterOfByte(static_cast<std::uint8_t>(byte)));
        std::vector<TokenId> &tokens = m_byteTokens[byte];
        if (std::optional<TokenId> id = idOf(token)) {
            tokens = {*id};
            continue;
        }
        for (std::size_t i = 0; fallback && i < token.size(); ++i) {
            char code[8];
            std::snprintf(code, sizeof code, "<0x%02X>", static_cast<unsigned>(static_cast<unsigned char>(token[i])));
            if (std::optional<TokenId> id = idOf(code))
                tokens.push_back(*id);
        }
        m_fallback[byte] = tokens.size() == token.size();
        if (!m_fallback[byte]) {
            tokens.clear();
            m_unknown[byte] = !unknown.empty();
            unknownUsed = unknownUsed || m_unknown[byte];
        }
    }
    m_unknownId = idOf(unknown);
    if (unknownUsed && !m_unknownId)
        throw badInput("the unknown token \"" + unknown + "\" in " + where + " is not in the vocabulary");
}

std::optional<TokenId> BpeModel::idOf(std::string_view token) const
{
    auto it = m_ids.find(std::string(token));
    return it == m_ids.end() ? std::nullopt : std::optional<TokenId>(it->second);
}

const std::string *BpeModel::tokenOf(TokenId id) const
{
    auto it = m_tokens.find(id);
    return it == m_tokens.end() ? nullptr : it->second;
}

const BpeModel::Merge *BpeModel::findMerge(TokenId left, TokenId right) const
{
    auto it = m_merges.find(pairKey(left, right));
    return it == m_merges.end() ? nullptr : &it->second;
}

std::vector<TokenId> BpeModel::symbolsOf(std::string_view word) const
{
    std::vector<TokenId> symbols;
    symbols.reserve(word.size());
    // An unknown byte waits for what follows, since the reference emits it late: behind fall-back bytes.
    bool waiting = false;
    auto flush = [&] {
        if (waiting)
            symbols.push_back(*m_unknownId);
        waiting = false;
    };
    for (char c : word) {
        auto byte = static_cast<unsigned char>(c);
        if (m_unknown[byte]) {
            if (!m_fuseUnknown)
                flush();
            waiting = true;
            continue;
        }
        if (!m_fallback[byte] && !m_byteTokens[byte].empty())
            flush();
        symbols.insert(symbols.end(), m_byteTokens[byte].begin(), m_byteTokens[byte].end());
    }
    flush();
    return symbols;
}

std::vector<TokenId> BpeModel::charactersOf(std::string_view word) const
{
    std::vector<TokenId> symbols;
    symbols.reserve(word.size());
    bool unknown = false; // whether the last symbol is the unknown token
    for (std::size_t at = 0, size; at < word.size(); at += size) {
        size = codePointAt(word, at).size;
        std::string_view character = word.substr(at, size);
        if (std::optional<TokenId> id = idOf(character)) {
            symbols.push_back(*id);
            unknown = false;
            continue;
        }
        auto isKnown = [&](char byte) { return m_rawBytes[static_cast<unsigned char>(byte)].has_value(); };
        if (std::all_of(character.begin(), character.end(), isKnown)) {
            for (char byte : character)
                symbols.push_back(*m_rawBytes[static_cast<unsigned char>(byte)]);
            unknown = false;
        } else if (m_unknownId && !(unknown && m_fuseUnknown)) {
            symbols.push_back(*m_unknownId);
            unknown = true;
        }
    }
    return symbols;
}

void BpeModel::encode(std::string_view word, std::vector<TokenId> &tokens) const
{
    if (m_ignoreMerges) {
        if (std::optional<TokenId> id = idOf(m_characters ? std::string(word) : toByteAlphabet(word))) {
            tokens.push_back(*id);
            return;
        }
    }
    mergeSymbols(m_characters ? charactersOf(word) : symbolsOf(word), tokens);
}

void BpeModel::mergeSymbols(const std::vector<TokenId> &ids, std::vector<TokenId> &tokens) const
{
    if (ids.size() >= kNone)
        throw badInput("a word of " + std::to_string(ids.size()) + " bytes is too long to encode");
    auto size = static_cast<std::uint32_t>(ids.size());
    std::vector<Symbol> symbols(size);
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
    auto propose = [&](std::uint32_t position) {
        const Symbol &left = symbols[position];
        if (left.next == kNone)
            return;
        TokenId right = symbols[left.next].id;
        if (const Merge *merge = findMerge(left.id, right))
            queue.push({merge->rank, position, left.id, right, merge->result});
    };
    for (std::uint32_t i = 0; i < size; ++i)
        symbols[i] = {ids[i], i == 0 ? kNone : i - 1, i + 1 == size ? kNone : i + 1};
    for (std::uint32_t i = 0; i < size; ++i)
        propose(i);
    while (!queue.empty()) {
        Candidate best = queue.top();
        queue.pop();
        Symbol &left = symbols[best.position];
        if (!left.alive || left.next == kNone)
            continue;
        Symbol &right = symbols[left.next];
        if (left.id != best.left || right.id != best.right) {
            // The neighbours changed meanwhile; two different pairs may still spell the same token.
            const Merge *merge = findMerge(left.id, right.id);
            if (!merge || merge->result != best.result)
                continue;
        }
        left.id = best.result;
        right.alive = false;
        left.next = right.next;
        if (left.next != kNone)
            symbols[left.next].previous = best.position;
        if (left.previous != kNone)
            propose(left.previous);
        propose(best.position);
    }
    for (const Symbol &symbol : symbols)
        if (symbol.alive)
            tokens.push_back(symbol.id);
}

} // namespace tessera
