// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/gallery_experiments.h"
#include "engine/spectra/mercer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <tuple>
#include <utility>

namespace tessera::gallery {
namespace {

std::vector<ExperimentRow> measureSlopes(const Surroundings &around)
{
    const std::string network = "fc:depth=" + plain(around.number("depth")) + ",bias=1,bias_init=zero";
    const std::int64_t last = around.whole("degree");
    // What bends the lines falls as 1 / k^2; above degree 200 rounding takes its place.
    const double bend = std::max(1.0, std::pow(200.0 / static_cast<double>(last), 2));
    struct Case {
        std::string kernel;
        KernelOf of;
        double tolerance;
    };
    std::vector<ExperimentRow> rows;
    for (const Case &one : {Case{"laplace:c=1", KernelOf::Ntk, 0.01},
                            {network, KernelOf::Ntk, 0.01},
                            {network, KernelOf::Gp, 0.01},
                            {"resfc:depth=10,alpha=" + plain(around.number("alpha")), KernelOf::Ntk, 0.01},
                            {"resfc:depth=50,alpha=0.02", KernelOf::Ntk, 0.06},
                            {"gamma_exponential:c=1,gamma=" + plain(around.number("gamma")), KernelOf::Ntk, 0.02}}) {
        const Kernel kernel = kernelFromText(one.kernel);
        for (std::int64_t d : {2, 3, 4})
            rows.push_back(
                within(one.kernel + " " + toString(one.of) + ", d = " + std::to_string(d) + ": slope of even degrees",
                       fitDecay(mercerSpectrum(kernel, one.of, d, last + 1), last / 5, last).even->slope,
                       decayTheory(kernel, one.of, d)->exponent, one.tolerance * bend));
    }
    return rows;
}

std::vector<ExperimentRow> measureTails(const Surroundings &around)
{
    const std::int64_t depth = around.whole("depth"), dimension = around.whole("dimension");
    Kernel deep = kernelFromText("fc:depth=1,bias=1,bias_init=zero"), laplace = kernelFromText("laplace:c=1");
    deep.depth = depth;
    laplace.c = static_cast<double>(depth) / (2 * std::numbers::pi);
    const MercerSpectrum network = mercerSpectrum(deep, KernelOf::Ntk, dimension, 91),
                         other = mercerSpectrum(laplace, KernelOf::Ntk, dimension, 91);
    std::vector<ExperimentRow> rows;
    for (auto [k, expected, tolerance] :
         {std::tuple{2u, 1.47, 0.01}, {5u, 1.09, 0.01}, {10u, 1.033, 1e-3}, {30u, 1.0038, 1e-4}, {90u, 1.0004, 1e-4}}) {
        const std::string what = "normalised NTK / Laplace with c = L / (2 pi), L = " + std::to_string(depth)
                               + ", degree " + std::to_string(k);
        const double quotient = network.values[k] / network.trace / other.values[k];
        // Elsewhere the law alone: 1, up to what falls as 1 / k^2.
        rows.push_back(around.asUsual({"depth", "dimension"}) ? within(what, quotient, expected, tolerance)
                                                              : within(what, quotient, 1, 12.0 / (k * k)));
    }
    return rows;
}

std::vector<ExperimentRow> measureParity(const Surroundings &around)
{
    const std::int64_t degree = around.whole("degree"), even = degree - degree % 2, odd = degree - 1 + degree % 2;
    std::vector<ExperimentRow> rows;
    for (double part : {0.0, 0.25, 0.5, 1.0}) {
        Kernel kernel;
        kernel.bias = part * around.number("bias");
        const MercerSpectrum spectrum = mercerSpectrum(kernel, KernelOf::Ntk, 3, degree + 1);
        auto levelled = [&](std::int64_t k) {
            return spectrum.values[static_cast<std::size_t>(k)] * std::pow(static_cast<double>(k) + 0.5, 3);
        };
        // plus +- minus of the two ends: (1 + b^2) -+ (b^2 - 1). What is left falls as 1 / k^2.
        const double square = kernel.bias * kernel.bias,
                     tolerance = 2e-3 * std::max(1.0, square) * std::pow(100.0 / static_cast<double>(degree), 2);
        rows.push_back(within("one layer, bias " + plain(kernel.bias) + ": odd over even eigenvalues at degree "
                                  + std::to_string(degree),
                              levelled(odd) / levelled(even), square, tolerance));
    }
    return rows;
}

std::vector<ExperimentRow> measureLengths(const Surroundings &around)
{
    const double factor = around.number("factor"), square = factor * factor;
    const std::string layers = "fc:depth=" + plain(around.number("depth"));
    const Points once = makePoints({2}, {1, 0, 0.6, 0.8}, "the points"),
                 longer = makePoints({2}, {factor, 0, 0.6 * factor, 0.8 * factor}, "the points");
    auto ratio = [&](const std::string &text) {
        const Kernel kernel = kernelFromText(text);
        return gram(kernel, KernelOf::Ntk, longer)(0, 1) / gram(kernel, KernelOf::Ntk, once)(0, 1);
    };
    return {within("NTK without bias: both points " + plain(factor) + " times as long", ratio(layers + ",bias=0"),
                   square, 1e-12 * std::max(1.0, square / 4)),
            below("NTK with bias 1: no longer homogeneous", ratio(layers + ",bias=1,bias_init=zero"), 0.975 * square),
            below("Laplace: falls", ratio("laplace:c=1"), 1)};
}

/// The largest gap between the normalised residual tangent kernel and that of two layers without bias.
double gapToTwoLayers(std::int64_t depth, double alpha)
{
    Kernel kernel;
    kernel.family = KernelFamily::ResFc;
    kernel.depth = depth;
    kernel.alpha = alpha;
    std::vector<double> angles;
    for (int i = 0; i <= 2000; ++i)
        angles.push_back(std::numbers::pi * i / 2000);
    const std::vector<double> deep = profile(kernel, KernelOf::Ntk, angles);
    double gap = 0;
    for (std::size_t i = 0; i < angles.size(); ++i) {
        const double rest = 1 - angles[i] / std::numbers::pi;
        const double two = std::cos(angles[i]) * rest + std::sin(angles[i]) / (2 * std::numbers::pi);
        gap = std::max(gap, std::fabs(deep[i] / deep[0] - two));
    }
    return gap;
}

std::vector<ExperimentRow> measureShallowLimit(const Surroundings &around)
{
    const std::int64_t deepest = around.whole("depth");
    const double power = around.number("power");
    std::vector<ExperimentRow> rows;
    double before = 1;
    for (auto [part, expected] : {std::pair{100, 0.043}, {25, 0.030}, {5, 0.015}, {1, 0.0067}}) {
        const std::int64_t depth = deepest / part;
        const double gap = gapToTwoLayers(depth, 1.0 / static_cast<double>(depth));
        const std::string what = "alpha = 1/L, L = " + std::to_string(depth) + ": gap to the two-layer kernel";
        rows.push_back(around.asUsual({"depth"}) ? within(what, gap, expected, 6e-4) : below(what, gap, before));
        before = gap;
    }
    const double stays = gapToTwoLayers(deepest, 1 / std::pow(static_cast<double>(deepest), power));
    const std::string what = (power == 0.5 ? std::string("alpha = 1/sqrt L") : "alpha = 1/L^" + plain(power))
                           + ", L = " + std::to_string(deepest) + ": the gap stays";
    rows.push_back(around.asUsual({"depth", "power"}) ? within(what, stays, 0.077, 6e-4) : above(what, stays, 0.07));
    return rows;
}

} // namespace

Design slopes()
{
    return {.name = "slopes",
            .claim = "Laplace's and the tangent kernels' eigenvalues fall alike, as k^-d, with or without skip "
                     "connections; a GP's faster",
            .lesson = "On the unit sphere a kernel splits into degrees as a sound into frequencies, and gradient "
                      "descent learns a degree the faster the larger its eigenvalue. The eigenvalues of Laplace's "
                      "kernel and of the tangent kernels fall as k^-d, with or without skip connections; those of "
                      "the Gaussian process (GP) of the same network fall two powers faster, and those of the "
                      "gamma-exponential kernel as its exponent says. The slopes are fitted to even degrees alone, "
                      "because even and odd ones may lie on two parallel lines. Equal slopes mean equally smooth "
                      "functions at high degrees. What differs between architectures is the constant, and all that "
                      "happens at low degrees, which the slopes do not show.",
            .play = "tessera spectra mercer fc:depth={depth},bias=1,bias_init=zero resfc:depth=10,alpha={alpha} "
                    "laplace:c=1 --dimension 4",
            .source = "engine/spectra/gallery_spectra.cpp: measureSlopes",
            .parameters = {wholes("depth", "layers of the plain network", 3, 1, 8),
                           numbers("alpha", "branch weight of the residual network", 1, 0.5, 2),
                           numbers("gamma", "exponent of the gamma-exponential kernel", 1.5, 0.75, 1.75),
                           wholes("degree", "last degree of the fit", 200, 150, 250)},
            .measure = measureSlopes};
}

Design tails()
{
    return {.name = "tails",
            .claim = "With c = L / (2 pi) Laplace has the tail of the tangent kernel itself",
            .lesson = "Near angle 0 the normalised tangent kernel of L layers falls as 1 - L / (2 pi) times the "
                      "angle, and so does Laplace's kernel with c = L / (2 pi). This first slope decides how the "
                      "eigenvalues of high degrees fall, so that with a bias of 1, where even and odd degrees agree, "
                      "the quotient of the two kernels' eigenvalues tends to 1. No parameter is fitted: c follows "
                      "from the slope at angle 0. At low degrees the kernels differ, with three layers by almost a "
                      "half at degree 2. To share a tail is not to be the same kernel.",
            .play =
                "tessera spectra mercer fc:depth=5,bias=1,bias_init=zero laplace:c=0.7957747 --dimension {dimension}",
            .source = "engine/spectra/gallery_spectra.cpp: measureTails",
            .parameters = {wholes("depth", "hidden layers", 3, 1, 8),
                           wholes("dimension", "dimension of the sphere's space", 3, 2, 5)},
            .measure = measureTails};
}

Design parity()
{
    return {.name = "parity",
            .claim = "Without bias one hidden layer cannot learn odd frequencies above 1; a bias repairs it",
            .lesson = "How even and odd degrees differ is decided by what a kernel does at opposite points. For one "
                      "hidden layer without bias the eigenvalues of odd degrees above 1 are exactly 0: such a "
                      "network, infinitely wide and near its start, never learns that part of a function. With a "
                      "trained bias they are bias^2 times the even ones, in the limit of high degrees, and just as "
                      "large for a bias of 1. A second hidden layer repairs it too, without any bias. The figures "
                      "say how fast a part is learnt, not whether the data have such a part.",
            .play = "tessera spectra mercer fc:depth=1,bias=0 fc:depth=2,bias=0 --dimension 2",
            .source = "engine/spectra/gallery_spectra.cpp: measureParity",
            .parameters = {numbers("bias", "largest of the four biases", 1, 0.1, 2),
                           wholes("degree", "degree where even and odd are compared", 100, 30, 200)},
            .measure = measureParity};
}

Design lengths()
{
    return {.name = "lengths",
            .claim = "Off the sphere the two kernels part",
            .lesson = "On the unit sphere the tangent kernel and Laplace's are close relatives; this experiment "
                      "makes two points longer and leaves it. Without bias the tangent kernel is homogeneous: it "
                      "grows with both lengths, exactly. A trained bias ends that, and Laplace's kernel falls "
                      "instead, because it only knows distances. So results about the sphere do not carry over to "
                      "rows of other lengths, and it matters whether data are scaled to unit length first. Which of "
                      "the two suits some data better is not said by this.",
            .play = "tessera spectra gram fc:depth={depth},bias=0 laplace:c=1 --data wine --scaling standard",
            .source = "engine/spectra/gallery_spectra.cpp: measureLengths",
            .parameters = {numbers("factor", "how many times as long", 2, 1.1, 10),
                           wholes("depth", "hidden layers", 3, 1, 50)},
            .measure = measureLengths};
}

Design shallowLimit()
{
    return {.name = "shallow-limit",
            .claim = "Deep residual networks with alpha = 1/L become two-layer networks",
            .lesson = "The weight alpha of the residual branches decides what depth does. With alpha = 1/L the "
                      "normalised tangent kernel approaches that of a network with two layers and no bias, however "
                      "deep it is, and inherits its parity gap: odd frequencies are learnt slowly. With alpha = "
                      "1/sqrt L it keeps its distance, and with larger weights it becomes as spiky as that of a deep "
                      "plain network. So the number of layers alone says little about a residual network. The gaps "
                      "are distances between kernels and no accuracies: which kernel is the better one depends on "
                      "the data.",
            .play = "tessera spectra mercer resfc:depth=50,alpha=0.02 resfc:depth=50,alpha=0.14 --dimension 2",
            .source = "engine/spectra/gallery_spectra.cpp: measureShallowLimit",
            .parameters = {wholes("depth", "layers of the deepest network", 500, 500, 5000),
                           numbers("power", "power of 1/L that keeps the gap", 0.5, 0.2, 0.5)},
            .measure = measureShallowLimit};
}

} // namespace tessera::gallery
