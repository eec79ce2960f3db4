// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/ngram.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace tessera {
namespace {

std::uint64_t pairKey(TokenId first, TokenId second)
{
    return static_cast<std::uint64_t>(first) << 32 | static_cast<std::uint32_t>(second);
}

std::uint64_t countKey(std::uint32_t index, TokenId token)
{
    return static_cast<std::uint64_t>(index) << 32 | static_cast<std::uint32_t>(token);
}

} // namespace

bool TrigramModel::Order::add(std::uint64_t context, TokenId token)
{
    auto [index, isNew] = indices.emplace(context, static_cast<std::uint32_t>(contexts.size()));
    if (isNew)
        contexts.emplace_back();
    ++contexts[index->second].total;
    return ++counts[countKey(index->second, token)] == 1;
}

void TrigramModel::Order::finish()
{
    std::array<double, 5> counted{}; // How many n-grams have the count 1, 2, 3, 4.
    for (const auto &[key, count] : counts) {
        std::int64_t kind = std::min<std::int64_t>(count, 3) - 1;
        ++contexts[key >> 32].tokens[static_cast<std::size_t>(kind)];
        if (count <= 4)
            ++counted[static_cast<std::size_t>(count)];
    }
    // Chen and Goodman's estimates; a text too small for one of them gets the plain discount, or the middle of the range.
    double y = counted[1] > 0 ? counted[1] / (counted[1] + 2 * counted[2]) : 0.5;
    for (std::size_t i = 0; i < 3; ++i) {
        auto n = static_cast<double>(i + 1);
        double estimate = counted[i + 1] > 0 ? n - (n + 1) * y * counted[i + 2] / counted[i + 1] : y;
        discounts[i] = std::clamp(estimate, 0.01, n - 0.01);
    }
}

double TrigramModel::Order::interpolate(std::uint64_t context, TokenId token, double lower) const
{
    auto index = indices.find(context);
    if (index == indices.end())
        return lower;
    const Context &stats = contexts[index->second];
    double kept = 0;
    if (auto count = counts.find(countKey(index->second, token)); count != counts.end())
        kept = static_cast<double>(count->second) - discounts[static_cast<std::size_t>(std::min<std::int64_t>(count->second, 3) - 1)];
    double taken = 0;
    for (std::size_t i = 0; i < 3; ++i)
        taken += discounts[i] * static_cast<double>(stats.tokens[i]);
    return (kept + taken * lower) / static_cast<double>(stats.total);
}

TrigramModel::TrigramModel(std::span<const TokenId> tokens, std::int64_t vocabulary) : m_vocabulary(vocabulary)
{
    if (tokens.size() < 3)
        throw badInput("a trigram model needs at least three tokens");
    for (TokenId token : tokens)
        if (token < 0 || token >= vocabulary)
            throw badInput("token " + std::to_string(token) + " is outside the vocabulary of " + std::to_string(vocabulary));
    // Lower orders count in how many different contexts an n-gram occurs, not how often.
    for (std::size_t i = 2; i < tokens.size(); ++i) {
        TokenId first = tokens[i - 2], second = tokens[i - 1], token = tokens[i];
        if (m_trigrams.add(pairKey(first, second), token) && m_bigrams.add(static_cast<std::uint64_t>(second), token))
            m_unigrams.add(0, token);
    }
    m_unigrams.finish();
    m_bigrams.finish();
    m_trigrams.finish();
}

double TrigramModel::unigram(TokenId token) const
{
    return m_unigrams.interpolate(0, token, 1 / static_cast<double>(m_vocabulary));
}

double TrigramModel::probability(TokenId previous, TokenId token) const
{
    return m_bigrams.interpolate(static_cast<std::uint64_t>(previous), token, unigram(token));
}

double TrigramModel::probability(TokenId first, TokenId second, TokenId token) const
{
    return m_trigrams.interpolate(pairKey(first, second), token, probability(second, token));
}

double TrigramModel::nll(std::span<const TokenId> tokens, std::int64_t window) const
{
    auto length = static_cast<std::size_t>(std::max<std::int64_t>(window, 0));
    if (length < 2 || tokens.size() < length)
        throw badInput("there is no whole window of " + std::to_string(window) + " tokens with a prediction in "
                       + std::to_string(tokens.size()) + " tokens");
    double sum = 0;
    std::size_t windows = tokens.size() / length;
    for (std::size_t w = 0; w < windows; ++w) {
        std::span<const TokenId> part = tokens.subspan(w * length, length);
        sum -= std::log(probability(part[0], part[1]));
        for (std::size_t i = 2; i < length; ++i)
            sum -= std::log(probability(part[i - 2], part[i - 1], part[i]));
    }
    return sum / static_cast<double>(windows * (length - 1));
}

} // namespace tessera
