// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/adamw.h"
#include "engine/nn/forward.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// What the parent's layer does with one batch: the stream before it and the increments of its halves, [B, T, hidden] each.
struct LayerActivations {
    at::Tensor input, attention, ffn;
};
LayerActivations layerActivations(const ModelConfig &config, const nn::Layer &parent, const at::Tensor &input,
                                  const nn::Rope &rope);
/// The stream behind the layer.
at::Tensor outputOf(const LayerActivations &activations);

/// Normalised errors on held-out tokens: sum |difference|^2 / sum |parent's|^2, of the whole layer's output and of the
/// increment of what is trained (of the sub-block; of the whole layer where neither half is the parent's).
struct CurvePoint {
    std::int64_t step = 0;
    double loss = 0;
    double increment = 0;
};

/// One layer of which a half (or both, coupled) is being trained towards the parent's output, the other half being the
/// parent's. All matrices and biases are trained; norms stay as they are, since the gain of a norm is absorbed by the
/// matrices behind it. Master weights and AdamW's moments are float32, the network runs in dtype.
class Trainee {
public:
    /// A half is trained when its flag is set; blocks in float32.
    Trainee(const ModelConfig &config, std::int64_t layer, nn::Layer start, bool trainsAttention, bool trainsFfn,
            at::ScalarType dtype, const nn::AdamW::Options &options);

    std::int64_t layer() const { return m_layer; }
    std::int64_t steps() const { return m_optimizer.steps(); }
    const std::vector<CurvePoint> &curve() const { return m_curve; }
    /// The step whose weights did best on held-out tokens; 0 is the start.
    std::int64_t bestStep() const { return m_bestStep; }
    double bestLoss() const { return m_bestLoss; }

    /// Adds the gradients of some windows of a batch, of which they are this share. The gradient of the whole batch is that of sum
    /// |difference|^2 / (elements * scale()); a constant factor per layer on the normalised loss, so that clipping and AdamW's epsilon
    /// mean the same in every layer.
    void addGradients(const LayerActivations &parent, const nn::Rope &rope, double share);
    /// One AdamW step with the gradients that were added.
    void step(double learningRate, double clipNorm);
    void dropGradients() { m_gradients.clear(); }

    /// Held-out tokens, batch by batch; finishEvaluation() adds the point to the curve and keeps the weights if they are the
    /// best so far. The first evaluation, of the start, sets scale().
    void beginEvaluation();
    void evaluate(const LayerActivations &parent, const nn::Rope &rope);
    void finishEvaluation();

    /// A trained half with its best weights, in dtype.
    nn::SubBlock best(Part part) const;

    /// Mean square of the parent's layer increment on held-out tokens.
    double scale() const { return m_scale; }
    /// Everything that training changes, for checkpoints: weights, moments, best weights, in a fixed order.
    std::vector<at::Tensor> state() const;
    /// Continues from a checkpoint, after the tensors of state() were filled.
    void resume(std::int64_t steps, double scale, std::vector<CurvePoint> curve, std::int64_t bestStep, double bestLoss);

    /// Bytes that a trainee of these variants holds between steps.
    static std::int64_t bytes(const ModelConfig &config, const std::vector<Variant> &trained);

private:
    struct Increments {
        at::Tensor attention, ffn; ///< Undefined where the half is the parent's and its input too.
    };
    struct Master {
        Part part;
        std::string name;
        at::Tensor weight, best;
    };
    /// Whether errors are those of the whole layer's increment: both halves differ from the parent's.
    bool isPair() const;
    nn::Layer network() const;
    Increments forward(const LayerActivations &parent, const nn::Rope &rope, const nn::Layer &layer) const;
    at::Tensor difference(const LayerActivations &parent, const Increments &own) const;
    std::vector<at::Tensor> weights() const;

    const ModelConfig &m_config;
    std::int64_t m_layer;
    nn::Layer m_frozen; ///< Everything in dtype; trained tensors are replaced by the masters before use.
    bool m_trainsAttention, m_trainsFfn;
    at::ScalarType m_dtype;
    std::vector<Master> m_masters;
    nn::AdamW m_optimizer;
    std::vector<at::Tensor> m_gradients; ///< Of the batch so far.
    std::vector<CurvePoint> m_curve;
    std::int64_t m_bestStep = 0;
    double m_bestLoss = 0, m_scale = 1;
    struct Sums {
        double output = 0, increment = 0, outputScale = 0, incrementScale = 0, layerScale = 0, elements = 0;
    } m_sums;
};

} // namespace tessera
