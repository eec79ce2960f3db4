// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/spectra_options.h"

#include "app/cli/resources.h"
#include "engine/spectra/questions.h"

#include <memory>
#include <string>
#include <vector>

namespace tessera {
namespace {

void print(const Console &console, const Json &experiment)
{
    console.print(experiment.at("name").get<std::string>() + ": " + experiment.at("claim").get<std::string>());
    for (const Json &row : experiment.at("rows"))
        console.print(std::string(row.at("holds").get<bool>() ? "  yes  " : "  NO   ") + row.at("what").get<std::string>() + ": "
                      + shownNumber(row.at("measured").get<double>())
                      + (row.at("expected").is_null() ? std::string() : ", expected " + shownNumber(row["expected"].get<double>())) + " ("
                      + row.at("rule").get<std::string>() + ")");
    console.print("  " + experiment.at("lesson").get<std::string>());
    if (!experiment.at("not_reproduced").is_null())
        console.print("  Did not reproduce: " + experiment["not_reproduced"].get<std::string>());
    console.print("  Go on: " + experiment.at("play").get<std::string>() + "   Code: " + experiment.at("source").get<std::string>());
}

void runGallery(std::vector<std::string> names, const std::string &store, const Console &console)
{
    if (names.empty())
        names = experimentNames();
    Json experiments = Json::array();
    for (const std::string &name : names) {
        experiments.push_back(galleryAnswer(name, resourcesFolder() / "data", {0, console.stop(), {}}));
        print(console, experiments.back());
    }
    storeSpectra(store, "gallery", experiments, console);
    if (console.json)
        console.printJson({{"experiments", experiments}});
}

} // namespace

void addSpectraGallery(CLI::App &spectra, Console &console)
{
    auto names = std::make_shared<std::vector<std::string>>();
    auto store = std::make_shared<std::string>();
    CLI::App *command = spectra.add_subcommand("gallery", "Experiments that teach: what is expected beside what is measured, here and now");
    std::string known;
    for (const std::string &name : experimentNames())
        known += (known.empty() ? "" : ", ") + name;
    command->footer("Example: tessera spectra gallery frequencies --json");
    command->add_option("NAME", *names, "All where not given: " + known);
    addStoreOption(*command, *store);
    command->callback([names, store, &console] { runGallery(*names, *store, console); });
}

} // namespace tessera
