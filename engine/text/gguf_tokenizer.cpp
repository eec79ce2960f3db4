// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/gguf_tokenizer.h"

#include "engine/base/error.h"
#include "engine/checkpoint/gguf.h"
#include "engine/text/sentencepiece.h"
#include "engine/text/tokenizer_json.h"
#include "engine/text/utf8.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace tessera {
namespace {

// tokenizer.ggml.token_type
constexpr std::int64_t kControl = 3;
constexpr std::int64_t kUserDefined = 4;

// The pre-tokenisers as the models of these names publish them in tokenizer.json.
constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

Json byteLevel(bool useRegex)
{
    return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", useRegex}};
}

Json sequence(Json first, Json second)
{
    return {{"type", "Sequence"}, {"pretokenizers", Json::array({std::move(first), std::move(second)})}};
}

Json split(std::string_view pattern)
{
    return {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
}

void readTokens(const GgufFile &file, TokenizerRecipe &recipe)
{
    std::unordered_set<std::string_view> seen;
    std::vector<std::string_view> tokens = file.requireStrings("tokenizer.ggml.tokens");
    if (tokens.size() >= static_cast<std::size_t>(std::numeric_limits<TokenId>::max()))
        throw badInput("tokenizer.ggml.tokens of " + file.where() + " has too many tokens");
    for (std::string_view token : tokens) {
        if (!isValidUtf8(token))
            throw badInput("token " + std::to_string(recipe.tokens.size()) + " of " + file.where() + " is not valid UTF-8");
        if (!seen.insert(token).second)
            throw badInput("the token \"" + std::string(token) + "\" occurs twice in " + file.where());
        recipe.tokens.emplace_back(token);
    }
    auto types = file.integers("tokenizer.ggml.token_type");
    if (!types)
        return;
    if (types->size() != tokens.size())
        throw badInput("tokenizer.ggml.token_type of " + file.where() + " has " + std::to_string(types->size())
                       + " entries for " + std::to_string(tokens.size()) + " tokens");
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        bool control = (*types)[id] == kControl;
        if (tokens[id].empty() || (!control && (*types)[id] != kUserDefined))
            continue;
        AddedToken token;
        token.id = static_cast<TokenId>(id);
        token.content = tokens[id];
        token.special = control;
        recipe.added.push_back(std::move(token));
    }
}

void readMerges(const GgufFile &file, TokenizerRecipe &recipe)
{
    for (std::string_view merge : file.requireStrings("tokenizer.ggml.merges")) {
        std::size_t space = merge.find(' ', 1);
        if (space == std::string_view::npos || space + 1 == merge.size() || !isValidUtf8(merge))
            throw badInput("a merge in tokenizer.ggml.merges of " + file.where() + " is not of the form \"a b\"");
        recipe.merges.emplace_back(merge.substr(0, space), merge.substr(space + 1));
    }
}

std::optional<TokenId> addedAround(const GgufFile &file, const std::string &kind, bool otherwise, std::size_t vocabulary)
{
    if (!file.boolean("tokenizer.ggml.add_" + kind + "_token").value_or(otherwise))
        return std::nullopt;
    std::int64_t id = file.requireInteger("tokenizer.ggml." + kind + "_token_id");
    if (id < 0 || id >= static_cast<std::int64_t>(vocabulary))
        throw badInput("tokenizer.ggml." + kind + "_token_id of " + file.where() + " is outside the vocabulary");
    return static_cast<TokenId>(id);
}

/// The pieces of tokenizer.ggml.model llama.
SentencePieces sentencePiecesOf(const GgufFile &file)
{
    SentencePieces result;
    std::vector<std::string_view> tokens = file.requireStrings("tokenizer.ggml.tokens");
    auto scores = file.numbers("tokenizer.ggml.scores");
    auto types = file.integers("tokenizer.ggml.token_type");
    if (!scores || !types || scores->size() != tokens.size() || types->size() != tokens.size())
        throw badInput(file.where() + " lacks a score and a type for each token (tokenizer.ggml.scores, tokenizer.ggml.token_type)");
    for (std::size_t i = 0; i < tokens.size(); ++i)
        result.pieces.push_back({std::string(tokens[i]), static_cast<float>((*scores)[i]), (*types)[i]});
    result.prefixSpace = file.boolean("tokenizer.ggml.add_space_prefix").value_or(true);
    auto around = [&](const std::string &kind, bool added, std::int64_t otherwise) -> std::optional<TokenId> {
        std::int64_t id = file.integer("tokenizer.ggml." + kind + "_token_id").value_or(otherwise);
        if (!file.boolean("tokenizer.ggml.add_" + kind + "_token").value_or(added))
            return std::nullopt;
        if (id < 0 || id >= static_cast<std::int64_t>(tokens.size()))
            throw badInput("tokenizer.ggml." + kind + "_token_id of " + file.where() + " is outside the vocabulary");
        return static_cast<TokenId>(id);
    };
    result.before = around("bos", true, 1);
    result.behind = around("eos", false, 2);
    return result;
}

} // namespace

void choosePreTokenizer(std::string_view pre, TokenizerRecipe &recipe, const std::string &where)
{
    if (pre == "gpt-2" || pre == "default") {
        recipe.preTokenizer = byteLevel(true);
    } else if (pre == "smollm") {
        recipe.preTokenizer = sequence({{"type", "Digits"}, {"individual_digits", true}}, byteLevel(true));
    } else if (pre == "llama-bpe") {
        recipe.preTokenizer = sequence(split(kLlama3), byteLevel(false));
        recipe.ignoreMerges = true;
    } else if (pre == "qwen2") {
        recipe.preTokenizer = sequence(split(kQwen2), byteLevel(false));
        recipe.normalizer = {{"type", "NFC"}};
    } else {
        throw badInput("tokenizer.ggml.pre \"" + std::string(pre) + "\" of " + where
                       + " is not supported; gpt-2, llama-bpe, smollm and qwen2 are");
    }
}

std::string tokenizerJsonOf(const GgufFile &file)
{
    std::string_view model = file.requireString("tokenizer.ggml.model");
    if (model == "llama")
        return tokenizerJsonOf(sentencePiecesOf(file), file.where());
    if (model != "gpt2")
        throw badInput("tokenizer.ggml.model \"" + std::string(model) + "\" of " + file.where()
                       + " is not supported; gpt2 (byte-level BPE) and llama (SentencePiece) are");
    std::string_view pre = file.string("tokenizer.ggml.pre").value_or("default");
    TokenizerRecipe recipe;
    choosePreTokenizer(pre, recipe, file.where());
    readTokens(file, recipe);
    readMerges(file, recipe);
    // Llama 3 files from before the key was written begin every text with their beginning-of-text token.
    recipe.before = addedAround(file, "bos", pre == "llama-bpe", recipe.tokens.size());
    recipe.behind = addedAround(file, "eos", false, recipe.tokens.size());
    return writeTokenizerJson(recipe);
}

} // namespace tessera
