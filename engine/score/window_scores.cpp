// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/score/window_scores.h"

#include "engine/nn/row_figures.h"
#include "engine/score/score_memory.h"

#include <algorithm>

namespace tessera {
namespace {

/// One value per row for each metric that logits give.
struct RowScores {
    std::vector<double> divergence, loss, accuracy;
};

template <typename T>
void scoreRow(const ParentPass &pass, const nn::Tensor &differences, std::int64_t first, std::int64_t row, RowScores &scores)
{
    const std::int64_t vocabulary = differences.size(1);
    const auto index = static_cast<std::size_t>(first + row);
    const RowSummary &parent = pass.rows[index];
    const T *logits = static_cast<const T *>(pass.logits.data_ptr()) + (first + row) * vocabulary;
    const T *change = static_cast<const T *>(differences.data_ptr()) + row * vocabulary;
    const RowDamage damage = damageOfRow(logits, change, vocabulary, parent.logSumExp);
    const std::int64_t target = pass.targets[index];
    const double targetChange = differences.scalar_type() == at::kFloat
        ? static_cast<double>(*(reinterpret_cast<const float *>(change) + target))
        : static_cast<double>(static_cast<float>(*(reinterpret_cast<const at::BFloat16 *>(change) + target)));
    scores.divergence[index] = damage.klDivergence;
    scores.loss[index] = damage.logShift - targetChange;
    scores.accuracy[index] = (parent.argmax == target ? 1.0 : 0.0) - (damage.argmax == target ? 1.0 : 0.0);
}

/// The same for rows on a device of their own, by its kernel.
void scoreRowsElsewhere(const ParentPass &pass, const nn::Tensor &differences, std::int64_t first, RowScores &scores)
{
    const auto begin = pass.targets.begin() + first;
    const std::vector<std::int64_t> targets(begin, begin + differences.size(0));
    const auto figures = nn::rowFigures(pass.logits.narrow(0, first, differences.size(0)), differences, nn::OtherRows::Changes,
                                        at::tensor(targets, at::kLong));
    for (std::size_t row = 0; row < figures.size(); ++row) {
        const std::size_t index = static_cast<std::size_t>(first) + row;
        scores.divergence[index] = figures[row].kl;
        scores.loss[index] = figures[row].lossChange;
        scores.accuracy[index] =
            (pass.rows[index].argmax == targets[row] ? 1.0 : 0.0) - (figures[row].otherArgmax == targets[row] ? 1.0 : 0.0);
    }
}

RowScores rowScores(const nn::Model &model, const ParentPass &pass, const nn::Tensor &change, HeadBuffer &buffer)
{
    const std::int64_t rows = change.size(0), vocabulary = model.head.size(0);
    if (!buffer.differences.defined())
        buffer.differences = at::empty({kDifferenceRows, vocabulary}, model.head.options());
    RowScores scores;
    for (std::vector<double> *values : {&scores.divergence, &scores.loss, &scores.accuracy})
        values->resize(static_cast<std::size_t>(rows));
    for (std::int64_t first = 0; first < rows; first += kDifferenceRows) {
        const std::int64_t count = std::min(kDifferenceRows, rows - first);
        const nn::Tensor differences = buffer.differences.narrow(0, 0, count);
        headInto(model, change.narrow(0, first, count), differences);
        if (!differences.is_cpu()) {
            scoreRowsElsewhere(pass, differences, first, scores);
            continue;
        }
        forEachRow(count, [&](std::int64_t row) {
            if (differences.scalar_type() == at::kFloat)
                scoreRow<float>(pass, differences, first, row, scores);
            else
                scoreRow<BFloat16Bits>(pass, differences, first, row, scores);
        });
    }
    return scores;
}

std::vector<double> hiddenDistances(const nn::Tensor &parent, const nn::Tensor &child)
{
    if (!parent.is_cpu())
        return nn::cosineDistances(parent, child);
    const std::int64_t columns = parent.size(1);
    std::vector<double> distances(static_cast<std::size_t>(parent.size(0)));
    forEachRow(parent.size(0), [&](std::int64_t row) {
        distances[static_cast<std::size_t>(row)] =
            cosineDistance(parent.data_ptr<float>() + row * columns, child.data_ptr<float>() + row * columns, columns);
    });
    return distances;
}

/// Mean over the rows of each window.
std::vector<double> windowMeans(const std::vector<double> &rows, std::int64_t windows)
{
    const std::size_t each = rows.size() / static_cast<std::size_t>(windows);
    std::vector<double> means;
    for (std::size_t first = 0; first < rows.size(); first += each) {
        double sum = 0;
        for (std::size_t row = first; row < first + each; ++row)
            sum += rows[row];
        means.push_back(sum / static_cast<double>(each));
    }
    return means;
}

} // namespace

const std::vector<std::string> &scoreMetrics()
{
    static const std::vector<std::string> kNames{"kl_div", "lm_loss", "hidden_cosine", "accuracy_loss"};
    return kNames;
}

bool needsLogits(const std::string &metric) { return metric != "hidden_cosine"; }

WindowScores scoreWindows(const nn::Model &model, const ParentPass &pass, const nn::Tensor &stream,
                          const std::vector<std::string> &metrics, HeadBuffer &buffer)
{
    const nn::Tensor hidden = predictingHidden(model, stream);
    RowScores rows;
    if (std::any_of(metrics.begin(), metrics.end(), needsLogits))
        rows = rowScores(model, pass, hidden - pass.hidden, buffer);
    WindowScores scores;
    for (const std::string &metric : metrics)
        scores[metric] = windowMeans(metric == "kl_div"          ? rows.divergence
                                         : metric == "lm_loss"   ? rows.loss
                                         : metric == "accuracy_loss" ? rows.accuracy
                                                                     : hiddenDistances(pass.hidden, hidden),
                                     stream.size(0));
    return scores;
}

} // namespace tessera
