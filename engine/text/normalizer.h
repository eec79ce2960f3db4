// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/text/regex.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Rewrites text before it is cut into words: tokenizer.json's normalizer. Supported: none, NFC, NFD, NFKC, NFKD, Lowercase,
/// Prepend, Replace, Strip, Sequence. Immutable; thread safe. Text is valid UTF-8 throughout.
class Normalizer {
public:
    Normalizer() = default;
    /// Throws Error (BadInput) that names what is unsupported.
    static Normalizer fromJson(const Json &json, const std::string &where);

    bool empty() const { return m_steps.empty(); }
    std::string apply(std::string_view text) const;

private:
    enum class Kind { Nfc, Nfd, Nfkc, Nfkd, Lowercase, Prepend, Replace, Strip };
    struct Step {
        Kind kind = Kind::Nfc;
        std::optional<Regex> pattern; ///< Of Replace; none matches nothing.
        std::string content;          ///< Of Prepend and Replace.
        bool left = false, right = false; ///< Of Strip.
    };

    void addSteps(const Json &json, const std::string &where);
    static std::string apply(const Step &step, std::string_view text);

    std::vector<Step> m_steps;
};

/// Unicode's White_Space property.
bool isWhiteSpace(char32_t character);
/// A letter of words: Alphabetic, marks, decimal digits, connectors, joiners (Unicode's technical standard 18).
bool isWordCharacter(char32_t character);

} // namespace tessera
