// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/distill/losses.h"
#include "engine/nn/trained_model.h"
#include "tests/distill/models_on_disk.h"
#include "tests/nn/example_models.h"
#include "tests/nn/plain_network.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using distill::LossSums;
using distill::LossWeights;

/// The model with other tensors, whose gradients are wanted, and their names.
nn::TrainedModel converted(const nn::Model &model, at::ScalarType dtype)
{
    nn::TrainedModel result;
    for (const auto &[name, tensor] : test::tensorsByName(model)) {
        result.names.push_back(name);
        result.parameters.push_back(tensor.detach().to(dtype, false, true).set_requires_grad(true));
    }
    result.model = nn::withTensors(model, result.names, result.parameters);
    result.model.dtype = dtype;
    return result;
}

/// The loss in float64 by LibTorch's own operations, and its gradients by LibTorch's own rules.
struct Reference {
    double loss = 0;
    std::map<std::string, at::Tensor> gradients;
};

Reference referenceOf(const nn::Model &student, const nn::Model &teacher, const at::Tensor &tokens, const LossWeights &weights)
{
    at::Tensor inputs = tokens.narrow(1, 0, tokens.size(1) - 1), targets = tokens.narrow(1, 1, tokens.size(1) - 1).reshape({-1, 1});
    nn::TrainedModel own = converted(student, at::kDouble);
    nn::Model theirs = converted(teacher, at::kDouble).model;
    std::vector<at::Tensor> states, teacherStates;
    auto rows = [](const at::Tensor &logits) { return at::log_softmax(logits.reshape({-1, logits.size(-1)}), -1); };
    at::Tensor q = rows(test::plainForward(own.model, inputs, &states)), p;
    {
        at::NoGradGuard noGrad;
        p = rows(test::plainForward(theirs, inputs, &teacherStates));
    }
    at::Tensor cosine = at::zeros({}, at::kDouble);
    for (std::size_t layer = 0; layer < states.size(); ++layer)
        cosine = cosine + (1 - at::cosine_similarity(states[layer], teacherStates[layer], -1, 1e-12)).mean()
                / static_cast<double>(states.size());
    at::Tensor loss = weights.kl * (p.exp() * (p - q)).sum(1).mean() + weights.cosine * cosine
        - weights.lm * q.gather(1, targets).mean();
    Reference reference{loss.item<double>(), {}};
    auto gradients = torch::autograd::grad({loss}, own.parameters, {}, false, false, true);
    for (std::size_t i = 0; i < gradients.size(); ++i)
        reference.gradients[own.names[i]] = gradients[i];
    return reference;
}

struct Result {
    LossSums sums;
    std::map<std::string, at::Tensor> gradients;
};

/// The engine's loss and gradients, the windows taken in parts of so many.
Result resultOf(const nn::Model &student, const nn::Model &teacher, const at::Tensor &tokens, const LossWeights &weights,
                std::int64_t atOnce, at::ScalarType dtype = at::kFloat)
{
    nn::TrainedModel trained = converted(student, at::kFloat);
    std::vector<at::Tensor> gradients(trained.parameters.size());
    nn::Rope rope = nn::makeRope(student.config, tokens.size(1));
    Result result;
    double factor = 1 / static_cast<double>(tokens.size(0) * (tokens.size(1) - 1));
    for (std::int64_t first = 0; first < tokens.size(0); first += atOnce) {
        at::Tensor part = tokens.narrow(0, first, std::min(atOnce, tokens.size(0) - first));
        distill::TeacherPass pass = distill::passThrough(teacher, part, rope);
        result.sums += distill::addGradients(nn::castModel(trained, dtype), trained.parameters, teacher, pass, part, rope, weights,
                                             factor, gradients);
    }
    for (std::size_t i = 0; i < gradients.size(); ++i)
        result.gradients[trained.names[i]] = gradients[i];
    return result;
}

/// relative: of the reference's largest element.
void expectNear(const std::map<std::string, at::Tensor> &got, const std::map<std::string, at::Tensor> &wanted, double relative)
{
    for (const auto &[name, want] : wanted) {
        const at::Tensor &have = got.at(name);
        double largest = want.defined() ? want.abs().max().item<double>() : 0;
        EXPECT_EQ(have.defined(), largest > 0) << name << ": what no loss depends on has no gradient";
        if (!have.defined() || !want.defined())
            continue;
        EXPECT_LT((have.to(at::kDouble) - want).abs().max().item<double>(), relative * largest) << name;
    }
}

/// One layer of every kind.
nn::Model mixedStudent(const ModelConfig &config)
{
    ModelArchitecture architecture = parentArchitecture(config);
    architecture.layers[0] = {gqa(1), linearVariant(Part::Ffn)};
    architecture.layers[1] = {linearVariant(Part::Attention), ffnWidth(17)};
    architecture.layers[2] = {gqa(2), noneVariant(Part::Ffn)};
    return test::exampleModel(architecture, 5);
}

at::Tensor exampleWindows(std::int64_t windows, std::int64_t length, std::int64_t vocabulary)
{
    return test::asTensor(test::exampleTokens(windows * length, vocabulary)).view({windows, length});
}

