// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/spectra_options.h"

#include "app/cli/resources.h"
#include "engine/base/error.h"
#include "engine/spectra/questions.h"

#include <charconv>
#include <memory>
#include <string>
#include <vector>

namespace tessera {
namespace {

struct GalleryOptions {
    std::vector<std::string> names, settings;
    std::string store;
};

ExperimentSettings settingsOf(const std::vector<std::string> &texts)
{
    ExperimentSettings settings;
    for (const std::string &text : texts) {
        const std::size_t sign = text.find('=');
        double value = 0;
        const char *end = text.data() + text.size();
        if (sign == std::string::npos || sign == 0)
            throw badInput("--set takes NAME=NUMBER, as in --set depth=5, not \"" + text + "\"");
        const auto [rest, error] = std::from_chars(text.data() + sign + 1, end, value);
        if (error != std::errc() || rest != end)
            throw badInput("--set " + text + ": \"" + text.substr(sign + 1) + "\" is no number");
        if (!settings.emplace(text.substr(0, sign), value).second)
            throw badInput("--set gives " + text.substr(0, sign) + " twice");
    }
    return settings;
}

void print(const Console &console, const Json &experiment)
{
    console.print(experiment.at("name").get<std::string>() + ": " + experiment.at("claim").get<std::string>());
    std::string changed;
    for (const Json &one : experiment.at("parameters"))
        if (one.at("value") != one.at("default"))
            changed += (changed.empty() ? "  With " : ", ") + one.at("name").get<std::string>() + " = "
                     + shownNumber(one["value"].get<double>());
    if (!changed.empty())
        console.print(changed);
    for (const Json &row : experiment.at("rows"))
        console.print(std::string(row.at("holds").get<bool>() ? "  yes  " : "  NO   ")
                      + row.at("what").get<std::string>() + ": " + shownNumber(row.at("measured").get<double>())
                      + (row.at("expected").is_null() ? std::string()
                                                      : ", expected " + shownNumber(row["expected"].get<double>()))
                      + " (" + row.at("rule").get<std::string>() + ")");
    console.print("  " + experiment.at("lesson").get<std::string>());
    if (!experiment.at("not_reproduced").is_null())
        console.print("  Did not reproduce: " + experiment["not_reproduced"].get<std::string>());
    console.print("  Go on: " + experiment.at("play").get<std::string>()
                  + "   Code: " + experiment.at("source").get<std::string>());
}

void runGallery(GalleryOptions options, const Console &console)
{
    const ExperimentSettings settings = settingsOf(options.settings);
    if (!settings.empty() && options.names.size() != 1)
        throw badInput("--set is for one experiment: name it, as in tessera spectra gallery slopes --set depth=5");
    if (options.names.empty())
        options.names = experimentNames();
    Json experiments = Json::array();
    for (const std::string &name : options.names) {
        experiments.push_back(galleryAnswer(name, resourcesFolder() / "data", settings, {0, console.stop(), {}}));
        print(console, experiments.back());
    }
    storeSpectra(options.store, "gallery", experiments, console);
    if (console.json)
        console.printJson({{"experiments", experiments}});
}

/// One line a parameter: "  slopes: depth, layers of the plain network: 1 to 8 (3)".
std::string parametersHelp()
{
    std::string text = "Parameters of the experiments, with their ranges and (defaults):";
    for (const Experiment &experiment : experiments()) {
        text += "\n  " + experiment.name;
        for (const ExperimentParameter &one : experiment.parameters)
            text += "\n    " + one.name + "  " + one.meaning + ": " + shownNumber(one.least) + " to "
                  + shownNumber(one.most) + " (" + shownNumber(one.usual) + ")" + (one.whole ? "" : ", any number");
    }
    return text;
}

} // namespace

void addSpectraGallery(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<GalleryOptions>();
    CLI::App *command = spectra.add_subcommand(
        "gallery", "Experiments that teach: what is expected beside what is measured, here and now");
    std::string known;
    for (const std::string &name : experimentNames())
        known += (known.empty() ? "" : ", ") + name;
    command->footer(parametersHelp()
                    + "\n\nExample: tessera spectra gallery slopes --set depth=5 --set gamma=1.2 --json");
    command->add_option("NAME", options->names, "All where not given: " + known);
    command
        ->add_option("--set", options->settings,
                     "NAME=NUMBER: a parameter of the one experiment that is named; may be repeated")
        ->type_size(1)
        ->allow_extra_args(false);
    addStoreOption(*command, options->store);
    command->callback([options, &console] { runGallery(*options, console); });
}

} // namespace tessera
