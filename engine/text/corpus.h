// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/progress.h"
#include "engine/base/stop_token.h"
#include "engine/text/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Hands over a UTF-8 text file in pieces of about pieceBytes, so that files larger than memory can be read. A cut lies before
/// a single space between two ASCII letters, where every supported tokenizer begins a new word; only where the text has no
/// such place for 16 pieces is it cut between two characters. Invalid UTF-8 becomes U+FFFD, and a byte-order mark at the
/// beginning is dropped. sink returns whether to go on. Throws Error when the file cannot be read.
void readTextPieces(const std::filesystem::path &path, std::size_t pieceBytes,
                    const std::function<bool(std::string_view piece)> &sink);
inline constexpr std::size_t kTextPieceBytes = 4u << 20;

/// The first maxTokens tokens of text files one after the other (all of them where maxTokens is 0), as evaluation defines them
/// (cli.md): no token is added, special tokens inside the text are text. Progress counts tokens.
std::vector<TokenId> encodeTextFiles(const Tokenizer &tokenizer, std::span<const std::filesystem::path> files,
                                     std::int64_t maxTokens = 0, const StopToken &stop = {}, const ProgressSink &progress = {});
std::vector<TokenId> encodeTextFile(const Tokenizer &tokenizer, const std::filesystem::path &file, std::int64_t maxTokens = 0,
                                    const StopToken &stop = {}, const ProgressSink &progress = {});

struct CorpusSplit {
    std::int64_t window = 512; ///< Tokens that stay together.
    double scoreShare = 0.1;   ///< Of all windows; the rest is for distilling.
    double testShare = 0.1;
    std::uint64_t seed = 0;
};

/// Parts of a corpus that have no window in common; the trailing partial window is in none of them.
struct CorpusParts {
    std::vector<TokenId> distil; ///< To train on.
    std::vector<TokenId> score;  ///< To choose by: held-out loss, scores.
    std::vector<TokenId> test;   ///< To report on.
    std::string hash;            ///< Of the corpus' tokens and the split.
};

/// Deals the windows of a corpus to the parts in an order that depends only on the split's seed and the number of windows, so
/// that the beginning of each part is a sample of the whole text. Every part gets at least one window. Throws Error (BadInput) when
/// there are fewer than three windows or the shares leave nothing for distilling.
CorpusParts splitCorpus(std::span<const TokenId> tokens, const CorpusSplit &split);

} // namespace tessera
