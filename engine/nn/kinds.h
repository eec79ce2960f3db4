// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"

namespace tessera::nn {

/// What a sub-block needs to know of its surroundings besides its input.
struct Surroundings {
    const ModelConfig &config;
    const Rope &rope;
    KvCache::Entry *cache = nullptr;
    std::int64_t used = 0;
};

/// The network's side of a kind of variant. Its tensors and its name are in engine/architecture/variant.cpp.
struct Kind {
    Part part;
    VariantKind kind;
    /// The last matrix's name without ".weight"; its bias, where there is one, adds ".bias". Null for none.
    const char *lastMatrix;
    bool keepsKeys; ///< Whether it has a KV cache.
    /// See features() in forward.h. Null for none.
    Tensor (*features)(const SubBlock &block, const Tensor &x, const Surroundings &around);
    /// See initialise() in initialise.h; the variant differs from the parent's, its part does not.
    SubBlock (*fromParent)(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                           const std::vector<std::int64_t> &channelOrder);
};

/// Throws Error (BadInput) for a kind that the part cannot have.
const Kind &kindOf(const Variant &variant);

// attention.cpp and ffn.cpp
Tensor gqaFeatures(const SubBlock &block, const Tensor &x, const Surroundings &around);
Tensor widthFeatures(const SubBlock &block, const Tensor &x, const Surroundings &around);

// initialise.cpp
SubBlock gqaFromParent(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                       const std::vector<std::int64_t> &channelOrder);
SubBlock widthFromParent(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                         const std::vector<std::int64_t> &channelOrder);
SubBlock linearOfPart(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                      const std::vector<std::int64_t> &channelOrder);
SubBlock noneFromParent(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                        const std::vector<std::int64_t> &channelOrder);

/// x W^T + bias over the last dimension, as one product of 2-D tensors; bias may be undefined.
Tensor affine(const Tensor &x, const Tensor &weight, const Tensor &bias);
/// The projection called name ("self_attn.q_proj") of a block.
Tensor project(const SubBlock &block, const std::string &name, const Tensor &x);

} // namespace tessera::nn
