// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/spectra/reference.h"

#include "engine/base/error.h"
#include "engine/spectra/preconditioning.h"
#include "engine/spectra/regression.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <tuple>
#include <vector>

namespace tessera {
namespace {

double referenceAngle(std::int64_t i) { return 2 * std::numbers::pi * static_cast<double>(i) / 12 + static_cast<double>(i * i) / 500; }

Points referencePoints()
{
    std::vector<double> values;
    for (std::int64_t i = 0; i < 12; ++i) {
        values.push_back(std::cos(referenceAngle(i)));
        values.push_back(std::sin(referenceAngle(i)));
    }
    return makePoints({2}, values, "the test");
}

struct GramCase {
    const char *name, *kernel;
    KernelOf of;
    double scale;
};

TEST(GramSpectra, HaveTheReferenceEigenvalues)
{
    for (const GramCase &one : {GramCase{"fc_ntk_L2_b0", "fc:depth=2,bias=0", KernelOf::Ntk, 1}, {"fc_ntk_L2_b1", "fc:depth=2,bias=1,bias_init=zero", KernelOf::Ntk, 1},
                                {"fc_gp_L2", "fc:depth=2,bias=0", KernelOf::Gp, 1}, {"res_gp_L2_a1_norm", "resfc:depth=2,alpha=1", KernelOf::Gp, 4},
                                {"res_ntk_L2_a1_norm", "resfc:depth=2,alpha=1", KernelOf::Ntk, 8}, {"laplace_c1", "laplace:c=1", KernelOf::Ntk, 1}}) {
        const Json &expected = reference().at("gram").at("kernels").at(one.name);
        std::vector<double> values = eigenvalues(gram(kernelFromText(one.kernel), one.of, referencePoints()));
        for (std::size_t i = 0; i < values.size(); ++i)
            EXPECT_NEAR(values[i] / one.scale, numberOf(expected.at("eigenvalues_desc")[i]), 1e-13 * values[0]) << one.name << " " << i;
        EXPECT_NEAR(*summarise(values).conditionNumber / numberOf(expected.at("condition_number")), 1, 1e-10) << one.name;
        EXPECT_NEAR(summarise(values).trace / one.scale, numberOf(expected.at("trace")), 1e-12) << one.name;
    }
}

TEST(GramSpectra, HaveTheReferenceMetrics)
{
    const Json &metrics = reference().at("metrics");
    Matrix kernel(3, 3);
    for (std::int64_t i = 0; i < 3; ++i)
        for (std::int64_t j = 0; j < 3; ++j)
            kernel(i, j) = numberOf(metrics.at("K")[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]);
    const SpectrumSummary summary = summarise(eigenvalues(kernel));
    EXPECT_NEAR(*summary.conditionNumber, numberOf(metrics.at("condition_number")), 1e-12);
    EXPECT_NEAR(summary.stableRank, numberOf(metrics.at("stable_rank_trace_over_lmax")), 1e-12);
    EXPECT_NEAR(summary.participationRatio, numberOf(metrics.at("participation_ratio_tr2_over_fro2")), 1e-12);
    EXPECT_NEAR(summary.effectiveRank, numberOf(metrics.at("effective_rank_exp_entropy")), 1e-12);
    const Alignment fit = alignment(kernel, {1, 1, -1});
    EXPECT_NEAR(fit.plain, numberOf(metrics.at("KTA_uncentred")), 1e-12);
    EXPECT_NEAR(fit.centred, numberOf(metrics.at("CKA_HSIC_centred")), 1e-12);
    EXPECT_NEAR(fit.labelwise, numberOf(metrics.at("LGA_entrywise_centred")), 1e-12);
}

TEST(GramSpectra, SayNothingAboutAConditionNumberThatIsRounding)
{
    const Points twice = makePoints({2}, {1, 0, 0, 1, 1, 0}, "the test");
    EXPECT_FALSE(summarise(eigenvalues(gram(kernelFromText("laplace:c=1"), KernelOf::Ntk, twice))).conditionNumber);
}

TEST(Eigenpairs, SolveTheirEquationBeyondOnePanel)
{
    const Matrix matrix = gram(kernelFromText("fc:depth=2,bias=1,bias_init=zero"), KernelOf::Ntk, randomOnSphere(180, 4, 5));
    const Eigenpairs all = eigenpairs(matrix), few = eigenpairs(matrix, 7);
    const std::vector<double> values = eigenvalues(matrix);
    ASSERT_EQ(few.values.size(), 7u);
    for (std::int64_t k = 0; k < 180; ++k) {
        const auto index = static_cast<std::size_t>(k);
        EXPECT_NEAR(all.values[index], values[index], 1e-12 * values[0]);
        double error = 0, length = 0;
        for (std::int64_t i = 0; i < 180; ++i) {
            double product = 0;
            for (std::int64_t j = 0; j < 180; ++j)
                product += matrix(i, j) * all.vectors(k, j);
            error = std::max(error, std::fabs(product - all.values[index] * all.vectors(k, i)));
            length += all.vectors(k, i) * all.vectors(k, i);
        }
        EXPECT_LE(error, 1e-12 * values[0]) << k;
        EXPECT_NEAR(length, 1, 1e-12);
        if (k < 7) {
            EXPECT_NEAR(few.values[index], values[index], 1e-12 * values[0]);
        }
    }
}

TEST(Lanczos, FindsTheLargestEigenpairsOfAMatrixItNeverStores)
{
    const Kernel kernel = kernelFromText("laplace:c=1");
    const Points points = randomOnSphere(400, 3, 11);
    const std::vector<double> expected = eigenvalues(gram(kernel, KernelOf::Ntk, points));
    const Matrix stored = gram(kernel, KernelOf::Ntk, points);
    for (const SymmetricOperator &matrix : {operatorOf(stored), kernelOperator(kernel, KernelOf::Ntk, points)}) {
        const LanczosResult got = lanczos(matrix, 12);
        EXPECT_LT(got.products, 200);
        for (std::size_t i = 0; i < 12; ++i) {
            EXPECT_NEAR(got.pairs.values[i], expected[i], 1e-9 * expected[0]) << i;
            EXPECT_LE(got.residuals[i], 1e-10 * expected[0]) << i;
        }
    }
}

TEST(Lanczos, GoesOnWhereItsStartIsUsedUp)
{
    Matrix identity(30, 30);
    for (std::int64_t i = 0; i < 30; ++i)
        identity(i, i) = i < 5 ? 2 : 1;
    const LanczosResult got = lanczos(operatorOf(identity), 8);
    for (std::size_t i = 0; i < 8; ++i)
        EXPECT_LE(got.pairs.values[i], 2 + 1e-12) << i;
    EXPECT_NEAR(got.pairs.values[0], 2, 1e-12);
}

TEST(Eigenvalues, StopOnRequest)
{
    GramOptions options;
    options.stop.request();
    EXPECT_THROW(eigenvalues(Matrix(200, 200), options), Error);
    EXPECT_THROW(gram(Kernel{}, KernelOf::Ntk, randomOnSphere(50, 3, 1), options), Error);
}

TEST(PreconditionedDescent, HasTheReferenceTrajectories)
{
    const Json &pgd = reference().at("pgd");
    const Matrix kernel = gram(kernelFromText("fc:depth=2,bias=1,bias_init=zero"), KernelOf::Ntk, referencePoints());
    const Eigenpairs pairs = eigenpairs(kernel);
    std::vector<double> y;
    for (std::int64_t i = 0; i < 12; ++i)
        y.push_back(std::sin(3 * referenceAngle(i)));
    auto follows = [&](const char *name, const std::vector<double> &targets, double eta) {
        const Descent descent(pairs, targets, y, eta);
        for (const Json &row : pgd.at(name))
            EXPECT_NEAR(descent.residual(row.at("t").get<std::int64_t>()) / numberOf(row.at("norm_r")), 1, 1e-10) << name << row;
    };
    follows("gd_eta_1_over_lambda1", {}, 1 / pairs.values[0]);
    follows("pgd_Kinv_eta_half", whitenedTargets(pairs), 0.5);
    follows("pgd_clip_k4_eta_1_over_lambda5", clippedTargets(pairs, 4), 1 / pairs.values[4]);

    const Preconditioner preconditioner(pairs, clippedTargets(pairs, 4));
    double trace = 0;
    for (std::size_t i = 0; i < 12; ++i) {
        std::vector<double> unit(12);
        unit[i] = 1;
        const std::vector<double> column = preconditioner.apply(unit);
        trace += column[i];
        if (i == 0) {
            EXPECT_NEAR(column[0], numberOf(pgd.at("S_clip_k4").at("S_00")), 1e-12);
            EXPECT_NEAR(column[1], numberOf(pgd.at("S_clip_k4").at("S_01")), 1e-12);
            EXPECT_NEAR(column[5], numberOf(pgd.at("S_clip_k4").at("S_05")), 1e-12);
        }
    }
    EXPECT_NEAR(trace, numberOf(pgd.at("S_clip_k4").at("trace")), 1e-11);
}

TEST(PreconditionedDescent, NeedsTheSameStepsForEveryFrequencyWherePlainDescentDoesNot)
{
    const Matrix kernel = gram(kernelFromText("fc:depth=1,bias=1,bias_init=zero"), KernelOf::Ntk, onCircle(100));
    const Eigenpairs pairs = eigenpairs(kernel);
    const std::int64_t plain[] = {8, 39, 279, 367, 772, 968, 1502, 1809, 2457, 2873, 3622, 4139};
    for (int k = 1; k <= 12; ++k) {
        std::vector<double> y;
        for (int i = 0; i < 100; ++i)
            y.push_back(std::sin(k * 2 * std::numbers::pi * i / 100));
        EXPECT_EQ(Descent(pairs, {}, y, 1 / pairs.values[0]).stepsTo(0.05), plain[k - 1]) << k;
        EXPECT_EQ(Descent(pairs, whitenedTargets(pairs), y, 0.5).stepsTo(0.05), 5) << k;
    }
}

TEST(PreconditionedDescent, RefusesWhatItCannotMove)
{
    const Eigenpairs pairs = eigenpairs(gram(kernelFromText("laplace:c=1"), KernelOf::Ntk, makePoints({2}, {1, 0, 0, 1, 1, 0}, "the test")));
    EXPECT_THROW(Preconditioner(pairs, whitenedTargets(pairs)), Error);
    EXPECT_THROW(clippedTargets(pairs, 3), Error);
    EXPECT_THROW(Descent(pairs, {}, {1, 2}, 1), Error);
    EXPECT_THROW(modifiedKernel(pairs, [](double) { return -1.0; }), Error);
}

TEST(ModifiedKernels, AreTheKernelWhereTheTargetIsItsEigenvalue)
{
    const Matrix kernel = gram(kernelFromText("laplace:c=1"), KernelOf::Ntk, randomOnSphere(40, 3, 2));
    const Matrix same = modifiedKernel(eigenpairs(kernel), [](double value) { return value; });
    for (std::size_t i = 0; i < kernel.values.size(); ++i)
        EXPECT_NEAR(same.values[i], kernel.values[i], 1e-12);
}

TEST(Regression, FindsTheClassesOfRealFlowers)
{
    DataSet iris = readCsv(std::string(TESSERA_RESOURCES) + "/data/iris.csv");
    EXPECT_EQ(iris.points.count(), 150);
    EXPECT_EQ(iris.classes, (std::vector<std::string>{"setosa", "versicolor", "virginica"}));
    const Points points = scaled(iris.points, Scaling::Standard);
    const RegressionResult laplace = crossValidate(gram(kernelFromText("laplace:c=0.2"), KernelOf::Ntk, points), iris.labels, {});
    EXPECT_NEAR(laplace.accuracy, 0.95, 0.02);
    const RegressionResult linear = crossValidate(gram(kernelFromText("linear"), KernelOf::Ntk, points), iris.labels, {});
    EXPECT_LT(linear.accuracy, laplace.accuracy - 0.05);
}

TEST(DataSets, ThatAreShippedCanBeRead)
{
    for (auto [name, count, size, classes] : {std::tuple{"iris", 150, 4, 3u}, {"wine", 178, 13, 3u}, {"breast_cancer", 569, 30, 2u}, {"digits", 1797, 64, 10u}}) {
        const DataSet data = readCsv(std::string(TESSERA_RESOURCES) + "/data/" + name + ".csv");
        EXPECT_EQ(data.points.count(), count) << name;
        EXPECT_EQ(data.points.size(), size) << name;
        EXPECT_EQ(data.classes.size(), classes) << name;
        EXPECT_NO_THROW(scaled(data.points, Scaling::Both)) << name;
    }
}

} // namespace
} // namespace tessera
