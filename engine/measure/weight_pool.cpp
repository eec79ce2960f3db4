// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/measure/weight_pool.h"

#include "engine/nn/device.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr std::int64_t kMostCopies = 256;
/// Every tensor starts at a cache line.
constexpr std::int64_t kAlignment = 32;

std::int64_t aligned(std::int64_t elements) { return (elements + kAlignment - 1) / kAlignment * kAlignment; }

std::int64_t product(const std::vector<std::int64_t> &shape)
{
    std::int64_t result = 1;
    for (std::int64_t dimension : shape)
        result *= dimension;
    return result;
}

} // namespace

WeightPool::WeightPool(std::int64_t bytes, at::ScalarType dtype)
{
    const std::int64_t count = std::max<std::int64_t>(1, bytes / static_cast<std::int64_t>(c10::elementSize(dtype)));
    m_numbers = at::empty({count}, nn::onDevice(dtype));
    // Ordinary sizes, so that no product underflows and none overflows; the figures themselves do not matter.
    m_numbers.uniform_(-0.05, 0.05);
}

std::int64_t WeightPool::elementsOf(const ModelConfig &config, const Variant &variant)
{
    std::int64_t sum = 0;
    for (const TensorSpec &spec : tensorsOf(config, variant))
        sum += aligned(product(spec.shape));
    return sum;
}

nn::Tensor WeightPool::cut(std::int64_t &offset, const std::vector<std::int64_t> &shape) const
{
    const std::int64_t count = product(shape);
    const nn::Tensor piece = m_numbers.narrow(0, offset, count).view(shape);
    offset += aligned(count);
    return piece;
}

std::vector<nn::SubBlock> WeightPool::copies(const ModelConfig &config, const Variant &variant) const
{
    const std::int64_t each = std::max<std::int64_t>(1, elementsOf(config, variant));
    const std::int64_t count = std::clamp<std::int64_t>(elements() / each, 1, kMostCopies);
    std::vector<nn::SubBlock> blocks;
    std::int64_t offset = 0;
    for (std::int64_t copy = 0; copy < count; ++copy) {
        nn::SubBlock block{variant, {}};
        for (const TensorSpec &spec : tensorsOf(config, variant))
            block.tensors[spec.name] = cut(offset, spec.shape);
        blocks.push_back(std::move(block));
    }
    return blocks;
}

std::vector<nn::KvCache::Entry> WeightPool::caches(const ModelConfig &config, std::int64_t kvHeads, std::int64_t batch,
                                                   std::int64_t capacity) const
{
    const std::vector<std::int64_t> shape{batch, kvHeads, capacity, config.headDim};
    const std::int64_t each = std::max<std::int64_t>(1, 2 * aligned(product(shape)));
    const std::int64_t count = std::clamp<std::int64_t>(elements() / each, 1, kMostCopies);
    std::vector<nn::KvCache::Entry> entries;
    std::int64_t offset = 0;
    for (std::int64_t copy = 0; copy < count; ++copy) {
        nn::Tensor keys = cut(offset, shape);
        entries.push_back({std::move(keys), cut(offset, shape)});
    }
    return entries;
}

void WeightPool::sweep() const { m_numbers.max(); }

} // namespace tessera
