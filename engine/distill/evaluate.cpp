// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/distill/evaluate.h"

#include "engine/base/error.h"
#include "engine/nn/batches.h"
#include "engine/nn/replace.h"
#include "engine/nn/run.h"
#include "engine/text/token_file.h"

#include <algorithm>
#include <cmath>

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

/// The number of layers at the beginning whose tensors both models share.
std::int64_t sharedLayers(const nn::Model &a, const nn::Model &b)
{
    auto same = [](const nn::SubBlock &x, const nn::SubBlock &y) {
        return x.variant == y.variant
            && std::all_of(x.tensors.begin(), x.tensors.end(),
                           [&](const auto &item) { return item.second.is_same(y.at(item.first)); });
    };
    std::size_t count = 0;
    if (!a.embedding.is_same(b.embedding))
        return 0;
    while (count < a.layers.size() && count < b.layers.size() && same(a.layers[count].attention, b.layers[count].attention)
           && same(a.layers[count].ffn, b.layers[count].ffn))
        ++count;
    return static_cast<std::int64_t>(count);
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

Evaluation evaluate(const nn::Model &model, const nn::Model *parent, const Windows &windows, const WorkContext &context)
{
    at::NoGradGuard noGrad;
    Evaluation result;
    std::int64_t count = windows.tokens.size(0), length = windows.tokens.size(1);
    result.positions = doublingRanges(length - 1);
    std::int64_t batch = std::max<std::int64_t>(1, kTokensAtOnce / length);
    std::int64_t shared = parent ? sharedLayers(model, *parent) : 0;
    nn::Rope rope = nn::makeRope(model.config, length);
    nn::Rope parentRope = parent ? nn::makeRope(parent->config, length) : nn::Rope();
    result.note = nn::forBatches(count, batch, [&](std::int64_t first, std::int64_t rows) {
        context.stop.throwIfRequested();
        at::Tensor tokens = windows.tokens.narrow(0, first, rows);
        at::Tensor targets = tokens.narrow(1, 1, length - 1).reshape({-1});
        at::Tensor x = nn::applyLayers(model, nn::embed(model, tokens), rope, 0, shared);
        at::Tensor hidden = predicting(model, nn::applyLayers(model, x, rope, shared));
        at::Tensor parentHidden;
        if (parent) {
            at::Tensor start = shared > 0 ? x : nn::embed(*parent, tokens);
            parentHidden = predicting(*parent, nn::applyLayers(*parent, start, parentRope, shared));
        }
        addWindows(result, nn::tokenLosses(model, hidden, targets, parent, parentHidden), length - 1);
        context.progress({"evaluating", (first + rows) * length, count * length, "tokens", ""});
    });
    return result;
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

Json runEvaluate(const EvaluateRequest &request, const WorkContext &context)
{
    at::NoGradGuard noGrad;
    at::ScalarType dtype = nn::beginRun(request.run);
    Checkpoint checkpoint = Checkpoint::open(request.model);
    TokenFile file(request.tokenFile, checkpoint.config().vocabulary);
    distill::Windows windows = distill::cutWindows(file.tokens(), request.window, request.maxTokens);
    nn::Model model = nn::loadModel(checkpoint, dtype);
    context.stop.throwIfRequested();
    std::optional<nn::Model> parent;
    if (!request.parent.empty()) {
        Checkpoint parentCheckpoint = Checkpoint::open(request.parent);
        if (parentCheckpoint.config().vocabulary != model.config.vocabulary)
            throw badInput(request.parent + " has a vocabulary of " + std::to_string(parentCheckpoint.config().vocabulary)
                           + ", " + request.model + " one of " + std::to_string(model.config.vocabulary)
                           + ": KL needs the same");
        parent = nn::loadModel(parentCheckpoint, dtype);
    } else if (!request.replacements.empty()) {
        parent = model;
    }
    if (!request.replacements.empty())
        model = nn::replaceSubBlocks(model, *parent, request.replacements, windows.tokens, context);
    return distill::toJson(distill::evaluate(model, parent ? &*parent : nullptr, windows, context));
}

} // namespace tessera
