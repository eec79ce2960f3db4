// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/pretrain/pretrain.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/nn/device.h"
#include "engine/nn/forward.h"
#include "engine/nn/threads.h"
#include "engine/nn/training_state.h"
#include "engine/pretrain/parameters.h"
#include "engine/text/token_file.h"

#include <algorithm>
#include <cmath>


namespace tessera {
namespace {

using nn::TrainedModel;
using nn::TrainingState;

constexpr std::int64_t kCheckpointSteps = 100;
constexpr std::int64_t kEvaluationSteps = 100;
constexpr std::int64_t kHeldOutWindows = 64;
constexpr double kClipNorm = 1;

/// A well mixed number for (seed, step, index): SplitMix64's output function (Steele, Lea and Flood, OOPSLA 2014).
std::uint64_t mixed(std::uint64_t seed, std::uint64_t step, std::uint64_t index)
{
    std::uint64_t z = seed * 0x9e3779b97f4a7c15ull + step * 0xd1342543de82ef95ull + index * 0x2545f4914f6cdd1dull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/// windows x (window + 1) tokens, windows starting at the given offsets.
at::Tensor gather(std::span<const TokenId> tokens, const std::vector<std::int64_t> &offsets, std::int64_t window)
{
    at::Tensor batch = at::empty({static_cast<std::int64_t>(offsets.size()), window + 1}, at::kLong);
    std::int64_t *out = batch.data_ptr<std::int64_t>();
    for (std::int64_t offset : offsets)
        for (std::int64_t i = 0; i <= window; ++i)
            *out++ = tokens[static_cast<std::size_t>(offset + i)];
    return batch;
}

/// Which windows a step trains on depends on seed and step alone, so that a resumed run sees what it would have seen.
std::vector<std::int64_t> offsetsOf(const PretrainRequest &request, std::int64_t step, std::size_t tokens)
{
    std::uint64_t choices = tokens - static_cast<std::size_t>(request.window);
    std::vector<std::int64_t> offsets;
    for (std::int64_t i = 0; i < request.batch; ++i)
        offsets.push_back(static_cast<std::int64_t>(
            mixed(request.run.seed, static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(i)) % choices));
    return offsets;
}

/// Mean next-token loss of a batch. dropout is applied to what every sub-block adds.
at::Tensor lossOf(const nn::Model &model, const nn::Rope &rope, const at::Tensor &batch, double dropout)
{
    std::int64_t window = batch.size(1) - 1;
    at::Tensor x = nn::embed(model, batch.narrow(1, 0, window));
    for (const nn::Layer &layer : model.layers)
        for (const nn::SubBlock *block : {&layer.attention, &layer.ffn}) {
            at::Tensor added = nn::increment(model.config, *block, x, rope);
            x = x + (dropout > 0 ? at::dropout(added, dropout, true) : added);
        }
    at::Tensor logits = nn::logitsOf(model, nn::finalHidden(model, x)).to(at::kFloat);
    at::Tensor targets = nn::here(batch.narrow(1, 1, window).reshape({-1}));
    return at::nll_loss(at::log_softmax(logits.reshape({-1, logits.size(-1)}), -1), targets);
}

double heldOutLoss(const nn::Model &model, const nn::Rope &rope, std::span<const TokenId> tokens, std::int64_t window)
{
    torch::NoGradGuard noGradients;
    auto windows = std::min(kHeldOutWindows, (static_cast<std::int64_t>(tokens.size()) - 1) / window);
    double sum = 0;
    for (std::int64_t i = 0; i < windows; ++i)
        sum += lossOf(model, rope, gather(tokens, {i * window}, window), 0).item<double>();
    return sum / static_cast<double>(windows);
}

/// Two requests with this in common may share a checkpoint.
std::string purposeOf(const PretrainRequest &request)
{
    Json json = toJson(request);
    for (const char *key : {"out_folder", "scratch_folder", "token_file", "held_out_token_file"})
        json.erase(key);
    return hashText(json.dump() + hashFile(request.tokenFile) + hashFile(request.heldOutTokenFile));
}

void checkRequest(const PretrainRequest &request, std::size_t tokens, std::size_t heldOut)
{
    auto needed = static_cast<std::size_t>(request.window) + 1;
    if (request.window < 2 || request.batch < 1 || request.steps < 1)
        throw badInput("pretraining needs a window of at least 2 tokens, a batch of at least 1 and at least 1 step");
    if (tokens <= needed || heldOut < needed)
        throw badInput("the text is too short: a window of " + std::to_string(request.window)
                       + " tokens needs more tokens than that for training and for holding out");
    if (request.dropout < 0 || request.dropout >= 1)
        throw badInput("dropout must lie in [0, 1)");
}

/// The loop over steps, with what it needs in one place.
class Trainer {
public:
    Trainer(const PretrainRequest &request, const WorkContext &context)
        : m_request(request), m_context(context), m_tokens(request.tokenFile, request.config.vocabulary),
          m_heldOut(request.heldOutTokenFile, request.config.vocabulary),
          m_trained(pretrain::randomModel(request.config, request.run.seed)),
          m_optimiser(m_trained.parameters, {.weightDecay = request.weightDecay}),
          m_rope(nn::makeRope(request.config, request.window)), m_purpose(purposeOf(request)),
          m_statePath(std::filesystem::path(request.scratchFolder) / "pretrain.safetensors"),
          m_dtype(nn::scalarType(request.run.dtype))
    {
        checkRequest(request, m_tokens.tokens().size(), m_heldOut.tokens().size());
    }

    Json run()
    {
        nn::loadState(m_statePath, m_trained, m_optimiser, m_state, m_purpose);
        while (m_state.step < m_request.steps) {
            if (m_context.stop.requested()) {
                save();
                m_context.stop.throwIfRequested();
            }
            double loss = trainStep();
            ++m_state.step;
            bool last = m_state.step == m_request.steps;
            if (m_state.step % kEvaluationSteps == 0 || last)
                evaluate(loss);
            if (m_state.step % kCheckpointSteps == 0 || last)
                save();
            m_context.progress({"pretrain", m_state.step, m_request.steps, "steps", note(loss)});
        }
        std::filesystem::path out = std::filesystem::path(m_request.outFolder) / "model.safetensors";
        nn::writeTensors(out, m_trained.names, m_state.best, StoredType::BF16);
        return {{"path", m_request.outFolder}, {"steps", m_state.step}, {"held_out_loss", m_state.bestLoss}};
    }

private:
    double trainStep()
    {
        // Dropout draws from the global generator: seeded by the step, so that a resumed run draws the same.
        torch::manual_seed(mixed(m_request.run.seed, static_cast<std::uint64_t>(m_state.step), ~0ull));
        auto offsets = offsetsOf(m_request, m_state.step, m_tokens.tokens().size());
        at::Tensor batch = gather(m_tokens.tokens(), offsets, m_request.window);
        at::Tensor loss = lossOf(nn::castModel(m_trained, m_dtype), m_rope, batch, m_request.dropout);
        auto gradients = torch::autograd::grad({loss}, m_trained.parameters);
        torch::NoGradGuard noGradients;
        double rate = nn::warmupCosine(m_request.learningRate, m_state.step, m_request.steps, m_request.warmup);
        m_optimiser.step(gradients, rate, nn::clipScale(nn::gradientNorm(gradients), kClipNorm));
        return loss.item<double>();
    }

    void evaluate(double trainingLoss)
    {
        torch::NoGradGuard noGradients;
        double loss = heldOutLoss(nn::castModel(m_trained, m_dtype), m_rope, m_heldOut.tokens(), m_request.window);
        if (m_state.best.empty() || loss < m_state.bestLoss) {
            m_state.bestLoss = loss;
            m_state.best.clear();
            for (const at::Tensor &parameter : m_trained.parameters)
                m_state.best.push_back(parameter.detach().clone());
        }
        m_context.item({{"step", m_state.step},
                        {"tokens", m_state.step * m_request.batch * m_request.window},
                        {"loss", trainingLoss},
                        {"held_out_loss", loss}});
    }

    void save() const { nn::saveState(m_statePath, m_trained, m_optimiser, m_state, m_purpose); }

    std::string note(double loss) const
    {
        char text[64];
        std::snprintf(text, sizeof text, "loss %.3f, best held out %.3f", loss, m_state.bestLoss);
        return text;
    }

    const PretrainRequest &m_request;
    const WorkContext &m_context;
    TokenFile m_tokens, m_heldOut;
    TrainedModel m_trained;
    nn::AdamW m_optimiser;
    nn::Rope m_rope;
    std::string m_purpose;
    std::filesystem::path m_statePath;
    at::ScalarType m_dtype;
    TrainingState m_state;
};

} // namespace

Json runPretrain(const PretrainRequest &request, const WorkContext &context)
{
    nn::useThreads(request.run.threads);
    return Trainer(request, context).run();
}

} // namespace tessera
