// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

enum class KernelFamily { Fc, ResFc, Conv, ResConv, Laplace, GammaExponential, Linear };
/// How the biases of a fully connected network start. Zero: at zero, but trained. Normal: at bias times a standard normal.
enum class BiasInit { Zero, Normal };
/// What a convolutional network does with its last feature map. Trace: a weight for every pixel. Gap: the mean over pixels.
/// Equivariant: the value at pixel 0.
enum class ConvHead { Trace, Gap, Equivariant };
/// The residual branch of a convolutional block. A: ReLU, convolution. B: convolution, ReLU, convolution.
enum class ResBlock { A, B };
/// The covariance of a random network's output (Gp), or its neural tangent kernel (Ntk). One and the same for kernels that
/// belong to no network.
enum class KernelOf { Gp, Ntk };

/// A kernel as a value. Only the fields of its family have a meaning; the formulas are those of infinitely wide ReLU networks
/// (Jacot et al. 2018; Geifman et al. 2007.01580 and 2211.14810; Huang et al. 2020), unnormalised, as gram.h states them.
struct Kernel {
    KernelFamily family = KernelFamily::Fc;
    std::int64_t depth = 1;              ///< Hidden layers, convolutions or residual blocks: 1 to kDeepest.
    double bias = 0;                     ///< Fc: 0 or more.
    BiasInit biasInit = BiasInit::Zero;  ///< Fc with a bias.
    double alpha = 1;                    ///< Residual families: weight of the branch, 0 or more.
    std::int64_t filter = 3;             ///< Convolutional families: pixels along each side of the filter.
    ConvHead head = ConvHead::Trace;
    ResBlock block = ResBlock::B;
    double c = 1;     ///< Laplace exp(-c r) and gamma-exponential exp(-c r^gamma), r the distance: positive.
    double gamma = 1; ///< In (0, 2].

    bool operator==(const Kernel &) const = default;
};

inline constexpr std::int64_t kDeepest = 1'000'000;

bool isConvolutional(const Kernel &kernel);
/// True where gp and ntk differ.
bool isNetwork(const Kernel &kernel);

/// Reads {"family":"fc","depth":3,...}; where names the source in errors. A missing field of the family, an unknown field and a
/// value out of range are Errors (BadInput). bias may be missing (0); bias_init only without a bias.
Kernel kernelFromJson(const Json &json, const std::string &where);
/// Reads "fc:depth=3,bias=0.5,bias_init=normal".
Kernel kernelFromText(const std::string &text);
Json toJson(const Kernel &kernel);
/// The text that kernelFromText reads.
std::string toText(const Kernel &kernel);

std::string toString(KernelOf of);
KernelOf kernelOfFromText(const std::string &text);

/// The families' words, for help texts and errors.
std::vector<std::string> kernelFamilies();

} // namespace tessera
