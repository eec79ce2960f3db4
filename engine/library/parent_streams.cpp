// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/parent_streams.h"

#include "engine/library/block_training.h"
#include "engine/nn/device.h"

#include <algorithm>
#include <utility>

namespace tessera {

at::Tensor ParentStreams::pastLayer(const nn::Layer &layer, const at::Tensor &stream, std::int64_t atOnce) const
{
    at::Tensor behind = at::empty_like(stream);
    for (std::int64_t first = 0; first < stream.size(0); first += atOnce) {
        const std::int64_t count = std::min(atOnce, stream.size(0) - first);
        const at::Tensor piece = nn::here(stream.narrow(0, first, count));
        behind.narrow(0, first, count).copy_(outputOf(layerActivations(m_parent.model().config, layer, piece, m_rope)));
    }
    return behind;
}

void ParentStreams::advance(std::int64_t layer, std::int64_t steps, const std::function<at::Tensor(std::int64_t step)> &windowsOf,
                            const at::Tensor &heldOut, std::int64_t atOnce, std::int64_t heldOutAtOnce,
                            const std::function<void()> &between)
{
    at::NoGradGuard noGrad;
    if (m_layer < 0 || m_layer > layer) {
        m_batches.clear();
        for (std::int64_t step = 0; step < steps; ++step)
            m_batches.push_back(nn::inMainMemory(nn::embed(m_parent.model(), windowsOf(step))));
        m_heldOut = nn::inMainMemory(nn::embed(m_parent.model(), heldOut));
        m_layer = 0;
    }
    for (; m_layer < layer; ++m_layer) {
        const nn::Layer &own = m_parent.layer(m_layer);
        std::vector<at::Tensor> behind;
        for (const at::Tensor &batch : m_batches) {
            between();
            behind.push_back(pastLayer(own, batch, atOnce));
        }
        m_heldOut = pastLayer(own, m_heldOut, heldOutAtOnce);
        m_batches = std::move(behind);
    }
}

} // namespace tessera
