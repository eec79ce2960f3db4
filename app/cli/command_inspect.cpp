// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "engine/checkpoint/checkpoint.h"
#include "engine/service/model_json.h"

#include <cstdio>
#include <memory>

namespace tessera {
namespace {

/// A number with a decimal unit and three digits: "134.5 M".
std::string inUnits(std::int64_t number)
{
    double value = static_cast<double>(number);
    const char *unit = "";
    for (const char *next : {"thousand", "M", "G", "T"}) {
        if (value < 1000)
            break;
        value /= 1000;
        unit = next;
    }
    char text[48];
    std::snprintf(text, sizeof text, *unit ? "%.4g %s" : "%.0f%s", value, unit);
    return text;
}

std::string inBytes(std::int64_t bytes)
{
    double value = static_cast<double>(bytes);
    const char *unit = "bytes";
    for (const char *next : {"KiB", "MiB", "GiB", "TiB"}) {
        if (value < 1024)
            break;
        value /= 1024;
        unit = next;
    }
    char text[48];
    std::snprintf(text, sizeof text, "%.4g %s", value, unit);
    return text;
}

std::string ropeText(const ModelConfig &config)
{
    char text[160];
    const RopeScaling &scaling = config.ropeScaling;
    if (scaling.kind == RopeScaling::Kind::None)
        std::snprintf(text, sizeof text, "base %g", config.ropeBase);
    else if (scaling.kind == RopeScaling::Kind::Linear)
        std::snprintf(text, sizeof text, "base %g, linear x %g", config.ropeBase, scaling.factor);
    else
        std::snprintf(text, sizeof text, "base %g, llama3 x %g beyond %lld tokens", config.ropeBase, scaling.factor,
                      static_cast<long long>(scaling.originalContext));
    return text;
}

void printFacts(const Checkpoint &checkpoint, const Console &console)
{
    const ModelConfig &config = checkpoint.config();
    auto line = [&](const std::string &name, const std::string &value) {
        console.print("  " + name + std::string(name.size() < 14 ? 14 - name.size() : 1, ' ') + value);
    };
    auto number = [](std::int64_t value) { return std::to_string(value); };
    std::int64_t parameters = parametersOf(checkpoint.architecture());
    console.print(checkpoint.path().string() + (checkpoint.isGguf() ? " (GGUF)" : " (safetensors)"));
    line("architecture", config.architecture);
    line("parameters", inUnits(parameters) + " (" + number(parameters) + ")");
    line("weights", inBytes(checkpoint.weightBytes()) + ", mostly " + describeModel(checkpoint)["dtype"].get<std::string>());
    line("layers", number(config.layers));
    line("hidden", number(config.hidden));
    line("heads", number(config.heads) + " query, " + number(config.kvHeads) + " kv, " + number(config.headDim) + " wide");
    line("FFN width", number(config.ffnWidth));
    line("vocabulary", number(config.vocabulary) + (config.tiedEmbeddings ? ", embeddings tied" : ", embeddings and head apart"));
    line("context", number(config.context) + " tokens");
    line("rope", ropeText(config));
}

/// One line for each run of equal layers.
void printLayers(const ModelArchitecture &model, const Console &console)
{
    console.print("");
    console.print("  layers    attention   ffn           parameters each");
    for (std::size_t first = 0; first < model.layers.size();) {
        const LayerChoice &choice = model.layers[first];
        std::size_t end = first;
        while (end < model.layers.size() && model.layers[end] == choice)
            ++end;
        std::string range = std::to_string(first) + (end - first > 1 ? "-" + std::to_string(end - 1) : "");
        std::int64_t parameters = parametersOf(model.config, choice.attention) + parametersOf(model.config, choice.ffn);
        char text[160];
        std::snprintf(text, sizeof text, "  %-9s %-11s %-13s %s", range.c_str(), shortName(choice.attention).c_str(),
                      shortName(choice.ffn).c_str(), inUnits(parameters).c_str());
        console.print(text);
        first = end;
    }
}

} // namespace

void addInspect(CLI::App &app, Console &console)
{
    CLI::App *command = app.add_subcommand("inspect", "Show what a model is made of, layer by layer");
    command->footer("Example: tessera inspect SmolLM2-135M-Instruct.Q4_1.gguf --json");
    auto path = std::make_shared<std::string>();
    command->add_option("MODEL", *path, "A checkpoint folder in the Hugging Face layout, a .gguf file, or a child made by realize")
        ->required();
    command->callback([path, &console] {
        Checkpoint checkpoint = Checkpoint::open(*path);
        if (console.json)
            return console.printJson(describeModel(checkpoint));
        printFacts(checkpoint, console);
        printLayers(checkpoint.architecture(), console);
    });
}

} // namespace tessera
