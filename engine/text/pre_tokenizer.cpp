// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/pre_tokenizer.h"

#include "engine/base/error.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

/// How GPT-2 cuts text, published with it; ByteLevel's use_regex means this.
constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

struct Part {
    TextRange range;
    bool matched = false;
};

/// The whole text as matches and what lies between them.
std::vector<Part> partsOf(const Regex &pattern, std::string_view text, bool invert)
{
    std::vector<Part> parts;
    std::size_t end = 0;
    for (TextRange match : pattern.matches(text)) {
        if (match.begin != end)
            parts.push_back({{end, match.begin}, invert});
        parts.push_back({match, !invert});
        end = match.end;
    }
    if (end != text.size())
        parts.push_back({{end, text.size()}, invert});
    return parts;
}

/// Joins each part to the one before it where join says so.
template <typename Join> std::vector<TextRange> joined(const std::vector<Part> &parts, Join join)
{
    std::vector<TextRange> ranges;
    bool previous = false;
    for (const Part &part : parts) {
        if (!ranges.empty() && join(part.matched, previous))
            ranges.back().end = part.range.end;
        else
            ranges.push_back(part.range);
        previous = part.matched;
    }
    return ranges;
}

std::vector<TextRange> joinedToNext(const std::vector<Part> &parts)
{
    std::vector<TextRange> ranges;
    bool next = false;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        if (!ranges.empty() && part->matched && !next)
            ranges.back().begin = part->range.begin;
        else
            ranges.push_back(part->range);
        next = part->matched;
    }
    std::reverse(ranges.begin(), ranges.end());
    return ranges;
}

} // namespace

PreTokenizer PreTokenizer::fromJson(const Json &json, const std::string &where)
{
    PreTokenizer result;
    if (!json.is_null())
        result.addSteps(json, where);
    if (!result.m_byteLevel)
        throw badInput(where + " has no ByteLevel step: only byte-level BPE tokenizers are supported");
    return result;
}

PreTokenizer PreTokenizer::gpt2()
{
    PreTokenizer result;
    result.addByteLevel(false, true);
    return result;
}

PreTokenizer::Behavior PreTokenizer::behaviorOf(const std::string &name, const std::string &where)
{
    static const std::pair<const char *, Behavior> names[] = {{"Removed", Behavior::Removed},
                                                              {"Isolated", Behavior::Isolated},
                                                              {"MergedWithPrevious", Behavior::MergedWithPrevious},
                                                              {"MergedWithNext", Behavior::MergedWithNext},
                                                              {"Contiguous", Behavior::Contiguous}};
    for (const auto &[known, behavior] : names)
        if (name == known)
            return behavior;
    throw badInput("behavior \"" + name + "\" in " + where + " is not supported");
}

PreTokenizer::Step PreTokenizer::splitStep(const Json &json, const std::string &where)
{
    Step step;
    step.behavior = behaviorOf(requireString(json, "behavior", where), where);
    step.invert = boolOr(json, "invert", false, where);
    auto pattern = json.find("pattern");
    if (pattern == json.end() || !pattern->is_object())
        throw badInput(where + " lacks \"pattern\"");
    if (pattern->contains("Regex")) {
        step.pattern.emplace(requireString(*pattern, "Regex", where), where);
    } else {
        std::string text = requireString(*pattern, "String", where);
        if (!text.empty())
            step.pattern = Regex::literal(text, where);
    }
    return step;
}

void PreTokenizer::addByteLevel(bool addPrefixSpace, bool useRegex)
{
    Step step;
    step.addPrefixSpace = addPrefixSpace;
    if (useRegex)
        step.pattern.emplace(kGpt2Pattern, "the ByteLevel pre-tokenizer");
    m_steps.push_back(std::move(step));
    m_byteLevel = true;
}

void PreTokenizer::addSteps(const Json &json, const std::string &where)
{
    std::string type = requireString(json, "type", where);
    if (m_byteLevel)
        throw badInput(where + " has a " + type + " step behind ByteLevel, which is not supported");
    auto add = [&](std::string_view pattern, Behavior behavior, bool invert = false) {
        Step step;
        step.pattern.emplace(pattern, where);
        step.behavior = behavior;
        step.invert = invert;
        m_steps.push_back(std::move(step));
    };
    if (type == "Sequence") {
        auto steps = json.find("pretokenizers");
        if (steps == json.end() || !steps->is_array())
            throw badInput(where + " lacks the array \"pretokenizers\"");
        for (const Json &step : *steps)
            addSteps(step, where);
    } else if (type == "Split") {
        m_steps.push_back(splitStep(json, where));
    } else if (type == "Digits") {
        add(R"(\p{N})", boolOr(json, "individual_digits", false, where) ? Behavior::Isolated : Behavior::Contiguous);
    } else if (type == "Punctuation") {
        add(R"([!-/:-@\[-`{-~\p{P}])", behaviorOf(stringOr(json, "behavior", "Isolated", where), where));
    } else if (type == "Whitespace") {
        add(R"(\w+|[^\w\s]+)", Behavior::Removed, true);
    } else if (type == "WhitespaceSplit") {
        add(R"(\s)", Behavior::Removed);
    } else if (type == "ByteLevel") {
        addByteLevel(boolOr(json, "add_prefix_space", true, where), boolOr(json, "use_regex", true, where));
    } else {
        throw badInput("the pre-tokenizer \"" + type + "\" in " + where + " is not supported");
    }
}

void PreTokenizer::cut(const Step &step, std::string_view text, std::vector<std::string_view> &pieces)
{
    auto push = [&](TextRange range) {
        if (range.begin < range.end)
            pieces.push_back(text.substr(range.begin, range.end - range.begin));
    };
    if (!step.pattern)
        return push({0, text.size()});
    std::vector<Part> parts = partsOf(*step.pattern, text, step.invert);
    if (step.behavior == Behavior::Isolated || step.behavior == Behavior::Removed) {
        for (const Part &part : parts)
            if (step.behavior == Behavior::Isolated || !part.matched)
                push(part.range);
        return;
    }
    std::vector<TextRange> ranges;
    if (step.behavior == Behavior::Contiguous)
        ranges = joined(parts, [](bool matched, bool previous) { return matched == previous; });
    else if (step.behavior == Behavior::MergedWithPrevious)
        ranges = joined(parts, [](bool matched, bool previous) { return matched && !previous; });
    else
        ranges = joinedToNext(parts);
    for (TextRange range : ranges)
        push(range);
}

void PreTokenizer::split(std::string_view text, std::vector<std::string_view> &words, std::deque<std::string> &owned) const
{
    std::vector<std::string_view> pieces;
    if (!text.empty())
        pieces.push_back(text);
    for (const Step &step : m_steps) {
        std::vector<std::string_view> next;
        next.reserve(pieces.size());
        for (std::string_view piece : pieces) {
            if (step.addPrefixSpace && piece.front() != ' ')
                piece = owned.emplace_back(" " + std::string(piece));
            cut(step, piece, next);
        }
        pieces = std::move(next);
    }
    words.insert(words.end(), pieces.begin(), pieces.end());
}

} // namespace tessera
