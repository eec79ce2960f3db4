// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/adamw.h"

#include <algorithm>
#include <cmath>

#include <ATen/Parallel.h>

namespace tessera::nn {

AdamW::AdamW(std::vector<at::Tensor> parameters, const Options &options)
    : m_parameters(std::move(parameters)), m_options(options)
{
    for (const at::Tensor &parameter : m_parameters) {
        TORCH_CHECK(parameter.scalar_type() == at::kFloat && parameter.is_contiguous(), "AdamW needs contiguous float32");
        m_first.push_back(at::zeros_like(parameter, at::TensorOptions().requires_grad(false)));
        m_second.push_back(at::zeros_like(parameter, at::TensorOptions().requires_grad(false)));
    }
}

void AdamW::step(const std::vector<at::Tensor> &gradients, double learningRate, double gradientScale)
{
    ++m_steps;
    double correction1 = 1 - std::pow(m_options.beta1, static_cast<double>(m_steps));
    double correction2 = 1 - std::pow(m_options.beta2, static_cast<double>(m_steps));
    auto beta1 = static_cast<float>(m_options.beta1), beta2 = static_cast<float>(m_options.beta2);
    auto scale = static_cast<float>(gradientScale), epsilon = static_cast<float>(m_options.epsilon);
    auto rate = static_cast<float>(learningRate / correction1);
    auto rootCorrection = static_cast<float>(1 / std::sqrt(correction2));

    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        if (!gradients[i].defined())
            continue;
        if (!m_parameters[i].is_cpu()) {
            stepElsewhere(i, gradients[i], learningRate, gradientScale, correction1, correction2);
            continue;
        }
        at::Tensor gradient = gradients[i].contiguous();
        bool decayed = m_parameters[i].dim() > 1;
        auto keep = static_cast<float>(decayed ? 1 - learningRate * m_options.weightDecay : 1.0);
        float *w = m_parameters[i].data_ptr<float>();
        float *m = m_first[i].data_ptr<float>();
        float *v = m_second[i].data_ptr<float>();
        const float *g = gradient.data_ptr<float>();
        at::parallel_for(0, m_parameters[i].numel(), 1 << 14, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t k = begin; k < end; ++k) {
                float grad = g[k] * scale;
                m[k] = beta1 * m[k] + (1 - beta1) * grad;
                v[k] = beta2 * v[k] + (1 - beta2) * grad * grad;
                w[k] = keep * w[k] - rate * m[k] / (std::sqrt(v[k]) * rootCorrection + epsilon);
            }
        });
    }
}

void AdamW::stepElsewhere(std::size_t i, const at::Tensor &gradient, double learningRate, double gradientScale, double correction1,
                          double correction2)
{
    at::NoGradGuard noGrad;
    at::Tensor grad = gradient * gradientScale, weight = m_parameters[i];
    m_first[i].mul_(m_options.beta1).add_(grad, 1 - m_options.beta1);
    m_second[i].mul_(m_options.beta2).addcmul_(grad, grad, 1 - m_options.beta2);
    if (weight.dim() > 1)
        weight.mul_(1 - learningRate * m_options.weightDecay);
    at::Tensor root = (m_second[i] / correction2).sqrt_().add_(m_options.epsilon);
    weight.addcdiv_(m_first[i], root, -learningRate / correction1);
}

double gradientNorm(const std::vector<at::Tensor> &gradients)
{
    double sum = 0;
    std::vector<at::Tensor> elsewhere; // Read back together: each reading waits for the device.
    for (const at::Tensor &gradient : gradients) {
        if (gradient.defined() && gradient.is_cpu())
            sum += std::pow(gradient.norm().item<double>(), 2);
        else if (gradient.defined())
            elsewhere.push_back(gradient.norm().to(at::kDouble));
    }
    if (!elsewhere.empty())
        sum += at::stack(elsewhere).square().sum().item<double>();
    return std::sqrt(sum);
}

double clipScale(double norm, double clipNorm) { return clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1; }

double warmupCosine(double peak, std::int64_t step, std::int64_t steps, double warmup)
{
    double warm = std::max(1.0, warmup * static_cast<double>(steps));
    double done = static_cast<double>(step) + 1;
    if (done <= warm)
        return peak * done / warm;
    double fraction = (done - warm) / std::max(1.0, static_cast<double>(steps) - warm);
    constexpr double kFloor = 0.1;
    return peak * (kFloor + (1 - kFloor) * 0.5 * (1 + std::cos(M_PI * std::min(1.0, fraction))));
}

} // namespace tessera::nn
