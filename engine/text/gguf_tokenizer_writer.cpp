// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/gguf_tokenizer.h"

#include "engine/base/error.h"
#include "engine/text/post_processor.h"
#include "engine/text/sentencepiece.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace tessera {
namespace {

// tokenizer.ggml.token_type
constexpr std::int32_t kNormal = 1;
constexpr std::int32_t kUnknown = 2;
constexpr std::int32_t kControl = 3;
constexpr std::int32_t kUserDefined = 4;
constexpr std::int32_t kUnused = 5;
constexpr std::int32_t kByte = 6;

const Json &memberOrNull(const Json &object, const char *key)
{
    static const Json null;
    auto member = object.find(key);
    return member == object.end() ? null : *member;
}

/// A step of a tokenizer.json with what is absent filled in and what changes no token left out.
Json canonical(const Json &step)
{
    if (!step.is_object())
        return step;
    Json result = step;
    result.erase("trim_offsets");
    std::string type = step.value("type", "");
    if (type == "ByteLevel") {
        result["add_prefix_space"] = step.value("add_prefix_space", true);
        result["use_regex"] = step.value("use_regex", true);
    }
    if (type == "Split")
        result["invert"] = step.value("invert", false);
    if (auto steps = result.find("pretokenizers"); steps != result.end())
        for (Json &inner : *steps)
            inner = canonical(inner);
    return result;
}

/// The name of how a tokenizer cuts text into words.
std::string preTokenizerOf(const Json &root, const std::string &where)
{
    Json pre = canonical(memberOrNull(root, "pre_tokenizer")), normalizer = memberOrNull(root, "normalizer");
    bool ignoreMerges = boolOr(root["model"], "ignore_merges", false, where);
    for (std::string_view name : kPreTokenizers) {
        TokenizerRecipe recipe;
        choosePreTokenizer(name, recipe, where);
        if (canonical(recipe.preTokenizer) == pre && recipe.normalizer == normalizer && recipe.ignoreMerges == ignoreMerges)
            return std::string(name);
    }
    throw badInput("the tokenizer of " + where + " cuts text in a way that GGUF has no name for (smollm, llama-bpe, qwen2 and gpt-2 are "
                   "known); export the model without its tokenizer");
}

struct Vocabulary {
    std::vector<std::string> tokens;
    std::vector<std::int32_t> types;

