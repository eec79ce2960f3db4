// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/evaluation.h"

#include "engine/base/error.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/jobs/network_model.h"
#include "engine/jobs/replacements.h"
#include "engine/jobs/worker_process.h"
#include "engine/text/corpus.h"
#include "engine/text/token_file.h"

namespace tessera {
namespace {

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
