// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/generation.h"

#include "engine/base/error.h"
#include "engine/jobs/network_model.h"
#include "engine/jobs/worker_process.h"

namespace tessera {
namespace {

std::vector<std::int64_t> promptOf(const Generation &generation, const std::optional<Tokenizer> &tokenizer)
{
    if (!generation.prompt)
        return generation.tokens;
    if (!tokenizer)
        throw badInput(generation.model + " has no tokenizer.json: give tokens instead of a prompt");
    std::vector<TokenId> ids = tokenizer->encode(*generation.prompt, true);
    if (ids.empty())
        throw badInput("the prompt has no tokens: give at least a word");
    return {ids.begin(), ids.end()};
}

} // namespace

Json generateText(const Generation &generation, const std::optional<Tokenizer> &tokenizer, const WorkContext &context)
{
    GenerateRequest request;
    request.model = modelPath(generation.model);
    request.tokens = promptOf(generation, tokenizer);
    request.maxTokens = generation.maxTokens;
    request.greedy = !generation.temperature;
    request.temperature = generation.temperature.value_or(request.temperature);
    request.ignoreEnd = generation.ignoreEnd;
    request.run = generation.run;
    WorkerOptions how;
    how.command = generation.workerCommand;
    Json result = WorkerProcess(how, context.stop).call("generate", toJson(request), context);
    auto tokens = result.at("tokens").get<std::vector<TokenId>>();
    return {{"tokens", tokens}, {"text", tokenizer ? Json(tokenizer->decode(tokens, true)) : Json(nullptr)}};
}

} // namespace tessera
