// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/tangent/sub_block_grams.h"
#include "tests/nn/example_models.h"
#include "tests/nn/reference_network.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using tangent::Functional;
using tangent::GramSettings;
using tangent::Probes;

constexpr std::int64_t kProbes = 3, kWindow = 5;

ModelConfig tinyConfig(bool tied)
{
    ModelConfig config;
    config.hidden = 6;
    config.layers = 2;
    config.vocabulary = 11;
    config.heads = 4;
    config.kvHeads = 2;
    config.headDim = 2;
    config.ffnWidth = 5;
    config.context = 64;
    config.tiedEmbeddings = tied;
    return config;
}

nn::Model tinyModel(bool tied)
{
    ModelArchitecture architecture = parentArchitecture(tinyConfig(tied));
    architecture.layers[0].ffn = linearVariant(Part::Ffn);
    architecture.layers[1].attention = noneVariant(Part::Attention);
    return test::exampleModel(architecture);
}

Probes tinyProbes()
{
    const auto all = test::exampleTokens(kProbes * (kWindow + 1), 11);
    const at::Tensor rows = test::asTensor(all).view({kProbes, kWindow + 1});
    return {rows.narrow(1, 0, kWindow).contiguous(), rows.select(1, kWindow).contiguous()};
}

std::vector<std::int64_t> tokensOf(const Probes &probes, std::int64_t probe)
{
    const at::Tensor row = probes.tokens[probe].contiguous();
    return {row.data_ptr<std::int64_t>(), row.data_ptr<std::int64_t>() + kWindow};
}

/// The functional by its definition, on logits that loops in float64 computed.
double valueOf(Functional functional, const nn::Model &model, const Probes &probes, std::int64_t probe, const at::Tensor &direction)
{
    const std::vector<double> logits = test::referenceLogits(model, tokensOf(probes, probe)).back();
    const auto target = static_cast<std::size_t>(probes.targets[probe].item<std::int64_t>());
    double sum = 0, mean = 0, exponentials = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        sum += logits[i] * direction[static_cast<std::int64_t>(i)].item<double>();
        mean += logits[i] / static_cast<double>(logits.size());
        exponentials += std::exp(logits[i]);
    }
    if (functional == Functional::RandomLogit)
        return sum;
    return functional == Functional::TargetLogit ? logits[target] - mean : std::log(exponentials) - logits[target];
}

/// J J' of some tensors' numbers, by central differences.
at::Tensor differencedGram(Functional functional, nn::Model &model, const std::vector<at::Tensor> &tensors, const Probes &probes,
                           const at::Tensor &direction)
{
    std::vector<double> jacobian;
    std::int64_t numbers = 0;
    for (at::Tensor tensor : tensors)
        for (std::int64_t i = 0; i < tensor.numel(); ++i, ++numbers) {
            float &number = tensor.data_ptr<float>()[i];
            const float middle = number, right = middle + 2e-4f, left = middle - 2e-4f;
            for (std::int64_t probe = 0; probe < kProbes; ++probe) {
                number = right;
                const double above = valueOf(functional, model, probes, probe, direction);
                number = left;
                const double below = valueOf(functional, model, probes, probe, direction);
                number = middle;
                jacobian.push_back((above - below) / (static_cast<double>(right) - static_cast<double>(left)));
            }
        }
    const at::Tensor rows = at::tensor(jacobian, at::kDouble).view({numbers, kProbes});
    return at::mm(rows.t(), rows);
}

void expectSame(const at::Tensor &got, const at::Tensor &expected, double tolerance, const std::string &what)
{
    const double size = expected.abs().max().item<double>(), gap = (got - expected).abs().max().item<double>();
    EXPECT_LE(gap, tolerance * size) << what << "\n" << got << "\n" << expected;
}

std::vector<at::Tensor> tensorsIn(const nn::SubBlock &block)
{
    std::vector<at::Tensor> tensors;
    for (const auto &[name, tensor] : block.tensors)
        tensors.push_back(tensor);
    return tensors;
}

void expectDifferences(Functional functional, bool tied)
{
    nn::Model model = tinyModel(tied);
    const Probes probes = tinyProbes();
    const at::Tensor direction = tangent::logitDerivatives(Functional::RandomLogit, model, at::zeros({kProbes, 6}), probes.targets, 9)[0];
    const auto grams = tangent::subBlockGrams(model, probes, {functional, {9}, 0}, {});
    ASSERT_EQ(grams.size(), 5u);
    for (std::size_t layer = 0; layer < 2; ++layer)
        for (Part part : {Part::Attention, Part::Ffn}) {
            const nn::SubBlock &block = model.layers[layer].of(part);
            const at::Tensor &got = grams[2 * layer + (part == Part::Ffn)][0];
            if (block.tensors.empty()) {
                EXPECT_EQ(got.abs().max().item<double>(), 0) << toString(block.variant);
            } else
                expectSame(got, differencedGram(functional, model, tensorsIn(block), probes, direction), 2e-4, toString(block.variant));
        }
    std::vector<at::Tensor> fixed{model.embedding, model.finalNorm};
    if (!tied)
        fixed.push_back(model.head);
    expectSame(grams[4][0], differencedGram(functional, model, fixed, probes, direction), 2e-4, tied ? "tied" : "untied");
}

