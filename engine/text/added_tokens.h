// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/text/bpe_model.h"
#include "engine/text/normalizer.h"
#include "engine/text/tokenizer.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tessera {

/// A token that is found in the text before the model sees it.
struct AddedToken {
    TokenId id = 0;
    std::string content;
    bool singleWord = false; ///< Not where a letter of a word stands next to it.
    bool leftStrip = false;  ///< Takes the white space before it.
    bool rightStrip = false; ///< Takes the white space behind it.
    bool normalized = false; ///< Is looked for in the normalised text, in its own normalised form.
    bool special = false;
};

/// A piece of a text: a token that was found in it, or what lies between.
struct TextPiece {
    std::string_view text;
    std::optional<TokenId> token;
};

/// tokenizer.json's added_tokens. Immutable; thread safe.
class AddedTokens {
public:
    AddedTokens() = default;
    /// Numbers the tokens as the reference does: a token of the model keeps its id, a new one follows the largest. Throws Error
    /// (BadInput) when the file says otherwise.
    static AddedTokens fromJson(const Json &json, const BpeModel &model, const Normalizer &normalizer, const std::string &where);

    /// Appends the pieces of text: longest token first at the leftmost place. normalized picks those tokens that are looked
    /// for in normalised text, otherwise those of the original text.
    void split(std::string_view text, bool normalized, bool specialAsText, std::vector<TextPiece> &pieces) const;

    const AddedToken *find(TokenId id) const;
    std::optional<TokenId> idOf(std::string_view content) const;
    TokenId largestId() const { return m_largestId; } ///< -1 where there are none.

private:
    /// A trie over bytes.
    class Trie {
    public:
        Trie() : m_tokens(1) {}
        void insert(std::string_view content, const AddedToken &token);
        bool mayBegin(char byte) const { return m_first[static_cast<unsigned char>(byte)]; }
        /// The longest token at offset and its length in bytes; length 0 where there is none.
        std::pair<TokenId, std::size_t> longestAt(std::string_view text, std::size_t offset) const;
        bool empty() const { return m_tokens.size() == 1; }

    private:
        std::unordered_map<std::uint64_t, std::uint32_t> m_children; ///< Node * 256 + byte to node.
        std::vector<std::optional<TokenId>> m_tokens;
        std::array<bool, 256> m_first{};
    };

    std::unordered_map<TokenId, AddedToken> m_byId;
    std::unordered_map<std::string, TokenId> m_byContent;
    Trie m_original, m_normalized;
    TokenId m_largestId = -1;
};

} // namespace tessera
