// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/spectra_options.h"

#include "app/cli/resources.h"
#include "engine/base/error.h"
#include "engine/jobs/kept_spectra.h"
#include "engine/spectra/questions.h"
#include "engine/store/spectra.h"

#include <memory>
#include <string>
#include <vector>

namespace tessera {
namespace {

struct DataOptions {
    std::vector<std::string> kernels;
    std::string of = "ntk", store;
    PointsQuestion points;
    std::int64_t top = 0;
};

void addDataOptions(CLI::App &command, DataOptions &options)
{
    command.add_option("KERNEL", options.kernels, kKernelHelp)->required();
    command.add_option("--of", options.of, "gp or ntk")->default_str("ntk");
    addPointsOptions(command, options.points);
    command.add_option("--points", options.points.points, "So many of the data, drawn at random; on the sphere 500 by default");
}

std::string nameOf(const Json &result) { return toText(kernelFromJson(result.at("kernel"), "the kernel")); }

void printGram(const Json &json, const Console &console)
{
    console.print(nameOf(json) + ", " + json.at("of").get<std::string>() + ", " + json.at("points").dump() + " points: largest eigenvalue "
                  + shownNumber(json.at("values")[0].get<double>()) + " (" + json.at("estimator").get<std::string>() + ")");
    if (!json.contains("summary"))
        return;
    const Json &condition = json["summary"].at("condition_number");
    console.print("  condition number " + (condition.is_null() ? "above 1e12 (rounding)" : shownNumber(condition.get<double>())) + ", effective rank "
                  + shownNumber(json["summary"].at("effective_rank").get<double>()) + ", stable rank "
                  + shownNumber(json["summary"].at("stable_rank").get<double>()));
}

void runGram(const DataOptions &options, const Console &console)
{
    const KernelOf of = kernelOfFromText(options.of);
    const std::vector<Kernel> kernels = kernelsIn(options.kernels);
    const DataSet data = pointsOf(options.points, resourcesFolder() / "data");
    Json spectra = Json::array();
    for (const Kernel &kernel : kernels)
        spectra.push_back(gramAnswer(kernel, of, data, options.points.seed, options.top, {0, console.stop(), console.progress()}));
    storeSpectra(options.store, "gram", spectra, console);
    if (console.json)
        return console.printJson({{"spectra", spectra}});
    for (const Json &json : spectra)
        printGram(json, console);
}

struct DescendOptions {
    std::string kernel, store;
    DescentQuestion question;
};

void runDescend(const DescendOptions &options, const Console &console)
{
    Json answers = Json::array({descentAnswer(kernelFromText(options.kernel), options.question, {0, console.stop(), {}})});
    storeSpectra(options.store, "descend", answers, console);
    const Json &answer = answers[0];
    if (console.json)
        return console.printJson(answer);
    console.print("steps to " + shownNumber(options.question.tolerance) + " of the start:  frequency, descent, S = K^-1, clipped at "
                  + std::to_string(options.question.clip));
    for (const Json &row : answer.at("steps"))
        console.print("  " + row.at("frequency").dump() + "  " + row.at("descent").dump() + "  " + row.at("inverse").dump() + "  " + row.at("clipped").dump());
}

struct RegressOptions {
    DataOptions data;
    CrossValidation validation;
};

void runRegress(const RegressOptions &options, const Console &console)
{
    if (options.data.points.data.empty())
        throw badInput("regression needs --data: a CSV file, or iris, wine, breast_cancer or digits");
    const std::vector<Kernel> kernels = kernelsIn(options.data.kernels);
    const KernelOf of = kernelOfFromText(options.data.of);
    const DataSet data = pointsOf(options.data.points, resourcesFolder() / "data");
    Json answer = regressionAnswer(kernels, of, data, options.validation, {0, console.stop(), {}});
    Json all = Json::array({answer});
    storeSpectra(options.data.store, "regress", all, console);
    answer = all[0];
    if (console.json)
        return console.printJson(answer);
    for (const Json &result : answer.at("results"))
        console.print(nameOf(result) + ": " + shownNumber(100 * result.at("accuracy").get<double>()) + " % (sd "
                      + shownNumber(100 * result.at("deviation").get<double>()) + ", ridge " + shownNumber(result.at("ridge").get<double>()) + ")");
}

} // namespace

std::vector<Kernel> kernelsIn(const std::vector<std::string> &texts)
{
    std::vector<Kernel> kernels;
    for (const std::string &text : texts)
        kernels.push_back(kernelFromText(text));
    return kernels;
}

void addPointsOptions(CLI::App &command, PointsQuestion &points)
{
    command.add_option("--data", points.data, "A CSV file with the class in the last column, or iris, wine, breast_cancer, digits");
    command.add_option("--scaling", points.scaling, "Of the data: none, standard, unit, both")->default_str("both");
    command.add_option("--seed", points.seed, "Of what is drawn")->default_str("1");
}

void addStoreOption(CLI::App &command, std::string &project)
{
    command.add_option("--store", project, "A project that is to keep the result (tessera spectra list shows what it keeps)");
}

void storeSpectra(const std::string &project, const std::string &kind, Json &spectra, const Console &console)
{
    if (project.empty())
        return;
    Project open = Project::open(project);
    if (!open.writable())
        console.remark("not stored: " + open.whyReadOnly());
    for (Json &json : spectra) {
        const SpectrumRecord record = spectrumRecordOf(kind, json);
        json["id"] = open.writable() ? Json(saveSpectrum(open, record)) : Json();
    }
}

void addSpectraGram(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<DataOptions>();
    CLI::App *command = spectra.add_subcommand("gram", "Eigenvalues of kernel matrices on data, or on random points of a sphere");
    command->footer("Example: tessera spectra gram fc:depth=3,bias=0 laplace:c=1 --data wine --json");
    addDataOptions(*command, *options);
    command->add_option("--dimension", options->points.dimension, "Of the sphere's space, without --data")->default_str("3");
    command->add_option("--top", options->top, "Only so many, by Lanczos' iteration without storing the matrix")->check(CLI::NonNegativeNumber);
    addStoreOption(*command, options->store);
    command->callback([options, &console] { runGram(*options, console); });
}

void addSpectraDescend(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<DescendOptions>();
    CLI::App *command = spectra.add_subcommand("descend", "Steps of gradient descent for each frequency, plain and preconditioned");
    command->footer("Example: tessera spectra descend fc:depth=1,bias=1,bias_init=zero --points 100 --json");
    command->add_option("KERNEL", options->kernel, kKernelHelp)->required();
    command->add_option("--points", options->question.points, "Equally spaced on the circle")->default_str("100");
    command->add_option("--frequencies", options->question.frequencies, "From 1")->default_str("12");
    command->add_option("--clip", options->question.clip, "Eigenvalues that the second preconditioner levels")->default_str("20");
    command->add_option("--tolerance", options->question.tolerance, "Share of the start that may remain")->default_str("0.05");
    command->add_option("--curve", options->question.curve, "What is left of every frequency at so many times (--json)")->check(CLI::Range(0, 1000));
    addStoreOption(*command, options->store);
    command->callback([options, &console] { runDescend(*options, console); });
}

void addSpectraRegress(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<RegressOptions>();
    CLI::App *command = spectra.add_subcommand("regress", "Kernel ridge regression on small data, cross-validated, kernels side by side");
    command->footer("Example: tessera spectra regress fc:depth=3,bias=0 laplace:c=1 linear --data iris --scaling standard --json");
    addDataOptions(*command, options->data);
    command->add_option("--folds", options->validation.folds, "Of the cross-validation")->default_str("4");
    command->add_option("--repeats", options->validation.repeats, "With other folds")->default_str("5");
    command->add_option("--ridges", options->validation.ridges, "Times the mean of the diagonal; the best is kept");
    addStoreOption(*command, options->data.store);
    command->callback([options, &console] {
        options->validation.seed = options->data.points.seed;
        runRegress(*options, console);
    });
}

} // namespace tessera
