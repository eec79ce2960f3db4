// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "engine/base/error.h"
#include "engine/interop/export.h"
#include "engine/interop/lint.h"
#include "engine/service/asked.h"
#include "engine/store/project.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Write a child or a parent for the programs that run models.

hf is a folder of plain Llama (or Mistral, Qwen2, Qwen3) where the child's layers are all alike, and nemotron-nas otherwise; decilm is
always nemotron-nas; puzzletron adds solutions.json; gguf is a file for llama.cpp, with any sub-block in any layer. What is written
computes what the child computes. tessera lint says beforehand which runtime loads it.

Examples:
  tessera export child --format gguf --out child.gguf --dtype f16
  tessera export child --format hf --out child-hf)";

struct Options {
    std::string model, format = "hf", dtype;
    bool noTokenizer = false;
    ExportOptions engine;
};

Json lintAll(const ModelArchitecture &model)
{
    Json list = Json::array();
    for (Runtime runtime : kRuntimes)
        list.push_back(toJson(lint(model, runtime)));
    return list;
}

void printVerdict(const RuntimeVerdict &verdict, const Console &console)
{
    std::string name = toString(verdict.runtime);
    name.resize(14, ' ');
    console.print(name + (verdict.loads() ? "loads it" : "does not load it") + " (export --format " + verdict.format + ")");
    for (const Finding &finding : verdict.findings) {
        std::string layers;
        for (std::size_t i = 0; i < finding.layers.size() && i < 12; ++i)
            layers += (i ? ", " : "") + std::to_string(finding.layers[i]);
        if (finding.layers.size() > 12)
            layers += ", ...";
        if (!layers.empty())
            layers = "layer " + layers + ": ";
        console.print((finding.refused ? "  no:   " : "  note: ") + layers + finding.why);
        console.print("        source: " + finding.source);
    }
}

void runExport(Options &options, const Console &console)
{
    options.engine.format = parseExportFormat(options.format);
    options.engine.tokenizer = !options.noTokenizer;
    options.engine.stop = console.stop();
    if (!options.dtype.empty())
        options.engine.type = parseExportType(options.dtype);
    Checkpoint model = Checkpoint::open(options.model);
    Exported exported = exportModel(model, options.engine);
    if (console.json)
        console.printJson({{"path", exported.path.string()}, {"kind", exported.kind}, {"lint", lintAll(model.architecture())}});
    console.print(exported.path.string() + ": " + exported.kind);
    for (Runtime runtime : kRuntimes)
        if (RuntimeVerdict verdict = lint(model.architecture(), runtime); !verdict.loads())
            console.print(toString(runtime) + " will not load this child; tessera lint " + options.model + " says why");
}

struct LintOptions {
    std::string path, runtime;
    std::int64_t solution = 0; ///< 0: path is a model.
};

/// The child's layers, and what its parent is where that is known.
std::pair<std::vector<LayerChoice>, std::optional<ModelConfig>> subjectOf(const LintOptions &options)
{
    if (options.solution != 0) {
        const Project project = Project::openForReading(options.path);
        return {choicesOfSolution(project, options.solution), project.settings().config};
    }
    if (options.path.ends_with(".tessera"))
        throw badInput(options.path + " is a project: say which of its solutions, such as --solution 1");
    const Checkpoint model = Checkpoint::open(options.path);
    return {model.architecture().layers, model.config()};
}

void runLint(const LintOptions &options, const Console &console)
{
    std::vector<Runtime> runtimes(std::begin(kRuntimes), std::end(kRuntimes));
    if (!options.runtime.empty())
        runtimes = {parseRuntime(options.runtime)};
    const auto [layers, config] = subjectOf(options);
    Json list = Json::array();
    bool all = true;
    for (Runtime one : runtimes) {
        RuntimeVerdict verdict = lint(layers, config, one);
        all = all && verdict.loads();
        list.push_back(toJson(verdict));
        printVerdict(verdict, console);
    }
    if (console.json)
        console.printJson({{"path", options.path}, {"lint", std::move(list)}});
    if (!options.runtime.empty() && !all)
        setExitCode(1);
}

} // namespace

void addExport(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = app.add_subcommand("export", kHelp);
    command->add_option("CHILD", options->model, "A child that realize made, a checkpoint folder or a .gguf file")->required();
    command->add_option("--format,--to", options->format, "hf, decilm, puzzletron or gguf")
        ->check(CLI::IsMember({"hf", "decilm", "puzzletron", "gguf"}))
        ->required();
    command->add_option("--out", options->engine.out, "Folder or file to make")->required();
    command->add_option("--dtype", options->dtype, "f32, f16, bf16, or for gguf q8_0 (as stored, f16 for quantised models)")
        ->check(CLI::IsMember({"f32", "f16", "bf16", "q8_0"}));
    command->add_flag("--no-tokenizer", options->noTokenizer, "Leave the tokenizer out");
    command->callback([options, &console] { runExport(*options, console); });
}

void addLint(CLI::App &app, Console &console)
{
    auto options = std::make_shared<LintOptions>();
    CLI::App *command = app.add_subcommand("lint", "Say which runtimes load a child, and what of it they do not load and why");
    command->footer("With --runtime the exit code is 1 where that runtime does not load the child.\nExamples:\n  tessera lint child --runtime vllm\n"
                    "  tessera lint my.tessera --solution 3");
    command->add_option("CHILD", options->path, "A child that realize made, a checkpoint folder, a .gguf file, or with --solution a project")
        ->required();
    command->add_option("--solution", options->solution, "A stored solution of a project, before it is built")->check(CLI::PositiveNumber);
    command->add_option("--runtime", options->runtime, "transformers, vllm, tensorrt-llm, llama.cpp or megatron (default: all)");
    command->callback([options, &console] { runLint(*options, console); });
}

} // namespace tessera
