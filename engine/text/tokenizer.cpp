// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/gguf.h"
#include "engine/text/added_tokens.h"
#include "engine/text/bpe_model.h"
#include "engine/text/gguf_tokenizer.h"
#include "engine/text/normalizer.h"
#include "engine/text/post_processor.h"
#include "engine/text/pre_tokenizer.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

namespace tessera {
namespace {

constexpr std::uint64_t kFileLimit = 256u << 20;

/// Whether decoding maps the byte alphabet back to bytes; otherwise, without a decoder, tokens are joined by spaces.
bool readDecoder(const Json &json, const std::string &where)
{
    if (json.is_null())
        return false;
    std::string type = requireString(json, "type", where);
    if (type == "ByteLevel")
        return true;
    auto steps = json.find("decoders");
    if (type != "Sequence" || steps == json.end() || !steps->is_array())
        throw badInput("the decoder \"" + type + "\" in " + where + " is not supported");
    bool byteLevel = false;
    for (const Json &step : *steps) {
        bool fuse = requireString(step, "type", where) == "Fuse"; // Joins, which ByteLevel has done already.
        if (fuse && !byteLevel)
            throw badInput("the decoder \"Fuse\" before ByteLevel in " + where + " is not supported");
        byteLevel = fuse || readDecoder(step, where);
    }
    return byteLevel;
}

/// Tokens of the words met in one call: text repeats its words.
class WordCache {
public:
    explicit WordCache(const BpeModel &model) : m_model(model) {}

    void encode(std::string_view word, std::vector<TokenId> &tokens)
    {
        if (word.size() > kLongestWord) {
            m_model.encode(word, tokens);
            return;
        }
        auto [entry, isNew] = m_ranges.try_emplace(word);
        if (isNew) {
            std::size_t begin = m_tokens.size();
            m_model.encode(word, m_tokens);
            entry->second = {begin, m_tokens.size()};
        }
        TextRange range = entry->second;
        tokens.insert(tokens.end(), m_tokens.begin() + static_cast<std::ptrdiff_t>(range.begin),
                      m_tokens.begin() + static_cast<std::ptrdiff_t>(range.end));
    }

private:
    static constexpr std::size_t kLongestWord = 64;
    const BpeModel &m_model;
    std::unordered_map<std::string_view, TextRange> m_ranges; ///< Into m_tokens.
    std::vector<TokenId> m_tokens;
};

const Json &memberOrNull(const Json &object, const char *key)
{
    static const Json null;
    auto it = object.find(key);
    return it == object.end() ? null : *it;
}

} // namespace

struct Tokenizer::Data {
    Normalizer normalizer;
    PreTokenizer preTokenizer;
    BpeModel model;
    AddedTokens added;
    PostProcessor postProcessor;
    bool byteLevelDecoder = false;
    std::string source; ///< The text of tokenizer.json.

    void encodePiece(std::string_view text, bool specialAsText, WordCache &cache, std::deque<std::string> &owned,
                     std::vector<TokenId> &tokens) const;
    void appendBytes(TokenId id, std::string &bytes) const;
    bool knows(TokenId id) const { return added.find(id) || model.tokenOf(id); }
};

Tokenizer::Tokenizer(std::unique_ptr<Data> data) : m_data(std::move(data)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer &&) noexcept = default;
Tokenizer &Tokenizer::operator=(Tokenizer &&) noexcept = default;

Tokenizer Tokenizer::open(const std::filesystem::path &path)
{
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        std::filesystem::path file = path / "tokenizer.json";
        if (!std::filesystem::exists(file, error))
            throw badInput(path.string() + " has no tokenizer.json");
        return fromJson(readTextFile(file, kFileLimit), file.string());
    }
    if (path.extension() == ".gguf")
        return fromGguf(GgufFile::open(path));
    return fromJson(readTextFile(path, kFileLimit), path.string());
}

Tokenizer Tokenizer::fromGguf(const GgufFile &file) { return fromJson(tokenizerJsonOf(file), file.where()); }

