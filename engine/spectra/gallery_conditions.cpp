// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/eigen.h"
#include "engine/spectra/gallery_experiments.h"

#include <cmath>
#include <limits>
#include <string>

namespace tessera::gallery {
namespace {

/// Infinite where rounding hides the smallest eigenvalue.
double conditionOf(Matrix matrix, const GramOptions &options)
{
    return summarise(eigenvalues(std::move(matrix), options))
        .conditionNumber.value_or(std::numeric_limits<double>::infinity());
}

std::vector<ExperimentRow> measureConditions(const Surroundings &around)
{
    const std::int64_t depth = around.whole("depth"), count = around.whole("images");
    Points images = randomOnSphere(count * 16, 3, static_cast<std::uint64_t>(around.whole("seed")));
    images.shape = {16, 3};
    enum Network { Plain, Strong, Mild };
    auto condition = [&](Network network, KernelOf of) {
        Kernel kernel = kernelFromText("conv:depth=1,filter=3,head=trace");
        kernel.depth = depth;
        if (network != Plain) {
            kernel.family = KernelFamily::ResConv;
            kernel.block = ResBlock::B;
            kernel.alpha = network == Strong ? around.number("alpha") : 1 / std::sqrt(static_cast<double>(depth));
        }
        return conditionOf(gram(kernel, of, images, around.options), around.options);
    };
    const std::string layers = std::to_string(depth) + " layers",
                      strong = "skip connections, alpha = " + plain(around.number("alpha"));
    const double gp = condition(Plain, KernelOf::Gp), gpStrong = condition(Strong, KernelOf::Gp),
                 ntk = condition(Plain, KernelOf::Ntk);
    return {above("GP, plain convolutions, " + layers, gp, 100),
            below("GP, " + strong + ": better conditioned", gpStrong, gp),
            below("GP, skip connections, alpha = 1/sqrt L: better still", condition(Mild, KernelOf::Gp), gpStrong),
            above("NTK, plain convolutions, " + layers, ntk, 1),
            above("NTK, " + strong + ": not better", condition(Strong, KernelOf::Ntk), 0.95 * ntk),
            above("NTK, skip connections, alpha = 1/sqrt L: worse", condition(Mild, KernelOf::Ntk), ntk)};
}

std::vector<ExperimentRow> measureIdentity(const Surroundings &around)
{
    Kernel kernel;
    kernel.depth = around.whole("layers");
    const double n = around.number("points"), layers = around.number("layers");
    const double condition = conditionOf(
        gram(kernel, KernelOf::Ntk, randomOnSphere(around.whole("points"), 10, 1), around.options), around.options);
    // What is missing falls as 1 / layers, and every point adds its part.
    const double tolerance = 0.02 * (n / 20) * (40'000 / layers);
    return {within("FC-NTK, " + plain(layers) + " layers, " + plain(n) + " points: condition number, limit (n + 3) / 3",
                   condition, (n + 3) / 3, tolerance),
            above("its distance from the limit (n + 4) / 3 that is also stated", (n + 4) / 3 - condition,
                  around.asUsual({"layers", "points"}) ? 0.3 : 1.0 / 3 - tolerance)};
}

} // namespace

Design conditions()
{
    return {.name = "conditions",
            .claim = "Skip connections improve the condition number",
            .lesson = "The condition number of a kernel matrix, its largest eigenvalue over the smallest, says how "
                      "unequally fast gradient descent learns the parts of a function. Skip connections make that of "
                      "the Gaussian process (GP) smaller, and with alpha = 1/sqrt L it hardly grows with depth any "
                      "more. For the tangent kernel (NTK), which is the one that governs training, the plain "
                      "network's is as small or smaller. So always say which of the two kernels a condition number "
                      "belongs to. Nor is a small one a merit by itself: deep plain tangent kernels have it because "
                      "they are nearly the identity.",
            .notReproduced = "For the tangent kernel skip connections do not improve the condition number: the plain "
                             "network's is as small or smaller.",
            .play =
                "tessera spectra gram resfc:depth=50,alpha=1 fc:depth=50,bias=0 --of gp --dimension 50 --points 100",
            .source = "engine/spectra/gallery_conditions.cpp: measureConditions",
            .parameters = {wholes("depth", "layers", 10, 5, 30),
                           numbers("alpha", "weight of the strong branches", 1, 0.7, 1.2),
                           wholes("images", "images", 64, 32, 96), wholes("seed", "seed of the images", 1, 1, 1000)},
            .measure = measureConditions};
}

Design nearlyIdentity()
{
    return {.name = "nearly-identity",
            .claim = "Very deep plain tangent kernels are nearly perfectly conditioned",
            .lesson =
                "With depth the normalised tangent kernel of a plain network forgets the angle between two points: it "
                "tends to 1 for a point with itself and to 1/4 "
                "for every other pair. The matrix is then 3/4 I + 1/4, and for n points its condition number is (n + "
                "3) / 3, very small for a kernel. "
                "Gradient descent on it is fast, and useless: what is learnt at one point says nothing about its "
                "neighbours. So a small condition "
                "number alone is no sign of a good architecture. It takes thousands of layers to come near this limit.",
            .notReproduced =
                "The stated limit (n + 4) / 3 of the condition number; algebra and figures give (n + 3) / 3.",
            .play = "tessera spectra gram fc:depth={layers},bias=0 --dimension 10 --points 40",
            .source = "engine/spectra/gallery_conditions.cpp: measureIdentity",
            .parameters = {wholes("layers", "layers", 40'000, 10'000, 100'000), wholes("points", "points", 20, 5, 40)},
            .measure = measureIdentity};
}

} // namespace tessera::gallery
