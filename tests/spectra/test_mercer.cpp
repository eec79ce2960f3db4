// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/spectra/reference.h"

#include "engine/base/error.h"
#include "engine/spectra/mercer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>

namespace tessera {
namespace {

const Json &mercer(const char *block) { return reference().at("mercer").at(block); }

std::size_t degreeOf(const Json &row) { return row.at("k").get<std::size_t>(); }

TEST(MercerSpectra, HaveTheReferenceMultiplicities)
{
    for (const Json &row : mercer("multiplicity"))
        EXPECT_EQ(multiplicity(row.at("d").get<std::int64_t>(), row.at("k").get<std::int64_t>()), numberOf(row.at("N"))) << row;
}

TEST(MercerSpectra, HaveTheClosedFormsOfTheReferenceToAllDigits)
{
    for (const Json &row : mercer("power_1_minus_u")) {
        const double mu = numberOf(row.at("mu"));
        EXPECT_NEAR(powerSpectrum(row.at("d").get<std::int64_t>(), numberOf(row.at("nu")), 101)[degreeOf(row)] / mu, 1, 1e-15) << row;
    }
    for (int order : {0, 1})
        for (const Json &row : mercer(order == 0 ? "kappa0" : "kappa1")) {
            const double mu = numberOf(row.at("mu")), got = kappaSpectrum(order, row.at("d").get<std::int64_t>(), 101)[degreeOf(row)];
            EXPECT_LE(std::fabs(got - mu), 1e-15 * mu) << row;
        }
    for (const Json &row : mercer("fc_ntk_L1")) {
        Kernel kernel;
        kernel.bias = numberOf(row.at("beta"));
        const double mu = numberOf(row.at("mu"));
        const double got = mercerSpectrum(kernel, KernelOf::Ntk, row.at("d").get<std::int64_t>(), 101).values[degreeOf(row)];
        EXPECT_LE(std::fabs(got - mu), 2e-15 * mu) << row;
    }
}

TEST(MercerSpectra, HaveTheReferenceValuesOfEveryFamilyWithinTheErrorTheyState)
{
    for (const char *block : {"laplace", "gamma_exponential", "fc_ntk_deep_d3", "resntk_norm_d3"})
        for (const Json &row : mercer(block)) {
            Kernel kernel;
            const std::string name = block;
            kernel.family = name == "laplace" ? KernelFamily::Laplace : name == "gamma_exponential" ? KernelFamily::GammaExponential
                : name == "resntk_norm_d3" ? KernelFamily::ResFc : KernelFamily::Fc;
            if (row.contains("c"))
                kernel.c = numberOf(row.at("c"));
            if (row.contains("gamma"))
                kernel.gamma = numberOf(row.at("gamma"));
            if (row.contains("L"))
                kernel.depth = row.at("L").get<std::int64_t>();
            if (row.contains("beta"))
                kernel.bias = numberOf(row.at("beta"));
            if (row.contains("alpha"))
                kernel.alpha = numberOf(row.at("alpha"));
            const MercerSpectrum got = mercerSpectrum(kernel, KernelOf::Ntk, row.at("d").get<std::int64_t>(), degreeOf(row) + 2);
            const double scale = name == "resntk_norm_d3" ? got.trace : 1, mu = numberOf(row.at("mu")) * scale, error = got.errors[degreeOf(row)];
            EXPECT_LE(std::fabs(got.values[degreeOf(row)] - mu), error + 1e-15 * mu) << row << Json(got.values[degreeOf(row)]);
            EXPECT_LE(error, 1e-10 * std::max(mu, 1e-6)) << row;
        }
}

TEST(MercerSpectra, AddUpToTheKernelOnTheDiagonal)
{
    for (const char *text : {"fc:depth=3,bias=1,bias_init=zero", "fc:depth=2,bias=0.5,bias_init=normal", "resfc:depth=5,alpha=0.5", "linear",
                             "gamma_exponential:c=3,gamma=2"})
        for (KernelOf of : {KernelOf::Gp, KernelOf::Ntk}) {
            const MercerSpectrum spectrum = mercerSpectrum(kernelFromText(text), of, 3, 2000);
            double sum = 0;
            for (std::size_t k = 0; k < spectrum.values.size(); ++k)
                sum += spectrum.values[k] * spectrum.multiplicities[k];
            // The rest falls like 1/K for k^-3 (2k + 1).
            EXPECT_NEAR(sum / spectrum.trace, 1, 2e-3) << text;
        }
}

TEST(MercerSpectra, FallAsTheTheorySays)
{
    struct Case {
        const char *kernel;
        KernelOf of;
        double tolerance;
    };
    for (const Case &one : {Case{"laplace:c=1", KernelOf::Ntk, 0.01}, {"fc:depth=1,bias=1,bias_init=zero", KernelOf::Ntk, 0.01},
                            {"fc:depth=3,bias=0", KernelOf::Ntk, 0.01}, {"fc:depth=3,bias=0", KernelOf::Gp, 0.01},
                            {"resfc:depth=10,alpha=1", KernelOf::Ntk, 0.01}, {"resfc:depth=50,alpha=0.02", KernelOf::Ntk, 0.06},
                            {"gamma_exponential:c=1,gamma=1.5", KernelOf::Ntk, 0.02}, {"gamma_exponential:c=1,gamma=0.5", KernelOf::Ntk, 0.06}})
        for (std::int64_t d : {2, 3, 4}) {
            const Kernel kernel = kernelFromText(one.kernel);
            const DecayFits fits = fitDecay(mercerSpectrum(kernel, one.of, d, 201));
            const double exponent = decayTheory(kernel, one.of, d)->exponent;
            ASSERT_TRUE(fits.even) << one.kernel;
            EXPECT_NEAR(fits.even->slope, exponent, one.tolerance) << one.kernel << " d=" << d;
            if (fits.odd) {
                EXPECT_NEAR(fits.odd->slope, exponent, one.tolerance) << one.kernel << " d=" << d;
            }
        }
}

TEST(MercerSpectra, ApproachTheConstantsOfTheTheory)
{
    for (const char *text : {"fc:depth=1,bias=0.5,bias_init=zero", "fc:depth=2,bias=0", "fc:depth=5,bias=1,bias_init=zero", "laplace:c=1"})
        for (std::int64_t d : {2, 3, 4}) {
            const Kernel kernel = kernelFromText(text);
            const DecayTheory theory = *decayTheory(kernel, KernelOf::Ntk, d);
            const MercerSpectrum spectrum = mercerSpectrum(kernel, KernelOf::Ntk, d, 101);
            for (std::size_t k : {99u, 100u}) {
                const double expected = *(k % 2 == 0 ? theory.even : theory.odd)
                    * std::pow(static_cast<double>(k) + static_cast<double>(d - 2) / 2, theory.exponent);
                EXPECT_NEAR(spectrum.values[k] / expected, 1, 2e-3) << text << " d=" << d << " k=" << k;
            }
        }
}

TEST(MercerSpectra, HaveTheParityOfOneLayerWithoutBias)
{
    const MercerSpectrum plain = mercerSpectrum(kernelFromText("fc:depth=1,bias=0"), KernelOf::Ntk, 3, 12);
    for (std::size_t k : {3u, 5u, 7u, 9u, 11u})
        EXPECT_EQ(plain.values[k], 0) << k;
    EXPECT_FALSE(decayTheory(kernelFromText("gamma_exponential:c=1,gamma=2"), KernelOf::Ntk, 3));
}

TEST(MercerSpectra, RefuseImpossibleSpheres)
{
    const Kernel kernel;
    EXPECT_THROW(mercerSpectrum(kernel, KernelOf::Ntk, 1, 10), Error);
    EXPECT_THROW(mercerSpectrum(kernel, KernelOf::Ntk, 3, 0), Error);
    EXPECT_THROW(mercerSpectrum(kernel, KernelOf::Ntk, 3, kMostDegrees + 1), Error);
    EXPECT_THROW(mercerSpectrum(kernelFromText("conv:depth=1,filter=3,head=gap"), KernelOf::Ntk, 3, 10), Error);
}

} // namespace
} // namespace tessera
