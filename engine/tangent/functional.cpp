// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/tangent/functional.h"

#include "engine/base/error.h"

#include <ATen/CPUGeneratorImpl.h>

namespace tessera::tangent {

Functional parseFunctional(const std::string &word)
{
    if (word == "random_logit")
        return Functional::RandomLogit;
    if (word == "target_logit")
        return Functional::TargetLogit;
    if (word == "loss")
        return Functional::Loss;
    throw badInput("there is no functional \"" + word + "\": use random_logit, target_logit or loss");
}

at::Generator generatorOf(std::uint64_t seed) { return at::make_generator<at::CPUGeneratorImpl>(seed); }

nn::Tensor logitDerivatives(Functional functional, const nn::Model &model, const nn::Tensor &hidden, const nn::Tensor &targets,
                            std::uint64_t seed)
{
    at::NoGradGuard noGrad;
    const std::int64_t probes = hidden.size(0), vocabulary = model.head.size(0);
    if (functional == Functional::RandomLogit) {
        nn::Tensor direction = at::randn({vocabulary}, generatorOf(seed), at::TensorOptions().dtype(at::kDouble));
        direction = direction - direction.mean();
        direction = direction / direction.norm();
        return direction.to(hidden.device(), at::kFloat).unsqueeze(0).expand({probes, vocabulary});
    }
    const nn::Tensor hit = at::zeros({probes, vocabulary}, hidden.options().dtype(at::kFloat)).scatter_(1, targets.to(hidden.device()).unsqueeze(1), 1.0);
    if (functional == Functional::TargetLogit)
        return hit - 1.0 / static_cast<double>(vocabulary);
    return at::softmax(nn::logitsOf(model, hidden).to(at::kFloat), -1) - hit;
}

} // namespace tessera::tangent
