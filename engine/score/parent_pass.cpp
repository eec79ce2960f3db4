// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/score/parent_pass.h"

#include "engine/nn/device.h"
#include "engine/nn/row_figures.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

/// Rows of logits that are computed at once.
constexpr std::int64_t kPieceRows = 256;

template <typename T> RowSummary summaryOf(const nn::Tensor &logits, std::int64_t row)
{
    return summariseRow(static_cast<const T *>(logits.data_ptr()) + row * logits.size(1), logits.size(1));
}

} // namespace

nn::Tensor predictingHidden(const nn::Model &model, const nn::Tensor &stream)
{
    const nn::Tensor predicting = stream.narrow(1, 0, stream.size(1) - 1).reshape({-1, stream.size(2)});
    return nn::rmsNorm(predicting.to(at::kFloat), model.finalNorm.to(at::kFloat), model.config.normEpsilon);
}

void headInto(const nn::Model &model, const nn::Tensor &hidden, nn::Tensor out)
{
    at::mm_out(out, hidden.to(model.head.scalar_type()), model.head.t());
}

ParentPass runParent(const nn::Model &model, const nn::Rope &rope, const nn::Tensor &tokens, bool needsLogits, nn::Tensor logits,
                     const StopToken &stop)
{
    std::vector<nn::Tensor> streams;
    nn::Tensor x = nn::embed(model, tokens);
    for (const nn::Layer &layer : model.layers)
        for (Part part : {Part::Attention, Part::Ffn}) {
            stop.throwIfRequested();
            streams.push_back(x);
            x = nn::applySubBlock(model.config, layer.of(part), x, rope);
        }
    ParentPass pass = passFrom(model, tokens, x, needsLogits, std::move(logits), stop);
    pass.streams = std::move(streams);
    return pass;
}

ParentPass passFrom(const nn::Model &model, const nn::Tensor &tokens, const nn::Tensor &stream, bool needsLogits, nn::Tensor logits,
                    const StopToken &stop)
{
    ParentPass pass;
    pass.tokens = tokens;
    pass.hidden = predictingHidden(model, stream);
    const std::int64_t rows = pass.hidden.size(0), vocabulary = model.head.size(0);
    const nn::Tensor targets = nn::inMainMemory(tokens.narrow(1, 1, tokens.size(1) - 1));
    pass.targets.assign(targets.data_ptr<std::int64_t>(), targets.data_ptr<std::int64_t>() + targets.numel());
    if (!needsLogits)
        return pass;
    if (!logits.defined() || logits.size(0) != rows)
        logits = at::empty({rows, vocabulary}, model.head.options());
    pass.logits = std::move(logits);
    pass.rows.resize(static_cast<std::size_t>(rows));
    for (std::int64_t first = 0; first < rows; first += kPieceRows) {
        stop.throwIfRequested();
        const std::int64_t count = std::min(kPieceRows, rows - first);
        headInto(model, pass.hidden.narrow(0, first, count), pass.logits.narrow(0, first, count));
        if (!pass.logits.is_cpu()) {
            const auto figures = nn::rowFigures(pass.logits.narrow(0, first, count), {}, nn::OtherRows::Changes, {});
            for (std::size_t row = 0; row < figures.size(); ++row)
                pass.rows[static_cast<std::size_t>(first) + row] = {figures[row].logSum, figures[row].argmax};
            continue;
        }
        forEachRow(count, [&](std::int64_t row) {
            pass.rows[static_cast<std::size_t>(first + row)] = pass.logits.scalar_type() == at::kFloat
                ? summaryOf<float>(pass.logits, first + row)
                : summaryOf<BFloat16Bits>(pass.logits, first + row);
        });
    }
    return pass;
}

nn::Tensor runCandidate(const nn::Model &model, const nn::Rope &rope, const ParentPass &pass, std::int64_t layer,
                        const std::vector<nn::SubBlock> &candidates, const StopToken &stop)
{
    const std::size_t replaced = streamIndex(layer, candidates.front().variant.part);
    nn::Tensor x = pass.streams[replaced];
    for (const nn::SubBlock &candidate : candidates)
        x = nn::applySubBlock(model.config, candidate, x, rope);
    for (std::size_t next = replaced + candidates.size(); next < pass.streams.size(); ++next) {
        stop.throwIfRequested();
        const Part part = next % 2 == 0 ? Part::Attention : Part::Ffn;
        x = nn::applySubBlock(model.config, model.layers[next / 2].of(part), x, rope);
    }
    return x;
}

} // namespace tessera
