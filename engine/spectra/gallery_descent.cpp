// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/gallery_experiments.h"
#include "engine/spectra/preconditioning.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace tessera::gallery {
namespace {

/// Steps as a figure: -1 where descent does not arrive.
double stepsTo(const Descent &descent, double tolerance)
{
    return static_cast<double>(descent.stepsTo(tolerance).value_or(-1));
}

/// Steps until a part that shrinks by this factor in each is down to tolerance. The last digit does not add a step.
double stepsOfFactor(double factor, double tolerance)
{
    return std::max(1.0, std::ceil(std::log(tolerance) / std::log(factor) - 1e-6));
}

/// The eigenvalue of sin(frequency angle): a kernel matrix on equally spaced points is circulant, so its first row's Fourier coefficient.
double fourier(const Matrix &matrix, int frequency)
{
    double sum = 0;
    for (std::int64_t j = 0; j < matrix.columns; ++j)
        sum +=
            matrix(0, j)
            * std::cos(2 * std::numbers::pi * frequency * static_cast<double>(j) / static_cast<double>(matrix.columns));
    return sum;
}

std::vector<ExperimentRow> measureFrequencies(const Surroundings &around)
{
    const Kernel kernel = kernelFromText("fc:depth=" + plain(around.number("depth"))
                                         + ",bias=" + plain(around.number("bias")) + ",bias_init=zero");
    const double tolerance = around.number("tolerance");
    const std::int64_t points = around.whole("points");
    const Matrix matrix = gram(kernel, KernelOf::Ntk, onCircle(points), around.options);
    const Eigenpairs pairs = eigenpairs(matrix);
    double largest = 0;
    for (int k = 0; k <= points / 2; ++k)
        largest = std::max(largest, fourier(matrix, k));
    const int published[] = {8, 39, 279, 367, 772, 968, 1502, 1809, 2457, 2873, 3622, 4139};
    const bool asPublished = around.asUsual({"depth", "bias", "points", "tolerance"});
    std::vector<ExperimentRow> rows;
    for (int k = 1; k <= 12; ++k) {
        const std::vector<double> y = wave(points, k);
        const std::string name = "frequency " + std::to_string(k) + ": steps ";
        const double expected =
            asPublished ? published[k - 1] : stepsOfFactor(1 - fourier(matrix, k) / largest, tolerance);
        rows.push_back(within(name + "of gradient descent",
                              stepsTo(Descent(pairs, {}, y, 1 / pairs.values[0]), tolerance), expected, 0));
        rows.push_back(within(name + "with S = K^-1",
                              stepsTo(Descent(pairs, whitenedTargets(pairs), y, 0.5), tolerance),
                              stepsOfFactor(0.5, tolerance), 0));
    }
    return rows;
}

std::vector<ExperimentRow> measureStepSize(const Surroundings &around)
{
    const std::int64_t points = around.whole("points"), k = around.whole("k");
    const Eigenpairs pairs =
        eigenpairs(gram(kernelFromText("fc:depth=1,bias=1,bias_init=zero"), KernelOf::Ntk,
                        randomOnSphere(points, 2, static_cast<std::uint64_t>(around.whole("seed"))), around.options));
    const std::vector<double> targets = clippedTargets(pairs, k);
    // The first eigenvector: a mode that the preconditioner levels.
    const std::vector<double> y(pairs.vectors.row(0), pairs.vectors.row(0) + points);
    const double level = pairs.values[static_cast<std::size_t>(k)], least = pairs.values.back();
    const std::string next = "lambda_" + std::to_string(k + 1), last = "lambda_" + std::to_string(points);
    const double bounced = stepsTo(Descent(pairs, targets, y, 2 / (level + least)), 0.05);
    const std::string corollary = "eta = 2 / (" + next + " + " + last + "), as the corollary has it";
    return {within("eta = 1 / " + next + ": steps of a levelled mode",
                   stepsTo(Descent(pairs, targets, y, 1 / level), 0.05), 1, 0),
            around.asUsual({"points", "k", "seed"})
                ? above(corollary, bounced, 100)
                : within(corollary, bounced, stepsOfFactor((level - least) / (level + least), 0.05),
                         1 + 1e-3 * level / least)};
}

/// Predictions at new points after so many steps: k(new, X) V diag((1 - (1 - eta g)^t) / lambda) V' y.
std::vector<double> predictions(const Matrix &cross, const Eigenpairs &pairs, const std::vector<double> &targets,
                                const std::vector<double> &y, double eta, double steps)
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

std::vector<ExperimentRow> measureSameFunction(const Surroundings &around)
{
    const Kernel kernel = kernelFromText("fc:depth=2,bias=1,bias_init=zero");
    const auto seed = static_cast<std::uint64_t>(around.whole("seed"));
    const Points train = randomOnSphere(around.whole("points"), 3, seed), test = randomOnSphere(200, 3, seed + 1);
    const Eigenpairs pairs = eigenpairs(gram(kernel, KernelOf::Ntk, train, around.options));
    const Matrix cross = crossGram(kernel, KernelOf::Ntk, test, train, around.options);
    std::vector<double> y;
    for (std::int64_t i = 0; i < train.count(); ++i)
        y.push_back(std::sin(3 * train.point(i)[0]) + train.point(i)[1]);
    const double small = pairs.values.back();
    const std::vector<double> targets = clippedTargets(pairs, around.whole("k"));
    auto gap = [&](double efforts) {
        const std::vector<double> one =
            predictions(cross, pairs, {}, y, 1 / pairs.values[0], efforts * pairs.values[0] / small);
        const std::vector<double> other =
            predictions(cross, pairs, targets, y, 1 / targets[0], efforts * targets[0] / small);
        double most = 0;
        for (std::size_t i = 0; i < one.size(); ++i)
            most = std::max(most, std::fabs(one[i] - other[i]));
        return most;
    };
    return {below("largest difference of the predictions at 200 new points, both trained to the end", gap(60), 1e-10),
            above("times as many steps that plain descent needs for it", pairs.values[0] / targets[0], 5)};
}

} // namespace

