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
#include "engine/text/sentencepiece.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>

namespace tessera {
namespace {

constexpr std::uint64_t kFileLimit = 256u << 20;

/// How tokens become text.
enum class Decoder {
    Joined,    ///< No decoder: tokens stand between spaces.
    ByteLevel, ///< The byte alphabet is mapped back to bytes.
    Spaces     ///< SentencePiece's: U+2581 is a space, <0xNN> a byte, and one space at the front is dropped.
};

constexpr std::string_view kSpaceMark = "\xE2\x96\x81"; // U+2581

bool isSpaceStep(const Json &step, const std::string &where)
{
    std::string type = requireString(step, "type", where);
    if (type == "Metaspace")
        return stringOr(step, "replacement", std::string(kSpaceMark), where) == kSpaceMark;
    return type == "Replace" && step.contains("pattern") && step["pattern"] == Json{{"String", kSpaceMark}} && step.value("content", "") == " ";
}

Decoder readDecoder(const Json &json, const std::string &where)
{
    if (json.is_null())
        return Decoder::Joined;
    std::string type = requireString(json, "type", where);
    if (type == "ByteLevel")
        return Decoder::ByteLevel;
    if (isSpaceStep(json, where))
        return Decoder::Spaces;
    auto steps = json.find("decoders");
    if (type != "Sequence" || steps == json.end() || !steps->is_array())
        throw badInput("the decoder \"" + type + "\" in " + where + " is not supported");
    Decoder decoder = Decoder::Joined;
    for (const Json &step : *steps) {
        std::string kind = requireString(step, "type", where);
        bool follows = kind == "Fuse" || (decoder == Decoder::Spaces && (kind == "ByteFallback" || kind == "Strip"));
        if (follows && decoder == Decoder::Joined)
            throw badInput("the decoder \"" + kind + "\" before ByteLevel in " + where + " is not supported");
        if (!follows)
            decoder = readDecoder(step, where);
    }
    return decoder;
}

/// Replaces spaces by the mark and puts one in front, as the pre-tokenizer Metaspace does where it does not split.
struct Metaspace {
    enum class Front { Never, First, Always } front = Front::Never;
    bool used = false;

    static Metaspace fromJson(const Json &json, const std::string &where)
    {
        Metaspace result;
        if (json.is_null())
            return result;
        std::string scheme = stringOr(json, "prepend_scheme", boolOr(json, "add_prefix_space", true, where) ? "always" : "never", where);
        if (boolOr(json, "split", true, where) || stringOr(json, "replacement", std::string(kSpaceMark), where) != kSpaceMark)
            throw badInput("the pre-tokenizer Metaspace in " + where + " splits words or has another mark than U+2581, which is not supported");
        result.used = true;
        result.front = scheme == "always" ? Front::Always : scheme == "first" ? Front::First : Front::Never;
        return result;
    }

