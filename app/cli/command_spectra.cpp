// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/spectra_options.h"
#include "engine/spectra/questions.h"
#include "engine/spectra/spec.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace tessera {
namespace {

struct EvalOptions {
    std::string spec;
    int threads = 0;
};

void printCases(const Console &console, const Json &answer)
{
    std::size_t index = 0;
    for (const Json &one : answer.at("cases")) {
        console.print("case " + std::to_string(index++) + ": " + one.at("kernel").dump());
        for (const char *of : {"gp", "ntk"}) {
            console.print(std::string("  ") + of);
            for (const Json &row : one.at(of)) {
                std::string line = "   ";
                for (const Json &value : row)
                    line += " " + shownNumber(value.get<double>());
                console.print(line);
            }
        }
    }
}

void runEval(const EvalOptions &options, const Console &console)
{
    Json answer = evaluateSpec(readJsonFile(options.spec, 1u << 30), {options.threads, console.stop(), {}});
    if (console.json)
        console.printJson(answer);
    else
        printCases(console, answer);
}

struct MercerOptions {
    std::vector<std::string> kernels;
    std::string of = "ntk", store;
    MercerQuestion question;
};

void printMercer(const Console &console, const Json &json)
{
    console.print(toText(kernelFromJson(json.at("kernel"), "the kernel")) + ", " + json.at("of").get<std::string>() + ", dimension "
                  + json.at("dimension").dump());
    for (std::size_t k = 0; k < json.at("values").size() && k <= 10; ++k)
        console.print("  mu_" + std::to_string(k) + " = " + shownNumber(json["values"][k].get<double>()) + "  x "
                      + shownNumber(json["multiplicities"][k].get<double>()));
    for (const char *parity : {"even", "odd"})
        if (const Json &fit = json.at("fit").at(parity); !fit.is_null())
            console.print(std::string("  slope of ") + parity + " degrees: " + shownNumber(fit.at("slope").get<double>()));
        else
            console.print(std::string("  no slope of ") + parity + " degrees: too few eigenvalues above rounding");
    if (json.at("theory").is_null())
        console.print("  theory: no power law");
    else
        console.print("  theory: " + shownNumber(json["theory"]["exponent"].get<double>()) + " (" + json["theory"]["sentence"].get<std::string>() + ")");
}

void runMercer(MercerOptions &options, const Console &console)
{
    options.question.of = kernelOfFromText(options.of);
    const std::vector<Kernel> kernels = kernelsIn(options.kernels);
    Json spectra = Json::array();
    for (const Kernel &kernel : kernels)
        spectra.push_back(mercerAnswer(kernel, options.question));
    storeSpectra(options.store, "mercer", spectra, console);
    if (console.json)
        return console.printJson({{"spectra", spectra}});
    for (const Json &json : spectra)
        printMercer(console, json);
}

} // namespace

std::string shownNumber(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

void addSpectraEval(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<EvalOptions>();
    CLI::App *command = spectra.add_subcommand("eval", R"(Kernels of given points, as a file lists them

SPEC.json: {"cases":[{"kernel":{"family":"fc","depth":3,"bias":0.5,"bias_init":"normal"},"x":[[1,0]],"z":[[0,1]]}]}
Families and their fields: fc (depth, bias, bias_init zero|normal), resfc (depth, alpha), conv (depth, filter, head
trace|gap|equivariant), resconv (block A|B, depth, alpha, filter, head), laplace (c), gamma_exponential (c, gamma),
linear. Points are rows of numbers; for convolutions points x pixels (x pixels) x channels, circular.
The answer is the file with "gp" and "ntk", matrices x by z, added to each case.)");
    command->footer("Example: tessera spectra eval spec.json --json");
    command->add_option("SPEC", options->spec, "JSON file")->required();
    command->add_option("--threads", options->threads, "Threads (default: one a processor)")->check(CLI::Range(1, 1024));
    command->callback([options, &console] { runEval(*options, console); });
}

void addSpectraMercer(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<MercerOptions>();
    CLI::App *command = spectra.add_subcommand("mercer", "Eigenvalues on the sphere, by degree, with the slope at which they fall");
    command->footer("Example: tessera spectra mercer fc:depth=3,bias=1,bias_init=zero laplace:c=0.477 --dimension 3 --json");
    command->add_option("KERNEL", options->kernels, kKernelHelp)->required();
    command->add_option("--of", options->of, "gp or ntk")->default_str("ntk");
    command->add_option("--dimension", options->question.dimension, "Of the space; the sphere has one less")->default_str("3");
    command->add_option("--degrees", options->question.degrees, "Eigenvalues from degree 0")->default_str("201");
    command->add_option("--fit-from", options->question.first, "First degree of the fit")->default_str("40");
    command->add_option("--fit-to", options->question.last, "Last degree of the fit")->default_str("200");
    addStoreOption(*command, options->store);
    command->callback([options, &console] { runMercer(*options, console); });
}

void addSpectra(CLI::App &app, Console &console)
{
    CLI::App *command = app.add_subcommand("spectra", R"(Neural tangent kernels: values, spectra, training, data

Example: tessera spectra eval spec.json --json)");
    command->require_subcommand(1);
    for (auto add : {addSpectraEval, addSpectraMercer, addSpectraProfile, addSpectraMatrix, addSpectraGram, addSpectraDescend,
                     addSpectraRegress, addSpectraGallery, addSpectraTangent, addSpectraStored})
        add(*command, console);
}

} // namespace tessera