Design frequencies()
{
    return {.name = "frequencies",
            .claim = "Gradient descent needs steps that grow with the square of the frequency, preconditioned descent "
                     "the same few",
            .lesson = "Points lie evenly on a circle, the targets are waves, and counted are the steps until little "
                      "of a wave is left. Plain descent needs steps that grow about with the square of the "
                      "frequency, because the kernel's eigenvalues on the circle fall as k^-2. Preconditioned with S "
                      "= K^-1 all frequencies take the same few. This is the exact dynamics of the kernel: what "
                      "infinitely wide networks would do. It does not count what a step costs: S has as many entries "
                      "as there are pairs of points.",
            .play = "tessera spectra descend fc:depth=3,bias=1,bias_init=zero --frequencies 20",
            .source = "engine/spectra/gallery_descent.cpp: measureFrequencies",
            .parameters = {wholes("depth", "hidden layers", 1, 1, 10), numbers("bias", "bias", 1, 0.25, 2),
                           wholes("points", "points on the circle", 100, 50, 300),
                           numbers("tolerance", "share of a wave that may be left", 0.05, 0.001, 0.5)},
            .measure = measureFrequencies};
}

Design stepSize()
{
    return {.name = "step-size",
            .claim = "A step of 1 / lambda_(k+1) ends the levelled modes in one step",
            .lesson = "The preconditioner levels the first k eigenvalues at lambda_(k+1), and the step must fit that "
                      "level: with 1 / lambda_(k+1) a levelled mode is learnt in a single step. The step 2 / "
                      "(lambda_(k+1) + lambda_n) of the corollary is nearly twice as long. It is stable, but the "
                      "levelled modes overshoot in every step and lose only little: they need about 1.5 lambda_(k+1) "
                      "/ lambda_n steps to 5 %. So a bound on the step size that is right says nothing yet about "
                      "speed.",
            .notReproduced = "The corollary's step size 2 / (lambda_(k+1) + lambda_n): with it the levelled modes "
                             "bounce for hundreds of steps.",
            .play = "tessera spectra descend fc:depth=1,bias=1,bias_init=zero --clip {k}",
            .source = "engine/spectra/gallery_descent.cpp: measureStepSize",
            .parameters = {wholes("k", "eigenvalues that are levelled", 20, 1, 40),
                           wholes("points", "points on the circle", 100, 50, 200),
                           wholes("seed", "seed of the points", 1, 1, 1000)},
            .measure = measureStepSize};
}

Design sameFunction()
{
    return {
        .name = "same-function",
        .claim = "Preconditioning changes the speed, not the result",
        .lesson =
            "Plain and preconditioned descent take different ways to the same end, the interpolant of the unmodified "
            "kernel. Trained to the end their predictions at "
            "new points agree up to rounding, while plain descent needs many times as many steps. So preconditioning "
            "neither helps nor harms what the "
            "finished function says elsewhere. Stopped early the two are different functions, for what is learnt by "
            "then is just what the preconditioner "
            "changes. Of networks of finite width the statement holds only about, and the better the wider they are.",
        .play = "tessera spectra descend fc:depth=2,bias=1,bias_init=zero --frequencies 12",
        .source = "engine/spectra/gallery_descent.cpp: measureSameFunction",
        .parameters = {wholes("points", "points to learn from", 40, 35, 100),
                       wholes("k", "eigenvalues that are levelled", 15, 5, 30),
                       wholes("seed", "seed of the points", 1, 1, 1000)},
        .measure = measureSameFunction};
}

} // namespace tessera::gallery
