// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/sentencepiece.h"

#include "engine/base/error.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace tessera {
namespace {

constexpr std::int64_t kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kByte = 6;
constexpr std::string_view kSpaceMark = "\xE2\x96\x81"; // U+2581
constexpr std::size_t kLongestPiece = 512;

/// Walks over the fields of a message of protocol buffers.
class Message {
public:
    Message(std::string_view bytes, const std::string &where) : m_left(bytes), m_where(where) {}

    /// Moves to the next field; false at the end.
    bool next()
    {
        if (m_left.empty())
            return false;
        std::uint64_t tag = varint();
        m_field = tag >> 3;
        switch (tag & 7) {
        case 0: m_number = varint(); break;
        case 1: m_bytes = take(8); break;
        case 2: m_bytes = take(varint()); break;
        case 5: m_bytes = take(4); break;
        default: throw broken();
        }
        m_wire = tag & 7;
        return true;
    }
    std::uint64_t field() const { return m_field; }
    std::uint64_t number() const { return expect(0), m_number; }
    std::string_view bytes() const { return expect(2), m_bytes; }
    float real() const
    {
        expect(5);
        float value;
        std::memcpy(&value, m_bytes.data(), sizeof value);
        return value;
    }

private:
    Error broken() const { return badInput(m_where + " is no SentencePiece model: its fields are malformed"); }
    void expect(std::uint64_t wire) const
    {
        if (m_wire != wire)
            throw broken();
    }
    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            auto byte = static_cast<unsigned char>(take(1).front());
            value |= static_cast<std::uint64_t>(byte & 127) << shift;
            if (byte < 128)
                return value;
        }
        throw broken();
    }
    std::string_view take(std::uint64_t count)
    {
        if (count > m_left.size())
            throw broken();
        std::string_view taken = m_left.substr(0, static_cast<std::size_t>(count));
        m_left.remove_prefix(taken.size());
        return taken;
    }

    std::string_view m_left, m_bytes;
    const std::string &m_where;
    std::uint64_t m_field = 0, m_number = 0, m_wire = 0;
};

SentencePiece readPiece(std::string_view bytes, const std::string &where)
{
    SentencePiece piece;
    for (Message message(bytes, where); message.next();) {
        switch (message.field()) {
        case 1: piece.text = message.bytes(); break;
        case 2: piece.score = message.real(); break;
        case 3: piece.type = static_cast<std::int64_t>(message.number()); break;
        default: break;
        }
    }
    return piece;
}

void checkTrainer(std::string_view bytes, const std::string &where)
{
    constexpr std::uint64_t kBpe = 2;
    std::uint64_t kind = 1;
    bool split = false;
    for (Message message(bytes, where); message.next();) {
        if (message.field() == 3)
            kind = message.number();
        if (message.field() == 24)
            split = message.number() != 0; // treat_whitespace_as_suffix
    }
    if (kind != kBpe || split)
        throw badInput(where + " is no SentencePiece model of kind BPE with spaces in front of words, which is what Tessera supports");
}

void checkNormalizer(std::string_view bytes, const std::string &where, SentencePieces &model)
{
    bool removes = true, escapes = true, maps = false;
    for (Message message(bytes, where); message.next();) {
        switch (message.field()) {
        case 2: maps = !message.bytes().empty(); break;
        case 3: model.prefixSpace = message.number() != 0; break;
        case 4: removes = message.number() != 0; break;
        case 5: escapes = message.number() != 0; break;
        default: break;
        }
    }
    if (maps || removes || !escapes)
        throw badInput(where + " normalises text or removes white space, which Tessera does not support in SentencePiece models");
}

using Ids = std::unordered_map<std::string_view, std::size_t>;

Ids idsOf(const SentencePieces &model, const std::string &where)
{
    Ids ids;
    if (model.pieces.size() >= static_cast<std::size_t>(std::numeric_limits<TokenId>::max()))
        throw badInput(where + " has too many pieces");
    for (std::size_t id = 0; id < model.pieces.size(); ++id) {
        const SentencePiece &piece = model.pieces[id];
        if (piece.text.empty() || piece.text.size() > kLongestPiece || !isValidUtf8(piece.text) || !std::isfinite(piece.score))
            throw badInput("piece " + std::to_string(id) + " of " + where + " is empty, too long, no UTF-8 or has no score");
        if (!ids.emplace(piece.text, id).second)
            throw badInput("the piece \"" + piece.text + "\" occurs twice in " + where);
    }
    return ids;
}

struct Merge {
    float score;
    std::size_t left, right; ///< ids
    std::size_t leftLength, rightLength;
};

