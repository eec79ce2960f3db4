// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/network_options.h"
#include "app/cli/resources.h"
#include "engine/base/error.h"
#include "engine/jobs/demo_files.h"
#include "engine/jobs/new_project.h"
#include "engine/jobs/worker_process.h"

#include <algorithm>
#include <filesystem>
#include <memory>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr const char *kHelp = R"(Make a project: a parent, its text, and the space of variants to explore.

Examples:
  tessera new my.tessera --parent SmolLM2-135M.gguf --text novel.txt --text essays.txt
  tessera new my.tessera --parent llama/ --text corpus.txt --space space.json --workload chat.json --dtype bf16

SPACE is JSON, every member optional:
  {"kv_heads": "all" or [3, 1], "ffn_fractions": [100, 75, 50], "ffn_widths": [768], "attention_linear": true,
   "attention_none": true, "ffn_linear": true, "ffn_none": true, "layers": "all" or ["0-3", "7"]}
WORKLOAD is JSON: {"name", "batch", "input", "output", "weights", "activations", "kv", "device"}.)";

struct Options {
    std::string project, parent, space, dtype, worker;
    std::vector<std::string> texts, workloads;
    std::int64_t window = 512;
    std::uint64_t seed = 0;
};

std::vector<fs::path> textsOf(const Options &options)
{
    std::vector<fs::path> texts(options.texts.begin(), options.texts.end());
    if (texts.empty())
        texts = shippedTexts(options.parent, resourcesFolder());
    if (texts.empty())
        throw badInput("name a text with --text FILE: variants are fitted, scored and tested on it (plain UTF-8, the more like "
                       "the parent's use the better; a few hundred kilobytes are enough to begin)");
    return texts;
}

NewProject orderOf(const Options &options, const Console &console)
{
    NewProject order;
    order.path = options.project;
    order.parent = options.parent;
    order.texts = textsOf(options);
    if (!options.space.empty())
        order.space = parseVariantSpace(readJsonFile(options.space), options.space);
    for (const std::string &file : options.workloads)
        order.workloads.push_back(parseWorkload(readJsonFile(file), file));
    if (!options.dtype.empty())
        order.dtype = parseDType(options.dtype);
    order.window = options.window;
    order.seed = options.seed;
    order.devices = readDeviceProfiles(resourcesFolder() / "devices");
    order.chooseDType = [&options, &console] {
        WorkerOptions how;
        how.command = options.worker;
        WorkContext context;
        context.stop = console.stop();
        return fasterDType(WorkerProcess(how, context.stop).call("device", Json::object(), context));
    };
    return order;
}

void run(const Options &options, Console &console)
{
    NewProjectSummary made = createProject(orderOf(options, console), console.stop(), console.progress());
    for (const std::string &remark : made.remarks)
        console.remark(remark);
    if (console.json)
        console.printJson({{"project", options.project},
                           {"layers", made.layers},
                           {"variants", made.variants},
                           {"dtype", toString(made.dtype)},
                           {"tokens", made.tokens}});
    console.print(options.project + ": " + std::to_string(made.layers) + " layers, " + std::to_string(made.variants)
                  + " variants (the parent's included), " + std::to_string(made.tokens) + " tokens of text, networks in "
                  + toString(made.dtype));
    console.print("next: tessera run " + options.project);
}

} // namespace

void addNew(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = app.add_subcommand("new", kHelp);
    command->add_option("PROJECT", options->project, "The file to make, NAME.tessera")->required();
    command->add_option("--parent", options->parent, "Checkpoint folder or .gguf file")->required();
    command->add_option("--text", options->texts, "Plain UTF-8 text; repeat it for several (the demo parent brings its own)");
    command->add_option("--space", options->space, "The variants to explore, as JSON");
    command->add_option("--workload", options->workloads, "What costs refer to, as JSON; repeat it for several, the first is the default");
    command->add_option("--dtype", options->dtype, "Type that networks run in: f32 or bf16; otherwise the faster one here");
    command->add_option("--window", options->window, "Tokens that are looked at together")->check(CLI::Range(2, 1 << 20))->capture_default_str();
    command->add_option("--seed", options->seed, "Of everything that is random")->capture_default_str();
    command->add_option("--worker", options->worker, "Command that starts tessera-worker (\"ssh host tessera-worker\")");
    addDeviceOption(*command);
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
