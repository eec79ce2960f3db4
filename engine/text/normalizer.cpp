// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/normalizer.h"

#include "engine/base/error.h"
#include "engine/text/unicode_additions.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>

namespace tessera {
namespace {

using InstanceOf = const icu::Normalizer2 *(*)(UErrorCode &);

/// The characters of Unicode 12, whose tables the reference normalises by; newer ones stay as they are.
const icu::UnicodeSet &normalizedCharacters()
{
    static const std::unique_ptr<const icu::UnicodeSet> characters = [] {
        UErrorCode status = U_ZERO_ERROR;
        auto set = std::make_unique<icu::UnicodeSet>(UNICODE_STRING_SIMPLE("[:age=12.0:]"), status);
        if (U_FAILURE(status))
            throw failed(std::string("ICU has no ages of characters: ") + u_errorName(status));
        set->freeze();
        return set;
    }();
    return *characters;
}

std::string normalized(std::string_view text, InstanceOf instanceOf)
{
    if (text.size() > static_cast<std::size_t>(INT32_MAX))
        throw badInput("a text of " + std::to_string(text.size()) + " bytes is too long to normalise");
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2 *instance = instanceOf(status);
    std::string result;
    if (U_SUCCESS(status)) {
        icu::FilteredNormalizer2 normalizer(*instance, normalizedCharacters());
        icu::StringByteSink<std::string> sink(&result, static_cast<int32_t>(text.size()));
        normalizer.normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, status);
    }
    if (U_FAILURE(status))
        throw failed(std::string("Unicode normalisation failed: ") + u_errorName(status));
    return result;
}

/// Simple lower case by the tables of Unicode 16, whichever ICU has.
char32_t lowerCase(char32_t c)
{
    switch (c) {
    case 0x1C89: return 0x1C8A;
    case 0xA7CB: return 0x264;
    case 0xA7CC: return 0xA7CD;
    case 0xA7DA: return 0xA7DB;
    case 0xA7DC: return 0x19B;
    default: break;
    }
    if (c >= 0x10D50 && c <= 0x10D65)
        return c + 0x20;
    return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
}

std::string lowercased(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        CodePoint point = codePointAt(text, at);
        // The one character whose lower case is two, in every language and context.
        if (point.value == 0x130)
            result += "i\xCC\x87";
        else
            appendUtf8(result, lowerCase(point.value));
        at += point.size;
    }
    return result;
}

std::string replaced(std::string_view text, const Regex &pattern, const std::string &content)
{
    std::string result;
    std::size_t end = 0;
    for (TextRange match : pattern.matches(text)) {
        result.append(text, end, match.begin - end).append(content);
        end = match.end;
    }
    return result.append(text, end);
}

std::string_view stripped(std::string_view text, bool left, bool right)
{
    while (left && !text.empty() && isWhiteSpace(codePointAt(text, 0).value))
        text.remove_prefix(codePointAt(text, 0).size);
    while (right && !text.empty()) {
        std::size_t last = codePointBefore(text, text.size());
        if (!isWhiteSpace(codePointAt(text, last).value))
            break;
        text = text.substr(0, last);
    }
    return text;
}

} // namespace

bool isWhiteSpace(char32_t c)
{
    return (c >= 0x9 && c <= 0xD) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A)
           || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool isWordCharacter(char32_t character)
{
    auto c = static_cast<UChar32>(character);
    if (u_hasBinaryProperty(c, UCHAR_ALPHABETIC) || u_hasBinaryProperty(c, UCHAR_JOIN_CONTROL)
        || (U_GET_GC_MASK(c) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) != 0)
        return true;
    std::span<const UnicodeAddition> additions = unicodeAdditions();
    return std::any_of(additions.begin(), additions.end(), [&](const UnicodeAddition &addition) {
        char kind = addition.category[0];
        bool word = kind == 'L' || kind == 'M' || addition.category == "Nd" || addition.category == "Nl" || addition.category == "Pc";
        return word && character >= addition.first && character <= addition.last;
    });
}

Normalizer Normalizer::fromJson(const Json &json, const std::string &where)
{
    Normalizer result;
    if (!json.is_null())
        result.addSteps(json, where);
    return result;
}

void Normalizer::addSteps(const Json &json, const std::string &where)
{
    std::string type = requireString(json, "type", where);
    if (type == "Sequence") {
        auto steps = json.find("normalizers");
        if (steps == json.end() || !steps->is_array())
            throw badInput(where + " lacks the array \"normalizers\"");
        for (const Json &step : *steps)
            addSteps(step, where);
        return;
    }
    static const std::pair<const char *, Kind> kinds[] = {
        {"NFC", Kind::Nfc},   {"NFD", Kind::Nfd},         {"NFKC", Kind::Nfkc},       {"NFKD", Kind::Nfkd},
        {"Strip", Kind::Strip}, {"Prepend", Kind::Prepend}, {"Replace", Kind::Replace}, {"Lowercase", Kind::Lowercase}};
    auto kind = std::find_if(std::begin(kinds), std::end(kinds), [&](const auto &known) { return type == known.first; });
    if (kind == std::end(kinds))
        throw badInput("the normalizer \"" + type + "\" in " + where + " is not supported");
    Step step;
    step.kind = kind->second;
    if (step.kind == Kind::Prepend) {
        step.content = requireString(json, "prepend", where);
    } else if (step.kind == Kind::Strip) {
        step.left = boolOr(json, "strip_left", false, where);
        step.right = boolOr(json, "strip_right", false, where);
    } else if (step.kind == Kind::Replace) {
        step.content = requireString(json, "content", where);
        auto pattern = json.find("pattern");
        if (pattern == json.end() || !pattern->is_object())
            throw badInput(where + " lacks \"pattern\" of Replace");
        if (pattern->contains("Regex"))
            step.pattern.emplace(requireString(*pattern, "Regex", where), where);
        else if (std::string text = requireString(*pattern, "String", where); !text.empty())
            step.pattern = Regex::literal(text, where);
    }
    m_steps.push_back(std::move(step));
}

std::string Normalizer::apply(std::string_view text) const
{
    std::string result(text);
    for (const Step &step : m_steps)
        result = apply(step, result);
    return result;
}

std::string Normalizer::apply(const Step &step, std::string_view text)
{
    switch (step.kind) {
    case Kind::Nfc: return normalized(text, icu::Normalizer2::getNFCInstance);
    case Kind::Nfd: return normalized(text, icu::Normalizer2::getNFDInstance);
    case Kind::Nfkc: return normalized(text, icu::Normalizer2::getNFKCInstance);
    case Kind::Nfkd: return normalized(text, icu::Normalizer2::getNFKDInstance);
    case Kind::Lowercase: return lowercased(text);
    case Kind::Prepend: return text.empty() ? std::string() : step.content + std::string(text);
    case Kind::Replace: return step.pattern ? replaced(text, *step.pattern, step.content) : std::string(text);
    case Kind::Strip: return std::string(stripped(text, step.left, step.right));
    }
    return std::string(text);
}

} // namespace tessera
