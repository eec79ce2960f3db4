// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/text/tokenizer.h"

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace tessera {

/// An interpolated trigram language model with modified Kneser-Ney discounts (Chen and Goodman 1998, "An empirical study of
/// smoothing techniques for language modeling", section 3): what a neural model of the same tokens must beat. Its lowest order is
/// interpolated with the uniform distribution, so that every token has a probability. The discount of the count n is kept
/// within [0.01, n - 0.01]; where no n-gram has the count n, it is the plain Kneser-Ney discount (0.5 without any of count 1).
class TrigramModel {
public:
    /// Counts tokens in order; every id must be in [0, vocabulary). Throws Error (BadInput) otherwise or for fewer than three.
    TrigramModel(std::span<const TokenId> tokens, std::int64_t vocabulary);

    /// P(token | first second); positive, and sums to 1 over the vocabulary whatever the context.
    double probability(TokenId first, TokenId second, TokenId token) const;
    /// P(token | previous), of the bigram that the trigram falls back to.
    double probability(TokenId previous, TokenId token) const;

    /// Mean negative natural logarithm over the window - 1 predictions of every whole window, as evaluation defines it
    /// (cli.md): a window's first prediction sees one token. Throws Error (BadInput) when there is no whole window or window < 2.
    double nll(std::span<const TokenId> tokens, std::int64_t window) const;

private:
    /// What followed one context: the sum of the counts, and how many tokens have the count 1, 2, or more.
    struct Context {
        std::int64_t total = 0;
        std::array<std::int64_t, 3> tokens{};
    };
    /// The counts of one order. Contexts are numbered as they come.
    struct Order {
        std::unordered_map<std::uint64_t, std::uint32_t> indices; ///< Context key to index.
        std::unordered_map<std::uint64_t, std::int64_t> counts;   ///< Index * 2^32 + token.
        std::vector<Context> contexts;
        std::array<double, 3> discounts{}; ///< Of the counts 1, 2, and more.

        /// Counts one more; returns whether it is the first of its kind.
        bool add(std::uint64_t context, TokenId token);
        void finish();
        double interpolate(std::uint64_t context, TokenId token, double lower) const;
    };

    double unigram(TokenId token) const;

    std::int64_t m_vocabulary;
    Order m_unigrams, m_bigrams, m_trigrams;
};

} // namespace tessera
