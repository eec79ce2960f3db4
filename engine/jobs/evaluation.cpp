// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/evaluation.h"

#include "engine/base/error.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/jobs/network_model.h"
#include "engine/jobs/paired_difference.h"
#include "engine/jobs/replacements.h"
#include "engine/jobs/worker_process.h"
#include "engine/text/corpus.h"
#include "engine/text/token_file.h"

#include <optional>
#include <utility>

namespace tessera {
namespace {

std::vector<TokenId> encode(const Evaluation &evaluation, const Tokenizer &tokenizer, const WorkContext &context)
{
    std::vector<TokenId> tokens = encodeTextFile(tokenizer, evaluation.text, evaluation.maxTokens, context.stop, context.progress);
    if (static_cast<std::int64_t>(tokens.size()) < evaluation.window)
        throw badInput(evaluation.text + " has " + std::to_string(tokens.size()) + " tokens to evaluate, fewer than one window of "
                       + std::to_string(evaluation.window) + ": use a longer text or a smaller window");
    return tokens;
}

/// The text's tokens, which are the same for all models that come with a tokenizer.
std::vector<TokenId> tokensOf(const Evaluation &evaluation, const std::vector<std::string> &models, const WorkContext &context)
{
    std::optional<Tokenizer> first = tokenizerOf(modelPath(models.front()));
    if (!first)
        throw badInput(models.front() + " has no tokenizer.json, so no text can be evaluated");
    std::vector<TokenId> tokens = encode(evaluation, *first, context);
    for (std::size_t i = 1; i < models.size(); ++i) {
        std::optional<Tokenizer> other = tokenizerOf(modelPath(models[i]));
        bool same = !other || other->toJson() == first->toJson() || encode(evaluation, *other, context) == tokens;
        if (!same)
            throw badInput(models[i] + " cuts the text into other tokens than " + models.front()
                           + ": only models with the same tokenizer can be compared");
    }
    return tokens;
}

EvaluateRequest requestOf(const Evaluation &evaluation, const std::string &model)
{
    EvaluateRequest request;
    request.model = modelPath(model);
    request.parent = evaluation.parent.empty() ? "" : modelPath(evaluation.parent);
    request.tokenFile = evaluation.tokenFile;
    request.maxTokens = evaluation.maxTokens;
    request.window = evaluation.window;
    request.run = evaluation.run;
    if (!evaluation.replacements.empty())
        request.replacements = replacementsOf(evaluation.replacements, Checkpoint::open(request.model).config());
    return request;
}

std::vector<double> windowsOf(const Json &result, const char *name)
{
    const Json &values = result.at("windows").at(name);
    return values.is_array() ? values.get<std::vector<double>>() : std::vector<double>();
}

/// Adds a - b where both have the figure.
void compare(Json &list, const std::string &figure, std::pair<std::string, std::vector<double>> a,
             std::pair<std::string, std::vector<double>> b)
{
    if (a.second.empty() || b.second.empty())
        return;
    Json entry = toJson(pairedDifference(a.second, b.second));
    entry["a"] = a.first;
    entry["b"] = b.first;
    entry["figure"] = figure;
    list.push_back(entry);
}

void compareWithParent(Json &list, const Evaluation &evaluation, const std::string &model, const Json &result)
{
    const std::string parent = evaluation.parent.empty() ? model : evaluation.parent;
    const std::string child = evaluation.replacements.empty() ? model : "with replacements";
    compare(list, "nll", {child, windowsOf(result, "nll")}, {parent, windowsOf(result, "parent_nll")});
    compare(list, "next_token_accuracy", {child, windowsOf(result, "next_token_accuracy")},
            {parent, windowsOf(result, "parent_next_token_accuracy")});
}

/// Runs one worker for all models; the results in their order.
std::vector<Json> evaluateEach(Evaluation evaluation, const std::vector<std::string> &models, const WorkContext &context)
{
    if (evaluation.text.empty() && evaluation.tokenFile.empty())
        throw badInput("name a text to evaluate the model on");
    std::vector<EvaluateRequest> requests;
    for (const std::string &model : models)
        requests.push_back(requestOf(evaluation, model));
    TemporaryFolder folder;
    if (!evaluation.text.empty()) {
        std::string file = folder.file("tokens");
        writeTokenFile(file, tokensOf(evaluation, models, context));
        for (EvaluateRequest &request : requests)
            request.tokenFile = file;
    }
    WorkerOptions how;
    how.command = evaluation.workerCommand;
    WorkerProcess worker(how, context.stop);
    std::vector<Json> results;
    for (const EvaluateRequest &request : requests)
        results.push_back(worker.call("evaluate", toJson(request), context));
    return results;
}

} // namespace

Json evaluateModel(const Evaluation &evaluation, const WorkContext &context)
{
    Json result = evaluateEach(evaluation, {evaluation.model}, context).front();
    result["comparisons"] = Json::array();
    compareWithParent(result["comparisons"], evaluation, evaluation.model, result);
    return result;
}

Json evaluateModels(const Evaluation &evaluation, const std::vector<std::string> &models, const WorkContext &context)
{
    if (models.empty())
        throw badInput("name a model to evaluate");
    if (models.size() > 1 && !evaluation.replacements.empty())
        throw badInput("replacements are tried in one model at a time");
    if (models.size() == 1) {
        Evaluation single = evaluation;
        single.model = models.front();
        return evaluateModel(single, context);
    }
    std::vector<Json> results = evaluateEach(evaluation, models, context);
    Json whole = results.front(), comparisons = Json::array();
    for (std::size_t i = 0; i < models.size(); ++i) {
        Json each = results[i];
        each["model"] = models[i];
        whole["models"].push_back(each);
        compareWithParent(comparisons, evaluation, models[i], results[i]);
        for (std::size_t k = 0; k < i; ++k)
            for (const char *figure : {"nll", "next_token_accuracy", "kl", "top1_agreement"})
                compare(comparisons, figure, {models[i], windowsOf(results[i], figure)}, {models[k], windowsOf(results[k], figure)});
    }
    whole["comparisons"] = comparisons;
    return whole;
}

} // namespace tessera