TEST(DistillationLoss, HasTheValuesAndGradientsOfFloat64)
{
    for (bool tied : {false, true}) {
        ModelConfig config = test::exampleConfig(true);
        config.tiedEmbeddings = tied;
        nn::Model teacher = test::exampleModel(parentArchitecture(config), 2), student = mixedStudent(config);
        at::Tensor tokens = exampleWindows(3, 9, config.vocabulary);
        for (LossWeights weights : {LossWeights{1, 0, 0}, LossWeights{0, 1, 0}, LossWeights{0, 0, 1}, LossWeights{0.7, 1.3, 0.4}}) {
            SCOPED_TRACE(std::to_string(weights.kl) + " " + std::to_string(weights.cosine) + " " + std::to_string(weights.lm));
            Reference reference = referenceOf(student, teacher, tokens, weights);
            Result result = resultOf(student, teacher, tokens, weights, 3);
            EXPECT_EQ(result.sums.predictions, 24);
            EXPECT_NEAR(distill::lossOf(result.sums, weights), reference.loss, 1e-5 * reference.loss);
            expectNear(result.gradients, reference.gradients, 1e-4);
        }
    }
}

TEST(DistillationLoss, PartsOfABatchAddUpToTheWhole)
{
    ModelConfig config = test::exampleConfig();
    nn::Model teacher = test::exampleModel(parentArchitecture(config), 2), student = mixedStudent(config);
    at::Tensor tokens = exampleWindows(5, 8, config.vocabulary);
    LossWeights weights{1, 1, 0.5};
    Result whole = resultOf(student, teacher, tokens, weights, 5);
    for (std::int64_t atOnce : {1, 2, 3}) {
        Result parts = resultOf(student, teacher, tokens, weights, atOnce);
        EXPECT_NEAR(distill::lossOf(parts.sums, weights), distill::lossOf(whole.sums, weights), 1e-6);
        std::map<std::string, at::Tensor> wide;
        for (const auto &[name, tensor] : whole.gradients)
            wide[name] = tensor.defined() ? tensor.to(at::kDouble) : tensor;
        expectNear(parts.gradients, wide, 1e-5);
    }
}

TEST(DistillationLoss, LongVocabulariesAreWorkedThroughInPieces)
{
    ModelConfig config = test::exampleConfig();
    config.vocabulary = 200000, config.hidden = 8, config.layers = 1, config.heads = 2, config.kvHeads = 1, config.headDim = 4;
    config.tiedEmbeddings = true;
    nn::Model teacher = test::exampleModel(parentArchitecture(config), 2), student = test::exampleModel(parentArchitecture(config), 3);
    at::Tensor tokens = exampleWindows(2, 61, config.vocabulary);
    LossWeights weights{1, 0, 0.5};
    Reference reference = referenceOf(student, teacher, tokens, weights);
    Result result = resultOf(student, teacher, tokens, weights, 2);
    EXPECT_NEAR(distill::lossOf(result.sums, weights), reference.loss, 1e-5 * reference.loss);
    expectNear(result.gradients, reference.gradients, 1e-4);
}

TEST(DistillationLoss, AStudentLikeItsTeacherHasNoneToFollow)
{
    nn::Model teacher = test::exampleModel(parentArchitecture(test::exampleConfig()), 2);
    Result result = resultOf(teacher, teacher, exampleWindows(2, 12, 61), {1, 1, 0}, 2);
    EXPECT_NEAR(result.sums.kl, 0, 1e-5);
    EXPECT_NEAR(result.sums.cosine, 0, 1e-5);
    for (const auto &[name, gradient] : result.gradients)
        EXPECT_LT(gradient.abs().max().item<double>(), 1e-5) << name;
}

TEST(DistillationLoss, Bfloat16PointsTheSameWay)
{
    ModelConfig config = test::exampleConfig();
    nn::Model student = mixedStudent(config);
    nn::Model fineTeacher = test::exampleModel(parentArchitecture(config), 2);
    nn::Model coarseTeacher = test::exampleModel(parentArchitecture(config), 2, at::kBFloat16);
    at::Tensor tokens = exampleWindows(4, 16, config.vocabulary);
    Result fine = resultOf(student, fineTeacher, tokens, {1, 1, 1}, 4);
    Result coarse = resultOf(student, coarseTeacher, tokens, {1, 1, 1}, 4, at::kBFloat16);
    double product = 0, fineSquares = 0, coarseSquares = 0;
    for (const auto &[name, gradient] : fine.gradients) {
        at::Tensor a = gradient.to(at::kDouble), b = coarse.gradients.at(name).to(at::kDouble);
        EXPECT_EQ(coarse.gradients.at(name).scalar_type(), at::kFloat) << name;
        product += (a * b).sum().item<double>();
        fineSquares += a.square().sum().item<double>();
        coarseSquares += b.square().sum().item<double>();
    }
    EXPECT_GT(product / std::sqrt(fineSquares * coarseSquares), 0.98);
}

TEST(DistillationLoss, RowsOfZerosHaveNoDirection)
{
    at::Tensor zero = at::zeros({2, 5}), other = at::ones({2, 5}), gradient;
    at::Tensor distances = distill::cosineDistances(zero, other, 1, &gradient);
    EXPECT_TRUE(at::equal(distances, at::ones({2})));
    EXPECT_TRUE(at::isfinite(gradient).all().item<bool>());
}

} // namespace
} // namespace tessera
