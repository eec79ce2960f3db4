// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/spectra_options.h"

#include "app/cli/resources.h"
#include "engine/base/error.h"
#include "engine/spectra/preconditioning.h"
#include "engine/spectra/regression.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

namespace tessera {
namespace {

struct DataOptions {
    std::vector<std::string> kernels;
    std::string of = "ntk", data, scaling = "both";
    std::int64_t points = 0, dimension = 3, top = 0;
    std::uint64_t seed = 1;
};

void addDataOptions(CLI::App &command, DataOptions &options)
{
    command.add_option("KERNEL", options.kernels, kKernelHelp)->required();
    command.add_option("--of", options.of, "gp or ntk")->default_str("ntk");
    command.add_option("--data", options.data, "A CSV file with the class in the last column, or iris, wine, breast_cancer, digits");
    command.add_option("--scaling", options.scaling, "Of the data: none, standard, unit, both")->default_str("both");
    command.add_option("--points", options.points, "So many of the data, drawn at random; on the sphere 500 by default");
    command.add_option("--seed", options.seed, "Of what is drawn")->default_str("1");
}

DataSet readData(const DataOptions &options)
{
    const bool shipped = options.data == "iris" || options.data == "wine" || options.data == "breast_cancer" || options.data == "digits";
    DataSet data = readCsv(shipped ? resourcesFolder() / "data" / (options.data + ".csv") : std::filesystem::path(options.data));
    if (options.points < 0)
        throw badInput("--points must be 1 or more");
    if (options.points > 0)
        data = sample(data, options.points, options.seed);
    data.points = scaled(std::move(data.points), scalingFromText(options.scaling));
    return data;
}

Json summaryJson(const SpectrumSummary &summary)
{
    return {{"trace", summary.trace},
            {"largest", summary.largest},
            {"smallest", summary.smallest},
            {"condition_number", summary.conditionNumber ? Json(*summary.conditionNumber) : Json()},
            {"effective_rank", summary.effectiveRank},
            {"stable_rank", summary.stableRank},
            {"participation_ratio", summary.participationRatio}};
}

void runGram(const DataOptions &options, const Console &console)
{
    const KernelOf of = kernelOfFromText(options.of);
    const Points points = options.data.empty() ? randomOnSphere(options.points > 0 ? options.points : 500, options.dimension, options.seed)
                                               : readData(options).points;
    const GramOptions how{0, console.stop(), console.progress()};
    Json spectra = Json::array();
    for (const std::string &text : options.kernels) {
        const Kernel kernel = kernelFromText(text);
        Json json = {{"kernel", toJson(kernel)}, {"of", toString(of)}, {"points", points.count()}, {"dimension", points.size()}, {"seed", options.seed}};
        if (options.top > 0) {
            const LanczosResult result = lanczos(kernelOperator(kernel, of, points, how), options.top, 1e-10, 1000, options.seed, how);
            json["estimator"] = "Lanczos";
            json["values"] = result.pairs.values;
            json["residuals"] = result.residuals;
        } else {
            const std::vector<double> values = eigenvalues(gram(kernel, of, points, how), how);
            json["estimator"] = "all eigenvalues";
            json["values"] = values;
            json["summary"] = summaryJson(summarise(values));
        }
        spectra.push_back(json);
        const std::string largest = shownNumber(json["values"][0].get<double>());
        console.print(toText(kernel) + ", " + toString(of) + ", " + std::to_string(points.count()) + " points: largest eigenvalue " + largest);
        if (json.contains("summary"))
            console.print("  condition number "
                          + (json["summary"]["condition_number"].is_null() ? "above 1e12 (rounding)"
                                                                           : shownNumber(json["summary"]["condition_number"].get<double>()))
                          + ", effective rank " + shownNumber(json["summary"]["effective_rank"].get<double>()) + ", stable rank "
                          + shownNumber(json["summary"]["stable_rank"].get<double>()));
    }
    if (console.json)
        console.printJson({{"spectra", spectra}});
}

struct DescendOptions {
    std::string kernel;
    std::int64_t points = 100, frequencies = 12, clip = 20;
    double tolerance = 0.05;
};

Json stepsJson(const std::optional<std::int64_t> &steps) { return steps ? Json(*steps) : Json(); }

void runDescend(const DescendOptions &options, const Console &console)
{
    if (options.frequencies < 1 || 2 * options.frequencies >= options.points || options.points > 4000)
        throw badInput("take up to 4000 points, and frequencies from 1 to below half of the points: others cannot be told apart on them");
    if (!(options.tolerance > 0 && options.tolerance < 1))
        throw badInput("the tolerance must lie between 0 and 1");
    const Kernel kernel = kernelFromText(options.kernel);
    const Eigenpairs pairs = eigenpairs(gram(kernel, KernelOf::Ntk, onCircle(options.points), {0, console.stop(), {}}), 0, {0, console.stop(), {}});
    const std::vector<double> clipped = clippedTargets(pairs, options.clip);
    Json rows = Json::array();
    console.print("steps to " + shownNumber(options.tolerance) + " of the start:  frequency, descent, S = K^-1, clipped at " + std::to_string(options.clip));
    for (std::int64_t k = 1; k <= options.frequencies; ++k) {
        std::vector<double> y;
        for (std::int64_t i = 0; i < options.points; ++i)
            y.push_back(std::sin(2 * std::numbers::pi * static_cast<double>(k * i) / static_cast<double>(options.points)));
        const Json row = {{"frequency", k},
                          {"descent", stepsJson(Descent(pairs, {}, y, 1 / pairs.values[0]).stepsTo(options.tolerance))},
                          {"inverse", stepsJson(Descent(pairs, whitenedTargets(pairs), y, 0.5).stepsTo(options.tolerance))},
                          {"clipped", stepsJson(Descent(pairs, clipped, y, 1 / clipped[0]).stepsTo(options.tolerance))}};
        console.print("  " + std::to_string(k) + "  " + row["descent"].dump() + "  " + row["inverse"].dump() + "  " + row["clipped"].dump());
        rows.push_back(row);
    }
    if (console.json)
        console.printJson({{"kernel", toJson(kernel)}, {"points", options.points}, {"tolerance", options.tolerance}, {"clip", options.clip}, {"steps", rows}});
}

struct RegressOptions {
    DataOptions data;
    CrossValidation validation;
};

void runRegress(const RegressOptions &options, const Console &console)
{
    if (options.data.data.empty())
        throw badInput("regression needs --data: a CSV file, or iris, wine, breast_cancer or digits");
    const DataSet data = readData(options.data);
    const KernelOf of = kernelOfFromText(options.data.of);
    const GramOptions how{0, console.stop(), {}};
    Json results = Json::array();
    for (const std::string &text : options.data.kernels) {
        const Kernel kernel = kernelFromText(text);
        const RegressionResult result = crossValidate(gram(kernel, of, data.points, how), data.labels, options.validation, how);
        results.push_back({{"kernel", toJson(kernel)}, {"accuracy", result.accuracy}, {"deviation", result.deviation}, {"ridge", result.ridge}});
        console.print(toText(kernel) + ": " + shownNumber(100 * result.accuracy) + " % (sd " + shownNumber(100 * result.deviation) + ", ridge "
                      + shownNumber(result.ridge) + ")");
    }
    if (console.json)
        console.printJson({{"data", data.name}, {"points", data.points.count()}, {"classes", data.classes}, {"folds", options.validation.folds},
                           {"repeats", options.validation.repeats}, {"seed", options.validation.seed}, {"results", results}});
}

} // namespace

void addSpectraGram(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<DataOptions>();
    CLI::App *command = spectra.add_subcommand("gram", "Eigenvalues of kernel matrices on data, or on random points of a sphere");
    command->footer("Example: tessera spectra gram fc:depth=3,bias=0 laplace:c=1 --data wine --json");
    addDataOptions(*command, *options);
    command->add_option("--dimension", options->dimension, "Of the sphere's space, without --data")->default_str("3");
    command->add_option("--top", options->top, "Only so many, by Lanczos' iteration without storing the matrix")->check(CLI::NonNegativeNumber);
    command->callback([options, &console] { runGram(*options, console); });
}

void addSpectraDescend(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<DescendOptions>();
    CLI::App *command = spectra.add_subcommand("descend", "Steps of gradient descent for each frequency, plain and preconditioned");
    command->footer("Example: tessera spectra descend fc:depth=1,bias=1,bias_init=zero --points 100 --json");
    command->add_option("KERNEL", options->kernel, kKernelHelp)->required();
    command->add_option("--points", options->points, "Equally spaced on the circle")->default_str("100");
    command->add_option("--frequencies", options->frequencies, "From 1")->default_str("12");
    command->add_option("--clip", options->clip, "Eigenvalues that the second preconditioner levels")->default_str("20");
    command->add_option("--tolerance", options->tolerance, "Share of the start that may remain")->default_str("0.05");
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
    command->callback([options, &console] {
        options->validation.seed = options->data.seed;
        runRegress(*options, console);
    });
}

} // namespace tessera
