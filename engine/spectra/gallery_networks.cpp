// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/eigen.h"
#include "engine/spectra/finite_network.h"
#include "engine/spectra/gallery_experiments.h"
#include "engine/spectra/preconditioning.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <string>
#include <tuple>
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

} // namespace

std::vector<ExperimentRow> finiteWidth(const Surroundings &around)
{
    std::vector<ExperimentRow> rows;
    const Points points = makePoints({3}, {1, 0, 0, 0.6, 0.8, 0, 0, -0.6, 0.8, -1, 0, 0, 1.2, 0, 1.6}, "the points");
    for (auto [depth, bias, seeds] : {std::tuple{1, 0.0, 30}, {2, 0.5, 30}, {3, 1.0, 30}}) {
        const Matrix limit = gram(fullyConnected(depth, bias), KernelOf::Ntk, points, around.options);
        std::array<double, 2> spreads{};
        double gap = 0;
        for (std::size_t width : {0u, 1u}) {
            Matrix mean(points.count(), points.count());
            std::vector<double> traces;
            for (int seed = 1; seed <= seeds; ++seed) {
                around.options.stop.throwIfRequested();
                const Matrix kernel = FiniteNetwork(points, depth, width == 0 ? 64 : 512, bias, static_cast<std::uint64_t>(seed)).tangentKernel();
                traces.push_back(0);
                for (std::int64_t i = 0; i < kernel.rows; ++i)
                    traces.back() += kernel(i, i);
                for (std::size_t k = 0; k < mean.values.size(); ++k)
                    mean.values[k] += kernel.values[k] / seeds;
            }
            spreads[width] = deviationOf(traces);
            for (std::size_t k = 0; k < mean.values.size(); ++k)
                mean.values[k] -= limit.values[k];
            gap = frobenius(mean) / frobenius(limit);
        }
        const std::string name = std::to_string(depth) + " hidden layers";
        rows.push_back(below(name + ", 512 units: mean kernel of 30 networks, relative distance from the limit", gap, 0.05));
        rows.push_back(within(name + ": how much narrower the spread between networks is with 8 times the width (sqrt 8 expected)",
                              spreads[0] / spreads[1], std::sqrt(8.0), 1.2));
    }
    return rows;
}

std::vector<ExperimentRow> depthOrder(const Surroundings &around)
{
    const Points points = randomOnSphere(32, 10, 1);
    struct Scatter {
        double mean = 0, deviation = 0;
    };
    auto condition = [&](std::int64_t depth, std::int64_t units, int seeds) {
        Scatter scatter;
        std::vector<double> values;
        for (int seed = 1; seed <= seeds; ++seed) {
            around.options.stop.throwIfRequested();
            const SpectrumSummary summary = summarise(eigenvalues(FiniteNetwork(points, depth, units, 0, static_cast<std::uint64_t>(seed)).tangentKernel()));
            values.push_back(std::log10(summary.conditionNumber.value_or(1e12)));
            scatter.mean += values.back() / seeds;
        }
        scatter.deviation = deviationOf(values) * scatter.mean;
        return scatter;
    };
    // In deviations of single networks: what one network of each depth would show.
    auto difference = [](const Scatter &shallow, const Scatter &deep) {
        return (shallow.mean - deep.mean) / std::sqrt((shallow.deviation * shallow.deviation + deep.deviation * deep.deviation) / 2);
    };
    return {below("64 units: log10 condition number of 2 layers less that of 6, in standard deviations between networks",
                  difference(condition(2, 64, 30), condition(6, 64, 30)), 1),
            above("1024 units: the same difference", difference(condition(2, 1024, 4), condition(6, 1024, 4)), 2)};
}

