// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/eigen.h"
#include "engine/spectra/finite_network.h"
#include "engine/spectra/gallery_experiments.h"
#include "engine/spectra/preconditioning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace tessera::gallery {
namespace {

Kernel fullyConnected(std::int64_t depth, double bias)
{
    Kernel kernel;
    kernel.depth = depth;
    kernel.bias = bias;
    return kernel;
}

double frobenius(const Matrix &matrix)
{
    double sum = 0;
    for (double value : matrix.values)
        sum += value * value;
    return std::sqrt(sum);
}

double deviationOf(const std::vector<double> &values)
{
    double mean = 0, sum = 0;
    for (double value : values)
        mean += value / static_cast<double>(values.size());
    for (double value : values)
        sum += (value - mean) * (value - mean);
    return std::sqrt(sum / static_cast<double>(values.size() - 1)) / mean;
}

std::vector<ExperimentRow> measureWidth(const Surroundings &around)
{
    std::vector<ExperimentRow> rows;
    const Points points = makePoints({3}, {1, 0, 0, 0.6, 0.8, 0, 0, -0.6, 0.8, -1, 0, 0, 1.2, 0, 1.6}, "the points");
    const std::int64_t units = around.whole("units"), networks = around.whole("networks");
    // The mean of so many networks is as exact as their number and width allow; so is the spread that they show.
    const double limit = 0.05 * std::sqrt(512.0 * 30 / static_cast<double>(units * networks));
    // 1.2 is known to do for the usual networks; of others a good three standard errors are allowed.
    const double tolerance =
        (around.asUsual({"units", "networks", "bias"}) ? 1.2 : 1.8) * std::sqrt(29 / static_cast<double>(networks - 1));
    for (std::int64_t depth : {1, 2, 3}) {
        const double bias = around.number("bias") * static_cast<double>(depth - 1) / 2;
        const Matrix exact = gram(fullyConnected(depth, bias), KernelOf::Ntk, points, around.options);
        std::array<double, 2> spreads{};
        double gap = 0;
        for (std::size_t width : {0u, 1u}) {
            Matrix mean(points.count(), points.count());
            std::vector<double> traces;
            for (std::int64_t seed = 1; seed <= networks; ++seed) {
                around.options.stop.throwIfRequested();
                const Matrix kernel =
                    FiniteNetwork(points, depth, width == 0 ? units / 8 : units, bias, static_cast<std::uint64_t>(seed))
                        .tangentKernel();
                traces.push_back(0);
                for (std::int64_t i = 0; i < kernel.rows; ++i)
                    traces.back() += kernel(i, i);
                for (std::size_t k = 0; k < mean.values.size(); ++k)
                    mean.values[k] += kernel.values[k] / static_cast<double>(networks);
            }
            spreads[width] = deviationOf(traces);
            for (std::size_t k = 0; k < mean.values.size(); ++k)
                mean.values[k] -= exact.values[k];
            gap = frobenius(mean) / frobenius(exact);
        }
        const std::string name = std::to_string(depth) + " hidden layers";
        rows.push_back(below(name + ", " + std::to_string(units) + " units: mean kernel of " + std::to_string(networks)
                                 + " networks, relative distance from the limit",
                             gap, limit));
        rows.push_back(
            within(name + ": how much narrower the spread between networks is with 8 times the width (sqrt 8 expected)",
                   spreads[0] / spreads[1], std::sqrt(8.0), tolerance));
    }
    return rows;
}

std::vector<ExperimentRow> measureDepths(const Surroundings &around)
{
    const Points points = randomOnSphere(around.whole("points"), 10, static_cast<std::uint64_t>(around.whole("seed")));
    struct Scatter {
        double mean = 0, deviation = 0;
    };
    auto condition = [&](std::int64_t depth, std::int64_t units, int seeds) {
        Scatter scatter;
        std::vector<double> values;
        for (int seed = 1; seed <= seeds; ++seed) {
            around.options.stop.throwIfRequested();
            const SpectrumSummary summary = summarise(
                eigenvalues(FiniteNetwork(points, depth, units, 0, static_cast<std::uint64_t>(seed)).tangentKernel()));
            values.push_back(std::log10(summary.conditionNumber.value_or(1e12)));
            scatter.mean += values.back() / seeds;
        }
        scatter.deviation = deviationOf(values) * scatter.mean;
        return scatter;
    };
    // In deviations of single networks: what one network of each depth would show.
    auto difference = [](const Scatter &shallow, const Scatter &deep) {
        return (shallow.mean - deep.mean)
             / std::sqrt((shallow.deviation * shallow.deviation + deep.deviation * deep.deviation) / 2);
    };
    return {
        below("64 units: log10 condition number of 2 layers less that of 6, in standard deviations between networks",
              difference(condition(2, 64, 30), condition(6, 64, 30)), 1),
        above("1024 units: the same difference", difference(condition(2, 1024, 4), condition(6, 1024, 4)), 2)};
}

/// Steps of preconditioned descent with S = K^-1 (of the kernel, not of the network) until 5 % of the start are left.
double stepsOf(const Preconditioner &preconditioner, const std::vector<double> &y, std::int64_t units, int most,
               std::uint64_t seed, const StopToken &stop)
{
    FiniteNetwork network(onCircle(static_cast<std::int64_t>(y.size())), 1, units, 1, seed);
    double start = 0;
    for (double value : y)
        start += value * value;
    for (int step = 0;; ++step) {
        stop.throwIfRequested();
        std::vector<double> residual = network.outputs();
        double left = 0;
        for (std::size_t i = 0; i < y.size(); ++i) {
            residual[i] -= y[i];
            left += residual[i] * residual[i];
        }
        if (left <= 0.0025 * start)
            return step;
        if (step == most || !std::isfinite(left))
            return most;
        network.descend(preconditioner.apply(residual), 0.5);
    }
}

std::vector<ExperimentRow> measureWideDescent(const Surroundings &around)
{
    constexpr std::int64_t kPoints = 48, kNarrower = 16;
    constexpr int kMost = 100;
    const std::int64_t units = around.whole("units");
    const auto seed = static_cast<std::uint64_t>(around.whole("seed"));
    const Eigenpairs pairs = eigenpairs(gram(fullyConnected(1, 1), KernelOf::Ntk, onCircle(kPoints), around.options));
    const Preconditioner preconditioner(pairs, whitenedTargets(pairs));
    const std::string wideUnits = std::to_string(units) + " units",
                      narrowUnits = std::to_string(units / kNarrower) + " units";
    std::vector<ExperimentRow> rows;
    double wide = 0;
    for (int frequency : {1, 2, 3, 4, 6}) {
        wide = stepsOf(preconditioner, wave(kPoints, frequency), units, kMost, seed, around.options.stop);
        // The kernel's own steps; a network's kernel moves by about 1 / units.
        rows.push_back(within(wideUnits + ", frequency " + std::to_string(frequency)
                                  + ": steps with S = K^-1 (the kernel itself: 5)",
                              wide, 5, 4 * 16384 / static_cast<double>(units)));
    }
    const std::vector<double> y = wave(kPoints, 6);
    const double narrow = stepsOf(preconditioner, y, units / kNarrower, kMost, seed, around.options.stop);
    rows.push_back(
        above(narrowUnits + ", frequency 6: steps, of at most 100, less those of " + wideUnits, narrow - wide, 5));
    rows.push_back(above("frequency 6: steps that the kernel's plain gradient descent needs",
                         static_cast<double>(Descent(pairs, {}, y, 1 / pairs.values[0]).stepsTo(0.05).value_or(-1)),
                         900));
    return rows;
}

} // namespace

