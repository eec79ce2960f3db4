// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/questions.h"

#include "engine/base/error.h"
#include "engine/spectra/eigen.h"
#include "engine/spectra/mercer.h"
#include "engine/spectra/preconditioning.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numbers>
#include <numeric>
#include <optional>
#include <utility>

namespace tessera {
namespace {

constexpr std::array kShipped{"iris", "wine", "breast_cancer", "digits"};

Json fitJson(const std::optional<DecayFit> &fit)
{
    if (!fit)
        return nullptr;
    return {{"slope", fit->slope}, {"slope_error", fit->slopeError}, {"points", fit->points}};
}

Json theoryJson(const std::optional<DecayTheory> &theory)
{
    if (!theory)
        return nullptr;
    return {{"exponent", theory->exponent},
            {"even_factor", theory->even ? Json(*theory->even) : Json()},
            {"odd_factor", theory->odd ? Json(*theory->odd) : Json()},
            {"sentence", theory->sentence}};
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

Json stepsJson(const std::optional<std::int64_t> &steps) { return steps ? Json(*steps) : Json(); }

Json experimentJson(const Experiment &experiment)
{
    Json parameters = Json::array();
    for (const ExperimentParameter &one : experiment.parameters)
        parameters.push_back({{"name", one.name},
                              {"meaning", one.meaning},
                              {"default", one.usual},
                              {"least", one.least},
                              {"most", one.most},
                              {"whole", one.whole},
                              {"value", one.value}});
    return {{"name", experiment.name},
            {"claim", experiment.claim},
            {"lesson", experiment.lesson},
            {"not_reproduced", experiment.notReproduced.empty() ? Json() : Json(experiment.notReproduced)},
            {"source", experiment.source},
            {"play", experiment.play},
            {"parameters", parameters}};
}

/// 0, 1, ... last: count whole numbers at most, evenly spaced in their logarithms.
std::vector<std::int64_t> timesTo(std::int64_t last, std::int64_t count)
{
    std::vector<std::int64_t> times{0};
    for (std::int64_t i = 0; i + 1 < count; ++i) {
        const double share = count > 2 ? static_cast<double>(i) / static_cast<double>(count - 2) : 1;
        const auto time = static_cast<std::int64_t>(std::llround(std::pow(static_cast<double>(last), share)));
        if (time > times.back())
            times.push_back(time);
    }
    return times;
}

/// The points in an order in which the eye finds structure.
DataSet arranged(DataSet data)
{
    std::vector<std::int64_t> order(static_cast<std::size_t>(data.points.count()));
    std::iota(order.begin(), order.end(), 0);
    const auto place = [&](std::int64_t i) {
        const double *x = data.points.point(i);
        return !data.labels.empty()        ? static_cast<double>(data.labels[static_cast<std::size_t>(i)])
             : data.points.size() == 2     ? std::atan2(x[1], x[0])
                                           : x[0];
    };
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return place(a) < place(b); });
    data.points = subset(data.points, order);
    if (!data.labels.empty()) {
        std::vector<int> labels;
        for (std::int64_t index : order)
            labels.push_back(data.labels[static_cast<std::size_t>(index)]);
        data.labels = std::move(labels);
    }
    return data;
}

} // namespace

Json mercerAnswer(const Kernel &kernel, const MercerQuestion &question)
{
    const MercerSpectrum spectrum = mercerSpectrum(kernel, question.of, question.dimension, question.degrees);
    const DecayFits fits = fitDecay(spectrum, question.first, question.last);
    return {{"kernel", toJson(kernel)},
            {"of", toString(question.of)},
            {"dimension", spectrum.dimension},
            {"trace", spectrum.trace},
            {"values", spectrum.values},
            {"errors", spectrum.errors},
            {"multiplicities", spectrum.multiplicities},
            {"fit", {{"first", question.first}, {"last", question.last}, {"even", fitJson(fits.even)}, {"odd", fitJson(fits.odd)}}},
            {"theory", theoryJson(decayTheory(kernel, question.of, question.dimension))}};
}

