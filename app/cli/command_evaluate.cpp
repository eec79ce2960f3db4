// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"
#include "app/cli/network_options.h"

#include "engine/jobs/evaluation.h"

#include <cstdio>
#include <memory>

namespace tessera {
namespace {

struct EvaluateOptions {
    Evaluation evaluation;
    NetworkOptions run;
};

std::string withError(const Json &value, const Json &error, const char *format)
{
    char text[64];
    if (!value.is_number())
        return "unknown";
    std::snprintf(text, sizeof text, format, value.get<double>());
    std::string line = text;
    if (error.is_number()) {
        std::snprintf(text, sizeof text, format, error.get<double>());
        line += std::string(" +- ") + text;
    }
    return line;
}

void print(const Console &console, const Json &result)
{
    console.print("predictions          " + result.at("tokens").dump());
    console.print("nll                  " + withError(result.at("nll"), result.at("nll_se"), "%.5f") + " nat a token");
    console.print("perplexity           " + withError(result.at("perplexity"), nullptr, "%.4f"));
    console.print("next-token accuracy  " + withError(result.at("next_token_accuracy"), nullptr, "%.4f"));
    if (!result.at("kl_to_parent").is_null())
        console.print("KL from the parent   " + withError(result.at("kl_to_parent"), result.at("kl_se"), "%.6f") + " nat a token");
}

void runCommand(EvaluateOptions &options, const Console &console)
{
    options.evaluation.run = toSettings(options.run);
    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    Json result = evaluateModel(options.evaluation, context);
    if (console.json)
        console.printJson(result);
    else
        print(console, result);
}

} // namespace

void addEvaluate(CLI::App &app, Console &console)
{
    auto options = std::make_shared<EvaluateOptions>();
    CLI::App *command = app.add_subcommand("evaluate", "How well a model predicts a text, and how far it is from its parent");
    command->footer("Example: tessera evaluate my-child --parent my-parent --text test.txt\n"
                    "What if: tessera evaluate my-parent --text test.txt --replace 3-7:ffn=width:768 --replace 9:attention=none");
    command->add_option("model", options->evaluation.model, "Checkpoint folder, .gguf file or realised child")->required();
    command->add_option("--text", options->evaluation.text, "Text file (UTF-8)")->required();
    command->add_option("--window", options->evaluation.window, "Tokens that the model sees at once")->capture_default_str()->check(
        CLI::Range(std::int64_t{2}, std::int64_t{1} << 31));
    command->add_option("--max-tokens", options->evaluation.maxTokens, "Tokens from the text's beginning; all where not given")->check(
        CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
    command->add_option("--parent", options->evaluation.parent, "Model to compare with: KL(parent || model)");
    command->add_option("--replace", options->evaluation.replacements,
                        "LAYERS:BLOCK to try with the paper's initialisation; may be repeated; nothing is written");
    addNetworkOptions(*command, options->run);
    command->callback([options, &console] { runCommand(*options, console); });
}

} // namespace tessera
