// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"
#include "engine/nn/streamed_model.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <vector>

namespace tessera {
namespace nn {

/// Draws tokens from logits. The same seed draws the same tokens from the same logits on every machine.
class Sampler {
public:
    /// temperature 0: the token with the largest logit, the lowest id among equals.
    Sampler(double temperature, std::uint64_t seed) : m_temperature(temperature), m_random(seed) {}
    /// Throws Error (Failed) when a logit is no number.
    std::int64_t draw(std::span<const float> logits);

private:
    double m_temperature;
    std::mt19937_64 m_random;
};

struct GenerateOptions {
    std::int64_t maxTokens = 64;
    bool stopAtEnd = true;
    bool useCache = true; ///< false: the whole sequence is run again for every token. For tests.
};

/// The tokens that a model adds to prompt; onToken hears each as it comes and may throw. An end token of the
/// model is the last one.
std::vector<std::int64_t> generate(const Model &model, const std::vector<std::int64_t> &prompt, const GenerateOptions &options,
                                   Sampler &sampler, const std::function<void(std::int64_t)> &onToken);
/// The same tokens; layers that do not stay on the device are read again for each.
std::vector<std::int64_t> generate(StreamedModel &model, const std::vector<std::int64_t> &prompt, const GenerateOptions &options,
                                   Sampler &sampler, const std::function<void(std::int64_t)> &onToken);

} // namespace nn

/// The method "generate". Throws Error (BadInput) for tokens beyond the vocabulary, and when prompt and new tokens together are
/// longer than the model's context. A model that is larger than the device's memory goes through it layer by layer for every token.
Json runGenerate(const GenerateRequest &request, const WorkContext &context);

} // namespace tessera
