// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/speed.h"

#include "engine/nn/device.h"
#include "engine/nn/random_model.h"

#include <algorithm>
#include <chrono>

namespace tessera::nn {
namespace {

constexpr int kRepeats = 5;

template <typename Work> double bestSeconds(const Work &work)
{
    double best = 0;
    for (int i = 0; i <= kRepeats; ++i) {
        auto began = std::chrono::steady_clock::now();
        work();
        waitForDevice();
        double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        // The first time loads code and memory.
        best = i < 2 ? seconds : std::min(best, seconds);
    }
    return best;
}

double tokensPerSecond(const ModelConfig &config, std::int64_t window, at::ScalarType type)
{
    Layer layer = randomLayer(config, {parentVariant(config, Part::Attention), parentVariant(config, Part::Ffn)}, type);
    Rope rope = makeRope(config, window);
    Tensor x = at::randn({1, window, config.hidden}).to(device(), type);
    double layerSeconds = bestSeconds([&] { applyLayer(config, layer, x, rope); });
    return static_cast<double>(window) / (layerSeconds * static_cast<double>(config.layers));
}

} // namespace

std::vector<TypeSpeed> measureTypes(const ModelConfig &config, std::int64_t window)
{
    at::NoGradGuard noGrad;
    std::int64_t length = std::max<std::int64_t>(1, std::min(window, config.context));
    std::vector<TypeSpeed> speeds;
    for (DType type : {DType::F32, DType::BF16})
        speeds.push_back({type, tokensPerSecond(config, length, scalarType(type))});
    std::stable_sort(speeds.begin(), speeds.end(),
                     [](const TypeSpeed &a, const TypeSpeed &b) { return a.tokensPerSecond > b.tokensPerSecond; });
    return speeds;
}

} // namespace tessera::nn
