// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/gallery.h"

#include "engine/base/error.h"
#include "engine/spectra/gallery_experiments.h"
#include "engine/spectra/lapack.h"
#include "engine/spectra/mercer.h"
#include "engine/spectra/preconditioning.h"
#include "engine/spectra/regression.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <tuple>
#include <utility>

namespace tessera {
namespace gallery {
namespace {

std::string plain(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

} // namespace

ExperimentRow within(std::string what, double measured, double expected, double tolerance)
{
    return {std::move(what), measured, expected, "within " + plain(tolerance), std::fabs(measured - expected) <= tolerance};
}

ExperimentRow below(std::string what, double measured, double limit)
{
    return {std::move(what), measured, std::nullopt, "below " + plain(limit), measured < limit};
}

ExperimentRow above(std::string what, double measured, double limit)
{
    return {std::move(what), measured, std::nullopt, "above " + plain(limit), measured > limit};
}

std::vector<double> wave(std::int64_t points, int frequency)
{
    std::vector<double> y;
    for (std::int64_t i = 0; i < points; ++i)
        y.push_back(std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i) / static_cast<double>(points)));
    return y;
}

} // namespace gallery

namespace {

using namespace gallery;

Kernel residual(std::int64_t depth, double alpha)
{
    Kernel kernel;
    kernel.family = KernelFamily::ResFc;
    kernel.depth = depth;
    kernel.alpha = alpha;
    return kernel;
}

std::vector<ExperimentRow> slopes(const Surroundings &)
{
    std::vector<ExperimentRow> rows;
    struct Case {
        const char *kernel;
        KernelOf of;
        double tolerance;
    };
    for (const Case &one : {Case{"laplace:c=1", KernelOf::Ntk, 0.01}, {"fc:depth=3,bias=1,bias_init=zero", KernelOf::Ntk, 0.01},
                            {"fc:depth=3,bias=1,bias_init=zero", KernelOf::Gp, 0.01}, {"resfc:depth=10,alpha=1", KernelOf::Ntk, 0.01},
                            {"resfc:depth=50,alpha=0.02", KernelOf::Ntk, 0.06}, {"gamma_exponential:c=1,gamma=1.5", KernelOf::Ntk, 0.02}}) {
        const Kernel kernel = kernelFromText(one.kernel);
        for (std::int64_t d : {2, 3, 4})
            rows.push_back(within(std::string(one.kernel) + " " + toString(one.of) + ", d = " + std::to_string(d) + ": slope of even degrees",
                                  fitDecay(mercerSpectrum(kernel, one.of, d, 201)).even->slope, decayTheory(kernel, one.of, d)->exponent,
                                  one.tolerance));
    }
    return rows;
}

std::vector<ExperimentRow> tails(const Surroundings &)
{
    const MercerSpectrum network = mercerSpectrum(kernelFromText("fc:depth=3,bias=1,bias_init=zero"), KernelOf::Ntk, 3, 91);
    Kernel laplace = kernelFromText("laplace:c=1");
    laplace.c = 3 / (2 * std::numbers::pi);
    const MercerSpectrum other = mercerSpectrum(laplace, KernelOf::Ntk, 3, 91);
    std::vector<ExperimentRow> rows;
    for (auto [k, expected, tolerance] : {std::tuple{2u, 1.47, 0.01}, {5u, 1.09, 0.01}, {10u, 1.033, 1e-3}, {30u, 1.0038, 1e-4}, {90u, 1.0004, 1e-4}})
        rows.push_back(within("normalised NTK / Laplace with c = L / (2 pi), L = 3, degree " + std::to_string(k),
                              network.values[k] / network.trace / other.values[k], expected, tolerance));
    return rows;
}

std::vector<ExperimentRow> parity(const Surroundings &)
{
    std::vector<ExperimentRow> rows;
    for (double bias : {0.0, 0.25, 0.5, 1.0}) {
        Kernel kernel;
        kernel.bias = bias;
        const MercerSpectrum spectrum = mercerSpectrum(kernel, KernelOf::Ntk, 3, 101);
        // plus +- minus of the two ends: (1 + b^2) -+ (b^2 - 1).
        rows.push_back(within("one layer, bias " + plain(bias) + ": odd over even eigenvalues at degree 100",
                              spectrum.values[99] * std::pow(99.5, 3) / (spectrum.values[100] * std::pow(100.5, 3)), bias * bias, 2e-3));
    }
    return rows;
}

std::vector<ExperimentRow> lengths(const Surroundings &)
{
    const Points once = makePoints({2}, {1, 0, 0.6, 0.8}, "the points"), twice = makePoints({2}, {2, 0, 1.2, 1.6}, "the points");
    auto ratio = [&](const char *text) {
        const Kernel kernel = kernelFromText(text);
        return gram(kernel, KernelOf::Ntk, twice)(0, 1) / gram(kernel, KernelOf::Ntk, once)(0, 1);
    };
    return {within("NTK without bias: both points twice as long", ratio("fc:depth=3,bias=0"), 4, 1e-12),
            below("NTK with bias 1: no longer homogeneous", ratio("fc:depth=3,bias=1,bias_init=zero"), 3.9), below("Laplace: falls", ratio("laplace:c=1"), 1)};
}

/// The largest gap between the normalised residual tangent kernel and that of two layers without bias.
double gapToTwoLayers(std::int64_t depth, double alpha)
{
    std::vector<double> angles;
    for (int i = 0; i <= 2000; ++i)
        angles.push_back(std::numbers::pi * i / 2000);
    const std::vector<double> deep = profile(residual(depth, alpha), KernelOf::Ntk, angles);
    double gap = 0;
    for (std::size_t i = 0; i < angles.size(); ++i) {
        const double rest = 1 - angles[i] / std::numbers::pi;
        const double two = std::cos(angles[i]) * rest + std::sin(angles[i]) / (2 * std::numbers::pi);
        gap = std::max(gap, std::fabs(deep[i] / deep[0] - two));
    }
    return gap;
}

std::vector<ExperimentRow> shallowLimit(const Surroundings &)
{
    std::vector<ExperimentRow> rows;
    for (auto [depth, expected] : {std::pair{5, 0.043}, {20, 0.030}, {100, 0.015}, {500, 0.0067}})
        rows.push_back(within("alpha = 1/L, L = " + std::to_string(depth) + ": gap to the two-layer kernel", gapToTwoLayers(depth, 1.0 / depth), expected, 6e-4));
    rows.push_back(within("alpha = 1/sqrt L, L = 500: the gap stays", gapToTwoLayers(500, 1 / std::sqrt(500.0)), 0.077, 6e-4));
    return rows;
}

std::vector<ExperimentRow> conditions(const Surroundings &around)
{
    Points images = randomOnSphere(64 * 16, 3, 1);
    images.shape = {16, 3};
    auto condition = [&](const std::string &text, KernelOf of) {
        return *summarise(eigenvalues(gram(kernelFromText(text), of, images, around.options))).conditionNumber;
    };
    const std::string tail = "depth=10,filter=3,head=trace";
    const double gp = condition("conv:" + tail, KernelOf::Gp), ntk = condition("conv:" + tail, KernelOf::Ntk);
    const std::string skip = "resconv:block=B,alpha=1," + tail, mild = "resconv:block=B,alpha=0.31622776601683794," + tail;
    return {above("GP, plain convolutions, 10 layers", gp, 100),
            below("GP, skip connections, alpha = 1: better conditioned", condition(skip, KernelOf::Gp), gp),
            below("GP, skip connections, alpha = 1/sqrt L: better still", condition(mild, KernelOf::Gp), condition(skip, KernelOf::Gp)),
            above("NTK, plain convolutions, 10 layers", ntk, 1),
            above("NTK, skip connections, alpha = 1: not better", condition(skip, KernelOf::Ntk), 0.95 * ntk),
            above("NTK, skip connections, alpha = 1/sqrt L: worse", condition(mild, KernelOf::Ntk), ntk)};
}

std::vector<ExperimentRow> nearlyIdentity(const Surroundings &around)
{
    Kernel kernel;
    kernel.depth = 40'000;
    const Points points = randomOnSphere(20, 10, 1);
    const double condition = *summarise(eigenvalues(gram(kernel, KernelOf::Ntk, points, around.options))).conditionNumber;
    return {within("FC-NTK, 40000 layers, 20 points: condition number, limit (n + 3) / 3", condition, 23.0 / 3, 0.02),
            above("its distance from the limit (n + 4) / 3 that is also stated", 8 - condition, 0.3)};
}

std::vector<ExperimentRow> frequencies(const Surroundings &around)
{
    const Eigenpairs pairs = eigenpairs(gram(kernelFromText("fc:depth=1,bias=1,bias_init=zero"), KernelOf::Ntk, onCircle(100), around.options));
    const int plainSteps[] = {8, 39, 279, 367, 772, 968, 1502, 1809, 2457, 2873, 3622, 4139};
    std::vector<ExperimentRow> rows;
    for (int k = 1; k <= 12; ++k) {
        const std::vector<double> y = wave(100, k);
        auto steps = [&](const std::vector<double> &targets, double eta) {
            return static_cast<double>(Descent(pairs, targets, y, eta).stepsTo(0.05).value_or(-1));
        };
        rows.push_back(within("frequency " + std::to_string(k) + ": steps of gradient descent", steps({}, 1 / pairs.values[0]), plainSteps[k - 1], 0));
        rows.push_back(within("frequency " + std::to_string(k) + ": steps with S = K^-1", steps(whitenedTargets(pairs), 0.5), 5, 0));
    }
    return rows;
}

std::vector<ExperimentRow> stepSize(const Surroundings &around)
{
    const Eigenpairs pairs = eigenpairs(gram(kernelFromText("fc:depth=1,bias=1,bias_init=zero"), KernelOf::Ntk, randomOnSphere(100, 2, 1), around.options));
    const std::vector<double> targets = clippedTargets(pairs, 20);
    // The first eigenvector: a mode that the preconditioner levels.
    const std::vector<double> y(pairs.vectors.row(0), pairs.vectors.row(0) + 100);
    auto steps = [&](double eta) { return static_cast<double>(Descent(pairs, targets, y, eta).stepsTo(0.05).value_or(-1)); };
    return {within("eta = 1 / lambda_21: steps of a levelled mode", steps(1 / pairs.values[20]), 1, 0),
            above("eta = 2 / (lambda_21 + lambda_100), as the corollary has it", steps(2 / (pairs.values[20] + pairs.values[99])), 100)};
}

/// Predictions at new points after so many steps: k(new, X) V diag((1 - (1 - eta g)^t) / lambda) V' y.
std::vector<double> predictions(const Matrix &cross, const Eigenpairs &pairs, const std::vector<double> &targets, const std::vector<double> &y,
                                double eta, double steps)
{
    const std::int64_t n = pairs.vectors.columns;
    std::vector<double> coefficients(static_cast<std::size_t>(n)), result;
    for (std::int64_t i = 0; i < n; ++i) {
        const auto index = static_cast<std::size_t>(i);
        const double moved = index < targets.size() ? targets[index] : pairs.values[index];
        double part = 0;
        for (std::int64_t j = 0; j < n; ++j)
            part += pairs.vectors(i, j) * y[static_cast<std::size_t>(j)];
        part *= -std::expm1(steps * std::log1p(-std::min(eta * moved, 1 - 1e-16))) / pairs.values[index];
        for (std::int64_t j = 0; j < n; ++j)
            coefficients[static_cast<std::size_t>(j)] += part * pairs.vectors(i, j);
    }
    for (std::int64_t row = 0; row < cross.rows; ++row) {
        double answer = 0;
        for (std::int64_t j = 0; j < n; ++j)
            answer += cross(row, j) * coefficients[static_cast<std::size_t>(j)];
        result.push_back(answer);
    }
    return result;
}

std::vector<ExperimentRow> sameFunction(const Surroundings &around)
{
    const Kernel kernel = kernelFromText("fc:depth=2,bias=1,bias_init=zero");
    const Points train = randomOnSphere(40, 3, 1), test = randomOnSphere(200, 3, 2);
    const Eigenpairs pairs = eigenpairs(gram(kernel, KernelOf::Ntk, train, around.options));
    const Matrix cross = crossGram(kernel, KernelOf::Ntk, test, train, around.options);
    std::vector<double> y;
    for (std::int64_t i = 0; i < 40; ++i)
        y.push_back(std::sin(3 * train.point(i)[0]) + train.point(i)[1]);
    const double small = pairs.values.back();
    const std::vector<double> targets = clippedTargets(pairs, 15);
    auto gap = [&](double efforts) {
        const std::vector<double> one = predictions(cross, pairs, {}, y, 1 / pairs.values[0], efforts * pairs.values[0] / small);
        const std::vector<double> other = predictions(cross, pairs, targets, y, 1 / targets[0], efforts * targets[0] / small);
        double most = 0;
        for (std::size_t i = 0; i < one.size(); ++i)
            most = std::max(most, std::fabs(one[i] - other[i]));
        return most;
    };
    return {below("largest difference of the predictions at 200 new points, both trained to the end", gap(60), 1e-10),
            above("times as many steps that plain descent needs for it", pairs.values[0] / targets[0], 5)};
}

/// Mean over new points of the variance of the interpolant of pure noise, |K^-1 k(new)|^2.
double noiseVariance(const Matrix &kernel, std::int64_t train)
{
    const int n = static_cast<int>(train), tests = static_cast<int>(kernel.rows - train);
    Matrix system(train, train), sides(tests, train);
    for (std::int64_t i = 0; i < train; ++i) {
        std::copy_n(kernel.row(i), train, system.row(i));
        system(i, i) += 1e-13 * kernel(0, 0);
    }
    for (std::int64_t i = 0; i < tests; ++i)
        std::copy_n(kernel.row(train + i), train, sides.row(i));
    int info = 0;
    dposv_("L", &n, &tests, system.values.data(), &n, sides.values.data(), &n, &info);
    if (info != 0)
        throw failed("the modified kernel is not positive definite");
    double sum = 0;
    for (double value : sides.values)
        sum += value * value / tests;
    return sum;
}

std::vector<ExperimentRow> variance(const Surroundings &around)
{
    const std::int64_t train = 200, all = 500;
    Matrix matrix = gram(kernelFromText("laplace:c=1"), KernelOf::Ntk, randomOnSphere(all, 3, 1), around.options);
    for (double &value : matrix.values)
        value /= static_cast<double>(all);
    const Eigenpairs pairs = eigenpairs(std::move(matrix), 0, around.options);
    const std::pair<const char *, std::function<double(double)>> targets[] = {
        {"lambda^1.2", [](double l) { return std::pow(l, 1.2); }}, {"lambda", [](double l) { return l; }},
        {"lambda^0.8", [](double l) { return std::pow(l, 0.8); }}, {"lambda^0.7", [](double l) { return std::pow(l, 0.7); }},
        {"lambda + 0.001", [](double l) { return l + 1e-3; }},     {"lambda + 0.01", [](double l) { return l + 1e-2; }}};
    std::vector<ExperimentRow> rows;
    double before = 1;
    for (const auto &[name, g] : targets) {
        around.options.stop.throwIfRequested();
        rows.push_back(below(std::string("g = ") + name + ": variance of the interpolant of noise", noiseVariance(modifiedKernel(pairs, g), train), before));
        before = rows.back().measured;
    }
    return rows;
}

std::vector<ExperimentRow> realData(const Surroundings &around)
{
    std::vector<ExperimentRow> rows;
    for (auto [name, expected] : {std::pair{"iris", 0.88}, {"wine", 0.989}, {"breast_cancer", 0.978}}) {
        const DataSet data = readCsv(around.data / (std::string(name) + ".csv"));
        const Points points = scaled(data.points, Scaling::Both);
        auto accuracy = [&](const char *text) {
            return crossValidate(gram(kernelFromText(text), KernelOf::Ntk, points, around.options), data.labels, {4, 2, {1e-4, 1e-2, 0.1}, 1}, around.options);
        };
        const RegressionResult network = accuracy("fc:depth=2,bias=1,bias_init=zero"), laplace = accuracy("laplace:c=0.5");
        rows.push_back(within(std::string(name) + ": accuracy of the NTK, rows of unit length", network.accuracy, expected, 0.03));
        rows.push_back(below(std::string(name) + ": its distance from Laplace", std::fabs(network.accuracy - laplace.accuracy), 0.02));
    }
    return rows;
}

struct Entry {
    const char *name, *claim, *lesson, *notReproduced, *play;
    std::vector<ExperimentRow> (*run)(const Surroundings &);
    const char *file = "engine/spectra/gallery.cpp";
};

constexpr const char *kNetworks = "engine/spectra/gallery_networks.cpp";

constexpr Entry kEntries[] = {
    {"finite-width", "The tangent kernel is the limit of wide networks",
     "The mean over random networks meets the formula; single networks scatter around it by about sqrt(layers / width).", "",
     "tessera spectra mercer fc:depth=1,bias=0 fc:depth=2,bias=0.5,bias_init=zero fc:depth=3,bias=1,bias_init=zero --dimension 3", finiteWidth, kNetworks},
    {"slopes", "Laplace's and the tangent kernels' eigenvalues fall alike, as k^-d, with or without skip connections; a GP's faster",
     "Straight lines on double logarithmic axes, one a parity. What differs between architectures is the constant, not the exponent.", "",
     "tessera spectra mercer fc:depth=3,bias=1,bias_init=zero resfc:depth=10,alpha=1 laplace:c=1 --dimension 4", slopes},
    {"tails", "With c = L / (2 pi) Laplace has the tail of the tangent kernel itself", "No parameter is fitted: c follows from the slope at angle 0.", "",
     "tessera spectra mercer fc:depth=5,bias=1,bias_init=zero laplace:c=0.7957747 --dimension 3", tails},
    {"parity", "Without bias one hidden layer cannot learn odd frequencies above 1; a bias repairs it",
     "Odd eigenvalues are bias^2 times the even ones: the kernel's behaviour at opposite points decides.", "",
     "tessera spectra mercer fc:depth=1,bias=0 fc:depth=2,bias=0 --dimension 2", parity},
    {"lengths", "Off the sphere the two kernels part", "The tangent kernel of a network without bias grows with both lengths; Laplace only knows distances.", "",
     "tessera spectra gram fc:depth=3,bias=0 laplace:c=1 --data wine --scaling standard", lengths},
    {"shallow-limit", "Deep residual networks with alpha = 1/L become two-layer networks", "They inherit the two-layer kernel's parity gap; alpha = 1/sqrt L does not.", "",
     "tessera spectra mercer resfc:depth=50,alpha=0.02 resfc:depth=50,alpha=0.14 --dimension 2", shallowLimit},
    {"local-bias", "Skip connections make convolutional networks more local",
     "Functions of one pixel, of the centre pixel above all, gain weight in the spectrum: exact shares on a torus of four angles.", "",
     "tessera spectra eval spec.json", localBias, kNetworks},
    {"conditions", "Skip connections improve the condition number", "True for the GP kernel: always say which of the two kernels a condition number belongs to.",
     "For the tangent kernel skip connections do not improve the condition number: the plain network's is as small or smaller.",
     "tessera spectra gram resfc:depth=50,alpha=1 fc:depth=50,bias=0 --of gp --dimension 50 --points 100", conditions},
    {"nearly-identity", "Very deep plain tangent kernels are nearly perfectly conditioned", "They have become 3/4 I + 1/4: a small condition number, and useless.",
     "The stated limit (n + 4) / 3 of the condition number; algebra and figures give (n + 3) / 3.",
     "tessera spectra gram fc:depth=40000,bias=0 --dimension 10 --points 40", nearlyIdentity},
    {"depth-order", "Condition numbers of small networks say little about wide ones",
     "With 1024 units the deeper network is clearly the better conditioned one; with 64 units two random networks of one depth differ more than the depths do.", "",
     "tessera spectra gram fc:depth=2,bias=0 fc:depth=6,bias=0 --dimension 10 --points 32", depthOrder, kNetworks},
    {"frequencies", "Gradient descent needs steps that grow with the square of the frequency, preconditioned descent the same few", "Exact dynamics of the kernel: what infinitely wide networks would do.", "",
     "tessera spectra descend fc:depth=3,bias=1,bias_init=zero --frequencies 20", frequencies},
    {"wide-networks", "Preconditioned descent does the same for real networks, if they are wide",
     "Narrow networks leave the kernel's regime exactly on the high frequencies that the preconditioner is meant to help.", "",
     "tessera spectra descend fc:depth=1,bias=1,bias_init=zero --points 48 --frequencies 6", wideNetworks, kNetworks},
    {"step-size", "A step of 1 / lambda_(k+1) ends the levelled modes in one step", "The preconditioner levels the first k eigenvalues at lambda_(k+1); the step must fit that level.",
     "The corollary's step size 2 / (lambda_(k+1) + lambda_n): with it the levelled modes bounce for hundreds of steps.",
     "tessera spectra descend fc:depth=1,bias=1,bias_init=zero --clip 20", stepSize},
    {"same-function", "Preconditioning changes the speed, not the result", "Both end in the interpolant of the unmodified kernel.", "",
     "tessera spectra descend fc:depth=2,bias=1,bias_init=zero --frequencies 12", sameFunction},
    {"variance", "The slower a spectrum falls, the less noise is interpolated between the points", "Spikes at the points, flat between them: a constant added to the spectrum acts like a ridge.", "",
     "tessera spectra gram laplace:c=1 --dimension 3 --points 200", variance},
    {"real-data", "On small real data NTK and Laplace perform alike", "Indistinguishable is the honest caption: the differences are below a standard deviation.", "",
     "tessera spectra regress fc:depth=2,bias=1,bias_init=zero laplace:c=0.5 linear --data wine", realData},
};

} // namespace

std::vector<std::string> experimentNames()
{
    std::vector<std::string> names;
    for (const Entry &entry : kEntries)
        names.emplace_back(entry.name);
    return names;
}

std::vector<Experiment> experiments()
{
    std::vector<Experiment> all;
    for (const Entry &entry : kEntries)
        all.push_back({entry.name, entry.claim, entry.lesson, entry.notReproduced, entry.file, entry.play, {}});
    return all;
}

Experiment runExperiment(const std::string &name, const std::filesystem::path &dataFolder, const GramOptions &options)
{
    std::string known;
    for (const Entry &entry : kEntries) {
        if (name == entry.name)
            return {name, entry.claim, entry.lesson, entry.notReproduced, entry.file, entry.play, entry.run({dataFolder, options})};
        known += (known.empty() ? "" : ", ") + std::string(entry.name);
    }
    throw badInput("there is no experiment \"" + name + "\": choose from " + known);
}

} // namespace tessera
