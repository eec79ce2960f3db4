// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/text/regex.h"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Cuts a normalised text into the words that byte pairs are merged in: tokenizer.json's pre_tokenizer. Supported: Sequence,
/// Split, Digits, Punctuation, Whitespace, WhitespaceSplit, and as the last step ByteLevel, without which a tokenizer is not
/// byte-level. Immutable; thread safe.
class PreTokenizer {
public:
    /// Throws Error (BadInput) that names what is unsupported.
    static PreTokenizer fromJson(const Json &json, const std::string &where);
    /// ByteLevel alone, without a prefix space: GPT-2's.
    static PreTokenizer gpt2();

    /// Appends the words of text, as bytes. Words point into text or into owned, whose elements stay where they are.
    void split(std::string_view text, std::vector<std::string_view> &words, std::deque<std::string> &owned) const;

private:
    enum class Behavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };
    struct Step {
        std::optional<Regex> pattern; ///< None: the text stays whole.
        Behavior behavior = Behavior::Isolated;
        bool invert = false;
        bool addPrefixSpace = false;
    };

    static Behavior behaviorOf(const std::string &name, const std::string &where);
    static Step splitStep(const Json &json, const std::string &where);
    static void cut(const Step &step, std::string_view text, std::vector<std::string_view> &pieces);
    void addSteps(const Json &json, const std::string &where);
    void addByteLevel(bool addPrefixSpace, bool useRegex);

    std::vector<Step> m_steps;
    bool m_byteLevel = false;
};

} // namespace tessera
