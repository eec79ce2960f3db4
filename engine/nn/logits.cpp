// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/logits.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/nn/device.h"
#include "engine/nn/forward.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/run.h"
#include "engine/nn/streamed_model.h"

#include <algorithm>
#include <numeric>

namespace tessera {
namespace {

/// Rows of logits that are in memory at once.
constexpr std::int64_t kRowsAtOnce = 64;

std::vector<std::int64_t> positionsOf(const LogitsRequest &request)
{
    auto length = static_cast<std::int64_t>(request.tokens.size());
    std::vector<std::int64_t> positions = request.positions;
    if (positions.empty()) {
        positions.resize(request.tokens.size());
        std::iota(positions.begin(), positions.end(), std::int64_t{0});
    }
    for (std::int64_t position : positions)
        if (position < 0 || position >= length)
            throw badInput("position " + std::to_string(position) + " does not exist: the tokens have the positions 0 to "
                           + std::to_string(length - 1));
    return positions;
}

} // namespace

Json runLogits(const LogitsRequest &request, const WorkContext &context)
{
    at::NoGradGuard noGrad;
    at::ScalarType dtype = nn::beginRun(request.run);
    Checkpoint checkpoint = Checkpoint::open(request.model);
    nn::checkTokens(request.tokens, checkpoint.config().vocabulary);
    std::vector<std::int64_t> positions = positionsOf(request);
    const ModelConfig &config = checkpoint.config();
    const auto each = static_cast<std::int64_t>(c10::elementSize(dtype)), length = static_cast<std::int64_t>(request.tokens.size());
    const std::int64_t beside = nn::activationBytes(config, 1, length, each) + 2 * length * config.hidden * each
        + std::min(kRowsAtOnce, length) * config.vocabulary * (each + 4);
    nn::StreamedModel network(checkpoint, dtype,
                              nn::residentLayersFor("computing logits", checkpoint.architecture(), dtype, beside, "for every prompt",
                                                    context));
    const nn::Model &model = network.model();
    context.stop.throwIfRequested();

    nn::Rope rope = nn::makeRope(config, length);
    at::Tensor x = nn::embed(model, nn::tokenTensor(request.tokens));
    for (std::int64_t layer = 0; layer < network.layers(); ++layer) {
        x = nn::applyLayer(config, network.layer(layer), x, rope);
        context.stop.throwIfRequested();
    }
    at::Tensor hidden = nn::finalHidden(model, x)[0].index_select(0, at::tensor(positions, at::kLong).to(x.device()));
    writeFileAtomically(request.outFile, [&](const std::function<void(std::span<const std::byte>)> &sink) {
        for (std::int64_t row = 0; row < hidden.size(0); row += kRowsAtOnce) {
            context.stop.throwIfRequested();
            at::Tensor part = hidden.narrow(0, row, std::min(kRowsAtOnce, hidden.size(0) - row));
            at::Tensor logits = nn::inMainMemory(nn::logitsOf(model, part).to(at::kFloat));
            sink(std::as_bytes(std::span(logits.data_ptr<float>(), static_cast<std::size_t>(logits.numel()))));
        }
    });
    return {{"tokens", request.tokens}, {"positions", positions}, {"vocabulary", model.config.vocabulary}};
}

} // namespace tessera