Tokenizer Tokenizer::fromJson(std::string_view json, const std::string &where)
{
    Json root = parseJson(json, where);
    if (!root.is_object())
        throw badInput(where + " must be a JSON object");
    auto data = std::make_unique<Data>();
    data->model = BpeModel::fromJson(memberOrNull(root, "model"), where);
    data->normalizer = Normalizer::fromJson(memberOrNull(root, "normalizer"), where);
    data->preTokenizer = PreTokenizer::fromJson(memberOrNull(root, "pre_tokenizer"), where);
    data->added = AddedTokens::fromJson(memberOrNull(root, "added_tokens"), data->model, data->normalizer, where);
    data->postProcessor = PostProcessor::fromJson(memberOrNull(root, "post_processor"), where);
    data->byteLevelDecoder = readDecoder(memberOrNull(root, "decoder"), where);
    data->source = json;
    return Tokenizer(std::move(data));
}

void Tokenizer::Data::encodePiece(std::string_view text, bool specialAsText, WordCache &cache, std::deque<std::string> &owned,
                                  std::vector<TokenId> &tokens) const
{
    if (!normalizer.empty())
        text = owned.emplace_back(normalizer.apply(text));
    std::vector<TextPiece> pieces;
    added.split(text, true, specialAsText, pieces);
    std::vector<std::string_view> words;
    for (const TextPiece &piece : pieces) {
        if (piece.token) {
            tokens.push_back(*piece.token);
            continue;
        }
        words.clear();
        preTokenizer.split(piece.text, words, owned);
        for (std::string_view word : words)
            cache.encode(word, tokens);
    }
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, bool addSpecial) const
{
    return encode(text, EncodeOptions{addSpecial, false});
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, const EncodeOptions &options) const
{
    std::string repaired;
    if (!isValidUtf8(text)) {
        repaired = replaceInvalidUtf8(text);
        text = repaired;
    }
    std::vector<TextPiece> pieces;
    m_data->added.split(text, false, options.specialAsText, pieces);
    std::vector<TokenId> tokens;
    if (options.addSpecial)
        tokens = m_data->postProcessor.before;
    std::deque<std::string> owned;
    WordCache cache(m_data->model);
    for (const TextPiece &piece : pieces) {
        if (piece.token)
            tokens.push_back(*piece.token);
        else
            m_data->encodePiece(piece.text, options.specialAsText, cache, owned, tokens);
    }
    const std::vector<TokenId> &behind = m_data->postProcessor.behind;
    if (options.addSpecial)
        tokens.insert(tokens.end(), behind.begin(), behind.end());
    return tokens;
}

void Tokenizer::Data::appendBytes(TokenId id, std::string &bytes) const
{
    const AddedToken *token = added.find(id);
    const std::string *text = token ? &token->content : model.tokenOf(id);
    if (!text)
        return;
    // A token with any character outside the byte alphabet stands for itself, as in the reference.
    std::optional<std::string> mapped = byteLevelDecoder ? fromByteAlphabet(*text) : std::nullopt;
    bytes += mapped ? *mapped : *text;
}

std::string Tokenizer::decode(std::span<const TokenId> tokens, bool skipSpecial) const
{
    std::string bytes;
    bool first = true;
    for (TokenId id : tokens) {
        if (!m_data->knows(id) || (skipSpecial && isSpecial(id)))
            continue;
        if (!m_data->byteLevelDecoder && !std::exchange(first, false))
            bytes += ' ';
        m_data->appendBytes(id, bytes);
    }
    return replaceInvalidUtf8(bytes);
}

std::string Tokenizer::bytesOf(TokenId token) const
{
    if (token < 0 || token >= vocabulary())
        throw badInput("there is no token " + std::to_string(token) + "; the vocabulary has " + std::to_string(vocabulary()));
    std::string bytes;
    m_data->appendBytes(token, bytes);
    return bytes;
}

std::int64_t Tokenizer::vocabulary() const
{
    return std::int64_t(std::max(m_data->model.largestId(), m_data->added.largestId())) + 1;
}

std::optional<TokenId> Tokenizer::idOf(std::string_view token) const
{
    std::optional<TokenId> id = m_data->added.idOf(token);
    return id ? id : m_data->model.idOf(token);
}

bool Tokenizer::isSpecial(TokenId token) const
{
    const AddedToken *added = m_data->added.find(token);
    return added && added->special;
}

std::string Tokenizer::toJson() const { return m_data->source; }

} // namespace tessera
