// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/channel_ranking.h"

#include "engine/base/error.h"
#include "engine/library/lapack.h"
#include "engine/nn/device.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace tessera {
namespace {

/// Channels that are removed before the inverse is updated as a whole.
constexpr std::int64_t kBlock = 48;

at::Tensor inverseOf(const at::Tensor &matrix)
{
    at::Tensor inverse = matrix.clone();
    int order = static_cast<int>(matrix.size(0)), info = 0;
    dpotrf_("L", &order, inverse.data_ptr<double>(), &order, &info);
    if (info == 0)
        dpotri_("L", &order, inverse.data_ptr<double>(), &order, &info);
    if (info != 0)
        throw failed("the channels cannot be ranked by elimination: their Gram matrix is not positive definite; "
                     "give more tokens or a larger ridge");
    return inverse.triu() + inverse.triu(1).t();
}

/// The channels that are left, with the inverse and the refitted weights of exactly these.
struct Remaining {
    std::vector<std::int64_t> channels;
    at::Tensor inverse; ///< [p, p]
    at::Tensor weights; ///< [p, d]
};

std::int64_t cheapest(const at::Tensor &norms, const at::Tensor &diagonal, const std::vector<bool> &gone)
{
    const double *n = norms.data_ptr<double>(), *d = diagonal.data_ptr<double>();
    double least = std::numeric_limits<double>::infinity();
    std::int64_t best = -1;
    for (std::size_t i = 0; i < gone.size(); ++i) {
        double cost = n[i] / d[i];
        if (!gone[i] && (best < 0 || cost <= least)) {
            least = cost;
            best = static_cast<std::int64_t>(i);
        }
    }
    return best;
}

/// Removes count channels one by one and appends them to removed. The rank-one updates of inverse and weights are kept aside
/// as columns u and rows c, v (inverse - sum u c', weights - sum u v') and applied together at the end; only the diagonal and
/// the norms, which the choice needs, follow every step.
void removeBlock(Remaining &left, std::int64_t count, std::vector<std::int64_t> &removed)
{
    std::int64_t p = left.inverse.size(0), d = left.weights.size(1);
    auto wide = at::TensorOptions().dtype(at::kDouble);
    at::Tensor u = at::zeros({count, p}, wide), c = at::zeros({count, p}, wide), v = at::zeros({count, d}, wide);
    at::Tensor diagonal = left.inverse.diagonal().clone(), norms = left.weights.square().sum(1);
    std::vector<bool> gone(static_cast<std::size_t>(p), false);
    for (std::int64_t t = 0; t < count; ++t) {
        std::int64_t j = cheapest(norms, diagonal, gone);
        at::Tensor earlier = u.narrow(0, 0, t), weightsAtJ = earlier.select(1, j);
        at::Tensor column = left.inverse[j] - at::mv(c.narrow(0, 0, t).t(), weightsAtJ);
        at::Tensor row = left.weights[j] - at::mv(v.narrow(0, 0, t).t(), weightsAtJ);
        at::Tensor step = column / column[j];
        at::Tensor products = at::mv(left.weights, row) - at::mv(earlier.t(), at::mv(v.narrow(0, 0, t), row));
        norms += step * (step * at::dot(row, row) - 2 * products);
        diagonal -= step * column;
        u[t].copy_(step);
        c[t].copy_(column);
        v[t].copy_(row);
        gone[static_cast<std::size_t>(j)] = true;
        removed.push_back(left.channels[static_cast<std::size_t>(j)]);
    }
    std::vector<std::int64_t> kept, channels;
    for (std::size_t i = 0; i < gone.size(); ++i)
        if (!gone[i]) {
            kept.push_back(static_cast<std::int64_t>(i));
            channels.push_back(left.channels[i]);
        }
    at::Tensor index = at::tensor(kept, at::kLong);
    at::Tensor uKept = u.index_select(1, index), cKept = c.index_select(1, index);
    left.inverse = left.inverse.index_select(0, index).index_select(1, index).addmm_(uKept.t(), cKept, 1, -1);
    left.weights = left.weights.index_select(0, index).addmm_(uKept.t(), v, 1, -1);
    left.channels = channels;
}

/// indices sorted by scores, best first; ties to the lower index.
std::vector<std::int64_t> bestFirst(const std::vector<std::int64_t> &indices, const at::Tensor &scores)
{
    at::Tensor values = nn::inMainMemory(scores.to(at::kDouble));
    const double *score = values.data_ptr<double>();
    std::vector<std::int64_t> sorted = indices;
    std::stable_sort(sorted.begin(), sorted.end(), [&](std::int64_t a, std::int64_t b) { return score[a] > score[b]; });
    return sorted;
}

std::vector<std::int64_t> range(std::int64_t count)
{
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
    return numbers;
}

} // namespace

