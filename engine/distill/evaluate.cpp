// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/distill/evaluate.h"

#include "engine/base/error.h"
#include "engine/nn/batches.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera {
namespace distill {
namespace {

/// Tokens that go through a network at once: enough for the products to be large, few enough for the caches.
constexpr std::int64_t kTokensAtOnce = 512;
constexpr std::int64_t kFirstRange = 32;

double meanOf(const double *values, std::int64_t count)
{
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i)
        sum += values[i];
    return sum / static_cast<double>(count);
}

/// Hidden states that predict something, [windows * (length - 1), hidden].
at::Tensor predicting(const nn::Model &model, const at::Tensor &x)
{
    return nn::finalHidden(model, x.narrow(1, 0, x.size(1) - 1)).reshape({-1, x.size(2)});
}

/// Appends the mean of predictions [first, last] of each window.
template <typename T>
void addMeans(std::vector<double> &means, const std::vector<T> &values, std::int64_t predictions, const PositionRange &range)
{
    const std::vector<double> all(values.begin(), values.end());
    auto each = static_cast<std::size_t>(predictions);
    for (std::size_t window = 0; window < all.size(); window += each)
        means.push_back(meanOf(all.data() + window + range.first, range.last - range.first + 1));
}

void addMeans(WindowMeans &means, const nn::TokenLosses &losses, std::int64_t predictions, const PositionRange &range)
{
    addMeans(means.nll, losses.nll, predictions, range);
    addMeans(means.accuracy, losses.correct, predictions, range);
    addMeans(means.kl, losses.kl, predictions, range);
    addMeans(means.parentNll, losses.referenceNll, predictions, range);
    addMeans(means.parentAccuracy, losses.referenceCorrect, predictions, range);
    addMeans(means.agreement, losses.agree, predictions, range);
}

} // namespace

void addWindows(Evaluation &evaluation, const nn::TokenLosses &losses, std::int64_t predictions)
{
    addMeans(evaluation.means, losses, predictions, {0, predictions - 1, {}});
    for (PositionRange &range : evaluation.positions)
        addMeans(range.means, losses, predictions, range);
    evaluation.predictions += static_cast<std::int64_t>(losses.nll.size());
}

std::int64_t windowsAtOnce(std::int64_t length) { return std::max<std::int64_t>(1, kTokensAtOnce / length); }

std::vector<PositionRange> doublingRanges(std::int64_t predictions)
{
    std::vector<PositionRange> ranges;
    for (std::int64_t first = 0, end = kFirstRange; first < predictions; first = end, end *= 2)
        ranges.push_back({first, std::min(end, predictions) - 1, {}});
    return ranges;
}

Windows cutWindows(std::span<const std::int32_t> tokens, std::int64_t length, std::int64_t maxTokens)
{
    if (length < 2)
        throw badInput("a window of " + std::to_string(length) + " tokens predicts nothing: use at least 2");
    auto count = static_cast<std::int64_t>(tokens.size());
    if (maxTokens > 0)
        count = std::min(count, maxTokens);
    if (count < length)
        throw badInput("the text has " + std::to_string(count) + " tokens, fewer than one window of " + std::to_string(length)
                       + ": use a longer text or a shorter window");
    std::int64_t windows = count / length;
    at::Tensor all = at::empty({windows, length}, at::kLong);
    std::copy_n(tokens.begin(), windows * length, all.data_ptr<std::int64_t>());
    return {all};
}

Evaluation evaluate(const nn::Model &model, const nn::Model *parent, const Windows &windows, std::int64_t together,
                    const PassLayers &passLayers, const WorkContext &context)
{
    at::NoGradGuard noGrad;
    Evaluation result;
    const std::int64_t count = windows.tokens.size(0), length = windows.tokens.size(1), batch = windowsAtOnce(length);
    result.positions = doublingRanges(length - 1);
    const auto say = [&](double windowsDone) {
        context.progress({"evaluating", static_cast<std::int64_t>(windowsDone * static_cast<double>(length)), count * length, "tokens", ""});
    };
    result.note = nn::forBatches(count, together * batch, [&](std::int64_t first, std::int64_t group) {
        std::vector<at::Tensor> batches;
        for (std::int64_t offset = 0; offset < group; offset += batch)
            batches.push_back(windows.tokens.narrow(0, first + offset, std::min(batch, group - offset)));
        Streams streams = passLayers(batches, [&](double share) {
            context.stop.throwIfRequested();
            if (batches.size() > 1)
                say(static_cast<double>(first) + share * static_cast<double>(group));
        });
        std::vector<nn::TokenLosses> losses;
        for (std::size_t i = 0; i < batches.size(); ++i) {
            context.stop.throwIfRequested();
            const at::Tensor targets = batches[i].narrow(1, 1, length - 1).reshape({-1});
            const at::Tensor hidden = predicting(model, std::exchange(streams.own[i], {}));
            const at::Tensor parentHidden = parent ? predicting(*parent, std::exchange(streams.parent[i], {})) : at::Tensor();
            losses.push_back(nn::tokenLosses(model, hidden, targets, parent, parentHidden));
        }
        for (const nn::TokenLosses &each : losses)
            addWindows(result, each, length - 1);
        say(static_cast<double>(first + group));
    });
    return result;
}

