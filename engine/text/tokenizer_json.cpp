// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer_json.h"

#include <algorithm>
#include <cstddef>

namespace tessera {
namespace {

using Ordered = nlohmann::ordered_json;

Ordered byteLevel()
{
    return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
}

Ordered addedTokens(std::vector<AddedToken> tokens)
{
    std::sort(tokens.begin(), tokens.end(), [](const AddedToken &a, const AddedToken &b) { return a.id < b.id; });
    Ordered list = Ordered::array();
    for (const AddedToken &token : tokens)
        list.push_back({{"id", token.id},
                        {"content", token.content},
                        {"single_word", token.singleWord},
                        {"lstrip", token.leftStrip},
                        {"rstrip", token.rightStrip},
                        {"normalized", token.normalized},
                        {"special", token.special}});
    return list;
}

Ordered templateProcessing(const TokenizerRecipe &recipe)
{
    Ordered single = Ordered::array();
    Ordered pair = Ordered::array();
    Ordered special = Ordered::object();
    auto add = [&](const std::optional<TokenId> &id, int type) {
        if (!id)
            return;
        const std::string &name = recipe.tokens[static_cast<std::size_t>(*id)];
        Ordered piece = {{"SpecialToken", {{"id", name}, {"type_id", type}}}};
        if (type == 0)
            single.push_back(piece);
        pair.push_back(piece);
        special[name] = {{"id", name}, {"ids", Ordered::array({*id})}, {"tokens", Ordered::array({name})}};
    };
    auto addText = [&](const char *name, int type) {
        Ordered piece = {{"Sequence", {{"id", name}, {"type_id", type}}}};
        if (type == 0)
            single.push_back(piece);
        pair.push_back(piece);
    };
    add(recipe.before, 0);
    addText("A", 0);
    add(recipe.behind, 0);
    add(recipe.before, 1);
    addText("B", 1);
    add(recipe.behind, 1);
    return {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", special}};
}

Ordered model(const TokenizerRecipe &recipe)
{
    // Appended without the look-up of operator[], which would be quadratic; the tokens are unique.
    Ordered::object_t vocabulary;
    vocabulary.reserve(recipe.tokens.size());
    for (std::size_t id = 0; id < recipe.tokens.size(); ++id)
        vocabulary.emplace_back(recipe.tokens[id], id);
    // Pairs are the newer way to write merges; older readers know only "a b", which has no place for spaces.
    bool spaces = std::any_of(recipe.merges.begin(), recipe.merges.end(), [](const auto &merge) {
        return merge.first.find(' ') != std::string::npos || merge.second.find(' ') != std::string::npos;
    });
    Ordered merges = Ordered::array();
    for (const auto &[left, right] : recipe.merges)
        merges.push_back(spaces ? Ordered::array({left, right}) : Ordered(left + " " + right));
    return {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", nullptr},
            {"continuing_subword_prefix", nullptr},
            {"end_of_word_suffix", nullptr},
            {"fuse_unk", false},
            {"byte_fallback", false},
            {"ignore_merges", recipe.ignoreMerges},
            {"vocab", std::move(vocabulary)},
            {"merges", std::move(merges)}};
}

} // namespace

std::string writeTokenizerJson(const TokenizerRecipe &recipe)
{
    Ordered root = {{"version", "1.0"},
                    {"truncation", nullptr},
                    {"padding", nullptr},
                    {"added_tokens", addedTokens(recipe.added)},
                    {"normalizer", Ordered::parse(recipe.normalizer.dump())},
                    {"pre_tokenizer", Ordered::parse(recipe.preTokenizer.dump())},
                    {"post_processor", recipe.before || recipe.behind ? templateProcessing(recipe) : byteLevel()},
                    {"decoder", byteLevel()},
                    {"model", model(recipe)}};
    return root.dump(1) + "\n";
}

} // namespace tessera
