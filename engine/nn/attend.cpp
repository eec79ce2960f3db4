// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/kernels.h"
#include "engine/nn/rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tessera::nn {
namespace {

using torch::autograd::AutogradContext;
using Tensors = torch::autograd::variable_list;

bool isPlain(const Tensor &x)
{
    return x.is_cpu() && x.is_contiguous() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

/// Causal softmax of scale * scores [matrices, rowCount, columns], in place.
void softmaxInPlace(Tensor &scores, double scale)
{
    std::int64_t matrices = scores.size(0), rowCount = scores.size(1), columns = scores.size(2);
    auto factor = static_cast<float>(scale);
    if (isPlain(scores) && scores.scalar_type() == at::kFloat)
        rows::causalSoftmax(scores.data_ptr<float>(), matrices, rowCount, columns, factor, at::get_num_threads());
    else if (isPlain(scores))
        rows::causalSoftmax(static_cast<rows::Bits16 *>(scores.data_ptr()), matrices, rowCount, columns, factor,
                            at::get_num_threads());
    else {
        Tensor hidden = at::ones({rowCount, columns}, scores.options().dtype(at::kBool)).triu(columns - rowCount + 1);
        Tensor masked = (scores.to(at::kFloat) * scale).masked_fill(hidden, -std::numeric_limits<double>::infinity());
        scores.copy_(at::_softmax(masked, -1, false));
    }
}

/// The gradient towards the scores before scale, from that towards the weights; overwrites grad.
void softmaxBackwardInPlace(const Tensor &weights, Tensor &grad, double scale)
{
    std::int64_t columns = weights.size(-1), count = weights.numel() / columns;
    auto factor = static_cast<float>(scale);
    if (isPlain(weights) && isPlain(grad) && grad.scalar_type() == at::kFloat)
        rows::softmaxBackward(weights.data_ptr<float>(), grad.data_ptr<float>(), grad.data_ptr<float>(), count, columns,
                              factor, at::get_num_threads());
    else if (isPlain(weights) && isPlain(grad)) {
        auto *g = static_cast<rows::Bits16 *>(grad.data_ptr());
        rows::softmaxBackward(static_cast<const rows::Bits16 *>(weights.data_ptr()), g, g, count, columns, factor,
                              at::get_num_threads());
    } else {
        Tensor product = weights * grad;
        grad.copy_((product - weights * product.sum(-1, true)) * scale);
    }
}

/// The shapes of one attention. The query heads of a kv head are rows of one product, so that keys and values are never
/// repeated.
struct Shape {
    std::int64_t batch, heads, length, dim, kvHeads, group, earlier;
    double scale;

    Shape(const Tensor &queries, const Tensor &keys)
        : batch(queries.size(0)), heads(queries.size(1)), length(queries.size(2)), dim(queries.size(3)),
          kvHeads(keys.size(1)), group(heads / kvHeads), earlier(keys.size(2) - length),
          scale(1 / std::sqrt(static_cast<double>(dim)))
    {
    }
    std::int64_t rows(std::int64_t first) const { return std::min(kQueryBlock, length - first); }
    std::int64_t seen(std::int64_t first) const { return earlier + first + rows(first); }
    /// Rows [first, ...) of [B, heads, T, D] as [B * kvHeads, group * rows, D].
    Tensor block(const Tensor &x, std::int64_t first) const
    {
        return x.view({batch * kvHeads, group, length, dim}).narrow(2, first, rows(first)).reshape({batch * kvHeads, -1, dim});
    }
    /// The same rows of [B, T, heads, D] seen as [B, heads, rows, D].
    Tensor rowsOf(const Tensor &x, std::int64_t first) const { return x.narrow(1, first, rows(first)).transpose(1, 2); }
    Tensor flat(const Tensor &keys) const { return keys.reshape({batch * kvHeads, -1, dim}); }
};

/// keepWeights receives the weights of each block unless it is null.
Tensor attendBlocks(const Tensor &queries, const Tensor &keys, const Tensor &values, Tensors *keepWeights)
{
    Shape s(queries, keys);
    Tensor flatKeys = s.flat(keys), flatValues = s.flat(values);
    Tensor out = at::empty({s.batch, s.length, s.heads, s.dim}, queries.options());
    for (std::int64_t first = 0; first < s.length; first += kQueryBlock) {
        std::int64_t seen = s.seen(first);
        Tensor weights = at::bmm(s.block(queries, first), flatKeys.narrow(1, 0, seen).transpose(1, 2));
        Tensor matrices = weights.view({s.batch * s.heads, s.rows(first), seen});
        softmaxInPlace(matrices, s.scale);
        Tensor mixed = at::bmm(weights, flatValues.narrow(1, 0, seen));
        s.rowsOf(out, first).copy_(mixed.view({s.batch, s.heads, s.rows(first), s.dim}));
        if (keepWeights)
            keepWeights->push_back(weights);
    }
    return out.view({s.batch, s.length, s.heads * s.dim});
}

class Attend : public torch::autograd::Function<Attend> {
public:
    static Tensor forward(AutogradContext *context, const Tensor &queries, const Tensor &keys, const Tensor &values)
    {
        Tensors saved{queries, keys, values};
        Tensor out = attendBlocks(queries, keys, values, &saved);
        context->save_for_backward(saved);
        return out;
    }

    static Tensors backward(AutogradContext *context, Tensors grads)
    {
        Tensors saved = context->get_saved_variables();
        const Tensor &queries = saved[0], &keys = saved[1];
        Shape s(queries, keys);
        Tensor flatKeys = s.flat(keys), flatValues = s.flat(saved[2]);
        Tensor grad = grads[0].reshape({s.batch, s.length, s.heads, s.dim});
        Tensor gradQueries = at::empty_like(queries);
        Tensor gradKeys = at::zeros(flatKeys.sizes(), flatKeys.options()), gradValues = at::zeros_like(gradKeys);
        std::size_t index = 3;
        for (std::int64_t first = 0; first < s.length; first += kQueryBlock) {
            const Tensor &weights = saved[index++];
            std::int64_t seen = s.seen(first), rows = s.rows(first);
            Tensor gradRows = s.rowsOf(grad, first).reshape({s.batch * s.kvHeads, -1, s.dim});
            Tensor gradScores = at::bmm(gradRows, flatValues.narrow(1, 0, seen).transpose(1, 2));
            softmaxBackwardInPlace(weights, gradScores, s.scale);
            gradValues.narrow(1, 0, seen).add_(at::bmm(weights.transpose(1, 2), gradRows));
            gradKeys.narrow(1, 0, seen).add_(at::bmm(gradScores.transpose(1, 2), s.block(queries, first)));
            Tensor towardsQueries = at::bmm(gradScores, flatKeys.narrow(1, 0, seen));
            gradQueries.narrow(2, first, rows).copy_(towardsQueries.view({s.batch, s.heads, rows, s.dim}));
        }
        return {gradQueries, gradKeys.view(keys.sizes()), gradValues.view(keys.sizes())};
    }
};

} // namespace

Tensor attend(const Tensor &queries, const Tensor &keys, const Tensor &values)
{
    bool gradient = at::GradMode::is_enabled()
        && (queries.requires_grad() || keys.requires_grad() || values.requires_grad());
    Tensor dense = queries.contiguous();
    return gradient ? Attend::apply(dense, keys, values) : attendBlocks(dense, keys, values, nullptr);
}

} // namespace tessera::nn