std::vector<std::int64_t> rankByElimination(const at::Tensor &gram, const at::Tensor &weight, double lambda)
{
    at::NoGradGuard noGrad;
    std::int64_t channels = gram.size(0);
    at::Tensor regularised = gram.clone();
    regularised.diagonal().add_(lambda);
    Remaining left{range(channels), inverseOf(regularised), nn::inMainMemory(weight.detach().to(at::kDouble).t())};
    std::vector<std::int64_t> removed;
    while (!left.channels.empty())
        removeBlock(left, std::min(kBlock, static_cast<std::int64_t>(left.channels.size())), removed);
    std::reverse(removed.begin(), removed.end());
    return removed;
}

std::vector<std::int64_t> rankIteratively(const at::Tensor &phi, const at::Tensor &weight, std::int64_t rounds)
{
    at::NoGradGuard noGrad;
    at::Tensor a = phi.to(at::kFloat), w = weight.to(at::kFloat), squares = w.square().sum(0);
    std::vector<std::int64_t> left = range(phi.size(1)), removed;
    at::Tensor lacking = at::zeros({phi.size(0), weight.size(0)}, a.options());
    for (std::int64_t round = 0; round < rounds && !left.empty(); ++round) {
        at::Tensor norms = lacking.square().sum(1, true) + 2 * a * at::mm(lacking, w) + a.square() * squares + 1e-8;
        at::Tensor scores = norms.clamp_min(0).sqrt().mean(0);
        left = bestFirst(left, scores);
        std::int64_t remainingRounds = rounds - round, size = static_cast<std::int64_t>(left.size());
        std::int64_t drop = (size + remainingRounds - 1) / remainingRounds;
        std::vector<std::int64_t> dropped(left.end() - drop, left.end());
        left.resize(static_cast<std::size_t>(size - drop));
        removed.insert(removed.end(), dropped.rbegin(), dropped.rend());
        at::Tensor index = at::tensor(dropped, at::kLong).to(a.device());
        lacking += at::mm(a.index_select(1, index), w.index_select(1, index).t());
        std::sort(left.begin(), left.end());
    }
    std::reverse(removed.begin(), removed.end());
    return removed;
}

at::Tensor kvHeadContribution(const at::Tensor &phi, const at::Tensor &weight, std::int64_t kvHeads)
{
    at::NoGradGuard noGrad;
    std::int64_t columns = phi.size(1) / kvHeads;
    at::Tensor scores = at::zeros({kvHeads}, phi.options().dtype(at::kDouble));
    for (std::int64_t head = 0; head < kvHeads; ++head) {
        at::Tensor share = at::mm(phi.narrow(1, head * columns, columns), weight.narrow(1, head * columns, columns).t());
        scores[head] = share.to(at::kFloat).norm(2, 1).mean().to(at::kDouble);
    }
    return scores;
}

std::vector<std::int64_t> bestOfGroups(const at::Tensor &scores, std::int64_t groups)
{
    std::int64_t size = scores.numel() / groups;
    std::vector<std::int64_t> chosen;
    for (std::int64_t group = 0; group < groups; ++group) {
        std::int64_t best = group * size;
        for (std::int64_t head = best + 1; head < (group + 1) * size; ++head)
            if (scores[head].item<double>() > scores[best].item<double>())
                best = head;
        chosen.push_back(best);
    }
    return chosen;
}

} // namespace tessera
