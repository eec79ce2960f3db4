// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"
#include "engine/nn/streamed_model.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace tessera {

/// The parent's residual stream before one layer for everything that is trained on and held out, in main memory: so a parent that is not
/// on the device as a whole passes it once for all variants, and not once for every step.
class ParentStreams {
public:
    ParentStreams(nn::StreamedModel &parent, const nn::Rope &rope) : m_parent(parent), m_rope(rope) {}

    /// Goes on to before layer (from the embedding again where that lies behind). windowsOf: the windows of each of so many steps;
    /// atOnce, heldOutAtOnce: windows that go through the parent together; the streams have the same bits as if they went from the
    /// embedding in such pieces. between may throw: what is here is then as it was before some layer.
    void advance(std::int64_t layer, std::int64_t steps, const std::function<at::Tensor(std::int64_t step)> &windowsOf,
                 const at::Tensor &heldOut, std::int64_t atOnce, std::int64_t heldOutAtOnce, const std::function<void()> &between);

    const at::Tensor &batch(std::int64_t step) const { return m_batches.at(static_cast<std::size_t>(step)); }
    const at::Tensor &heldOut() const { return m_heldOut; }

private:
    at::Tensor pastLayer(const nn::Layer &layer, const at::Tensor &stream, std::int64_t atOnce) const;

    nn::StreamedModel &m_parent;
    const nn::Rope &m_rope;
    std::int64_t m_layer = -1; ///< -1: nothing is here yet.
    std::vector<at::Tensor> m_batches;
    at::Tensor m_heldOut;
};

} // namespace tessera
