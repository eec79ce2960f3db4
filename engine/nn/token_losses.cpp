// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/token_losses.h"

#include "engine/base/error.h"
#include "engine/nn/device.h"
#include "engine/nn/row_figures.h"
#include "engine/nn/rows.h"

#include <algorithm>
#include <type_traits>

namespace tessera::nn {
namespace {

constexpr std::int64_t kLogitBytes = std::int64_t{64} << 20, kLogitBytesElsewhere = std::int64_t{512} << 20;

template <typename T> std::vector<rows::RowLoss> lossesOf(const Tensor &logits, const Tensor &targets)
{
    std::vector<rows::RowLoss> losses(static_cast<std::size_t>(logits.size(0)));
    rows::rowLosses(static_cast<const T *>(logits.data_ptr()), targets.data_ptr<std::int64_t>(), losses.data(), logits.size(0),
                    logits.size(1), at::get_num_threads());
    return losses;
}

void append(const std::vector<rows::RowLoss> &losses, const Tensor &targets, std::vector<double> &nll, std::vector<char> &correct)
{
    const std::int64_t *target = targets.data_ptr<std::int64_t>();
    for (std::size_t i = 0; i < losses.size(); ++i) {
        nll.push_back(losses[i].logSum - static_cast<double>(losses[i].target));
        correct.push_back(losses[i].argmax == target[i]);
    }
}

template <typename T>
void addRows(const Tensor &logits, const Tensor &targets, const Tensor &reference, TokenLosses &all)
{
    std::vector<rows::RowLoss> losses = lossesOf<T>(logits, targets);
    append(losses, targets, all.nll, all.correct);
    if (!reference.defined())
        return;
    std::vector<rows::RowLoss> referenceLosses = lossesOf<T>(reference, targets);
    append(referenceLosses, targets, all.referenceNll, all.referenceCorrect);
    for (std::size_t i = 0; i < losses.size(); ++i)
        all.agree.push_back(losses[i].argmax == referenceLosses[i].argmax);
    std::size_t before = all.kl.size();
    all.kl.resize(before + losses.size());
    rows::rowDivergences(static_cast<const T *>(reference.data_ptr()), static_cast<const T *>(logits.data_ptr()),
                         referenceLosses.data(), losses.data(), all.kl.data() + before, logits.size(0), logits.size(1),
                         at::get_num_threads());
}

/// Where the logits are on a device of their own, its kernel reads them there.
void addRowsElsewhere(const Tensor &logits, const Tensor &targets, const Tensor &reference, TokenLosses &all)
{
    const bool compared = reference.defined();
    const auto figures = rowFigures(compared ? reference : logits, compared ? logits : Tensor(), OtherRows::Logits, targets);
    const std::int64_t *target = targets.data_ptr<std::int64_t>();
    for (std::size_t i = 0; i < figures.size(); ++i) {
        const cuda::RowFigures &row = figures[i];
        all.nll.push_back(row.otherNll);
        all.correct.push_back(row.otherArgmax == target[i]);
        if (!compared)
            continue;
        all.kl.push_back(row.kl);
        all.referenceNll.push_back(row.nll);
        all.referenceCorrect.push_back(row.argmax == target[i]);
        all.agree.push_back(row.argmax == row.otherArgmax);
    }
}

/// Logits in main memory in a type that the loops over rows know.
Tensor plainLogits(const Model &model, const Tensor &hidden)
{
    Tensor logits = logitsOf(model, hidden);
    return (logits.scalar_type() == at::kBFloat16 ? logits : logits.to(at::kFloat)).contiguous();
}

/// Rows of logits that are there at once, counted as float32.
std::int64_t rowsAtOnce(std::int64_t vocabulary, bool compared, bool inMainMemory)
{
    const std::int64_t most = inMainMemory ? kLogitBytes : kLogitBytesElsewhere;
    return std::max<std::int64_t>(1, most / (vocabulary * 4 * (compared ? 2 : 1)));
}

} // namespace

std::int64_t logitBytes(std::int64_t vocabulary, std::int64_t rows, std::int64_t elementBytes, bool compared)
{
    return std::min(rows, rowsAtOnce(vocabulary, compared, device().is_cpu())) * vocabulary * elementBytes * (compared ? 2 : 1);
}

TokenLosses tokenLosses(const Model &model, const Tensor &hidden, const Tensor &targets, const Model *reference,
                        const Tensor &referenceHidden)
{
    at::NoGradGuard noGrad;
    if (reference && (reference->config.vocabulary != model.config.vocabulary || reference->dtype != model.dtype))
        throw failed("two models are compared only with the same vocabulary and in the same type");
    TokenLosses all;
    const std::int64_t step = rowsAtOnce(model.config.vocabulary, reference != nullptr, hidden.is_cpu()), count = hidden.size(0);
    Tensor wanted = targets.to(at::kCPU).contiguous();
    for (std::int64_t row = 0; row < count; row += step) {
        std::int64_t rowCount = std::min(step, count - row);
        Tensor part = wanted.narrow(0, row, rowCount);
        if (!hidden.is_cpu()) {
            Tensor other = reference ? logitsOf(*reference, referenceHidden.narrow(0, row, rowCount)) : Tensor();
            addRowsElsewhere(logitsOf(model, hidden.narrow(0, row, rowCount)), part, other, all);
            continue;
        }
        Tensor logits = plainLogits(model, hidden.narrow(0, row, rowCount));
        Tensor other = reference ? plainLogits(*reference, referenceHidden.narrow(0, row, rowCount)) : Tensor();
        if (logits.scalar_type() == at::kFloat)
            addRows<float>(logits, part, other, all);
        else
            addRows<rows::Bits16>(logits, part, other, all);
    }
    return all;
}

} // namespace tessera::nn