Evaluation evaluate(const nn::Model &model, const nn::Model *parent, const Windows &windows, const WorkContext &context)
{
    const auto past = [&](const nn::Model &network, const std::vector<at::Tensor> &batches) {
        const nn::Rope rope = nn::makeRope(network.config, windows.tokens.size(1));
        std::vector<at::Tensor> streams;
        for (const at::Tensor &tokens : batches)
            streams.push_back(nn::applyLayers(network, nn::embed(network, tokens), rope));
        return streams;
    };
    const PassLayers passLayers = [&](const std::vector<at::Tensor> &batches, const std::function<void(double)> &between) {
        between(0);
        return Streams{past(model, batches), parent ? past(*parent, batches) : std::vector<at::Tensor>()};
    };
    return evaluate(model, parent, windows, 1, passLayers, context);
}

MeanAndError meanAndError(std::span<const double> values)
{
    auto count = static_cast<std::int64_t>(values.size());
    if (count == 0)
        throw failed("the mean of no values does not exist");
    MeanAndError result{meanOf(values.data(), count), std::nullopt};
    if (count < 2)
        return result;
    double squares = 0;
    for (double value : values)
        squares += (value - result.mean) * (value - result.mean);
    auto n = static_cast<double>(count);
    result.standardError = std::sqrt(squares / (n - 1) / n);
    return result;
}

namespace {

Json orNull(std::optional<double> value) { return value && std::isfinite(*value) ? Json(*value) : Json(nullptr); }

void addFigure(Json &json, const std::string &name, const std::string &error, std::span<const double> values)
{
    std::optional<MeanAndError> figure;
    if (!values.empty())
        figure = meanAndError(values);
    json[name] = figure ? orNull(figure->mean) : Json(nullptr);
    json[error] = figure ? orNull(figure->standardError) : Json(nullptr);
}

Json predictionJson(std::span<const double> nll, std::span<const double> accuracy)
{
    Json json;
    addFigure(json, "nll", "nll_se", nll);
    addFigure(json, "next_token_accuracy", "next_token_accuracy_se", accuracy);
    json["perplexity"] = orNull(std::exp(meanAndError(nll).mean));
    return json;
}

Json listOrNull(const std::vector<double> &values) { return values.empty() ? Json(nullptr) : Json(values); }

Json figuresJson(const WindowMeans &means)
{
    Json json = predictionJson(means.nll, means.accuracy);
    addFigure(json, "kl_to_parent", "kl_se", means.kl);
    addFigure(json, "top1_agreement", "top1_agreement_se", means.agreement);
    json["parent"] = means.parentNll.empty() ? Json(nullptr) : predictionJson(means.parentNll, means.parentAccuracy);
    if (!means.cosine.empty())
        addFigure(json, "hidden_cosine", "hidden_cosine_se", means.cosine);
    return json;
}

} // namespace

Json toJson(const Evaluation &evaluation)
{
    const WindowMeans &means = evaluation.means;
    Json json = figuresJson(means);
    json["tokens"] = evaluation.predictions;
    if (!evaluation.note.empty())
        json["note"] = evaluation.note;
    json["by_position"] = Json::array();
    for (const PositionRange &range : evaluation.positions) {
        Json figures = figuresJson(range.means);
        figures["first"] = range.first;
        figures["last"] = range.last;
        json["by_position"].push_back(figures);
    }
    json["windows"] = {{"nll", means.nll},
                       {"next_token_accuracy", means.accuracy},
                       {"kl", listOrNull(means.kl)},
                       {"top1_agreement", listOrNull(means.agreement)},
                       {"parent_nll", listOrNull(means.parentNll)},
                       {"parent_next_token_accuracy", listOrNull(means.parentAccuracy)}};
    if (!means.cosine.empty())
        json["windows"]["hidden_cosine"] = means.cosine;
    return json;
}

} // namespace distill
} // namespace tessera
