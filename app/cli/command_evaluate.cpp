// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"
#include "app/cli/network_options.h"

#include "engine/jobs/evaluation.h"

#include <cmath>
#include <cstdio>
#include <memory>

namespace tessera {
namespace {

struct EvaluateOptions {
    std::vector<std::string> models;
    Evaluation evaluation;
    bool byPosition = false, perWindow = false;
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

void printFigures(const Console &console, const Json &result)
{
    console.print("predictions          " + result.at("tokens").dump());
    console.print("nll                  " + withError(result.at("nll"), result.at("nll_se"), "%.5f") + " nat a token");
    console.print("perplexity           " + withError(result.at("perplexity"), nullptr, "%.4f"));
    console.print("next-token accuracy  " + withError(result.at("next_token_accuracy"), result.at("next_token_accuracy_se"), "%.4f"));
    if (result.at("kl_to_parent").is_null())
        return;
    console.print("KL from the parent   " + withError(result.at("kl_to_parent"), result.at("kl_se"), "%.6f") + " nat a token");
    console.print("top-1 agreement      " + withError(result.at("top1_agreement"), result.at("top1_agreement_se"), "%.4f"));
}

void printPositions(const Console &console, const Json &ranges)
{
    console.print("prediction           nll                    KL from the parent");
    for (const Json &range : ranges) {
        char where[32];
        std::snprintf(where, sizeof where, "%-20s", (range.at("first").dump() + "-" + range.at("last").dump()).c_str());
        console.print(std::string(where) + " " + withError(range.at("nll"), range.at("nll_se"), "%.5f") + "    "
                      + withError(range.at("kl_to_parent"), range.at("kl_se"), "%.6f"));
    }
}

void printWindows(const Console &console, const Json &windows)
{
    console.print("window       nll  accuracy         KL  agreement");
    for (std::size_t i = 0; i < windows.at("nll").size(); ++i) {
        auto number = [&](const char *name) { return windows.at(name).is_array() ? windows.at(name)[i].get<double>() : std::nan(""); };
        char text[96];
        std::snprintf(text, sizeof text, "%6zu %9.5f %9.4f %10.6f %10.4f", i, number("nll"), number("next_token_accuracy"), number("kl"),
                      number("top1_agreement"));
        console.print(text);
    }
}

void printComparisons(const Console &console, const Json &comparisons)
{
    for (const Json &entry : comparisons) {
        auto number = [&](const char *name) { return entry.at(name).is_number() ? entry.at(name).get<double>() : std::nan(""); };
        char text[128];
        std::snprintf(text, sizeof text, ": %+.5f, 95 %% interval [%+.5f, %+.5f]", number("difference"), number("low"), number("high"));
        console.print(entry.at("figure").get<std::string>() + " of " + entry.at("a").get<std::string>() + " minus "
                      + entry.at("b").get<std::string>() + text);
    }
}

void print(const Console &console, const EvaluateOptions &options, const Json &result)
{
    const Json models = result.contains("models") ? result.at("models") : Json::array({result});
    for (const Json &model : models) {
        if (model.contains("model"))
            console.print(model.at("model").get<std::string>());
        printFigures(console, model);
        if (options.byPosition)
            printPositions(console, model.at("by_position"));
        if (options.perWindow)
            printWindows(console, model.at("windows"));
    }
    printComparisons(console, result.at("comparisons"));
}

void runCommand(EvaluateOptions &options, const Console &console)
{
    options.evaluation.run = toSettings(options.run);
    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    Json result = evaluateModels(options.evaluation, options.models, context);
    if (console.json)
        console.printJson(result);
    else
        print(console, options, result);
}

} // namespace

void addEvaluate(CLI::App &app, Console &console)
{
    auto options = std::make_shared<EvaluateOptions>();
    CLI::App *command = app.add_subcommand("evaluate", "How well a model predicts a text, and how far it is from its parent");
    command->footer("Example: tessera evaluate my-child --parent my-parent --text test.txt\n"
                    "Which is better: tessera evaluate child-a child-b --parent my-parent --text test.txt\n"
                    "What if: tessera evaluate my-parent --text test.txt --replace 3-7:ffn=width:768 --replace 9:attention=none");
    command->add_option("model", options->models, "Checkpoint folder, .gguf file or realised child; several are compared window by window")
        ->required();
    command->add_option("--text", options->evaluation.text, "Text file (UTF-8)")->required();
    command->add_option("--window", options->evaluation.window, "Tokens that the model sees at once")->capture_default_str()->check(
        CLI::Range(std::int64_t{2}, std::int64_t{1} << 31));
    command->add_option("--max-tokens", options->evaluation.maxTokens, "Tokens from the text's beginning; all where not given")->check(
        CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
    command->add_option("--parent", options->evaluation.parent, "Model to compare with: KL(parent || model)");
    command->add_option("--replace", options->evaluation.replacements,
                        "LAYERS:BLOCK to try with the paper's initialisation; may be repeated; nothing is written");
    command->add_flag("--by-position", options->byPosition,
                      "Show ranges of positions that double in length: what a longer context is worth (with --json always)");
    command->add_flag("--per-window", options->perWindow, "List every window (with --json always)");
    addNetworkOptions(*command, options->run);
    command->callback([options, &console] { runCommand(*options, console); });
}

} // namespace tessera
