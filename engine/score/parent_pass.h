// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"
#include "engine/nn/model.h"
#include "engine/nn/forward.h"
#include "engine/score/logit_rows.h"

#include <cstdint>
#include <vector>

namespace tessera {

/// What the parent computed on a group of windows, kept for all candidates. Rows are the window - 1 predictions of every
/// window, window after window.
struct ParentPass {
    nn::Tensor tokens;               ///< int64 [B, T]
    /// Input of sub-block 2 layer + (0 attention, 1 FFN): [B, T, hidden]; empty where the parent streams.
    std::vector<nn::Tensor> streams;
    nn::Tensor hidden;               ///< After the final norm, float32 [rows, hidden]
    nn::Tensor logits;               ///< [rows, vocabulary]; undefined where no metric needs it.
    std::vector<RowSummary> rows;    ///< Of logits.
    std::vector<std::int64_t> targets;
};

/// Position of a sub-block in ParentPass::streams.
inline std::size_t streamIndex(std::int64_t layer, Part part)
{
    return static_cast<std::size_t>(2 * layer + (part == Part::Ffn ? 1 : 0));
}

/// The hidden states after the final norm at the predicting positions of a residual stream [B, T, hidden], in float32 whatever
/// the model's type: [B (T - 1), hidden].
nn::Tensor predictingHidden(const nn::Model &model, const nn::Tensor &stream);

/// out[row] = hidden[row] W_head for float32 hidden, in the model's type.
void headInto(const nn::Model &model, const nn::Tensor &hidden, nn::Tensor out);

/// Runs the parent. logits holds the logits of the pass before, whose memory is used again.
ParentPass runParent(const nn::Model &model, const nn::Rope &rope, const nn::Tensor &tokens, bool needsLogits, nn::Tensor logits,
                     const StopToken &stop);

/// The pass without streams, from the stream behind the last layer.
ParentPass passFrom(const nn::Model &model, const nn::Tensor &tokens, const nn::Tensor &stream, bool needsLogits, nn::Tensor logits,
                    const StopToken &stop);

/// The residual stream after the last layer when candidates stand in for their sub-blocks of layer: one, or the attention and
/// behind it the FFN.
nn::Tensor runCandidate(const nn::Model &model, const nn::Rope &rope, const ParentPass &pass, std::int64_t layer,
                        const std::vector<nn::SubBlock> &candidates, const StopToken &stop);

/// Calls work(row) for every row of [0, rows), shared by LibTorch's threads.
template <typename Work> void forEachRow(std::int64_t rows, const Work &work)
{
    at::parallel_for(0, rows, 1, [&](std::int64_t first, std::int64_t end) {
        for (std::int64_t row = first; row < end; ++row)
            work(row);
    });
}

} // namespace tessera
