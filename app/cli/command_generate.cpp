// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"
#include "app/cli/network_options.h"

#include "engine/base/error.h"
#include "engine/jobs/generation.h"

#include <iostream>
#include <memory>

namespace tessera {
namespace {

struct GenerateCommand {
    Generation generation;
    std::string prompt, tokens;
    double temperature = 1;
    bool greedy = false;
    std::uint64_t seed = 0;
    NetworkOptions run;
};

/// Shows tokens as they come: their text, or their ids where there is no tokenizer.
void showToken(std::int64_t token, const std::optional<Tokenizer> &tokenizer)
{
    auto id = static_cast<TokenId>(token);
    if (!tokenizer)
        std::cout << token << " " << std::flush;
    else if (id < tokenizer->vocabulary() && !tokenizer->isSpecial(id))
        std::cout << tokenizer->bytesOf(id) << std::flush;
}

void runCommand(GenerateCommand &command, const Console &console)
{
    Generation &generation = command.generation;
    generation.run = toSettings(command.run, command.seed);
    std::optional<Tokenizer> tokenizer = tokenizerOf(modelPath(generation.model));
    WorkContext context;
    context.stop = console.stop();
    if (!console.json)
        context.item = [&](const Json &item) { showToken(item.at("token").get<std::int64_t>(), tokenizer); };
    Json result = generateText(generation, tokenizer, context);
    console.print("");
    if (console.json)
        console.printJson(result);
}

} // namespace

void addGenerate(CLI::App &app, Console &console)
{
    auto options = std::make_shared<GenerateCommand>();
    CLI::App *command = app.add_subcommand("generate", "Let a model continue a text");
    command->footer("Example: tessera generate my-child --prompt \"Once upon a time\" --max-tokens 40 --temperature 0.8 --seed 1\n"
                    "Without --temperature the most probable token is taken each time.");
    command->add_option("model", options->generation.model, "Checkpoint folder, .gguf file or realised child")->required();
    CLI::Option *prompt = command->add_option("--prompt", options->prompt, "Text to continue");
    CLI::Option *tokens = command->add_option("--tokens", options->tokens, "Token ids to continue: 1,2,3 or @FILE with a JSON array");
    prompt->excludes(tokens);
    command->add_option("--max-tokens", options->generation.maxTokens, "How many tokens to add at most")->required()->check(
        CLI::Range(std::int64_t{1}, std::int64_t{1} << 31));
    CLI::Option *greedy = command->add_flag("--greedy", options->greedy, "Take the most probable token each time");
    CLI::Option *temperature = command->add_option("--temperature", options->temperature,
                                                   "Draw tokens; below 1 the probable ones more often")->check(CLI::PositiveNumber);
    greedy->excludes(temperature);
    command->add_option("--seed", options->seed, "Of the draws")->capture_default_str();
    command->add_flag("--ignore-eos", options->generation.ignoreEnd, "Go on after an end token");
    addNetworkOptions(*command, options->run);
    command->callback([options, prompt, tokens, temperature, &console] {
        if (!*prompt && !*tokens)
            throw badInput("there is nothing to continue: give --prompt or --tokens");
        if (*prompt)
            options->generation.prompt = options->prompt;
        else
            options->generation.tokens = parseTokens(options->tokens);
        if (*temperature)
            options->generation.temperature = options->temperature;
        runCommand(*options, console);
    });
}

} // namespace tessera
