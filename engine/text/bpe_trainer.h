// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tessera {

struct BpeTraining {
    std::int64_t vocabularySize = 4096;     ///< With the special tokens and the 256 bytes; fewer when the text has no more pairs.
    std::vector<std::string> specialTokens; ///< Get the first ids, in this order.
    std::int64_t minimumCount = 2;          ///< A pair that is rarer is not merged.
};

/// Trains a byte-level BPE tokenizer with GPT-2's pre-tokenisation: again and again the most frequent pair of neighbouring
/// tokens within words becomes a token (Sennrich et al., arXiv 1508.07909). Deterministic; of equally frequent pairs the one with
/// the lower ids wins, as in Hugging Face's trainer.
class BpeTrainer {
public:
    /// Counts the words of a text. Pieces of one text should be cut between words.
    void addText(std::string_view text);
    /// tokenizer.json of the trained tokenizer. Throws Error (BadInput) when the vocabulary cannot hold special tokens and bytes.
    std::string train(const BpeTraining &options) const;

private:
    std::unordered_map<std::string, std::int64_t> m_words;
};

} // namespace tessera
