// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/gallery_experiments.h"

#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <utility>

namespace tessera::gallery {
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

/// "1/2" for what is one divided by a whole number, as the square root of four layers.
std::string fraction(double alpha)
{
    return alpha < 1 && 1 / alpha == std::floor(1 / alpha) ? "1/" + plain(1 / alpha) : plain(alpha);
}

std::vector<ExperimentRow> measureLocality(const Surroundings &around)
{
    constexpr std::size_t kAngles = 21; // of 40 around the circle: the others mirror them
    std::vector<double> weights(kAngles, 2.0 / 40), images;
    weights.front() = weights.back() = 1.0 / 40;
    for (std::size_t index = 0; index < kAngles * kAngles * kAngles * kAngles; ++index)
        for (std::size_t step : {index / (kAngles * kAngles * kAngles), index / (kAngles * kAngles) % kAngles,
                                 index / kAngles % kAngles, index % kAngles})
            for (double value : {std::cos(std::numbers::pi * static_cast<double>(step) / 20),
                                 std::sin(std::numbers::pi * static_cast<double>(step) / 20)})
                images.push_back(value);
    const Points torus = makePoints({4, 2}, std::move(images), "the images"),
                 origin = makePoints({4, 2}, {1, 0, 1, 0, 1, 0, 1, 0}, "the image");
    const std::string depth = plain(around.number("depth")), tail = ",filter=3,head=equivariant";
    struct Case {
        std::string name, kernel;
        double ntkOne, ntkCentre, gpOne;
        bool published;
    };
    const bool asDeep = around.asUsual({"depth"});
    std::vector<ExperimentRow> rows;
    std::optional<Locality> ntkBefore, gpBefore;
    for (const Case &one :
         {Case{"plain", "conv:depth=" + depth + tail, 0.349, 0.091, 0.565, asDeep},
          {"alpha = 1", "resconv:block=B,depth=" + depth + ",alpha=1" + tail, 0.525, 0.167, 0.764, asDeep},
          {"alpha = " + fraction(around.number("alpha")),
           "resconv:block=B,depth=" + depth + ",alpha=" + plain(around.number("alpha")) + tail, 0.726, 0.416, 0.902,
           around.asUsual({"depth", "alpha"})}}) {
        const KernelMatrices both = evaluate(kernelFromText(one.kernel), origin, torus, around.options);
        const Locality ntk = localityOf(both.ntk, weights), gp = localityOf(both.gp, weights);
        const auto row = [&](const std::string &what, double measured, double expected, double before) {
            const std::string name = one.name + ", " + depth + " layers: " + what;
            rows.push_back(one.published ? within(name, measured, expected, 2e-3) : above(name, measured, before));
        };
        const Locality lessNtk = ntkBefore.value_or(Locality{}), lessGp = gpBefore.value_or(Locality{});
        row("share of the NTK's trace in functions of one pixel", ntk.one, one.ntkOne, lessNtk.one);
        row("in functions of the centre pixel", ntk.centre, one.ntkCentre, lessNtk.centre);
        row("share of the GP's trace in functions of one pixel", gp.one, one.gpOne, lessGp.one);
        ntkBefore = ntk;
        gpBefore = gp;
    }
    return rows;
}

} // namespace

Design localBias()
{
    return {.name = "local-bias",
            .claim = "Skip connections make convolutional networks more local",
            .lesson = "Every image has four pixels, each of them an angle, so that the eigenvalues are Fourier "
                      "coefficients on a torus and the shares exact. The trace of the kernel, without its constant, "
                      "is divided among functions of one pixel, of two, and of more. With skip connections functions "
                      "of one pixel gain weight, those of the centre pixel above all, and the more the smaller the "
                      "branches' weight alpha is: such networks learn local functions sooner. This is a preference "
                      "and no limit: functions of many pixels keep a share. Along one pixel the eigenvalues fall "
                      "alike with and without skip connections, as the kernels of a single pixel show.",
            .play = "tessera spectra mercer fc:depth={depth},bias=0 resfc:depth={depth},alpha={alpha} --dimension 2",
            .source = "engine/spectra/gallery_locality.cpp: measureLocality",
            .parameters = {wholes("depth", "layers", 4, 2, 8),
                           numbers("alpha", "branch weight of the last network", 0.5, 0.1, 0.9)},
            .measure = measureLocality};
}

} // namespace tessera::gallery
