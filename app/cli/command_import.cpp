// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "engine/cost/totals.h"
#include "engine/interop/library_file.h"
#include "engine/interop/nvlabs.h"
#include "engine/store/library_rows.h"

#include <functional>
#include <set>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Make a project of a block library from elsewhere.

Examples:
  tessera import library my-library.json my.tessera
  tessera import nvlabs ~/puzzle llama70b.tessera)";

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

} // namespace

void addImport(CLI::App &app, Console &console)
{
    CLI::App *import = app.add_subcommand("import", kHelp);
    import->require_subcommand(1);
    addSource(*import, console, "library", "FILE", "A library file: anyone's blocks, costs and scores as JSON",
              [](const std::string &file) { return readLibraryFile(file); });
    addSource(*import, console, "nvlabs", "DIR", "The data of NVlabs' Puzzle demonstration, or a clone of it",
              [](const std::string &folder) { return readNvlabs(folder); });
}

} // namespace tessera