Design finiteWidth()
{
    return {.name = "finite-width",
            .claim = "The tangent kernel is the limit of wide networks",
            .lesson = "The tangent kernel says how a network's output at one point moves when gradient descent "
                      "corrects it at another. Here random networks of three depths are drawn, each in two widths, "
                      "and the mean of their kernels is compared with the formula for infinite width. The mean meets "
                      "the formula; single networks scatter around it by about sqrt(layers / width), so that eight "
                      "times the width makes the scatter sqrt 8 times narrower. The figures are about networks "
                      "before training: that the kernel also stays where it is while they learn is another claim, "
                      "and a stronger one.",
            .play = "tessera spectra mercer fc:depth=1,bias=0 fc:depth=2,bias=0.5,bias_init=zero "
                    "fc:depth=3,bias=1,bias_init=zero --dimension 3",
            .source = "engine/spectra/gallery_networks.cpp: measureWidth",
            .parameters = {wholes("units", "units of the wide networks; the narrow have an eighth", 512, 512, 1024),
                           wholes("networks", "networks of each kind", 30, 30, 40),
                           numbers("bias", "bias of three layers; two have half of it", 1, 0, 2)},
            .measure = measureWidth};
}

Design depthOrder()
{
    return {.name = "depth-order",
            .claim = "Condition numbers of small networks say little about wide ones",
            .lesson = "Random networks of 2 and of 6 layers are drawn and the condition numbers of their tangent "
                      "kernels compared. With 1024 units the deeper network is clearly the better conditioned one, "
                      "as in the limit of infinite width. With 64 units two random networks of one depth differ more "
                      "than the depths do, and on other points the order can turn round. To rank architectures by "
                      "such a number of one small network is to rank its seed: give the spread over seeds with it, "
                      "and no rank where the spreads overlap.",
            .play = "tessera spectra gram fc:depth=2,bias=0 fc:depth=6,bias=0 --dimension 10 --points {points}",
            .source = "engine/spectra/gallery_networks.cpp: measureDepths",
            .parameters = {wholes("points", "points", 32, 24, 48), wholes("seed", "seed of the points", 1, 1, 1000)},
            .measure = measureDepths};
}

Design wideNetworks()
{
    return {
        .name = "wide-networks",
        .claim = "Preconditioned descent does the same for real networks, if they are wide",
        .lesson = "Waves on the circle again, learnt by real networks with one hidden layer. Wide ones need "
                  "nearly the few steps with S = K^-1 that the kernel promises, where plain descent needs "
                  "hundreds. Narrow networks leave the kernel's regime: their own kernel moves while they learn, "
                  "S no longer fits it, and they need many more steps or never arrive. This happens first at the "
                  "high frequencies that the preconditioner is meant to help. So the promise is one to wide "
                  "networks, and how wide is wide enough depends on the target.",
        .play = "tessera spectra descend fc:depth=1,bias=1,bias_init=zero --points 48 --frequencies 6",
        .source = "engine/spectra/gallery_networks.cpp: measureWideDescent",
        .parameters = {wholes("units", "units of the wide networks; the narrow have a sixteenth", 16384, 8192, 16384),
                       wholes("seed", "seed of the networks", 7, 1, 1000)},
        .measure = measureWideDescent};
}

} // namespace tessera::gallery
