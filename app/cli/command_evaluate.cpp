// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"
#include "app/cli/network_options.h"

#include "engine/base/error.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/jobs/worker_process.h"
#include "engine/text/corpus.h"
#include "engine/text/token_file.h"

#include <cstdio>
#include <memory>
#include <set>

namespace tessera {
namespace {

struct EvaluateOptions {
    std::string model, parent, text;
    std::vector<std::string> replacements;
    std::int64_t maxTokens = 0;
    std::int64_t window = 512;
    NetworkOptions run;
};

/// "3-7:attention=gqa:1+ffn=none" as sources whose weights the worker makes.
std::vector<SubBlockSource> replacementsOf(const std::vector<std::string> &texts, const ModelConfig &config)
{
    std::vector<SubBlockSource> sources;
    std::set<std::pair<std::int64_t, Part>> named;
    for (const std::string &text : texts) {
        std::size_t colon = text.find(':');
        if (colon == std::string::npos)
            throw badInput("--replace \"" + text + "\": write LAYERS:BLOCK, 3-7:attention=none say");
        for (std::int64_t layer : parseLayers(text.substr(0, colon), config.layers))
            for (const Variant &variant : parseBlock(config, text.substr(colon + 1))) {
                std::string why = whyImpossible(config, variant);
                if (!why.empty())
                    throw badInput("--replace \"" + text + "\": " + why);
                if (!named.insert({layer, variant.part}).second)
                    throw badInput("--replace names the " + toString(variant.part) + " of layer " + std::to_string(layer)
                                   + " twice");
                sources.push_back({layer, variant, Origin::Paper, "", ""});
            }
    }
    return sources;
}

void writeText(const EvaluateOptions &options, const EvaluateRequest &request, const Console &console)
{
    std::optional<Tokenizer> tokenizer = tokenizerOf(request.model);
    if (!tokenizer)
        throw badInput(options.model + " has no tokenizer.json, so no text can be evaluated");
    std::vector<TokenId> tokens = encodeTextFile(*tokenizer, options.text, options.maxTokens, console.stop(), console.progress());
    if (static_cast<std::int64_t>(tokens.size()) < options.window)
        throw badInput(options.text + " has " + std::to_string(tokens.size()) + " tokens to evaluate, fewer than one window of "
                       + std::to_string(options.window) + ": use a longer text or a smaller --window");
    writeTokenFile(request.tokenFile, tokens);
}

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

void runCommand(const EvaluateOptions &options, const Console &console)
{
    EvaluateRequest request;
    request.model = modelPath(options.model);
    request.parent = options.parent.empty() ? "" : modelPath(options.parent);
    request.maxTokens = options.maxTokens;
    request.window = options.window;
    request.run = toSettings(options.run);
    if (!options.replacements.empty())
        request.replacements = replacementsOf(options.replacements, Checkpoint::open(request.model).config());
    TemporaryFolder folder;
    request.tokenFile = folder.file("tokens");
    writeText(options, request, console);

    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    Json result = WorkerProcess({}, console.stop()).call("evaluate", toJson(request), context);
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
    command->add_option("model", options->model, "Checkpoint folder, .gguf file or realised child")->required();
    command->add_option("--text", options->text, "Text file (UTF-8)")->required();
    command->add_option("--window", options->window, "Tokens that the model sees at once")->capture_default_str()->check(
        CLI::Range(std::int64_t{2}, std::int64_t{1} << 31));
    command->add_option("--max-tokens", options->maxTokens, "Tokens from the text's beginning; all where not given")->check(
        CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
    command->add_option("--parent", options->parent, "Model to compare with: KL(parent || model)");
    command->add_option("--replace", options->replacements,
                        "LAYERS:BLOCK to try with the paper's initialisation; may be repeated; nothing is written");
    addNetworkOptions(*command, options->run);
    command->callback([options, &console] { runCommand(*options, console); });
}

} // namespace tessera
