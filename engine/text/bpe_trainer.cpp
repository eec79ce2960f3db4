// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/bpe_trainer.h"

#include "engine/base/error.h"
#include "engine/text/pre_tokenizer.h"
#include "engine/text/tokenizer_json.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <queue>
#include <set>
#include <tuple>
#include <utility>

namespace tessera {
namespace {

using Pair = std::pair<TokenId, TokenId>;

struct PairHash {
    std::size_t operator()(const Pair &pair) const
    {
        auto key = static_cast<std::uint64_t>(static_cast<std::uint32_t>(pair.first)) << 32
                   | static_cast<std::uint32_t>(pair.second);
        return static_cast<std::size_t>((key ^ key >> 29) * 0x9E3779B97F4A7C15ull);
    }
};

struct Word {
    std::vector<TokenId> tokens;
    std::int64_t count = 0;
};

struct PairEntry {
    std::int64_t count = 0;
    std::vector<std::uint32_t> words; ///< Where the pair is, or was.
};

/// A pair with the count it had when queued; the true count may have fallen since.
struct Queued {
    std::int64_t count;
    Pair pair;
    bool operator<(const Queued &other) const
    {
        return count != other.count ? count < other.count : pair > other.pair;
    }
};

class Merger {
public:
    Merger(std::vector<Word> words, TokenizerRecipe &recipe) : m_words(std::move(words)), m_recipe(recipe)
    {
        for (std::size_t id = 0; id < recipe.tokens.size(); ++id)
            m_ids.emplace(recipe.tokens[id], static_cast<TokenId>(id));
        for (std::uint32_t word = 0; word < m_words.size(); ++word)
            count(word, +1, [](const Pair &) { return true; });
        for (const auto &[pair, entry] : m_pairs)
            m_queue.push({entry.count, pair});
    }

    void run(std::int64_t vocabularySize, std::int64_t minimumCount)
    {
        while (std::ssize(m_recipe.tokens) < vocabularySize && !m_queue.empty()) {
            Queued best = m_queue.top();
            m_queue.pop();
            std::int64_t current = m_pairs[best.pair].count;
            if (current != best.count) {
                if (current > 0)
                    m_queue.push({current, best.pair});
                continue;
            }
            if (current < std::max<std::int64_t>(minimumCount, 1))
                break;
            merge(best.pair);
        }
    }

private:
    /// Adds a word's pairs to the counts (sign +1) or takes them away, and lists the word under those that isNew picks.
    template <typename IsNew> void count(std::uint32_t index, int sign, IsNew isNew)
    {
        const Word &word = m_words[index];
        for (std::size_t i = 0; i + 1 < word.tokens.size(); ++i) {
            Pair pair{word.tokens[i], word.tokens[i + 1]};
            PairEntry &entry = m_pairs[pair];
            entry.count += sign * word.count;
            if (sign > 0 && isNew(pair) && (entry.words.empty() || entry.words.back() != index))
                entry.words.push_back(index);
        }
    }

    TokenId record(const Pair &pair)
    {
        const std::string &left = m_recipe.tokens[static_cast<std::size_t>(pair.first)];
        const std::string &right = m_recipe.tokens[static_cast<std::size_t>(pair.second)];
        std::string joined = left + right;
        // Two pairs can spell the same token; a pair can come back when they do.
        auto [entry, isNew] = m_ids.emplace(joined, static_cast<TokenId>(m_recipe.tokens.size()));
        if (m_merged.insert(pair).second)
            m_recipe.merges.emplace_back(left, right);
        if (isNew)
            m_recipe.tokens.push_back(std::move(joined));
        return entry->second;
    }