TEST(SubBlockKernels, AreThoseOfFiniteDifferencesForARandomLogit) { expectDifferences(Functional::RandomLogit, false); }
TEST(SubBlockKernels, AreThoseOfFiniteDifferencesWithTiedEmbeddings) { expectDifferences(Functional::TargetLogit, true); }
TEST(SubBlockKernels, AreThoseOfFiniteDifferencesForTheLoss) { expectDifferences(Functional::Loss, true); }

TEST(SubBlockKernels, AreTheSameWhereMemoryIsShort)
{
    const nn::Model model = tinyModel(false);
    const Probes probes = tinyProbes();
    const auto all = tangent::subBlockGrams(model, probes, {Functional::RandomLogit, {1, 2}, 0}, {});
    const auto few = tangent::subBlockGrams(model, probes, {Functional::RandomLogit, {1, 2}, 0, 2 * kProbes * 48}, {});
    for (std::size_t i = 0; i < all.size(); ++i)
        expectSame(few[i], all[i], 1e-6, "sub-block " + std::to_string(i));
    EXPECT_THROW(tangent::subBlockGrams(model, probes, {Functional::RandomLogit, {1, 2}, 0, 2 * kProbes * 20}, {}), Error);
}

TEST(SubBlockKernels, OfSeveralSeedsAreThoseOfEachSeed)
{
    const nn::Model model = tinyModel(true);
    const auto both = tangent::subBlockGrams(model, tinyProbes(), {Functional::RandomLogit, {4, 8}, 0}, {});
    const auto second = tangent::subBlockGrams(model, tinyProbes(), {Functional::RandomLogit, {8}, 0}, {});
    for (std::size_t i = 0; i < both.size(); ++i) {
        expectSame(both[i][1], second[i][0], 1e-6, "sub-block " + std::to_string(i));
        if (both[i].abs().max().item<double>() > 0) {
            EXPECT_GT((both[i][0] - both[i][1]).abs().max().item<double>(), 0);
        }
    }
}

TEST(Functionals, HaveDerivativesThatSeeNoConstant)
{
    const nn::Model model = tinyModel(false);
    const Probes probes = tinyProbes();
    const at::Tensor hidden = at::randn({kProbes, 6});
    for (Functional functional : {Functional::RandomLogit, Functional::TargetLogit, Functional::Loss})
        EXPECT_LT(tangent::logitDerivatives(functional, model, hidden, probes.targets, 3).sum(1).abs().max().item<double>(), 1e-6);
    EXPECT_NEAR(tangent::logitDerivatives(Functional::RandomLogit, model, hidden, probes.targets, 3)[1].norm().item<double>(), 1, 1e-6);
    EXPECT_THROW(tangent::parseFunctional("all"), Error);
}

TEST(Sketches, KeepEveryEigenvalueWithinTheirColumns)
{
    const nn::Model model = tinyModel(false);
    const Probes probes = tinyProbes();
    const std::int64_t columns = 400;
    const auto exact = tangent::subBlockGrams(model, probes, {Functional::RandomLogit, {1, 2, 3}, 0}, {});
    const auto sketch = tangent::subBlockGrams(model, probes, {Functional::RandomLogit, {1, 2, 3}, columns, 2000}, {});
    double widest = 0;
    for (std::size_t block = 0; block + 1 < exact.size(); ++block)
        for (std::int64_t kernel = 0; kernel < 3; ++kernel) {
            if (exact[block].abs().max().item<double>() == 0)
                continue;
            const at::Tensor root = at::linalg_cholesky(exact[block][kernel]), inverse = at::inverse(root);
            const at::Tensor factors = at::linalg_eigvalsh(at::mm(at::mm(inverse, sketch[block][kernel]), inverse.t()));
            for (std::int64_t i = 0; i < kProbes; ++i) {
                const double factor = factors[i].item<double>();
                // sqrt(probes / columns) = 0.087, and three standard deviations for each of the 9 matrices.
                EXPECT_GT(factor, std::pow(1 - 0.087 - 0.15, 2)) << block;
                EXPECT_LT(factor, std::pow(1 + 0.087 + 0.15, 2)) << block;
                widest = std::max(widest, std::fabs(factor - 1));
            }
        }
    EXPECT_GT(widest, 0.01);
    expectSame(sketch.back(), exact.back(), 1e-12, "the fixed part, which needs no sketch");
}

} // namespace
} // namespace tessera
