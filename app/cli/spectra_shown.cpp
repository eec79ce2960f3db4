// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// Kernels for the eye: over the angle, and as matrices.
#include "app/cli/spectra_options.h"

#include "app/cli/resources.h"
#include "engine/spectra/questions.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tessera {
namespace {

struct ProfileOptions {
    std::vector<std::string> kernels;
    std::string of = "ntk", store;
    std::int64_t angles = 181;
};

void runProfile(const ProfileOptions &options, const Console &console)
{
    const KernelOf of = kernelOfFromText(options.of);
    const std::vector<Kernel> kernels = kernelsIn(options.kernels);
    Json profiles = Json::array();
    for (const Kernel &kernel : kernels)
        profiles.push_back(profileAnswer(kernel, of, options.angles));
    storeSpectra(options.store, "profile", profiles, console);
    if (console.json)
        return console.printJson({{"profiles", profiles}});
    std::string heading = "angle";
    for (const Kernel &kernel : kernels)
        heading += "  " + toText(kernel);
    console.print(heading);
    for (std::size_t i = 0; i < profiles[0].at("angles").size(); ++i) {
        std::string line = shownNumber(profiles[0]["angles"][i].get<double>());
        for (const Json &profile : profiles)
            line += "  " + shownNumber(profile.at("values")[i].get<double>());
        console.print(line);
    }
}

struct MatrixOptions {
    std::string kernel, of = "ntk", store;
    PointsQuestion points;
    std::int64_t vectors = 4;
};

void runMatrix(const MatrixOptions &options, const Console &console)
{
    Json answers = Json::array({matrixAnswer(kernelFromText(options.kernel), kernelOfFromText(options.of), options.points,
                                             resourcesFolder() / "data", options.vectors, {0, console.stop(), {}})});
    storeSpectra(options.store, "matrix", answers, console);
    const Json &answer = answers[0];
    if (console.json)
        return console.printJson(answer);
    for (const Json &row : answer.at("matrix")) {
        std::string line;
        for (const Json &value : row)
            line += (line.empty() ? "" : " ") + shownNumber(value.get<double>());
        console.print(line);
    }
    for (std::size_t i = 0; i < answer.at("vectors").size(); ++i) {
        std::string line = "eigenvalue " + shownNumber(answer.at("values")[i].get<double>()) + ", vector";
        for (const Json &value : answer["vectors"][i])
            line += " " + shownNumber(value.get<double>());
        console.print(line);
    }
}

} // namespace

void addSpectraProfile(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<ProfileOptions>();
    CLI::App *command = spectra.add_subcommand("profile", "Kernels over the angle between two points of the unit sphere");
    command->footer("Example: tessera spectra profile fc:depth=3,bias=0 laplace:c=1 --angles 19 --json");
    command->add_option("KERNEL", options->kernels, kKernelHelp)->required();
    command->add_option("--of", options->of, "gp or ntk")->default_str("ntk");
    command->add_option("--angles", options->angles, "So many from 0 to pi")->default_str("181");
    addStoreOption(*command, options->store);
    command->callback([options, &console] { runProfile(*options, console); });
}

void addSpectraMatrix(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<MatrixOptions>();
    CLI::App *command = spectra.add_subcommand("matrix", "A kernel's matrix on few points, with eigenvalues and eigenvectors");
    command->footer("Example: tessera spectra matrix fc:depth=3,bias=0 --data iris --points 30 --json");
    command->add_option("KERNEL", options->kernel, kKernelHelp)->required();
    command->add_option("--of", options->of, "gp or ntk")->default_str("ntk");
    addPointsOptions(*command, options->points);
    command->add_option("--points", options->points.points, "At most " + std::to_string(kMostShown) + ", drawn at random")->required();
    command->add_option("--dimension", options->points.dimension, "Of the sphere's space, without --data")->default_str("3");
    command->add_option("--vectors", options->vectors, "Eigenvectors of the largest eigenvalues")->default_str("4")->check(CLI::Range(std::int64_t{0}, kMostShown));
    addStoreOption(*command, options->store);
    command->callback([options, &console] { runMatrix(*options, console); });
}

} // namespace tessera
