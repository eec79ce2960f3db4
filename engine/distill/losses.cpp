// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/distill/losses.h"

#include <algorithm>
#include <utility>

namespace tessera::distill {
namespace {

constexpr std::int64_t kLogitBytes = std::int64_t{192} << 20;
/// Matrices of rows x vocabulary that live at once.
constexpr std::int64_t kLogitMatrices = 5;
constexpr double kLeastLength = 1e-20;

/// Rows of logits that are worked through at once.
std::int64_t rowsAtOnce(std::int64_t vocabulary) { return std::max<std::int64_t>(1, kLogitBytes / (vocabulary * 4 * kLogitMatrices)); }

at::Tensor seen(const at::Tensor &tokens) { return tokens.narrow(1, 0, tokens.size(1) - 1); }

at::Tensor flat(const at::Tensor &x) { return x.reshape({-1, x.size(-1)}); }

at::Tensor logProbabilities(const nn::Model &model, const at::Tensor &hidden)
{
    return at::log_softmax(nn::logitsOf(model, hidden).to(at::kFloat), -1);
}

double total(const at::Tensor &values) { return values.sum(at::kDouble).item<double>(); }

/// Gradients towards what the head is given, and towards the head itself where it is trained.
struct HeadGradients {
    at::Tensor hidden, head;
};

/// KL and LM loss. Works through the rows in pieces, so that no matrix of the vocabulary's width outlives a piece: the
/// gradient towards the logits is q - p, or q - 1 at the target.
HeadGradients passHead(const nn::Model &student, const at::Tensor &hidden, const nn::Model &teacher, const TeacherPass &pass,
                       const LossWeights &weights, double factor, LossSums &sums)
{
    HeadGradients gradients{at::empty_like(hidden), {}};
    at::Tensor head = student.head.detach();
    if (student.head.requires_grad())
        gradients.head = at::zeros(head.sizes(), head.options().dtype(at::kFloat));
    std::int64_t step = rowsAtOnce(head.size(0)), count = hidden.size(0);
    for (std::int64_t row = 0; row < count; row += step) {
        std::int64_t rows = std::min(step, count - row);
        at::Tensor part = hidden.narrow(0, row, rows), targets = pass.targets.narrow(0, row, rows).unsqueeze(1).to(part.device());
        at::Tensor q = logProbabilities(student, part), gradient = q.exp().mul_(weights.kl + weights.lm);
        if (weights.kl > 0) {
            at::Tensor p = logProbabilities(teacher, pass.hidden.narrow(0, row, rows)), mass = p.exp();
            sums.kl += total(p.sub_(q).mul_(mass));
            gradient.sub_(mass, weights.kl);
        }
        if (weights.lm > 0) {
            sums.lm -= total(q.gather(1, targets));
            gradient.scatter_add_(1, targets, at::full({rows, 1}, -weights.lm, gradient.options()));
        }
        at::Tensor typed = gradient.mul_(factor).to(head.scalar_type());
        gradients.hidden.narrow(0, row, rows).copy_(at::mm(typed, head));
        if (gradients.head.defined())
            gradients.head.add_(at::mm(typed.t(), part));
    }
    return gradients;
}

/// A teacher's pass that has come to some layer.
struct PassUnderWay {
    TeacherPass pass;
    at::Tensor stream;
};

PassUnderWay beginPass(const nn::Model &teacher, const at::Tensor &tokens)
{
    PassUnderWay way;
    way.pass.targets = tokens.narrow(1, 1, tokens.size(1) - 1).reshape({-1}).contiguous();
    way.stream = nn::embed(teacher, seen(tokens));
    return way;
}

void goOn(PassUnderWay &way, const ModelConfig &config, const nn::Layer &layer, const nn::Rope &rope)
{
    way.stream = nn::applyLayer(config, layer, way.stream, rope);
    way.pass.states.push_back(flat(way.stream));
}

TeacherPass endPass(const nn::Model &teacher, PassUnderWay way)
{
    way.pass.hidden = flat(nn::finalHidden(teacher, way.stream));
    return std::move(way.pass);
}

} // namespace

std::int64_t logitBytes(std::int64_t vocabulary, std::int64_t rows)
{
    return std::min(rows, rowsAtOnce(vocabulary)) * vocabulary * 4 * kLogitMatrices;
}

double lossOf(const LossSums &sums, const LossWeights &weights)
{
    return (weights.kl * sums.kl + weights.cosine * sums.cosine + weights.lm * sums.lm)
        / static_cast<double>(std::max<std::int64_t>(1, sums.predictions));
}

LossSums &operator+=(LossSums &sums, const LossSums &more)
{
    sums.predictions += more.predictions;
    sums.kl += more.kl;
    sums.cosine += more.cosine;
    sums.lm += more.lm;
    return sums;
}

TeacherPass passThrough(const nn::Model &teacher, const at::Tensor &tokens, const nn::Rope &rope)
{
    at::NoGradGuard noGrad;
    PassUnderWay way = beginPass(teacher, tokens);
    for (const nn::Layer &layer : teacher.layers)
        goOn(way, teacher.config, layer, rope);
    return endPass(teacher, std::move(way));
}

std::vector<TeacherPass> passThrough(nn::StreamedModel &teacher, const std::vector<at::Tensor> &parts, const nn::Rope &rope,
                                     const StopToken &stop)
{
    at::NoGradGuard noGrad;
    std::vector<PassUnderWay> ways;
    for (const at::Tensor &tokens : parts)
        ways.push_back(beginPass(teacher.model(), tokens));
    for (std::int64_t index = 0; index < teacher.layers(); ++index) {
        const nn::Layer &layer = teacher.layer(index);
        for (PassUnderWay &way : ways) {
            stop.throwIfRequested();
            goOn(way, teacher.model().config, layer, rope);
        }
    }
    std::vector<TeacherPass> passes;
    for (PassUnderWay &way : ways)
        passes.push_back(endPass(teacher.model(), std::move(way)));
    return passes;
}

at::Tensor cosineDistances(const at::Tensor &a, const at::Tensor &b, double factor, at::Tensor *gradient)
{
    at::NoGradGuard noGrad;
    at::Tensor x = a.to(at::kFloat), y = b.to(at::kFloat);
    at::Tensor squares = x.square().sum(-1, true).clamp_min(kLeastLength);
    at::Tensor lengths = (squares * y.square().sum(-1, true).clamp_min(kLeastLength)).sqrt();
    at::Tensor cosine = (x * y).sum(-1, true) / lengths;
    if (gradient)
        *gradient = (x * (cosine / squares) - y / lengths).mul_(factor).to(a.scalar_type());
    return (1 - cosine).squeeze(-1);
}

LossSums addGradients(const nn::Model &student, const std::vector<at::Tensor> &parameters, const nn::Model &teacher,
                      const TeacherPass &pass, const at::Tensor &tokens, const nn::Rope &rope, const LossWeights &weights,
                      double factor, std::vector<at::Tensor> &gradients)
{
    std::vector<at::Tensor> outputs;
    at::Tensor hidden, head;
    {
        at::AutoGradMode gradOn(true);
        at::Tensor x = nn::embed(student, seen(tokens));
        for (const nn::Layer &layer : student.layers)
            outputs.push_back(x = nn::applyLayer(student.config, layer, x, rope));
        hidden = nn::finalHidden(student, x);
        head = student.head.view(student.head.sizes());
    }
    at::NoGradGuard noGrad;
    LossSums sums{pass.hidden.size(0), 0, 0, 0};
    std::vector<at::Tensor> ends, towards;
    auto flow = [&](const at::Tensor &output, const at::Tensor &gradient) {
        if (output.requires_grad() && gradient.defined()) {
            ends.push_back(output);
            towards.push_back(gradient.reshape(output.sizes()).to(output.scalar_type()));
        }
    };
    if (weights.cosine > 0) {
        double share = 1 / static_cast<double>(outputs.size());
        for (std::size_t layer = 0; layer < outputs.size(); ++layer) {
            at::Tensor gradient;
            sums.cosine += share * total(cosineDistances(flat(outputs[layer]), pass.states[layer],
                                                         factor * weights.cosine * share, &gradient));
            flow(outputs[layer], gradient);
        }
    }
    if (weights.kl > 0 || weights.lm > 0) {
        HeadGradients last = passHead(student, flat(hidden.detach()), teacher, pass, weights, factor, sums);
        flow(hidden, last.hidden);
        flow(head, last.head);
    }
    if (ends.empty())
        return sums; // No loss depends on what is trained.
    std::vector<at::Tensor> found = torch::autograd::grad(ends, parameters, towards, false, false, true);
    for (std::size_t i = 0; i < found.size(); ++i)
        if (found[i].defined())
            gradients[i] = gradients[i].defined() ? gradients[i].add_(found[i]) : found[i];
    return sums;
}

} // namespace tessera::distill
