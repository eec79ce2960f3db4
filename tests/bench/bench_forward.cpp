// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// Tokens a second of a whole forward of a network with SmolLM2-135M's shape, 512 tokens with all logits, against the same
// network written with LibTorch's own operations.
#include "engine/nn/random_model.h"
#include "engine/nn/threads.h"
#include "tests/nn/plain_network.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace tessera {
namespace {

constexpr std::int64_t kTokens = 512;
constexpr int kRepeats = 7;

ModelConfig smolShape()
{
    ModelConfig config;
    config.hidden = 576, config.layers = 30, config.vocabulary = 49152, config.heads = 9, config.kvHeads = 3;
    config.headDim = 64, config.ffnWidth = 1536, config.context = 8192, config.ropeBase = 100000;
    config.tiedEmbeddings = true;
    return config;
}

template <typename Work> double secondsOf(const Work &work)
{
    auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double median(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
}

void compare(at::ScalarType type, const std::string &name)
{
    nn::Model model = nn::randomModel(parentArchitecture(smolShape()), type);
    at::Tensor tokens = at::randint(0, model.config.vocabulary, {1, kTokens}, at::kLong);
    std::vector<double> ours, plain;
    // Repeats alternate, so that a busy machine slows both alike; the first pair warms up.
    for (int i = 0; i <= kRepeats; ++i) {
        double a = secondsOf([&] { nn::forward(model, tokens); }), b = secondsOf([&] { test::plainForward(model, tokens); });
        if (i > 0) {
            ours.push_back(static_cast<double>(kTokens) / a);
            plain.push_back(static_cast<double>(kTokens) / b);
        }
    }
    double measured = median(ours), peer = median(plain);
    nlohmann::json line{{"case", "forward of SmolLM2-135M's shape, 512 tokens, " + name}, {"measured", measured}, {"peer", peer},
                        {"ratio", measured / peer}, {"goal", 1.0}, {"unit", "tokens/s"}};
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
}

} // namespace
} // namespace tessera

int main()
{
    tessera::nn::useThreads(0);
    at::NoGradGuard noGrad;
    at::manual_seed(1);
    tessera::compare(at::kFloat, "float32");
    tessera::compare(at::kBFloat16, "bfloat16");
}
