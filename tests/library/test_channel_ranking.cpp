// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/channel_ranking.h"
#include "engine/library/least_squares.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

namespace tessera {
namespace {

struct Problem {
    at::Tensor phi, weight;
};

Problem randomProblem(std::int64_t rows, std::int64_t channels, std::int64_t outputs, int seed)
{
    at::manual_seed(seed);
    at::Tensor mix = at::randn({channels, channels}, at::kDouble) * 0.5 + at::eye(channels, at::kDouble);
    return {at::mm(at::randn({rows, channels}, at::kDouble), mix), at::randn({outputs, channels}, at::kDouble)};
}

/// The least of sum |(W - W_all) phi|^2 + lambda |W - W_all|^2 over all W whose columns outside kept are 0: solved anew.
double costOfKeeping(const Problem &problem, const std::vector<std::int64_t> &kept, double lambda)
{
    at::Tensor index = at::tensor(kept, at::kLong), phi = problem.phi.index_select(1, index);
    at::Tensor start = problem.weight.index_select(1, index), y = at::mm(problem.phi, problem.weight.t());
    at::Tensor a = at::mm(phi.t(), phi) + lambda * at::eye(phi.size(1), at::kDouble);
    at::Tensor w = at::linalg_solve(a, at::mm(phi.t(), y) + lambda * start.t()).t();
    double all = problem.weight.square().sum().item<double>(), ownShare = start.square().sum().item<double>();
    return (at::mm(phi, w.t()) - y).square().sum().item<double>()
        + lambda * ((w - start).square().sum().item<double>() + all - ownShare);
}

std::vector<std::int64_t> eliminateByBruteForce(const Problem &problem, double lambda)
{
    std::vector<std::int64_t> left(static_cast<std::size_t>(problem.phi.size(1))), removed;
    std::iota(left.begin(), left.end(), 0);
    while (left.size() > 1) {
        std::size_t best = 0;
        double least = INFINITY;
        for (std::size_t i = 0; i < left.size(); ++i) {
            std::vector<std::int64_t> kept = left;
            kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(i));
            double cost = costOfKeeping(problem, kept, lambda);
            if (cost < least) {
                least = cost;
                best = i;
            }
        }
        removed.push_back(left[best]);
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
    }
    removed.push_back(left.front());
    std::reverse(removed.begin(), removed.end());
    return removed;
}

TEST(Elimination, RanksAsSolvingAnewForEveryChannelAndSize)
{
    for (int seed : {1, 2, 3}) {
        Problem problem = randomProblem(200, 24, 6, seed);
        at::Tensor gram = at::mm(problem.phi.t(), problem.phi);
        double lambda = ridgeWeight(gram, 1e-2);
        EXPECT_EQ(rankByElimination(gram, problem.weight, lambda), eliminateByBruteForce(problem, lambda)) << "seed " << seed;
    }
}

TEST(Elimination, AcrossItsBlocksEveryRemovalIsTheCheapestByAFreshSolve)
{
    Problem problem = randomProblem(400, 130, 9, 4);
    at::Tensor gram = at::mm(problem.phi.t(), problem.phi);
    double lambda = ridgeWeight(gram, 1e-3);
    std::vector<std::int64_t> order = rankByElimination(gram, problem.weight, lambda);
    for (std::size_t size : {130, 97, 83, 82, 81, 50, 35, 34, 33, 10}) {
        std::vector<std::int64_t> left(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(size));
        std::size_t best = 0;
        double least = INFINITY;
        for (std::size_t i = 0; i < size; ++i) {
            std::vector<std::int64_t> kept = left;
            kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(i));
            double cost = costOfKeeping(problem, kept, lambda);
            if (cost < least) {
                least = cost;
                best = i;
            }
        }
        EXPECT_EQ(left[best], order[size - 1]) << "with " << size << " channels left";
    }
}

TEST(Elimination, IsAPermutationAndNotSlowAtFullSize)
{
    Problem problem = randomProblem(1200, 768, 192, 5);
    at::Tensor gram = at::mm(problem.phi.t(), problem.phi);
    auto start = std::chrono::steady_clock::now();
    std::vector<std::int64_t> order = rankByElimination(gram, problem.weight, ridgeWeight(gram, 1e-3));
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i)
        ASSERT_EQ(order[i], static_cast<std::int64_t>(i));
    EXPECT_EQ(order.size(), 768u);
    RecordProperty("milliseconds", static_cast<int>(1000 * seconds));
}

/// The iterative ranking with every candidate's output formed in full.
std::vector<std::int64_t> rankByForming(const at::Tensor &phi, const at::Tensor &weight, std::int64_t rounds)
{
    at::Tensor full = at::mm(phi, weight.t());
    std::vector<std::int64_t> left(static_cast<std::size_t>(phi.size(1))), removed;
    std::iota(left.begin(), left.end(), 0);
    for (std::int64_t round = 0; round < rounds && !left.empty(); ++round) {
        std::vector<std::pair<double, std::int64_t>> scored;
        for (std::int64_t candidate : left) {
            std::vector<std::int64_t> others;
            for (std::int64_t other : left)
                if (other != candidate)
                    others.push_back(other);
            at::Tensor index = at::tensor(others, at::kLong);
            at::Tensor output = at::mm(phi.index_select(1, index), weight.index_select(1, index).t());
            double score = ((full - output).square().sum(1) + 1e-8).sqrt().mean().item<double>();
            scored.emplace_back(-score, candidate);
        }
        std::sort(scored.begin(), scored.end());
        auto rest = static_cast<std::int64_t>(left.size());
        std::int64_t drop = (rest + rounds - round - 1) / (rounds - round);
        for (std::int64_t i = 0; i < drop; ++i) {
            removed.push_back(scored.back().second);
            scored.pop_back();
        }
        left.clear();
        for (const auto &[score, channel] : scored)
            left.push_back(channel);
        std::sort(left.begin(), left.end());
    }
    std::reverse(removed.begin(), removed.end());
    return removed;
}

TEST(IterativeRanking, EqualsFormingEveryOutput)
{
    Problem problem = randomProblem(60, 21, 5, 6);
    for (std::int64_t rounds : {1, 4, 21, 40})
        EXPECT_EQ(rankIteratively(problem.phi, problem.weight, rounds), rankByForming(problem.phi, problem.weight, rounds))
            << rounds << " rounds";
}

TEST(KvHeads, TheBestOfAGroupIsTheOneThatSaysMost)
{
    at::manual_seed(8);
    at::Tensor phi = at::randn({30, 24}), weight = at::randn({10, 24});
    weight.narrow(1, 6, 6).mul_(5); // kv head 1 of 4, six columns each
    weight.narrow(1, 12, 6).mul_(3);
    at::Tensor scores = kvHeadContribution(phi, weight, 4);
    for (std::int64_t head = 0; head < 4; ++head) {
        double sum = 0;
        for (std::int64_t row = 0; row < 30; ++row)
            sum += at::mv(weight.narrow(1, 6 * head, 6), phi[row].narrow(0, 6 * head, 6)).norm().item<double>();
        EXPECT_NEAR(scores[head].item<double>(), sum / 30, 1e-4);
    }
    EXPECT_EQ(bestOfGroups(scores, 1), std::vector<std::int64_t>{1});
    EXPECT_EQ(bestOfGroups(scores, 2), (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(bestOfGroups(scores, 4), (std::vector<std::int64_t>{0, 1, 2, 3}));
}

} // namespace
} // namespace tessera
