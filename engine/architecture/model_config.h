// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// How rotary position embeddings are stretched beyond the context a model was trained on.
struct RopeScaling {
    enum class Kind { None, Linear, Llama3 };
    Kind kind = Kind::None;
    double factor = 1;
    double lowFrequencyFactor = 1;    ///< Llama3 only.
    double highFrequencyFactor = 4;   ///< Llama3 only.
    std::int64_t originalContext = 0; ///< Llama3 only: the context before stretching, in tokens.

    bool operator==(const RopeScaling &) const = default;
};

/// What all layers of a Llama-like decoder have in common. Lengths in elements; every number is at least 1 once a reader
/// has accepted it.
struct ModelConfig {
    std::string architecture = "llama"; ///< As Hugging Face's model_type.
    std::int64_t hidden = 0;
    std::int64_t layers = 0;
    std::int64_t vocabulary = 0;
    std::int64_t heads = 0;    ///< Query heads, the same in every layer.
    std::int64_t kvHeads = 0;  ///< The parent's kv heads; a child's layers may have fewer.
    std::int64_t headDim = 0;
    std::int64_t ffnWidth = 0; ///< The parent's FFN width; a child's layers may be narrower.
    std::int64_t context = 0;  ///< Longest sequence in tokens that the model was made for and that no sliding window cuts.
    double normEpsilon = 1e-5;
    double ropeBase = 10000;
    RopeScaling ropeScaling;
    bool tiedEmbeddings = false;
    bool qkvBias = false;    ///< Biases of q_proj, k_proj, v_proj.
    bool outputBias = false; ///< Bias of o_proj.
    bool mlpBias = false;    ///< Biases of gate_proj, up_proj, down_proj.
    bool qkNorm = false;     ///< RMS norms of every query and key head before the rotation (Qwen3).
    std::vector<std::int64_t> beginTokens; ///< bos_token_id
    std::vector<std::int64_t> endTokens;   ///< eos_token_id; generation stops at each of them.

    bool operator==(const ModelConfig &) const = default;
};

} // namespace tessera
