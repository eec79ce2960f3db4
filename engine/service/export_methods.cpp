// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/base/error.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/interop/export.h"
#include "engine/interop/lint.h"
#include "engine/jobs/network_model.h"
#include "engine/service/asked.h"

#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace tessera {
namespace {

/// What is to be run somewhere: a model that there is, or one that the open project could make.
struct LintSubject {
    std::vector<LayerChoice> layers;
    std::optional<ModelConfig> config;
};

LintSubject subjectAsked(Call &call)
{
    const Params &params = call.params;
    if (params.has("model") + params.has("solution") + params.has("choices") != 1)
        throw badInput("say which child: one of \"model\", \"solution\" and \"choices\"");
    if (params.has("model")) {
        const Checkpoint model = Checkpoint::open(modelPath(params.text("model")));
        return {model.architecture().layers, model.config()};
    }
    auto open = call.session.project(call.stop);
    auto view = open->library();
    LintSubject subject{params.has("choices") ? parseChoices(params.json("choices"), "the choices")
                                              : choicesOfSolution(open->project, params.integer("solution", 1, INT64_MAX)),
                        view->config};
    if (subject.layers.size() != view->library->layers.size())
        throw badInput("the child has " + std::to_string(subject.layers.size()) + " layers, its parent "
                       + std::to_string(view->library->layers.size()));
    return subject;
}

Json verdictsOn(const LintSubject &subject, const std::string &runtime)
{
    std::vector<Runtime> runtimes(std::begin(kRuntimes), std::end(kRuntimes));
    if (!runtime.empty())
        runtimes = {parseRuntime(runtime)};
    Json verdicts = Json::array();
    for (Runtime one : runtimes)
        verdicts.push_back(toJson(lint(subject.layers, subject.config, one)));
    return verdicts;
}

} // namespace

namespace methods {

Json exportChild(Call &call)
{
    ExportOptions options;
    options.format = parseExportFormat(call.params.text("format"));
    options.out = call.params.text("out");
    if (call.params.has("dtype"))
        options.type = parseExportType(call.params.text("dtype"));
    options.tokenizer = call.params.flagOr("tokenizer", true);
    options.stop = call.stop;
    options.progress = call.progress;
    const Checkpoint model = Checkpoint::open(modelPath(call.params.text("model")));
    const Exported exported = exportModel(model, options);
    return {{"path", exported.path.string()},
            {"kind", exported.kind},
            {"lint", verdictsOn({model.architecture().layers, model.config()}, "")}};
}

Json lintChild(Call &call) { return {{"lint", verdictsOn(subjectAsked(call), call.params.textOr("runtime", ""))}}; }

} // namespace methods
} // namespace tessera
