// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/service/toy_library.h"

#include <cmath>
#include <fstream>
#include <random>

namespace tessera {
namespace {

ToyLibrary::Variant variantOf(const std::string &block, double size, std::mt19937 &random)
{
    auto draw = [&](double least, double most) { return least + (most - least) * static_cast<double>(random() % 10000) / 10000; };
    ToyLibrary::Variant variant{block, std::floor(size * draw(900, 1100)), std::floor(size * draw(4000, 6000)) / 1000, {}};
    for (int window = 0; window < 4; ++window)
        variant.samples.push_back(size == 4 ? 0 : (4.0 - size) * draw(0.5, 1.5) / 64);
    return variant;
}

std::string shortOf(const std::string &block) { return block.substr(block.find('=') + 1); }

} // namespace

double ToyLibrary::Variant::score() const { return (samples[0] + samples[1] + samples[2] + samples[3]) / 4; }

ToyLibrary::ToyLibrary(int layers)
{
    std::mt19937 random(7);
    for (int layer = 0; layer < layers; ++layer) {
        attention.push_back({variantOf("attention=gqa:4", 4, random), variantOf("attention=gqa:2", 2, random),
                             variantOf("attention=none", 0, random)});
        ffn.push_back({variantOf("ffn=width:64", 4, random), variantOf("ffn=width:32", 2, random), variantOf("ffn=none", 0, random)});
    }
}

Json ToyLibrary::file() const
{
    Json all = Json::array();
    for (std::size_t layer = 0; layer < attention.size(); ++layer) {
        Json blocks = Json::array();
        for (const auto *part : {&attention[layer], &ffn[layer]})
            for (const Variant &variant : *part)
                blocks.push_back({{"block", variant.block},
                                  {"costs", {{"memory", variant.memory}, {"runtime", variant.runtime}, {"memory@batch", 3 * variant.memory}}},
                                  {"scores", {{"kl_div", variant.samples}}}});
        all.push_back({{"parent", "attention=gqa:4+ffn=width:64"}, {"blocks", std::move(blocks)}});
    }
    auto workload = [](const char *name, int batch) -> Json {
        return {{"name", name}, {"batch", batch}, {"input", 16}, {"output", 4}};
    };
    return {{"name", "toy"},
            {"objective_default", "kl_div"},
            {"workloads", {workload("single", 1), workload("batch", 8)}},
            {"fixed", {{"memory", kFixedMemory}, {"runtime", kFixedRuntime}, {"memory@batch", kFixedMemory}}},
            {"layers", std::move(all)}};
}

void ToyLibrary::write(const std::string &path) const { std::ofstream(path) << file(); }

void ToyLibrary::eachChild(const std::function<void(const Child &)> &visit) const
{
    std::size_t children = 1;
    for (std::size_t layer = 0; layer < attention.size(); ++layer)
        children *= 9;
    for (std::size_t number = 0; number < children; ++number) {
        Child child;
        std::size_t rest = number;
        for (std::size_t layer = 0; layer < attention.size(); ++layer, rest /= 9) {
            child.attention.push_back(static_cast<int>(rest % 3));
            child.ffn.push_back(static_cast<int>(rest / 3 % 3));
            for (const Variant *variant : {&attention[layer][rest % 3], &ffn[layer][rest / 3 % 3]}) {
                child.score += variant->score();
                child.memory += variant->memory;
                child.runtime += variant->runtime;
            }
        }
        visit(child);
    }
}

Json ToyLibrary::choicesOf(const Child &child) const
{
    Json choices = Json::array();
    for (std::size_t layer = 0; layer < attention.size(); ++layer)
        choices.push_back({{"layer", layer},
                           {"attention", shortOf(attention[layer][static_cast<std::size_t>(child.attention[layer])].block)},
                           {"ffn", shortOf(ffn[layer][static_cast<std::size_t>(child.ffn[layer])].block)}});
    return choices;
}

} // namespace tessera
