// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/corpus.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <utility>

namespace tessera {
namespace {

constexpr std::size_t kPiecesWithoutCut = 16;

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The last place in text where it can be cut between words, 0 where there is none.
std::size_t lastCut(std::string_view text)
{
    for (std::size_t at = text.size() < 2 ? 0 : text.size() - 2; at > 0; --at)
        if (text[at] == ' ' && isLetter(text[at - 1]) && isLetter(text[at + 1]))
            return at;
    return 0;
}

/// The largest place at which no character is cut in two, as far as the text is UTF-8 at all.
std::size_t lastCharacterEnd(std::string_view text)
{
    std::size_t begin = codePointBefore(text, text.size());
    auto lead = static_cast<unsigned char>(text[begin]);
    std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return begin > 0 && begin + length > text.size() ? begin : text.size();
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers with every compiler.
std::uint64_t nextRandom(std::uint64_t &state)
{
    std::uint64_t z = state += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed)
{
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t(0));
    for (std::size_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[nextRandom(seed) % i]);
    return order;
}

std::string hashOfSplit(std::span<const TokenId> tokens, const CorpusSplit &split)
{
    return hashText(hashBytes(std::as_bytes(tokens)) + " " + std::to_string(split.window) + " "
                    + std::to_string(split.scoreShare) + " " + std::to_string(split.testShare) + " " + std::to_string(split.seed));
}

} // namespace

void readTextPieces(const std::filesystem::path &path, std::size_t pieceBytes,
                    const std::function<bool(std::string_view piece)> &sink)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        throw badInput(path.string() + " is not a regular file that can be read");
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw badInput("cannot open " + path.string() + ": " + std::strerror(errno));
    pieceBytes = std::max<std::size_t>(pieceBytes, 16);
    std::string text;
    bool first = true;
    auto hand = [&](std::size_t size) {
        std::string_view piece(text.data(), size);
        if (std::exchange(first, false) && piece.starts_with("\xEF\xBB\xBF"))
            piece.remove_prefix(3);
        bool goOn = piece.empty() || (isValidUtf8(piece) ? sink(piece) : sink(replaceInvalidUtf8(piece)));
        text.erase(0, size);
        return goOn;
    };
    while (file) {
        std::size_t held = text.size();
        text.resize(held + pieceBytes);
        file.read(text.data() + held, static_cast<std::streamsize>(pieceBytes));
        text.resize(held + static_cast<std::size_t>(file.gcount()));
        if (file.bad())
            throw failed("cannot read " + path.string() + ": " + std::strerror(errno));
        if (!file)
            break;
        std::size_t cut = lastCut(text);
        if (cut == 0 && text.size() >= kPiecesWithoutCut * pieceBytes)
            cut = lastCharacterEnd(text);
        if (cut > 0 && !hand(cut))
            return;
    }
    hand(text.size());
}

std::vector<TokenId> encodeTextFiles(const Tokenizer &tokenizer, std::span<const std::filesystem::path> files,
                                     std::int64_t maxTokens, const StopToken &stop, const ProgressSink &progress)
{
    std::vector<TokenId> tokens;
    auto enough = [&] { return maxTokens > 0 && std::ssize(tokens) >= maxTokens; };
    for (const std::filesystem::path &file : files) {
        if (enough())
            break;
        readTextPieces(file, kTextPieceBytes, [&](std::string_view piece) {
            stop.throwIfRequested();
            std::vector<TokenId> more = tokenizer.encode(piece, EncodeOptions{.specialAsText = true});
            tokens.insert(tokens.end(), more.begin(), more.end());
            if (progress)
                progress({"tokenise", std::ssize(tokens), maxTokens, "tokens", file.filename().string()});
            return !enough();
        });
    }
    if (enough())
        tokens.resize(static_cast<std::size_t>(maxTokens));
    return tokens;
}

std::vector<TokenId> encodeTextFile(const Tokenizer &tokenizer, const std::filesystem::path &file, std::int64_t maxTokens,
                                    const StopToken &stop, const ProgressSink &progress)
{
    return encodeTextFiles(tokenizer, std::span(&file, 1), maxTokens, stop, progress);
}

CorpusParts splitCorpus(std::span<const TokenId> tokens, const CorpusSplit &split)
{
    if (split.window < 1)
        throw badInput("a window of " + std::to_string(split.window) + " tokens is impossible; it must have at least one");
    bool shares = split.scoreShare >= 0 && split.testShare >= 0 && split.scoreShare + split.testShare < 1;
    if (!shares)
        throw badInput("the shares for scoring and testing must not be negative and must leave something for distilling");
    auto window = static_cast<std::size_t>(split.window);
    std::size_t windows = tokens.size() / window;
    if (windows < 3)
        throw badInput("the text has " + std::to_string(tokens.size()) + " tokens; at least three windows of "
                       + std::to_string(window) + " are needed: give more text or a shorter window");
    auto share = [&](double part) {
        auto count = static_cast<std::size_t>(std::llround(part * static_cast<double>(windows)));
        return std::clamp<std::size_t>(count, 1, windows - 2);
    };
    std::size_t score = share(split.scoreShare);
    std::size_t test = std::min(share(split.testShare), windows - 1 - score);
    CorpusParts parts;
    std::vector<std::size_t> order = shuffled(windows, split.seed);
    for (std::size_t i = 0; i < windows; ++i) {
        std::vector<TokenId> &part = i < test ? parts.test : i < test + score ? parts.score : parts.distil;
        auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(order[i] * window);
        part.insert(part.end(), begin, begin + static_cast<std::ptrdiff_t>(window));
    }
    parts.hash = hashOfSplit(tokens, split);
    return parts;
}

} // namespace tessera