/// SentencePiece joins the neighbours whose joined piece has the highest score: pairs in order of that.
std::vector<Merge> mergesOf(const SentencePieces &model, const Ids &ids)
{
    std::vector<Merge> merges;
    for (const SentencePiece &piece : model.pieces) {
        if (piece.type != kNormal)
            continue;
        std::string_view text = piece.text;
        for (std::size_t at = codePointAt(text, 0).size; at < text.size(); at += codePointAt(text, at).size) {
            auto left = ids.find(text.substr(0, at)), right = ids.find(text.substr(at));
            auto joins = [&](const Ids::const_iterator &part) { return part != ids.end() && model.pieces[part->second].type == kNormal; };
            if (joins(left) && joins(right))
                merges.push_back({piece.score, left->second, right->second, codePointCount(left->first), codePointCount(right->first)});
        }
    }
    std::stable_sort(merges.begin(), merges.end(), [](const Merge &a, const Merge &b) {
        return std::tuple(-a.score, -static_cast<double>(a.leftLength), -static_cast<double>(a.rightLength))
            < std::tuple(-b.score, -static_cast<double>(b.leftLength), -static_cast<double>(b.rightLength));
    });
    return merges;
}

using Ordered = nlohmann::ordered_json;

Ordered around(const SentencePieces &model)
{
    if (!model.before && !model.behind)
        return nullptr;
    Ordered single = Ordered::array(), special = Ordered::object();
    auto add = [&](const std::optional<TokenId> &id) {
        if (!id)
            return;
        const std::string &name = model.pieces[static_cast<std::size_t>(*id)].text;
        single.push_back({{"SpecialToken", {{"id", name}, {"type_id", 0}}}});
        special[name] = {{"id", name}, {"ids", Ordered::array({*id})}, {"tokens", Ordered::array({name})}};
    };
    add(model.before);
    single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
    add(model.behind);
    Ordered pair = single;
    for (Ordered piece : single) {
        if (piece.contains("Sequence"))
            piece["Sequence"]["id"] = "B";
        piece.begin().value()["type_id"] = 1;
        pair.push_back(piece);
    }
    return {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", special}};
}

Ordered normalizerOf(const SentencePieces &model)
{
    Ordered steps = Ordered::array();
    if (model.prefixSpace)
        steps.push_back({{"type", "Prepend"}, {"prepend", kSpaceMark}});
    steps.push_back({{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", kSpaceMark}});
    return {{"type", "Sequence"}, {"normalizers", steps}};
}

Ordered decoderOf(const SentencePieces &model)
{
    Ordered steps = Ordered::array({{{"type", "Replace"}, {"pattern", {{"String", kSpaceMark}}}, {"content", " "}},
                                    {{"type", "ByteFallback"}},
                                    {{"type", "Fuse"}}});
    if (model.prefixSpace)
        steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
    return {{"type", "Sequence"}, {"decoders", steps}};
}

} // namespace

SentencePieces parseSentencePieces(std::string_view bytes, const std::string &where)
{
    SentencePieces model;
    bool trained = false;
    for (Message message(bytes, where); message.next();) {
        switch (message.field()) {
        case 1: model.pieces.push_back(readPiece(message.bytes(), where)); break;
        case 2:
            checkTrainer(message.bytes(), where);
            trained = true;
            break;
        case 3: checkNormalizer(message.bytes(), where, model); break;
        default: break;
        }
    }
    if (model.pieces.empty() || !trained)
        throw badInput(where + " is no SentencePiece model: it has no pieces or does not say of what kind it is");
    for (std::size_t id = 0; id < model.pieces.size() && !model.before; ++id)
        if (model.pieces[id].type == kControl && model.pieces[id].text == "<s>")
            model.before = static_cast<TokenId>(id);
    return model;
}

std::string tokenizerJsonOf(const SentencePieces &model, const std::string &where)
{
    Ids ids = idsOf(model, where);
    Ordered::object_t vocabulary;
    Ordered added = Ordered::array(), merges = Ordered::array();
    std::string unknown;
    bool bytes = false;
    for (std::size_t id = 0; id < model.pieces.size(); ++id) {
        const SentencePiece &piece = model.pieces[id];
        vocabulary.emplace_back(piece.text, id);
        bytes = bytes || piece.type == kByte;
        if (piece.type == kUnknown)
            unknown = piece.text;
        if (piece.type == kControl || piece.type == kUnknown || piece.type == kUserDefined)
            added.push_back({{"id", id}, {"content", piece.text}, {"single_word", false}, {"lstrip", false}, {"rstrip", false},
                             {"normalized", false}, {"special", piece.type != kUserDefined}});
    }
    if (!bytes)
        throw badInput(where + " has no pieces for single bytes, which Tessera needs of SentencePiece models");
    for (const Merge &merge : mergesOf(model, ids))
        merges.push_back(Ordered::array({model.pieces[merge.left].text, model.pieces[merge.right].text}));
    Ordered bpe{{"type", "BPE"}, {"dropout", nullptr}, {"unk_token", unknown.empty() ? Ordered(nullptr) : Ordered(unknown)},
                {"continuing_subword_prefix", nullptr}, {"end_of_word_suffix", nullptr}, {"fuse_unk", true}, {"byte_fallback", true},
                {"ignore_merges", false}, {"vocab", std::move(vocabulary)}, {"merges", std::move(merges)}};
    Ordered root{{"version", "1.0"}, {"truncation", nullptr}, {"padding", nullptr}, {"added_tokens", std::move(added)},
                 {"normalizer", normalizerOf(model)}, {"pre_tokenizer", nullptr}, {"post_processor", around(model)},
                 {"decoder", decoderOf(model)}, {"model", std::move(bpe)}};
    return root.dump(1) + "\n";
}

} // namespace tessera
