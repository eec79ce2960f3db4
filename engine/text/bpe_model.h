// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/text/tokenizer.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tessera {

/// Byte pair encoding: tokenizer.json's model of type BPE. Words are given as bytes; tokens are spelt in the byte alphabet
/// (utf8.h), or as they are where the model works on characters, as SentencePiece's do. Immutable; thread safe.
class BpeModel {
public:
    /// Throws Error (BadInput) for what is unsupported (dropout, prefixes, suffixes) or contradicts itself.
    static BpeModel fromJson(const Json &json, const std::string &where, bool characters = false);

    /// Appends the tokens of one word in O(n log n) of its bytes. A byte that has no token becomes the bytes' fall-back tokens,
    /// the unknown token, or nothing, whichever of these the model has first.
    void encode(std::string_view word, std::vector<TokenId> &tokens) const;

    std::optional<TokenId> idOf(std::string_view token) const;
    /// Nothing for an id that the vocabulary does not have.
    const std::string *tokenOf(TokenId id) const;
    std::size_t size() const { return m_ids.size(); }
    TokenId largestId() const { return m_largestId; } ///< -1 for an empty vocabulary.

private:
    struct Merge {
        std::int32_t rank = 0;
        TokenId result = 0;
    };

    void readVocabulary(const Json &json, const std::string &where);
    void readMerges(const Json &json, const std::string &where);
    void addMerge(std::string_view left, std::string_view right, const std::string &where);
    void readUnknown(const Json &json, const std::string &where);
    std::vector<TokenId> symbolsOf(std::string_view word) const;
    std::vector<TokenId> charactersOf(std::string_view word) const;
    const Merge *findMerge(TokenId left, TokenId right) const;
    void mergeSymbols(const std::vector<TokenId> &symbols, std::vector<TokenId> &tokens) const;

    std::unordered_map<std::string, TokenId> m_ids;
    std::unordered_map<TokenId, const std::string *> m_tokens; ///< Into m_ids' keys, which never move.
    std::unordered_map<std::uint64_t, Merge> m_merges;
    std::array<std::vector<TokenId>, 256> m_byteTokens; ///< Empty: no token.
    std::array<bool, 256> m_fallback{};                 ///< Bytes whose character is written in fall-back tokens.
    std::array<bool, 256> m_unknown{};                  ///< Bytes that become the unknown token.
    std::optional<TokenId> m_unknownId;
    bool m_fuseUnknown = false;
    bool m_ignoreMerges = false;
    bool m_characters = false;
    std::array<std::optional<TokenId>, 256> m_rawBytes{}; ///< <0x00> and so on, for characters that have no token.
    TokenId m_largestId = -1;
    std::int64_t m_mergesRead = 0;
};

} // namespace tessera
