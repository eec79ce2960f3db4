// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"
#include "engine/protocol/work_context.h"
#include "engine/tangent/functional.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::tangent {

struct Probes {
    nn::Tensor tokens;  ///< int64 [probes, window]
    nn::Tensor targets; ///< int64 [probes]: what follows each
};

struct GramSettings {
    Functional functional = Functional::RandomLogit;
    std::vector<std::uint64_t> seeds;
    std::int64_t sketch = 0; ///< Columns of the Gaussian sketch; 0: exact.
    std::int64_t mostNumbers = std::int64_t{1} << 29; ///< Of gradients that are in memory at once, 4 bytes each.
};

/// Theta_b = J_b J_b' for every sub-block b (layer by layer, attention before FFN) and, last, for the fixed part (embedding, final
/// norm, head): float64 [blocks][seeds, probes, probes]. Parameters are parts of a whole, so the sum over b is the kernel of
/// the network, exactly. J_b holds the functional's gradient of every probe by the parameters of b.
///
/// The network runs once; then its sub-blocks are taken from the last to the first, each run again for one probe at a time with
/// the gradient of what follows: so never more than one sub-block's Jacobian is in memory, and of one larger than mostNumbers some
/// tensors at a time. Products are summed in float64.
///
/// With a sketch Theta_b is (J_b R)(J_b R)' / k, R Gaussian and fresh for every sub-block and seed; the fixed part's
/// kernel needs none, it is computed from its factors.
///
/// Throws Error (BadInput) where one tensor's Jacobian is larger than mostNumbers, Error (Interrupted) on request.
std::vector<nn::Tensor> subBlockGrams(const nn::Model &model, const Probes &probes, const GramSettings &settings,
                                      const WorkContext &context);

} // namespace tessera::tangent
