// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/base/error.h"
#include "engine/jobs/check_child.h"
#include "engine/jobs/evaluation.h"
#include "engine/jobs/generation.h"
#include "engine/jobs/network_model.h"
#include "engine/jobs/realize.h"
#include "engine/search/solve.h"
#include "engine/service/asked.h"
#include "engine/service/run_settings.h"
#include "engine/store/distillations.h"
#include "engine/store/job_log.h"
#include "engine/store/solutions.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace tessera {
namespace {

namespace fs = std::filesystem;

std::optional<StoredType> storedType(const Params &params)
{
    const std::string name = params.textOr("dtype", "");
    if (name.empty())
        return std::nullopt;
    if (name != "f32" && name != "f16" && name != "bf16")
        throw badInput("\"dtype\" of a child is f32, f16 or bf16, not \"" + name + "\"");
    return name == "bf16" ? StoredType::BF16 : name == "f16" ? StoredType::F16 : StoredType::F32;
}

/// The child that children/realize asks for, in one of three ways.
std::vector<LayerChoice> choicesAsked(Call &call, const Project &project)
{
    const Params &params = call.params;
    if (params.has("solution") + params.has("scenario") + params.has("choices") != 1)
        throw badInput("say which child: one of \"solution\", \"scenario\" and \"choices\"");
    if (params.has("choices"))
        return parseChoices(params.json("choices"), "the choices");
    if (params.has("solution"))
        return choicesOfSolution(project, params.integer("solution", 1, INT64_MAX));
    const Asked asked = askedOf(call);
    const Solution solution = solve(makeProblem(asked.view->library, asked.scenario), solveOptionsOf(call));
    call.stop.throwIfRequested();
    if (!solution.found())
        throw failed("no child satisfies this scenario; solve says why");
    return solution.choices;
}

/// Evaluates on the open project's text where the request names none.
void useTestSplit(Evaluation &evaluation, const OpenProject *open)
{
    if (!open)
        throw badInput("name a text: no project is open whose own could be used");
    for (const TokenSplit &split : open->project.tokenSplits())
        if (split.name == "test")
            evaluation.tokenFile = split.file;
    if (evaluation.tokenFile.empty())
        throw badInput("name a text: the open project has none");
}

Evaluation evaluationAsked(const Params &params, const OpenProject *open, const std::string &worker)
{
    Evaluation evaluation;
    evaluation.model = params.text("model");
    evaluation.parent = params.textOr("parent", "");
    evaluation.text = params.textOr("text", "");
    evaluation.window = params.integerOr("window", 512, 2, std::int64_t{1} << 31);
    evaluation.maxTokens = params.integerOr("max_tokens", 0, 0, std::int64_t{1} << 40);
    evaluation.replacements = params.textsOr("replace", {});
    evaluation.run = runSettingsOf(params);
    evaluation.workerCommand = worker;
    if (evaluation.text.empty())
        useTestSplit(evaluation, open);
    return evaluation;
}

/// Text that comes token by token; what is no whole character yet waits for the rest.
class TextPieces {
public:
    explicit TextPieces(const std::optional<Tokenizer> &tokenizer) : m_tokenizer(tokenizer) {}
    Json next(std::int64_t token)
    {
        const auto id = static_cast<TokenId>(token);
        if (!m_tokenizer || id < 0 || id >= m_tokenizer->vocabulary() || m_tokenizer->isSpecial(id))
            return m_tokenizer ? Json("") : Json();
        m_pending += m_tokenizer->bytesOf(id);
        // At most three bytes are missing of a character; what stays wrong beyond that is shown as such.
        std::size_t whole = m_pending.size();
        while (whole > 0 && m_pending.size() - whole < 3 && !isValidUtf8(std::string_view(m_pending).substr(0, whole)))
            --whole;
        if (!isValidUtf8(std::string_view(m_pending).substr(0, whole)))
            whole = m_pending.size();
        std::string text = replaceInvalidUtf8(std::string_view(m_pending).substr(0, whole));
        m_pending.erase(0, whole);
        return text;
    }

private:
    const std::optional<Tokenizer> &m_tokenizer;
    std::string m_pending;
};

Generation generationAsked(const Params &params, const std::string &worker)
{
    Generation generation;
    generation.model = modelPath(params.text("model"));
    if (params.has("prompt") == params.has("tokens"))
        throw badInput("give what is to be continued: either \"prompt\" or \"tokens\"");
    if (params.has("prompt"))
        generation.prompt = params.text("prompt");
    else
        for (const Json &token : params.json("tokens")) {
            if (!token.is_number_integer())
                throw InvalidParams("\"tokens\" of children/generate must be an array of whole numbers");
            generation.tokens.push_back(token.get<std::int64_t>());
        }
    generation.maxTokens = params.integer("max_tokens", 1, std::int64_t{1} << 31);
    generation.temperature = params.numberIf("temperature", 1e-6, 1e6);
    generation.ignoreEnd = params.flagOr("ignore_eos", false);
    generation.run = runSettingsOf(params);
    generation.workerCommand = worker;
    return generation;
}

} // namespace

