// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/spectra_options.h"

#include "app/cli/resources.h"
#include "engine/spectra/gallery.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tessera {
namespace {

Json toJson(const Experiment &experiment, double seconds)
{
    Json rows = Json::array();
    for (const ExperimentRow &row : experiment.rows)
        rows.push_back({{"what", row.what},
                        {"measured", row.measured},
                        {"expected", row.expected ? Json(*row.expected) : Json()},
                        {"rule", row.rule},
                        {"holds", row.holds}});
    return {{"name", experiment.name}, {"claim", experiment.claim}, {"lesson", experiment.lesson}, {"source", experiment.source}, {"seconds", seconds}, {"rows", rows}};
}

void print(const Console &console, const Experiment &experiment)
{
    console.print(experiment.name + ": " + experiment.claim);
    for (const ExperimentRow &row : experiment.rows)
        console.print(std::string(row.holds ? "  yes  " : "  NO   ") + row.what + ": " + shownNumber(row.measured)
                      + (row.expected ? ", expected " + shownNumber(*row.expected) : std::string()) + " (" + row.rule + ")");
    console.print("  " + experiment.lesson);
}

void runGallery(std::vector<std::string> names, const Console &console)
{
    if (names.empty())
        names = experimentNames();
    Json experiments = Json::array();
    for (const std::string &name : names) {
        const auto start = std::chrono::steady_clock::now();
        const Experiment experiment = runExperiment(name, resourcesFolder() / "data", {0, console.stop(), {}});
        experiments.push_back(toJson(experiment, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()));
        print(console, experiment);
    }
    if (console.json)
        console.printJson({{"experiments", experiments}});
}

} // namespace

void addSpectraGallery(CLI::App &spectra, Console &console)
{
    auto names = std::make_shared<std::vector<std::string>>();
    CLI::App *command = spectra.add_subcommand("gallery", "Experiments that teach: what is expected beside what is measured, here and now");
    std::string known;
    for (const std::string &name : experimentNames())
        known += (known.empty() ? "" : ", ") + name;
    command->footer("Example: tessera spectra gallery frequencies --json");
    command->add_option("NAME", *names, "All where not given: " + known);
    command->callback([names, &console] { runGallery(*names, console); });
}

} // namespace tessera