namespace {

/// Steps of preconditioned descent with S = K^-1 (of the kernel, not of the network) until 5 % of the start are left.
double stepsOf(const Preconditioner &preconditioner, const std::vector<double> &y, std::int64_t units, int most, const StopToken &stop)
{
    FiniteNetwork network(onCircle(static_cast<std::int64_t>(y.size())), 1, units, 1, 7);
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

} // namespace

std::vector<ExperimentRow> wideNetworks(const Surroundings &around)
{
    constexpr std::int64_t kPoints = 48;
    const Eigenpairs pairs = eigenpairs(gram(fullyConnected(1, 1), KernelOf::Ntk, onCircle(kPoints), around.options));
    const Preconditioner preconditioner(pairs, whitenedTargets(pairs));
    std::vector<ExperimentRow> rows;
    double narrow = 0, wide = 0;
    for (int frequency : {1, 2, 3, 4, 6}) {
        const std::vector<double> y = wave(kPoints, frequency);
        const double steps = stepsOf(preconditioner, y, 16384, 100, around.options.stop);
        rows.push_back(within("16384 units, frequency " + std::to_string(frequency) + ": steps with S = K^-1 (the kernel itself: 5)", steps, 5, 4));
        wide = steps;
        narrow = stepsOf(preconditioner, y, 1024, 100, around.options.stop);
    }
    rows.push_back(above("1024 units, frequency 6: steps, of at most 100, less those of 16384 units", narrow - wide, 5));
    const std::vector<double> y = wave(kPoints, 6);
    rows.push_back(above("frequency 6: steps that the kernel's plain gradient descent needs",
                         static_cast<double>(Descent(pairs, {}, y, 1 / pairs.values[0]).stepsTo(0.05).value_or(-1)), 900));
    return rows;
}

namespace {

/// Images of four pixels, each an angle: the kernel of pixel 0 with the image of angles 0 is a function on the torus, even in every
/// angle, and the sum of its eigenvalues over the frequencies of some pixels alone is a mean over the others' angles.
struct Locality {
    double one = 0, two = 0, more = 0, centre = 0; ///< Shares of the trace without the constant.
};

Locality localityOf(const Matrix &kernel, const std::vector<double> &weights)
{
    const std::size_t n = weights.size();
    // means[U]: over the angles of the pixels outside of U, those of U at 0.
    std::array<double, 16> means{};
    for (std::size_t index = 0; index < kernel.values.size(); ++index) {
        std::array<std::size_t, 4> at{index / (n * n * n), index / (n * n) % n, index / n % n, index % n};
        for (unsigned set = 0; set < 16; ++set) {
            double weight = 1;
            for (unsigned pixel = 0; pixel < 4; ++pixel)
                weight *= set >> pixel & 1 ? (at[pixel] == 0 ? 1.0 : 0.0) : weights[at[pixel]];
            means[set] += weight * kernel.values[index];
        }
    }
    // Inclusion and exclusion: what belongs to exactly the pixels of a set.
    Locality shares;
    const double whole = means[15] - means[0];
    for (unsigned set = 1; set < 16; ++set) {
        double exact = 0;
        for (unsigned part = 0; part < 16; ++part)
            if ((part & ~set) == 0)
                exact += (std::popcount(set ^ part) % 2 == 0 ? 1 : -1) * means[part];
        const int size = std::popcount(set);
        (size == 1 ? shares.one : size == 2 ? shares.two : shares.more) += exact / whole;
        if (set == 1)
            shares.centre = exact / whole;
    }
    return shares;
}

} // namespace

std::vector<ExperimentRow> localBias(const Surroundings &around)
{
    constexpr std::size_t kAngles = 21; // of 40 around the circle: the others mirror them
    std::vector<double> weights(kAngles, 2.0 / 40), images;
    weights.front() = weights.back() = 1.0 / 40;
    for (std::size_t index = 0; index < kAngles * kAngles * kAngles * kAngles; ++index)
        for (std::size_t step : {index / (kAngles * kAngles * kAngles), index / (kAngles * kAngles) % kAngles, index / kAngles % kAngles, index % kAngles})
            for (double value : {std::cos(std::numbers::pi * static_cast<double>(step) / 20), std::sin(std::numbers::pi * static_cast<double>(step) / 20)})
                images.push_back(value);
    const Points torus = makePoints({4, 2}, std::move(images), "the images"), origin = makePoints({4, 2}, {1, 0, 1, 0, 1, 0, 1, 0}, "the image");
    struct Case {
        const char *name, *kernel;
        double ntkOne, ntkCentre, gpOne;
    };
    std::vector<ExperimentRow> rows;
    for (const Case &one : {Case{"plain", "conv:depth=4,filter=3,head=equivariant", 0.349, 0.091, 0.565},
                            {"alpha = 1", "resconv:block=B,depth=4,alpha=1,filter=3,head=equivariant", 0.525, 0.167, 0.764},
                            {"alpha = 1/2", "resconv:block=B,depth=4,alpha=0.5,filter=3,head=equivariant", 0.726, 0.416, 0.902}}) {
        const KernelMatrices both = evaluate(kernelFromText(one.kernel), origin, torus, around.options);
        const Locality ntk = localityOf(both.ntk, weights), gp = localityOf(both.gp, weights);
        const std::string name = std::string(one.name) + ", 4 layers: ";
        rows.push_back(within(name + "share of the NTK's trace in functions of one pixel", ntk.one, one.ntkOne, 2e-3));
        rows.push_back(within(name + "in functions of the centre pixel", ntk.centre, one.ntkCentre, 2e-3));
        rows.push_back(within(name + "share of the GP's trace in functions of one pixel", gp.one, one.gpOne, 2e-3));
    }
    return rows;
}

} // namespace tessera::gallery
