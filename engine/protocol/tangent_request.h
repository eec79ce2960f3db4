// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// "tangent": Gram matrices of a language model's empirical neural tangent kernel, one a sub-block. Probes are the first
/// consecutive stretches of window + 1 tokens: the model sees window of them, the last one is the target.
/// outFile receives float64 [kernels x blocks x probes x probes], little-endian, blocks in the result's order. Result
/// {"estimator","probe_hash","probes","window","seeds","kernels","sketch_spread","blocks":[{"name","layer","part","variant",
/// "parameters"}]}.
struct TangentRequest {
    std::string model;
    std::string tokenFile;
    std::int64_t probes = 32;
    std::int64_t window = 32;
    /// The scalar output whose gradients are compared, at the last position. "random_logit": a random unit direction of the logits
    /// that sums to zero, one a seed. "target_logit": the target's logit minus the mean of all. "loss": -log of the target's
    /// probability (a Fisher matrix).
    std::string functional = "random_logit";
    std::vector<std::uint64_t> seeds = {1}; ///< One kernel each; of the sketch too.
    std::int64_t sketch = 0;                ///< Columns of the Gaussian sketch of every sub-block's gradients; 0: none, exact.
    std::vector<SubBlockSource> replacements; ///< As of evaluate.
    std::string outFile;
    RunSettings run;
    bool operator==(const TangentRequest &) const = default;
};

/// Every member must be there and of its type, and no other member may be; otherwise Error (BadInput).
Json toJson(const TangentRequest &request);
TangentRequest parseTangentRequest(const Json &json);

} // namespace tessera
