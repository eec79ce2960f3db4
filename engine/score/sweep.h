// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"
#include "engine/nn/streamed_model.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace tessera {

/// The parent's residual stream before a layer, [B, T, hidden].
struct StreamBefore {
    std::int64_t layer = 0;
    nn::Tensor stream;
};

/// Something that stands in for a half or both of a layer.
struct Standing {
    std::int64_t layer = 0;
    /// One candidate, or the attention and behind it the FFN; own: the parent's layer.
    std::function<std::vector<nn::SubBlock>(const nn::Layer &own)> blocks;
};

struct Swept {
    std::vector<nn::Tensor> streams; ///< Behind the last layer, of each standing.
    nn::Tensor parent;               ///< The same of the parent; undefined where it was not asked for.
    StreamBefore next;               ///< Before the layer that was asked for.
};

/// Carries standings (by layer, none before start's) and the parent through its layers side by side, so that every layer is loaded once.
/// Each stream passes the same operations as if it were alone. next: the layer before which the parent's stream is wanted for a later
/// sweep, no less than the last standing's; -1: none. between is called before every layer and may throw.
Swept sweep(nn::StreamedModel &parent, const nn::Rope &rope, const StreamBefore &start, const std::vector<Standing> &standings,
            bool parentToo, std::int64_t next, const std::function<void(std::int64_t layer)> &between);

} // namespace tessera
