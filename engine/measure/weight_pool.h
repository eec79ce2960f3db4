// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"
#include "engine/nn/model.h"

#include <cstdint>
#include <vector>

namespace tessera {

/// One stretch of random numbers from which the weights and caches of everything that is measured are cut. In a model each
/// layer's weights come from as far down the memory hierarchy as the whole model's size demands; copies of a sub-block that lie
/// one behind the other over a stretch of that size meet the same, and the stretch is there once for all shapes.
class WeightPool {
public:
    /// bytes: the size of the stretch, raised to what the largest single piece needs by the caller.
    WeightPool(std::int64_t bytes, at::ScalarType dtype);

    std::int64_t elements() const { return m_numbers.numel(); }
    /// As many copies of a sub-block as fit, at least one, at most 256. The pool must hold one.
    std::vector<nn::SubBlock> copies(const ModelConfig &config, const Variant &variant) const;
    /// As many caches of one layer, batch x kvHeads x capacity x headDim each, as fit, at least one, at most 256.
    std::vector<nn::KvCache::Entry> caches(const ModelConfig &config, std::int64_t kvHeads, std::int64_t batch,
                                           std::int64_t capacity) const;
    /// Reads the stretch once, so that what was used before is as cold as after a pass through the model.
    void sweep() const;

    /// Elements that one copy takes.
    static std::int64_t elementsOf(const ModelConfig &config, const Variant &variant);

private:
    nn::Tensor cut(std::int64_t &offset, const std::vector<std::int64_t> &shape) const;
    nn::Tensor m_numbers;
};

} // namespace tessera
