// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "engine/base/error.h"
#include "engine/cost/totals.h"
#include "engine/interop/cost_file.h"
#include "engine/interop/library_file.h"
#include "engine/interop/nemotron_nas.h"
#include "engine/interop/nvlabs.h"
#include "engine/interop/puzzletron.h"
#include "engine/service/references.h"
#include "engine/store/library_rows.h"
#include "engine/store/results.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <system_error>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Take what other tools found: a block library as a new project, or costs for a project that is there.

Examples:
  tessera import library my-library.json my.tessera
  tessera import nvlabs ~/puzzle llama70b.tessera
  tessera import puzzletron puzzle_dir my.tessera
  tessera import nemotron-nas Nemotron-Super-49B/config.json my.tessera
  tessera import costs h100.json my.tessera)";

struct Options {
    std::string from, project;
};

std::size_t variantsOf(const BlockLibrary &library)
{
    std::size_t count = 0;
    for (const BlockLibrary::Layer &layer : library.layers)
        count += layer.entries.size();
    return count;
}

void report(const Console &console, const std::string &project, const BlockLibrary &library)
{
    std::set<std::string> metrics, costs;
    for (const BlockLibrary::Layer &layer : library.layers)
        for (const LibraryEntry &entry : layer.entries)
            for (const auto &[metric, score] : entry.scores)
                metrics.insert(metric);
    for (std::size_t workload = 0; workload < library.workloads.size(); ++workload)
        costs.merge(costNames(library, workload));
    if (console.json) {
        console.printJson({{"project", project},
                           {"layers", library.layers.size()},
                           {"variants", variantsOf(library)},
                           {"metrics", metrics},
                           {"costs", costs}});
        return;
    }
    auto list = [](const std::set<std::string> &names) {
        std::string text;
        for (const std::string &name : names)
            text += (text.empty() ? "" : ", ") + name;
        return text;
    };
    console.print(project + ": " + std::to_string(library.layers.size()) + " layers, " + std::to_string(variantsOf(library)) +
                  " variants");
    console.print("scores: " + list(metrics));
    console.print("costs: " + list(costs));
    console.print("next: tessera solve " + project + " --max memory=70%");
}

void addSource(CLI::App &import, Console &console, const char *name, const char *argument, const char *text,
               std::function<BlockLibrary(const std::string &)> read)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = import.add_subcommand(name, text);
    command->footer(std::string("Example: tessera import ") + name + " SOURCE my.tessera");
    command->add_option(argument, options->from, "Where the library is")->required();
    command->add_option("PROJECT", options->project, "The project file to make")->required();
    command->callback([options, &console, read] {
        BlockLibrary library = read(options->from);
        saveLibrary(options->project, library);
        report(console, options->project, library);
    });
}

void importCosts(const Options &options, const Console &console)
{
    Project project = Project::openForWriting(options.project);
    CostFile costs = readCostFile(options.from, project);
    if (costs.records.empty())
        throw badInput(options.from + " has no cost that " + options.project + " could take");
    saveCosts(project, costs.records);
    if (costs.passedOver > 0)
        console.remark(std::to_string(costs.passedOver) + " variants that are marked estimated were passed over");
    for (const std::string &remark : costs.remarks)
        console.remark(remark);
    report(console, options.project, loadLibrary(project));
}

void addCosts(CLI::App &import, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = import.add_subcommand("costs", "Run times, or costs of your own, that were measured elsewhere");
    command->footer("They take the place of what was measured here. FILE is JSON, or what tessera library --json printed on another machine:\n"
                    "  {\"workload\": \"chat\", \"fixed\": {\"prefill\": 0.4, \"decode\": 80},\n"
                    "   \"variants\": [{\"block\": \"attention=gqa:3\", \"layer\": \"all\", \"prefill\": 0.31, \"decode\": 41.5},\n"
                    "                {\"block\": \"ffn=width:768\", \"layer\": 4, \"costs\": {\"joule\": 1.5}}]}\n"
                    "Times are in ms.\nExample: tessera import costs h100.json my.tessera");
    command->add_option("FILE", options->from, "The costs, as JSON")->required();
    command->add_option("PROJECT", options->project, "The project that takes them")->required();
    command->callback([options, &console] { importCosts(*options, console); });
}

/// Into a project that is there: a stored solution. Otherwise a project of its own.
void importNemotron(const Options &options, const Console &console)
{
    std::error_code error;
    if (!std::filesystem::exists(options.project, error)) {
        BlockLibrary library = libraryOf(readNemotronNas(options.from), std::filesystem::path(options.project).stem().string());
        saveLibrary(options.project, library);
        report(console, options.project, library);
        return;
    }
    Project project = Project::openForWriting(options.project);
    const Reference reference = importReference(project, options.from);
    console.remark("it is solution " + std::to_string(reference.solution) + ", \"" + reference.name + "\"; tessera front shows it among the baselines");
    report(console, options.project, loadLibrary(project));
}

void addNemotron(CLI::App &import, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = import.add_subcommand("nemotron-nas", "The layers of a published child, as a solution of a project or a project of its own");
    command->footer("Example: tessera import nemotron-nas config.json my.tessera");
    command->add_option("CONFIG", options->from, "config.json with block_configs, or the folder that holds it")->required();
    command->add_option("PROJECT", options->project, "The project that takes it, or a new one")->required();
    command->callback([options, &console] { importNemotron(*options, console); });
}

} // namespace

void addImport(CLI::App &app, Console &console)
{
    CLI::App *import = app.add_subcommand("import", kHelp);
    import->require_subcommand(1);
    addSource(*import, console, "library", "FILE", "A library file: anyone's blocks, costs and scores as JSON",
              [](const std::string &file) { return readLibraryFile(file); });
    addCosts(*import, console);
    addSource(*import, console, "nvlabs", "DIR", "The data of NVlabs' Puzzle demonstration, or a clone of it",
              [](const std::string &folder) { return readNvlabs(folder); });
    addSource(*import, console, "puzzletron", "DIR", "A Puzzletron run: replacement library, statistics and scores",
              [](const std::string &folder) { return readPuzzletron(folder); });
    addNemotron(*import, console);
}

} // namespace tessera
