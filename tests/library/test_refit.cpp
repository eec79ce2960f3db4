// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/fit.h"
#include "engine/library/refit.h"
#include "tests/library/toy_parent.h"

#include <gtest/gtest.h>

namespace tessera::test {
namespace {

struct Child {
    TemporaryFolder folder;
    RefitRequest request;
    nn::Model parent;

    Child()
    {
        std::string path = writeToyParent(folder, true);
        parent = nn::loadModel(Checkpoint::open(path), at::kFloat);
        FitRequest fit;
        fit.parent = path;
        fit.tokenFile = writeToyTokens(folder, "tokens", 1600, 3);
        fit.window = 32;
        fit.outFolder = folder / "fitted";
        fit.scratchFolder = folder / "scratch";
        fit.run.threads = 1;
        fit.wanted = {{0, ffnWidth(12), {}, {}, {}}, {1, gqa(1), {}, {}, {}}, {1, linearVariant(Part::Ffn), {}, {}, {}},
                      {2, linearVariant(Part::Attention), {}, {}, {}}};
        Collected said;
        runFit(fit, said.context);
        request.parent = path;
        request.tokenFile = fit.tokenFile;
        request.window = 32;
        request.outFolder = folder / "refitted";
        request.run.threads = 1;
        request.chosen = sourcesOf(parent.config, said.items);
        request.chosen.push_back({2, noneVariant(Part::Ffn), Origin::Paper, {}, {}});
    }

    nn::Model built(const std::vector<SubBlockSource> &sources) const
    {
        nn::Model child = parent;
        for (const SubBlockSource &source : sources) {
            nn::SubBlock &place = child.layers[static_cast<std::size_t>(source.layer)].of(source.variant.part);
            place = loadSource(parent.config, source, place, at::kFloat);
        }
        return child;
    }
};

double distance(const nn::Model &parent, const nn::Model &child, const at::Tensor &windows, std::int64_t layers)
{
    nn::Rope rope = nn::makeRope(parent.config, windows.size(1));
    at::Tensor p = nn::applyLayers(parent, nn::embed(parent, windows), rope, 0, layers);
    at::Tensor c = nn::applyLayers(child, nn::embed(parent, windows), rope, 0, layers);
    return (p - c).square().sum().item<double>();
}

TEST(Refit, BringsTheChildsStreamNearerToTheParents)
{
    Child child;
    Collected said;
    Json result = runRefit(child.request, said.context);
    EXPECT_EQ(result.at("variants"), 4);
    at::Tensor windows = readWindows(child.request.tokenFile, 0, 32, child.parent.config);
    std::vector<SubBlockSource> refitted = sourcesOf(child.parent.config, said.items);
    refitted.push_back(child.request.chosen.back());
    nn::Model before = child.built(child.request.chosen), after = child.built(refitted);
    EXPECT_LT(distance(child.parent, after, windows, 2), distance(child.parent, before, windows, 2));
    for (const Json &item : said.items) {
        EXPECT_EQ(item.at("origin"), "refitted");
        EXPECT_LE(item.at("error_after").get<double>(), item.at("error_before").get<double>()) << item.dump();
    }
}

TEST(Refit, EverySubBlockHasNoGradientTowardsTheParentsStreamBehindIt)
{
    Child child;
    Collected said;
    runRefit(child.request, said.context);
    std::vector<SubBlockSource> refitted = sourcesOf(child.parent.config, said.items);
    nn::Model after = child.built(refitted), before = child.built(child.request.chosen);
    const ModelConfig &config = child.parent.config;
    at::Tensor windows = readWindows(child.request.tokenFile, 0, 32, config);
    nn::Rope rope = nn::makeRope(config, 32);
    for (const SubBlockSource &source : refitted) {
        auto layer = static_cast<std::size_t>(source.layer);
        at::Tensor p = nn::applyLayers(child.parent, nn::embed(child.parent, windows), rope, 0, source.layer);
        at::Tensor c = nn::applyLayers(after, nn::embed(after, windows), rope, 0, source.layer);
        p = nn::applySubBlock(config, child.parent.layers[layer].attention, p, rope);
        if (source.variant.part == Part::Ffn) {
            c = nn::applySubBlock(config, after.layers[layer].attention, c, rope);
            p = nn::applySubBlock(config, child.parent.layers[layer].ffn, p, rope);
        }
        const nn::SubBlock &block = after.layers[layer].of(source.variant.part);
        at::Tensor phi = nn::features(config, block, c, rope).reshape({windows.numel(), -1}).to(at::kDouble);
        at::Tensor y = (p - c).reshape({windows.numel(), -1}).to(at::kDouble);
        at::Tensor w = lastMatrix(block).to(at::kDouble);
        at::Tensor start = lastMatrix(before.layers[layer].of(source.variant.part)).to(at::kDouble);
        double lambda = child.request.ridge * at::mm(phi.t(), phi).diagonal().mean().item<double>();
        at::Tensor residual = at::mm(phi, w.t()) - y;
        if (lastBias(block).defined())
            residual = residual + lastBias(block).to(at::kDouble);
        at::Tensor gradient = at::mm(residual.t(), phi) + lambda * (w - start);
        EXPECT_LT(gradient.norm().item<double>(), 5e-6 * at::mm(y.t(), phi).norm().item<double>()) << toString(source.variant);
    }
}

TEST(Refit, AgainGivesTheSameBits)
{
    Child child;
    Collected first, second;
    runRefit(child.request, first.context);
    runRefit(child.request, second.context);
    EXPECT_EQ(first.hashes(), second.hashes());
}

TEST(Refit, TwoChoicesForOneSubBlockAreRefused)
{
    Child child;
    child.request.chosen.push_back(child.request.chosen.front());
    Collected said;
    EXPECT_THROW(runRefit(child.request, said.context), Error);
}

} // namespace
} // namespace tessera::test
