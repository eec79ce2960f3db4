// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

class GgufFile;

using TokenId = std::int32_t;

struct EncodeOptions {
    bool addSpecial = false;    ///< Add what the model's own post-processing adds (a beginning-of-text token, say).
    bool specialAsText = false; ///< Special tokens inside the text are text, as evaluation wants it (cli.md). Added tokens that
                                ///< are not special are still recognised.
};

/// A BPE tokenizer, byte-level or SentencePiece's with byte fall-back, as tokenizer.json, tokenizer.model or GGUF metadata describe it.
/// Immutable; encoding is thread safe.
class Tokenizer {
public:
    /// The tokenizer of a model: a folder with tokenizer.json or else tokenizer.model, one of these files, or a GGUF file.
    /// Throws Error (BadInput) that names what is unsupported.
    static Tokenizer open(const std::filesystem::path &path);
    /// From the text of a tokenizer.json. Its truncation and padding are not applied: they belong to the caller's use of a
    /// model, not to the model.
    static Tokenizer fromJson(std::string_view json, const std::string &where);
    /// From GGUF metadata: tokenizer.ggml.model llama, or gpt2 with tokenizer.ggml.pre gpt-2, llama-bpe, smollm or qwen2.
    static Tokenizer fromGguf(const GgufFile &file);
    ~Tokenizer();
    Tokenizer(Tokenizer &&) noexcept;
    Tokenizer &operator=(Tokenizer &&) noexcept;

    /// Special and added tokens inside text are recognised. addSpecial adds what the model's post-processing adds.
    /// text is UTF-8; bytes that are not become U+FFFD, as the reference does.
    std::vector<TokenId> encode(std::string_view text, bool addSpecial = false) const;
    std::vector<TokenId> encode(std::string_view text, const EncodeOptions &options) const;
    /// Special tokens are part of the text unless skipSpecial. Incomplete UTF-8 becomes U+FFFD; an id that has no token (a
    /// padded row of the embedding) adds nothing.
    std::string decode(std::span<const TokenId> tokens, bool skipSpecial = false) const;
    /// The bytes of one token, for streaming; throws Error (BadInput) for an id beyond the vocabulary.
    std::string bytesOf(TokenId token) const;

    std::int64_t vocabulary() const; ///< Largest id + 1.
    /// The id of a token as the vocabulary spells it (in the byte alphabet, see utf8.h) or of an added token's text.
    std::optional<TokenId> idOf(std::string_view token) const;
    bool isSpecial(TokenId token) const;

    /// tokenizer.json of this tokenizer, for writing a child beside its weights (also when it came from GGUF).
    std::string toJson() const;

private:
    struct Data;
    explicit Tokenizer(std::unique_ptr<Data> data);
    std::unique_ptr<Data> m_data;
};

} // namespace tessera
