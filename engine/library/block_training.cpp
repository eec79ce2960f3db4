// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/block_training.h"

#include <algorithm>
#include <limits>

namespace tessera {
namespace {

at::Tensor wide(const at::Tensor &x) { return x.to(at::kFloat); }

double squares(const at::Tensor &x) { return x.to(at::kDouble).square().sum().item<double>(); }

bool isNorm(const std::string &name) { return name.find("norm.weight") != std::string::npos; }

double ratio(double error, double scale) { return scale > 0 ? error / scale : 0; }

} // namespace

LayerActivations layerActivations(const ModelConfig &config, const nn::Layer &parent, const at::Tensor &input,
                                  const nn::Rope &rope)
{
    at::NoGradGuard noGrad;
    LayerActivations result{input, nn::increment(config, parent.attention, input, rope), {}};
    result.ffn = nn::increment(config, parent.ffn, input + result.attention, rope);
    return result;
}

at::Tensor outputOf(const LayerActivations &activations)
{
    return activations.input + activations.attention + activations.ffn;
}

Trainee::Trainee(const ModelConfig &config, std::int64_t layer, nn::Layer start, bool trainsAttention, bool trainsFfn,
                 at::ScalarType dtype, const nn::AdamW::Options &options)
    : m_config(config), m_layer(layer), m_frozen(std::move(start)), m_trainsAttention(trainsAttention),
      m_trainsFfn(trainsFfn), m_dtype(dtype), m_optimizer({}, options),
      m_bestLoss(std::numeric_limits<double>::infinity())
{
    at::NoGradGuard noGrad;
    for (Part part : {Part::Attention, Part::Ffn}) {
        bool trained = part == Part::Attention ? trainsAttention : trainsFfn;
        for (auto &[name, tensor] : m_frozen.of(part).tensors) {
            if (trained && !isNorm(name)) {
                at::Tensor master = tensor.to(at::kFloat).contiguous().clone();
                m_masters.push_back({part, name, master, master.clone()});
                master.set_requires_grad(true);
                tensor = at::Tensor();
            } else {
                tensor = tensor.to(dtype);
            }
        }
    }
    m_optimizer = nn::AdamW(weights(), options);
}

std::vector<at::Tensor> Trainee::weights() const
{
    std::vector<at::Tensor> result;
    for (const Master &master : m_masters)
        result.push_back(master.weight);
    return result;
}

bool Trainee::isPair() const
{
    return m_trainsAttention == m_trainsFfn || m_frozen.attention.variant.kind == VariantKind::None
        || m_frozen.ffn.variant.kind == VariantKind::None;
}

nn::Layer Trainee::network() const
{
    nn::Layer layer = m_frozen;
    for (const Master &master : m_masters)
        layer.of(master.part).tensors[master.name] = master.weight.to(m_dtype);
    return layer;
}

Trainee::Increments Trainee::forward(const LayerActivations &parent, const nn::Rope &rope, const nn::Layer &layer) const
{
    Increments own;
    bool noAttention = layer.attention.variant.kind == VariantKind::None;
    at::Tensor between;
    if (!m_trainsAttention && !noAttention)
        between = parent.input + parent.attention;
    else if (noAttention)
        between = parent.input;
    else {
        own.attention = nn::increment(m_config, layer.attention, parent.input, rope);
        between = parent.input + own.attention;
    }
    if (layer.ffn.variant.kind != VariantKind::None)
        own.ffn = nn::increment(m_config, layer.ffn, between, rope);
    return own;
}

at::Tensor Trainee::difference(const LayerActivations &parent, const Increments &own) const
{
    // Of increments, not of outputs: the stream's massive entries would round away what the sub-block does.
    at::Tensor ffn = own.ffn.defined() ? wide(own.ffn) - wide(parent.ffn) : -wide(parent.ffn);
    if (own.attention.defined())
        return ffn + (wide(own.attention) - wide(parent.attention));
    return m_frozen.attention.variant.kind == VariantKind::None ? ffn - wide(parent.attention) : ffn;
}

void Trainee::addGradients(const LayerActivations &parent, const nn::Rope &rope, double share)
{
    std::vector<at::Tensor> outputs, outputGradients;
    {
        at::AutoGradMode gradOn(true);
        Increments own = forward(parent, rope, network());
        for (const at::Tensor &output : {own.attention, own.ffn})
            if (output.defined() && output.requires_grad())
                outputs.push_back(output);
        at::NoGradGuard noGrad;
        at::Tensor gradient = difference(parent, own);
        gradient.mul_(2 * share / (static_cast<double>(gradient.numel()) * m_scale));
        outputGradients.assign(outputs.size(), gradient.to(m_dtype));
    }
    std::vector<at::Tensor> gradients = torch::autograd::grad(outputs, weights(), outputGradients, false, false, true);
    at::NoGradGuard noGrad;
    for (std::size_t i = 0; i < m_gradients.size(); ++i)
        if (m_gradients[i].defined() && gradients[i].defined())
            gradients[i] = gradients[i] + m_gradients[i];
    m_gradients = std::move(gradients);
}

void Trainee::step(double learningRate, double clipNorm)
{
    at::NoGradGuard noGrad;
    m_optimizer.step(m_gradients, learningRate, nn::clipScale(nn::gradientNorm(m_gradients), clipNorm));
    m_gradients.clear();
}

void Trainee::beginEvaluation() { m_sums = {}; }

void Trainee::evaluate(const LayerActivations &parent, const nn::Rope &rope)
{
    at::NoGradGuard noGrad;
    Increments own = forward(parent, rope, network());
    double error = squares(difference(parent, own)), layer = squares(wide(parent.attention) + wide(parent.ffn));
    m_sums.output += error;
    m_sums.outputScale += squares(outputOf(parent));
    m_sums.layerScale += layer;
    m_sums.elements += static_cast<double>(parent.input.numel());
    bool pair = isPair();
    if (m_trainsAttention && !pair)
        error = squares(wide(own.attention) - wide(parent.attention));
    m_sums.increment += error;
    m_sums.incrementScale += pair ? layer : squares(m_trainsAttention ? parent.attention : parent.ffn);
}

void Trainee::finishEvaluation()
{
    at::NoGradGuard noGrad;
    CurvePoint point{steps(), ratio(m_sums.output, m_sums.outputScale), ratio(m_sums.increment, m_sums.incrementScale)};
    if (m_curve.empty())
        m_scale = m_sums.layerScale > 0 ? m_sums.layerScale / m_sums.elements : 1;
    if (m_curve.empty() || point.loss < m_bestLoss) {
        m_bestLoss = point.loss;
        m_bestStep = point.step;
        for (Master &master : m_masters)
            master.best.copy_(master.weight);
    }
    m_curve.push_back(point);
}

nn::SubBlock Trainee::best(Part part) const
{
    nn::SubBlock block = m_frozen.of(part);
    for (const Master &master : m_masters)
        if (master.part == part)
            block.tensors[master.name] = master.best.to(m_dtype);
    return block;
}

std::vector<at::Tensor> Trainee::state() const
{
    std::vector<at::Tensor> tensors;
    for (std::size_t i = 0; i < m_masters.size(); ++i) {
        tensors.push_back(m_masters[i].weight.detach());
        tensors.push_back(m_optimizer.firstMoments()[i]);
        tensors.push_back(m_optimizer.secondMoments()[i]);
        tensors.push_back(m_masters[i].best);
    }
    return tensors;
}

void Trainee::resume(std::int64_t steps, double scale, std::vector<CurvePoint> curve, std::int64_t bestStep,
                     double bestLoss)
{
    m_optimizer.resumeAt(steps);
    m_scale = scale;
    m_curve = std::move(curve);
    m_bestStep = bestStep;
    m_bestLoss = bestLoss;
}

std::int64_t Trainee::bytes(const ModelConfig &config, const std::vector<Variant> &trained)
{
    constexpr std::int64_t kCopies = 4 * sizeof(float); // Weight, two moments, best weight.
    std::int64_t sum = 0;
    for (const Variant &variant : trained)
        sum += parametersOf(config, variant) * kCopies;
    return sum;
}

} // namespace tessera
