// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace tessera::nn {

/// AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2) over float32 tensors, one pass
/// over memory a step. The same gradients give the same bits, whatever the number of threads.
class AdamW {
public:
    struct Options {
        double beta1 = 0.9;
        double beta2 = 0.95;
        double epsilon = 1e-8;
        double weightDecay = 0.1;
    };
    /// parameters: contiguous float32 on any device, updated in place by step(). Vectors (norms, biases) are not decayed.
    AdamW(std::vector<at::Tensor> parameters, const Options &options);

    /// One update from the gradients (undefined ones are left out), multiplied by gradientScale before use (clipping).
    void step(const std::vector<at::Tensor> &gradients, double learningRate, double gradientScale = 1);

    std::int64_t steps() const { return m_steps; }
    const std::vector<at::Tensor> &parameters() const { return m_parameters; }
    const std::vector<at::Tensor> &firstMoments() const { return m_first; }
    const std::vector<at::Tensor> &secondMoments() const { return m_second; }
    /// Continues where steps() updates had been done; the moments are filled in place by the caller.
    void resumeAt(std::int64_t steps) { m_steps = steps; }

private:
    /// One tensor's update in LibTorch's operations, for tensors outside main memory.
    void stepElsewhere(std::size_t i, const at::Tensor &gradient, double learningRate, double gradientScale, double correction1,
                       double correction2);

    std::vector<at::Tensor> m_parameters, m_first, m_second;
    Options m_options;
    std::int64_t m_steps = 0;
};

/// The Euclidean norm of all gradients together, summed in float64.
double gradientNorm(const std::vector<at::Tensor> &gradients);

/// The factor that brings a norm down to clipNorm; 1 where it is already below or clipNorm is 0.
double clipScale(double norm, double clipNorm);

/// Linear warm-up over warmup * steps, then half a cosine down to a tenth of peak. step counts from 0.
double warmupCosine(double peak, std::int64_t step, std::int64_t steps, double warmup);

} // namespace tessera::nn