namespace methods {

Json listChildren(Call &call)
{
    auto open = call.session.project(call.stop);
    Json children = Json::array();
    const std::map<std::string, Json> distillations = distillationsOf(open->project);
    std::error_code ignored;
    for (const ChildRecord &child : childrenOf(open->project))
        children.push_back({{"id", child.id},
                            {"solution", child.solution ? Json(*child.solution) : Json()},
                            {"path", child.path},
                            {"exists", fs::exists(child.path, ignored)},
                            {"choices", child.choices},
                            {"refitted", child.refitted},
                            {"parameters", child.parameters},
                            {"predicted", child.predicted},
                            {"measured", child.measured},
                            {"distilled", distillations.contains(child.path) ? distillations.at(child.path) : Json()},
                            {"created", child.created}});
    return {{"children", std::move(children)}};
}

Json realize(Call &call)
{
    auto open = call.session.project(call.stop);
    RealizeOptions options;
    options.out = call.params.text("out");
    options.refit = call.params.flagOr("refit", true);
    options.refitTokens = call.params.integerIf("refit_tokens", 1, INT64_MAX);
    options.type = storedType(call.params);
    options.solution = call.params.integerIf("solution", 1, INT64_MAX);
    options.workerCommand = call.session.options().workerCommand;
    options.threads = static_cast<int>(call.params.integerOr("threads", 0, 0, 4096));
    const RealizedChild child = realizeChild(open->project, choicesAsked(call, open->project), options, call.context());
    return {{"path", child.path.string()}, {"parameters", child.parameters}, {"predicted", child.predicted}};
}

Json evaluate(Call &call)
{
    auto open = call.session.projectIfOpen(call.stop);
    return evaluateModel(evaluationAsked(call.params, open.get(), call.session.options().workerCommand), call.context());
}

Json checkChildOf(Call &call)
{
    auto open = call.session.project(call.stop);
    ChildCheck order;
    order.child = call.params.text("child");
    order.maxTokens = call.params.integerOr("max_tokens", 0, 0, std::int64_t{1} << 40);
    order.measure = call.params.flagOr("measure", true);
    order.measureSeconds = call.params.numberOr("measure_seconds", order.measureSeconds, 1e-3, 1e6);
    order.threads = static_cast<int>(call.params.integerOr("threads", 0, 0, 4096));
    WorkerOptions how;
    how.command = call.session.options().workerCommand;
    WorkerProcess worker(how, call.stop);
    return checkChild(open->project, order, worker, call.context());
}

Json generate(Call &call)
{
    const Generation generation = generationAsked(call.params, call.session.options().workerCommand);
    const std::optional<Tokenizer> tokenizer = tokenizerOf(generation.model);
    TextPieces pieces(tokenizer);
    WorkContext context = call.context();
    context.item = [&](const Json &item) {
        const auto token = item.at("token").get<std::int64_t>();
        call.item({{"token", token}, {"text", pieces.next(token)}});
    };
    return generateText(generation, tokenizer, context);
}

} // namespace methods
} // namespace tessera