Json profileAnswer(const Kernel &kernel, KernelOf of, std::int64_t count)
{
    if (count < 2 || count > 100'000)
        throw badInput("a profile has 2 to 100000 angles, not " + std::to_string(count));
    std::vector<double> angles;
    for (std::int64_t i = 0; i < count; ++i)
        angles.push_back(std::numbers::pi * static_cast<double>(i) / static_cast<double>(count - 1));
    return {{"kernel", toJson(kernel)}, {"of", toString(of)}, {"angles", angles}, {"values", profile(kernel, of, angles)}};
}

DataSet pointsOf(const PointsQuestion &question, const std::filesystem::path &dataFolder)
{
    if (question.points < 0)
        throw badInput("take 1 point or more, not " + std::to_string(question.points));
    DataSet data;
    if (question.data.empty()) {
        data.name = "sphere";
        data.points = randomOnSphere(question.points > 0 ? question.points : 500, question.dimension, question.seed);
        return data;
    }
    const bool shipped = std::find(kShipped.begin(), kShipped.end(), question.data) != kShipped.end();
    data = readCsv(shipped ? dataFolder / (question.data + ".csv") : std::filesystem::path(question.data));
    if (question.points > 0)
        data = sample(data, question.points, question.seed);
    data.points = scaled(std::move(data.points), scalingFromText(question.scaling));
    return data;
}

Json gramAnswer(const Kernel &kernel, KernelOf of, const DataSet &data, std::uint64_t seed, std::int64_t top, const GramOptions &options)
{
    Json json = {{"kernel", toJson(kernel)}, {"of", toString(of)}, {"points", data.points.count()}, {"dimension", data.points.size()}, {"seed", seed}};
    if (top == 0 && data.points.count() > kLargestStored)
        top = kTopByDefault;
    if (top > 0) {
        const LanczosResult result = lanczos(kernelOperator(kernel, of, data.points, options), top, 1e-10, 1000, seed, options);
        json["estimator"] = "Lanczos";
        json["values"] = result.pairs.values;
        json["residuals"] = result.residuals;
        return json;
    }
    const std::vector<double> values = eigenvalues(gram(kernel, of, data.points, options), options);
    json["estimator"] = "all eigenvalues";
    json["values"] = values;
    json["summary"] = summaryJson(summarise(values));
    return json;
}

Json descentAnswer(const Kernel &kernel, const DescentQuestion &question, const GramOptions &options)
{
    if (question.frequencies < 1 || question.points > 4000 || 2 * question.frequencies >= question.points)
        throw badInput("take up to 4000 points, and frequencies from 1 to below half of the points: others cannot be told apart on them");
    if (!(question.tolerance > 0 && question.tolerance < 1))
        throw badInput("the tolerance must lie between 0 and 1");
    const Eigenpairs pairs = eigenpairs(gram(kernel, KernelOf::Ntk, onCircle(question.points), options), 0, options);
    const std::vector<double> clipped = clippedTargets(pairs, question.clip);
    struct Ways {
        const char *name;
        Descent descent;
    };
    std::vector<std::vector<Ways>> frequencies;
    Json rows = Json::array();
    std::int64_t last = 1;
    for (std::int64_t k = 1; k <= question.frequencies; ++k) {
        options.stop.throwIfRequested();
        std::vector<double> y;
        for (std::int64_t i = 0; i < question.points; ++i)
            y.push_back(std::sin(2 * std::numbers::pi * static_cast<double>(k * i) / static_cast<double>(question.points)));
        frequencies.push_back({{"descent", Descent(pairs, {}, y, 1 / pairs.values[0])},
                               {"inverse", Descent(pairs, whitenedTargets(pairs), y, 0.5)},
                               {"clipped", Descent(pairs, clipped, y, 1 / clipped[0])}});
        rows.push_back({{"frequency", k}});
        for (const Ways &way : frequencies.back()) {
            const std::optional<std::int64_t> steps = way.descent.stepsTo(question.tolerance);
            rows.back()[way.name] = stepsJson(steps);
            last = std::max(last, steps.value_or(1'000'000'000));
        }
    }
    Json answer = {{"kernel", toJson(kernel)}, {"points", question.points}, {"tolerance", question.tolerance}, {"clip", question.clip}};
    if (question.curve > 1) {
        const std::vector<std::int64_t> times = timesTo(last, question.curve);
        for (std::size_t k = 0; k < frequencies.size(); ++k)
            for (const Ways &way : frequencies[k]) {
                const double whole = way.descent.residual(0);
                Json &left = rows[k]["curves"][way.name] = Json::array();
                for (std::int64_t time : times)
                    left.push_back(way.descent.residual(time) / whole);
            }
        answer["times"] = times;
    }
    answer["steps"] = std::move(rows);
    return answer;
}

Json matrixAnswer(const Kernel &kernel, KernelOf of, const PointsQuestion &question, const std::filesystem::path &dataFolder, std::int64_t vectors,
                  const GramOptions &options)
{
    PointsQuestion asked = question;
    if (asked.points == 0)
        asked.points = 100;
    if (asked.points > kMostShown)
        throw badInput("a matrix is shown for at most " + std::to_string(kMostShown) + " points, not " + std::to_string(asked.points));
    const DataSet data = arranged(pointsOf(asked, dataFolder));
    const Matrix matrix = gram(kernel, of, data.points, options);
    const Eigenpairs pairs = eigenpairs(matrix, 0, options);
    Json shown = Json::array();
    for (std::int64_t i = 0; i < std::min(vectors, pairs.vectors.rows); ++i)
        shown.push_back(std::vector<double>(pairs.vectors.row(i), pairs.vectors.row(i) + pairs.vectors.columns));
    return {{"kernel", toJson(kernel)},   {"of", toString(of)},       {"data", data.name},
            {"points", data.points.count()}, {"dimension", data.points.size()}, {"seed", asked.seed},
            {"classes", data.classes},    {"labels", data.labels},    {"values", pairs.values},
            {"matrix", toJson(matrix)},   {"vectors", shown}};
}

Json regressionAnswer(const std::vector<Kernel> &kernels, KernelOf of, const DataSet &data, const CrossValidation &how, const GramOptions &options)
{
    if (data.labels.empty())
        throw badInput("regression needs data with classes: a CSV file, or iris, wine, breast_cancer or digits");
    Json results = Json::array();
    for (const Kernel &kernel : kernels) {
        const RegressionResult result = crossValidate(gram(kernel, of, data.points, options), data.labels, how, options);
        results.push_back({{"kernel", toJson(kernel)}, {"accuracy", result.accuracy}, {"deviation", result.deviation}, {"ridge", result.ridge}});
    }
    return {{"data", data.name},    {"of", toString(of)},      {"points", data.points.count()}, {"classes", data.classes},
            {"folds", how.folds},   {"repeats", how.repeats},  {"seed", how.seed},              {"results", results}};
}

Json galleryAnswer(const std::string &name, const std::filesystem::path &dataFolder, const ExperimentSettings &settings, const GramOptions &options)
{
    const auto start = std::chrono::steady_clock::now();
    const Experiment experiment = runExperiment(name, dataFolder, settings, options);
    Json rows = Json::array();
    for (const ExperimentRow &row : experiment.rows)
        rows.push_back({{"what", row.what},
                        {"measured", row.measured},
                        {"expected", row.expected ? Json(*row.expected) : Json()},
                        {"rule", row.rule},
                        {"holds", row.holds}});
    Json answer = experimentJson(experiment);
    answer["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    answer["rows"] = std::move(rows);
    return answer;
}

Json galleryList()
{
    Json list = Json::array();
    for (const Experiment &experiment : experiments())
        list.push_back(experimentJson(experiment));
    return list;
}

} // namespace tessera