    void merge(const Pair &pair)
    {
        TokenId result = record(pair);
        std::vector<std::uint32_t> words = std::move(m_pairs[pair].words);
        m_pairs[pair].words.clear();
        std::sort(words.begin(), words.end());
        words.erase(std::unique(words.begin(), words.end()), words.end());
        std::set<Pair> grown;
        for (std::uint32_t index : words) {
            std::vector<TokenId> &tokens = m_words[index].tokens;
            std::vector<TokenId> next;
            next.reserve(tokens.size());
            for (std::size_t i = 0; i < tokens.size(); ++i) {
                bool here = i + 1 < tokens.size() && tokens[i] == pair.first && tokens[i + 1] == pair.second;
                next.push_back(here ? result : tokens[i]);
                i += here;
            }
            if (next.size() == tokens.size())
                continue;
            count(index, -1, [](const Pair &) { return false; });
            tokens = std::move(next);
            count(index, +1, [&](const Pair &changed) {
                bool isNew = changed.first == result || changed.second == result;
                if (isNew)
                    grown.insert(changed);
                return isNew;
            });
        }
        for (const Pair &changed : grown)
            m_queue.push({m_pairs[changed].count, changed});
    }

    std::vector<Word> m_words;
    TokenizerRecipe &m_recipe;
    std::unordered_map<std::string, TokenId> m_ids;
    std::unordered_map<Pair, PairEntry, PairHash> m_pairs;
    std::priority_queue<Queued> m_queue;
    std::set<Pair> m_merged;
};

/// Special tokens, then the byte alphabet in the order of its characters.
TokenizerRecipe beginRecipe(const BpeTraining &options)
{
    TokenizerRecipe recipe;
    for (const std::string &special : options.specialTokens) {
        AddedToken token;
        token.id = static_cast<TokenId>(recipe.tokens.size());
        token.content = special;
        token.special = true;
        if (special.empty() || !isValidUtf8(special) || std::count(recipe.tokens.begin(), recipe.tokens.end(), special) > 0)
            throw badInput("the special token \"" + special + "\" is empty, not valid UTF-8 or given twice");
        recipe.tokens.push_back(special);
        recipe.added.push_back(std::move(token));
    }
    std::vector<char32_t> alphabet;
    for (unsigned byte = 0; byte < 256; ++byte)
        alphabet.push_back(characterOfByte(static_cast<std::uint8_t>(byte)));
    std::sort(alphabet.begin(), alphabet.end());
    for (char32_t character : alphabet) {
        std::string token;
        appendUtf8(token, character);
        if (std::count(options.specialTokens.begin(), options.specialTokens.end(), token) > 0)
            throw badInput("the special token \"" + token + "\" is a character of the byte alphabet");
        recipe.tokens.push_back(std::move(token));
    }
    recipe.preTokenizer = {
        {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
    return recipe;
}

} // namespace

void BpeTrainer::addText(std::string_view text)
{
    static const PreTokenizer preTokenizer = PreTokenizer::gpt2();
    std::string repaired;
    if (!isValidUtf8(text)) {
        repaired = replaceInvalidUtf8(text);
        text = repaired;
    }
    std::vector<std::string_view> words;
    std::deque<std::string> owned;
    preTokenizer.split(text, words, owned);
    for (std::string_view word : words)
        ++m_words[std::string(word)];
}

std::string BpeTrainer::train(const BpeTraining &options) const
{
    auto least = static_cast<std::int64_t>(256 + options.specialTokens.size());
    constexpr std::int64_t kMost = 1 << 20;
    if (options.vocabularySize < least || options.vocabularySize > kMost)
        throw badInput("a vocabulary of " + std::to_string(options.vocabularySize) + " tokens cannot be trained: it must be between "
                       + std::to_string(least) + " and " + std::to_string(kMost));
    TokenizerRecipe recipe = beginRecipe(options);
    std::vector<TokenId> ofByte(256);
    for (std::size_t id = options.specialTokens.size(); id < recipe.tokens.size(); ++id)
        ofByte[*byteOfCharacter(codePointAt(recipe.tokens[id], 0).value)] = static_cast<TokenId>(id);
    std::vector<Word> words;
    words.reserve(m_words.size());
    for (const auto &[text, count] : m_words) {
        Word word;
        word.count = count;
        for (char c : text)
            word.tokens.push_back(ofByte[static_cast<unsigned char>(c)]);
        words.push_back(std::move(word));
    }
    Merger(std::move(words), recipe).run(options.vocabularySize, options.minimumCount);
    return writeTokenizerJson(recipe);
}

} // namespace tessera