    std::string apply(std::string_view text, bool first) const
    {
        std::string marked;
        for (char c : text)
            c == ' ' ? marked.append(kSpaceMark) : marked.append(1, c);
        bool prepend = front == Front::Always || (front == Front::First && first);
        return prepend && !marked.starts_with(kSpaceMark) ? std::string(kSpaceMark) + marked : marked;
    }
};

/// Whether decoding drops a space at the front.
bool stripsFront(const Json &decoder)
{
    if (!decoder.is_object())
        return false;
    std::string type = decoder.value("type", "");
    if (type == "Strip" || (type == "Metaspace" && decoder.value("prepend_scheme", "always") != "never"))
        return true;
    auto steps = decoder.find("decoders");
    return steps != decoder.end() && std::any_of(steps->begin(), steps->end(), stripsFront);
}

/// The byte that a token like <0x0A> stands for.
std::optional<char> byteOf(std::string_view token)
{
    auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>' || digit(token[3]) < 0 || digit(token[4]) < 0)
        return std::nullopt;
    return static_cast<char>(digit(token[3]) * 16 + digit(token[4]));
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

bool worksOnCharacters(const Json &tokenizer)
{
    if (!tokenizer.is_object())
        return false;
    const Json &model = memberOrNull(tokenizer, "model"), &pre = memberOrNull(tokenizer, "pre_tokenizer");
    bool whole = pre.is_null() || (pre.is_object() && memberOrNull(pre, "type") == "Metaspace");
    return whole && model.is_object() && memberOrNull(model, "byte_fallback") == true;
}

struct Tokenizer::Data {
    Normalizer normalizer;
    std::optional<PreTokenizer> preTokenizer; ///< None where the model works on characters.
    BpeModel model;
    AddedTokens added;
    PostProcessor postProcessor;
    bool characters = false;
    Metaspace metaspace;
    Decoder decoder = Decoder::Joined;
    bool stripsSpace = false;
    std::string source; ///< The text of tokenizer.json.

    void encodePiece(std::string_view text, bool first, bool specialAsText, WordCache &cache, std::deque<std::string> &owned,
                     std::vector<TokenId> &tokens) const;
    std::string decodeSpaces(std::span<const TokenId> tokens) const;
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
        std::filesystem::path file = path / "tokenizer.json", pieces = path / "tokenizer.model";
        if (std::filesystem::exists(file, error) || !std::filesystem::exists(pieces, error)) {
            if (!std::filesystem::exists(file, error))
                throw badInput(path.string() + " has no tokenizer.json and no tokenizer.model");
            return fromJson(readTextFile(file, kFileLimit), file.string());
        }
        return open(pieces);
    }
    if (path.extension() == ".model")
        return fromJson(tokenizerJsonOf(parseSentencePieces(readTextFile(path, kFileLimit), path.string()), path.string()), path.string());
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
    data->characters = worksOnCharacters(root);
    data->model = BpeModel::fromJson(memberOrNull(root, "model"), where, data->characters);
    data->normalizer = Normalizer::fromJson(memberOrNull(root, "normalizer"), where);
    if (data->characters)
        data->metaspace = Metaspace::fromJson(memberOrNull(root, "pre_tokenizer"), where);
    else
        data->preTokenizer.emplace(PreTokenizer::fromJson(memberOrNull(root, "pre_tokenizer"), where));
    data->added = AddedTokens::fromJson(memberOrNull(root, "added_tokens"), data->model, data->normalizer, where);
    data->postProcessor = PostProcessor::fromJson(memberOrNull(root, "post_processor"), where);
    data->decoder = readDecoder(memberOrNull(root, "decoder"), where);
    data->stripsSpace = stripsFront(memberOrNull(root, "decoder"));
    data->source = json;
    return Tokenizer(std::move(data));
}

void Tokenizer::Data::encodePiece(std::string_view text, bool first, bool specialAsText, WordCache &cache, std::deque<std::string> &owned,
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
        if (!characters)
            preTokenizer->split(piece.text, words, owned);
        else if (metaspace.used)
            words.push_back(owned.emplace_back(metaspace.apply(piece.text, first && piece.text.data() == text.data())));
        else
            words.push_back(piece.text);
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
            m_data->encodePiece(piece.text, piece.text.data() == text.data(), options.specialAsText, cache, owned, tokens);
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
    if (decoder == Decoder::Spaces && !(token && token->special)) {
        std::optional<char> byte = byteOf(*text);
        for (std::size_t at = 0; at < text->size() && !byte; ++at) {
            bool mark = std::string_view(*text).substr(at).starts_with(kSpaceMark);
            bytes += mark ? ' ' : (*text)[at];
            at += mark ? kSpaceMark.size() - 1 : 0;
        }
        if (byte)
            bytes += *byte;
        return;
    }
    // A token with any character outside the byte alphabet stands for itself, as in the reference.
    std::optional<std::string> mapped = decoder == Decoder::ByteLevel ? fromByteAlphabet(*text) : std::nullopt;
    bytes += mapped ? *mapped : *text;
}

/// Bytes that are no UTF-8 become U+FFFD one by one, as the reference does; a space at the front goes.
std::string Tokenizer::Data::decodeSpaces(std::span<const TokenId> tokens) const
{
    std::string text, run;
    auto flush = [&] {
        if (isValidUtf8(run))
            text += run;
        else
            for (std::size_t i = 0; i < run.size(); ++i)
                appendUtf8(text, 0xFFFD);
        run.clear();
    };
    for (TokenId id : tokens) {
        const std::string *spelt = model.tokenOf(id);
        if (spelt && byteOf(*spelt)) {
            appendBytes(id, run);
            continue;
        }
        flush();
        appendBytes(id, text);
    }
    flush();
    return stripsSpace && text.starts_with(' ') ? text.substr(1) : text;
}

std::string Tokenizer::decode(std::span<const TokenId> tokens, bool skipSpecial) const
{
    if (m_data->decoder == Decoder::Spaces) {
        std::vector<TokenId> kept;
        for (TokenId id : tokens)
            if (m_data->knows(id) && !(skipSpecial && isSpecial(id)))
                kept.push_back(id);
        return m_data->decodeSpaces(kept);
    }
    std::string bytes;
    bool first = true;
    for (TokenId id : tokens) {
        if (!m_data->knows(id) || (skipSpecial && isSpecial(id)))
            continue;
        if (m_data->decoder == Decoder::Joined && !std::exchange(first, false))
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
