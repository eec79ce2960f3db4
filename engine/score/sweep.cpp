// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/score/sweep.h"

#include <algorithm>

namespace tessera {
namespace {

/// The stream behind a layer of which candidates replace a half or both. x: before it; between: behind the parent's attention.
nn::Tensor behindReplaced(const ModelConfig &config, const nn::Rope &rope, const nn::Layer &own, const std::vector<nn::SubBlock> &blocks,
                          const nn::Tensor &x, const nn::Tensor &between)
{
    nn::Tensor stream = blocks.front().variant.part == Part::Attention ? x : between;
    for (const nn::SubBlock &block : blocks)
        stream = nn::applySubBlock(config, block, stream, rope);
    return blocks.back().variant.part == Part::Attention ? nn::applySubBlock(config, own.ffn, stream, rope) : stream;
}

} // namespace

Swept sweep(nn::StreamedModel &parent, const nn::Rope &rope, const StreamBefore &start, const std::vector<Standing> &standings,
            bool parentToo, std::int64_t next, const std::function<void(std::int64_t layer)> &between)
{
    const ModelConfig &config = parent.model().config;
    Swept swept;
    swept.streams.resize(standings.size());
    std::int64_t lastNeeded = std::max(next - 1, standings.empty() ? std::int64_t{-1} : standings.back().layer);
    if (parentToo)
        lastNeeded = parent.layers() - 1;
    nn::Tensor x = start.stream;
    std::size_t begun = 0;
    for (std::int64_t layer = start.layer; layer < parent.layers(); ++layer) {
        between(layer);
        if (layer == next)
            swept.next = {layer, x};
        // Behind the last layer comes the first of the next sweep.
        const nn::Layer &own = parent.layer(layer, layer + 1 < parent.layers() ? -1 : next);
        for (std::size_t i = 0; i < begun; ++i)
            swept.streams[i] = nn::applyLayer(config, own, swept.streams[i], rope);
        if (layer > lastNeeded) {
            x = nn::Tensor();
            continue;
        }
        const nn::Tensor middle = nn::applySubBlock(config, own.attention, x, rope);
        for (; begun < standings.size() && standings[begun].layer == layer; ++begun)
            swept.streams[begun] = behindReplaced(config, rope, own, standings[begun].blocks(own), x, middle);
        x = nn::applySubBlock(config, own.ffn, middle, rope);
    }
    if (parentToo)
        swept.parent = x;
    return swept;
}

} // namespace tessera
