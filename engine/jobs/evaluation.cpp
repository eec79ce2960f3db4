// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/evaluation.h"

#include "engine/base/error.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/jobs/network_model.h"
#include "engine/jobs/worker_process.h"
#include "engine/text/corpus.h"
#include "engine/text/token_file.h"

#include <set>
#include <utility>

namespace tessera {
namespace {

/// "3-7:attention=gqa:1+ffn=none" as sources whose weights the worker makes.
std::vector<SubBlockSource> replacementsOf(const std::vector<std::string> &texts, const ModelConfig &config)
{
    std::vector<SubBlockSource> sources;
    std::set<std::pair<std::int64_t, Part>> named;
    for (const std::string &text : texts) {
        const std::string who = "the replacement \"" + text + "\"";
        std::size_t colon = text.find(':');
        if (colon == std::string::npos)
            throw badInput(who + ": write LAYERS:BLOCK, 3-7:attention=none say");
        for (std::int64_t layer : parseLayers(text.substr(0, colon), config.layers))
            for (const Variant &variant : parseBlock(config, text.substr(colon + 1))) {
                std::string why = whyImpossible(config, variant);
                if (!why.empty())
                    throw badInput(who + ": " + why);
                if (!named.insert({layer, variant.part}).second)
                    throw badInput(who + " names the " + toString(variant.part) + " of layer " + std::to_string(layer) + " twice");
                sources.push_back({layer, variant, Origin::Paper, "", ""});
            }
    }
    return sources;
}

void writeText(const Evaluation &evaluation, const EvaluateRequest &request, const WorkContext &context)
{
    std::optional<Tokenizer> tokenizer = tokenizerOf(request.model);
    if (!tokenizer)
        throw badInput(evaluation.model + " has no tokenizer.json, so no text can be evaluated");
    std::vector<TokenId> tokens = encodeTextFile(*tokenizer, evaluation.text, evaluation.maxTokens, context.stop, context.progress);
    if (static_cast<std::int64_t>(tokens.size()) < evaluation.window)
        throw badInput(evaluation.text + " has " + std::to_string(tokens.size()) + " tokens to evaluate, fewer than one window of "
                       + std::to_string(evaluation.window) + ": use a longer text or a smaller window");
    writeTokenFile(request.tokenFile, tokens);
}

} // namespace

Json evaluateModel(const Evaluation &evaluation, const WorkContext &context)
{
    if (evaluation.text.empty() && evaluation.tokenFile.empty())
        throw badInput("name a text to evaluate the model on");
    EvaluateRequest request;
    request.model = modelPath(evaluation.model);
    request.parent = evaluation.parent.empty() ? "" : modelPath(evaluation.parent);
    request.tokenFile = evaluation.tokenFile;
    request.maxTokens = evaluation.maxTokens;
    request.window = evaluation.window;
    request.run = evaluation.run;
    if (!evaluation.replacements.empty())
        request.replacements = replacementsOf(evaluation.replacements, Checkpoint::open(request.model).config());
    TemporaryFolder folder;
    if (!evaluation.text.empty()) {
        request.tokenFile = folder.file("tokens");
        writeText(evaluation, request, context);
    }
    WorkerOptions how;
    how.command = evaluation.workerCommand;
    return WorkerProcess(how, context.stop).call("evaluate", toJson(request), context);
}

} // namespace tessera
