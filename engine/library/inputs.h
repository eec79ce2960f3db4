// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"
#include "engine/protocol/requests.h"

#include <cstdint>
#include <string>

namespace tessera {

/// Sets the threads of LibTorch and of the BLAS and LAPACK below it, and gives the type that the network runs in.
at::ScalarType startRun(const RunSettings &run);

/// The first maxTokens (0: all) tokens of a token file as windows that do not overlap, int64 [windows, window]; the trailing
/// partial window is dropped. Throws Error (BadInput) for a file that holds no window or a token outside the vocabulary.
at::Tensor readWindows(const std::string &path, std::int64_t maxTokens, std::int64_t window, const ModelConfig &config);

/// Windows that are worked on at once: about 2,048 tokens.
std::int64_t windowsAtOnce(std::int64_t window);

/// The sub-block that a source names, in dtype: from its file (hash checked where given), the parent's own, or none.
nn::SubBlock loadSource(const ModelConfig &config, const SubBlockSource &source, const nn::SubBlock &parent,
                        at::ScalarType dtype);

/// A sub-block with its last matrix, and bias where there is one, replaced; rounded to the type of the block.
nn::SubBlock withLastMatrix(const nn::SubBlock &block, const at::Tensor &weight, const at::Tensor &bias);
/// The last matrix and its bias (undefined where there is none).
at::Tensor lastMatrix(const nn::SubBlock &block);
at::Tensor lastBias(const nn::SubBlock &block);

/// What the sub-block adds, from its features.
at::Tensor incrementOf(const nn::SubBlock &block, const at::Tensor &features);

/// Throws Error (BadInput) naming where: layer in the parent, variant possible there, the parent's sub-block of the usual kind.
void checkVariant(const Checkpoint &parent, std::int64_t layer, const Variant &variant, const std::string &where);

/// "layer07.attention-gqa1.closed.safetensors"
std::string blockFileName(std::int64_t layer, const Variant &variant, Origin origin);

/// Writes the sub-block, and gives the item's members layer, variant, origin, file and hash.
Json saveAsItem(const nn::SubBlock &block, std::int64_t layer, Origin origin, const std::string &path);

} // namespace tessera