    void put(const std::string &token, std::int64_t id, std::int32_t type, const std::string &where)
    {
        if (id < 0 || id >= static_cast<std::int64_t>(tokens.size()))
            throw badInput("the token \"" + token + "\" of " + where + " has the id " + std::to_string(id) + ", but the model has "
                           + std::to_string(tokens.size()) + " tokens");
        tokens[static_cast<std::size_t>(id)] = token;
        types[static_cast<std::size_t>(id)] = type;
    }
};

Vocabulary vocabularyOf(const Json &root, std::int64_t size, const std::string &where)
{
    Vocabulary vocabulary;
    for (std::int64_t id = 0; id < size; ++id)
        vocabulary.tokens.push_back("[PAD" + std::to_string(id) + "]");
    vocabulary.types.assign(vocabulary.tokens.size(), kUnused);
    for (const auto &[token, id] : root["model"]["vocab"].items())
        vocabulary.put(token, id.get<std::int64_t>(), kNormal, where);
    for (const Json &token : memberOrNull(root, "added_tokens"))
        vocabulary.put(requireString(token, "content", where), requireInteger(token, "id", where),
                       boolOr(token, "special", false, where) ? kControl : kUserDefined, where);
    return vocabulary;
}

std::vector<std::string> mergesOf(const Json &root, const std::string &where)
{
    std::vector<std::string> merges;
    for (const Json &merge : root["model"]["merges"]) {
        if (merge.is_string()) {
            if (!merge.get_ref<const std::string &>().starts_with("#version"))
                merges.push_back(merge.get<std::string>());
            continue;
        }
        auto left = merge[0].get<std::string>(), right = merge[1].get<std::string>();
        if (left.find(' ') != std::string::npos || right.find(' ') != std::string::npos)
            throw badInput("a merge in the tokenizer of " + where + " has a space, which GGUF cannot hold; export the model without its tokenizer");
        merges.push_back(left + " " + right);
    }
    return merges;
}

std::optional<TokenId> onlyOne(const std::vector<TokenId> &tokens, const std::string &where)
{
    if (tokens.size() > 1)
        throw badInput("the tokenizer of " + where + " puts several tokens on one side of a text, which GGUF cannot hold; export the "
                       "model without its tokenizer");
    return tokens.empty() ? std::nullopt : std::optional(tokens.front());
}

void addSpecial(const Json &root, const ModelConfig &config, const std::string &where, GgufMetadataList &metadata)
{
    PostProcessor around = PostProcessor::fromJson(memberOrNull(root, "post_processor"), where);
    std::optional<TokenId> before = onlyOne(around.before, where), behind = onlyOne(around.behind, where);
    auto add = [&](const std::string &kind, std::optional<TokenId> added, const std::vector<std::int64_t> &own) {
        std::optional<std::int64_t> id = added ? std::optional<std::int64_t>(*added) : own.empty() ? std::nullopt : std::optional(own.front());
        if (id)
            metadata.emplace_back("tokenizer.ggml." + kind + "_token_id", static_cast<std::uint32_t>(*id));
        metadata.emplace_back("tokenizer.ggml.add_" + kind + "_token", added.has_value());
    };
    add("bos", before, config.beginTokens);
    add("eos", behind, config.endTokens);
    if (config.endTokens.size() > 1)
        metadata.emplace_back("tokenizer.ggml.eot_token_id", static_cast<std::uint32_t>(config.endTokens[1]));
}

bool putsSpaceInFront(const Json &root)
{
    const Json &normalizer = memberOrNull(root, "normalizer"), &pre = memberOrNull(root, "pre_tokenizer");
    if (pre.is_object())
        return pre.value("prepend_scheme", "always") != "never";
    return normalizer.is_object() && normalizer.dump().find("\"Prepend\"") != std::string::npos;
}

/// SentencePiece's kind: each token with a score, the higher the earlier it is merged.
GgufMetadataList sentencePieces(const Json &root, Vocabulary vocabulary, const std::string &where)
{
    std::vector<float> scores(vocabulary.tokens.size(), 0.f);
    std::map<std::string, std::size_t> ids;
    for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
        const std::string &token = vocabulary.tokens[id];
        ids[token] = id;
        if (vocabulary.types[id] == kNormal && token.size() == 6 && token.starts_with("<0x") && token.back() == '>')
            vocabulary.types[id] = kByte;
    }
    std::string unknown = stringOr(root["model"], "unk_token", "", where);
    if (auto id = ids.find(unknown); id != ids.end())
        vocabulary.types[id->second] = kUnknown;
    const Json &merges = root["model"]["merges"];
    for (std::size_t id = 0; id < scores.size(); ++id)
        if (vocabulary.types[id] == kNormal)
            scores[id] = -static_cast<float>(merges.size() + id + 1);
    for (std::size_t rank = merges.size(); rank-- > 0;) { // the first merge that makes a token counts
        std::string made = merges[rank].is_array() ? merges[rank][0].get<std::string>() + merges[rank][1].get<std::string>() : merges[rank].get<std::string>();
        if (merges[rank].is_string())
            std::erase(made, ' ');
        if (auto id = ids.find(made); id != ids.end() && vocabulary.types[id->second] == kNormal)
            scores[id->second] = -static_cast<float>(rank + 1);
    }
    return {{"tokenizer.ggml.model", std::string("llama")},
            {"tokenizer.ggml.pre", std::string("default")},
            {"tokenizer.ggml.tokens", std::move(vocabulary.tokens)},
            {"tokenizer.ggml.scores", std::move(scores)},
            {"tokenizer.ggml.token_type", std::move(vocabulary.types)},
            {"tokenizer.ggml.add_space_prefix", putsSpaceInFront(root)}};
}

} // namespace

GgufMetadataList ggufTokenizerOf(const std::string &tokenizerJson, const ModelConfig &config, const std::string &where)
{
    Tokenizer::fromJson(tokenizerJson, where); // refuses what is no tokenizer
    Json root = parseJson(tokenizerJson, where);
    Vocabulary vocabulary = vocabularyOf(root, config.vocabulary, where);
    if (worksOnCharacters(root)) {
        GgufMetadataList pieces = sentencePieces(root, std::move(vocabulary), where);
        addSpecial(root, config, where, pieces);
        return pieces;
    }
    GgufMetadataList metadata{{"tokenizer.ggml.model", std::string("gpt2")},
                              {"tokenizer.ggml.pre", preTokenizerOf(root, where)},
                              {"tokenizer.ggml.tokens", std::move(vocabulary.tokens)},
                              {"tokenizer.ggml.token_type", std::move(vocabulary.types)},
                              {"tokenizer.ggml.merges", mergesOf(root, where)}};
    addSpecial(root, config, where, metadata);
    return metadata;
}

} // namespace tessera
