// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/streamed_model.h"

#include "engine/base/error.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/protocol/remark.h"

#include <algorithm>
#include <cstring>
#include <future>
#include <utility>

namespace tessera::nn {
namespace {

/// What one thread copies or converts at a time.
constexpr std::int64_t kPieceBytes = std::int64_t{1} << 20;

bool isStoredAs(const Checkpoint &checkpoint, const StoredTensor &stored, at::ScalarType type)
{
    // Rows of GGUF files may lie in another order.
    return !checkpoint.isGguf()
        && ((type == at::kBFloat16 && stored.type == StoredType::BF16) || (type == at::kFloat && stored.type == StoredType::F32));
}

/// Reads a tensor into one of its shape in main memory, converted to that one's type as loadTensor() converts it.
void readInto(const Checkpoint &checkpoint, const StoredTensor &stored, const Tensor &target)
{
    const auto bytes = static_cast<std::int64_t>(target.nbytes());
    auto *begin = static_cast<std::byte *>(target.data_ptr());
    if (isStoredAs(checkpoint, stored, target.scalar_type()) && static_cast<std::int64_t>(stored.bytes.size()) == bytes) {
        at::parallel_for(0, bytes, kPieceBytes, [&](std::int64_t first, std::int64_t end) {
            std::memcpy(begin + first, stored.bytes.data() + first, static_cast<std::size_t>(end - first));
        });
        return;
    }
    const std::int64_t rows = stored.shape.size() < 2 ? 1 : stored.shape.front();
    const std::int64_t columns = rows > 0 ? target.numel() / rows : 0;
    const std::int64_t grain = std::max<std::int64_t>(1, kPieceBytes / 4 / std::max<std::int64_t>(1, columns));
    const Tensor flat = target.view({rows, columns});
    at::parallel_for(0, rows, grain, [&](std::int64_t first, std::int64_t end) {
        at::NoGradGuard noGrad;
        for (std::int64_t row = first; row < end; row += grain) {
            const std::int64_t count = std::min(grain, end - row);
            std::vector<float> values(static_cast<std::size_t>(count * columns));
            checkpoint.readRows(stored, row, count, values);
            flat.narrow(0, row, count).copy_(at::from_blob(values.data(), {count, columns}, at::kFloat));
        }
    });
}

std::int64_t elementBytes(at::ScalarType dtype) { return static_cast<std::int64_t>(c10::elementSize(dtype)); }

/// The tensors of a layer one behind the other in a vector that is long enough.
Layer laidOut(const ModelConfig &config, const LayerChoice &choice, const Tensor &memory)
{
    Layer layer;
    const std::int64_t line = kCacheLine / elementBytes(memory.scalar_type());
    std::int64_t first = 0;
    for (Part part : {Part::Attention, Part::Ffn}) {
        layer.of(part).variant = choice.of(part);
        for (const TensorSpec &spec : tensorsOf(config, choice.of(part))) {
            std::int64_t elements = 1;
            for (std::int64_t dimension : spec.shape)
                elements *= dimension;
            layer.of(part).tensors[spec.name] = memory.narrow(0, first, elements).view(spec.shape);
            first += (elements + line - 1) / line * line;
        }
    }
    return layer;
}

} // namespace

/// A place on the device for any streamed layer.
struct StreamedModel::Slot {
    std::int64_t index = -1;
    Tensor memory;
    Tensor staging; ///< In main memory; memory itself where that is there.
    Layer layer;
    Transfers::Moment used;   ///< When nobody needs the layer any more that was here.
    Transfers::Moment copied; ///< When the present one is here.
    std::future<void> reading;

    /// Waits until the layer is on its way.
    void finish()
    {
        if (!reading.valid())
            return;
        try {
            reading.get();
        } catch (...) {
            index = -1;
            throw;
        }
    }
};

std::int64_t StreamedModel::bytes(const ModelArchitecture &model, at::ScalarType dtype, std::int64_t resident)
{
    const std::int64_t each = elementBytes(dtype), layers = static_cast<std::int64_t>(model.layers.size());
    std::int64_t sum = fixedParameters(model.config) * each;
    const std::int64_t slots = resident >= layers ? 0 : std::min<std::int64_t>(2, resident);
    for (std::int64_t layer = layers - (std::min(resident, layers) - slots); layer < layers; ++layer)
        sum += layerBytes(model.config, model.layers[static_cast<std::size_t>(layer)], each);
    return sum + slots * largestLayerBytes(model, each);
}

std::int64_t StreamedModel::residentWithin(const ModelArchitecture &model, at::ScalarType dtype, std::optional<std::int64_t> most)
{
    auto resident = static_cast<std::int64_t>(model.layers.size());
    while (most && resident > 1 && bytes(model, dtype, resident) > *most)
        --resident;
    return std::max<std::int64_t>(1, resident);
}

StreamedModel::StreamedModel(const Checkpoint &checkpoint, at::ScalarType dtype, std::int64_t resident) : m_checkpoint(checkpoint)
{
    const ModelArchitecture &architecture = checkpoint.architecture();
    const auto count = static_cast<std::int64_t>(architecture.layers.size());
    if (resident >= count) {
        m_model = loadModel(checkpoint, dtype);
        return;
    }
    at::NoGradGuard noGrad;
    const std::int64_t slots = resident < 2 ? 1 : 2;
    m_streamed = count - std::max<std::int64_t>(0, resident - slots);
    m_model.config = checkpoint.config();
    m_model.dtype = dtype;
    for (std::int64_t index = 0; index < count; ++index) {
        const LayerChoice &choice = architecture.layers[static_cast<std::size_t>(index)];
        if (stays(index))
            m_model.layers.push_back(copyOf(index));
        else
            m_model.layers.push_back({{choice.attention, {}}, {choice.ffn, {}}});
    }
    m_model.embedding = loadTensor(checkpoint, kEmbeddingName, dtype);
    m_model.finalNorm = loadTensor(checkpoint, kFinalNormName, dtype);
    m_model.head = m_model.config.tiedEmbeddings ? m_model.embedding : loadTensor(checkpoint, kHeadName, dtype);
    const std::int64_t elements = largestLayerBytes(architecture, elementBytes(dtype)) / elementBytes(dtype);
    for (std::int64_t i = 0; i < slots; ++i) {
        auto slot = std::make_unique<Slot>();
        slot->staging = Transfers::staging(elements, dtype);
        slot->memory = device().is_cpu() ? slot->staging : at::empty({elements}, onDevice(dtype));
        slot->used = m_transfers.workSoFar(); // It may be memory that work under way has not yet read.
        m_slots.push_back(std::move(slot));
    }
}

StreamedModel::~StreamedModel()
{
    for (const auto &slot : m_slots)
        if (slot->reading.valid())
            slot->reading.wait();
    // Copies may be under way from and to memory that goes now.
    for (const auto &slot : m_slots)
        Transfers::wait(slot->copied);
}

Layer StreamedModel::copyOf(std::int64_t index) const
{
    const auto place = static_cast<std::size_t>(index);
    if (place < m_model.layers.size() && (isWhole() || stays(index)))
        return m_model.layers[place];
    return {loadSubBlock(m_checkpoint, index, Part::Attention, m_model.dtype),
            loadSubBlock(m_checkpoint, index, Part::Ffn, m_model.dtype)};
}

StreamedModel::Slot *StreamedModel::holding(std::int64_t index) const
{
    for (const auto &slot : m_slots)
        if (slot->index == index)
            return slot.get();
    return nullptr;
}

StreamedModel::Slot &StreamedModel::freeSlot() const
{
    for (const auto &slot : m_slots)
        if (slot.get() != m_present)
            return *slot;
    return *m_slots.front();
}

void StreamedModel::begin(Slot &slot, std::int64_t index)
{
    slot.finish();
    slot.index = index;
    const LayerChoice &choice = m_checkpoint.architecture().layers[static_cast<std::size_t>(index)];
    m_moved += layerBytes(m_model.config, choice, elementBytes(m_model.dtype));
    slot.reading = std::async(std::launch::async, [this, &slot, index] { read(slot, index); });
}

void StreamedModel::read(Slot &slot, std::int64_t index)
{
    at::NoGradGuard noGrad;
    Transfers::wait(slot.copied);
    const LayerChoice &choice = m_checkpoint.architecture().layers[static_cast<std::size_t>(index)];
    const Layer staged = laidOut(m_model.config, choice, slot.staging);
    for (Part part : {Part::Attention, Part::Ffn})
        for (const auto &[name, tensor] : staged.of(part).tensors)
            readInto(m_checkpoint, m_checkpoint.tensor(tensorName(index, name)), tensor);
    if (slot.memory.is_same(slot.staging)) {
        slot.layer = staged;
        return;
    }
    slot.layer = laidOut(m_model.config, choice, slot.memory);
    const std::int64_t elements = layerBytes(m_model.config, choice, elementBytes(m_model.dtype)) / elementBytes(m_model.dtype);
    slot.copied = m_transfers.copy(slot.staging.narrow(0, 0, elements), slot.memory.narrow(0, 0, elements), slot.used);
}

void StreamedModel::prefetch(std::int64_t index)
{
    if (index < m_streamed && m_slots.size() > 1 && !holding(index))
        begin(freeSlot(), index);
}

const Layer &StreamedModel::layer(std::int64_t index, std::int64_t next)
{
    if (isWhole())
        return m_model.layers.at(static_cast<std::size_t>(index));
    if (next < 0)
        next = index + 1;
    if (m_present)
        m_present->used = m_transfers.workSoFar();
    if (stays(index)) {
        m_present = nullptr;
        prefetch(next);
        return m_model.layers.at(static_cast<std::size_t>(index));
    }
    Slot *slot = holding(index);
    if (!slot) {
        // The place of the layer before: the device may still work with the present one.
        slot = &freeSlot();
        begin(*slot, index);
    }
    m_present = slot;
    slot->finish();
    Transfers::workAfter(slot->copied);
    prefetch(next);
    return slot->layer;
}

Tensor applyLayers(StreamedModel &model, Tensor x, const Rope &rope, KvCache *cache)
{
    if (model.isWhole())
        return applyLayers(model.model(), std::move(x), rope, 0, -1, cache);
    const std::int64_t used = cache ? cache->used : 0, length = x.size(1);
    if (used + length > rope.cosine.size(0) || (cache && used + length > cache->capacity))
        throw failed("a sequence of " + std::to_string(used + length) + " tokens is longer than what was prepared for");
    // Behind the last layer comes the first for the next token.
    for (std::int64_t layer = 0; layer < model.layers(); ++layer)
        x = applyLayer(model.model().config, model.layer(layer, layer + 1 < model.layers() ? -1 : 0), x, rope,
                       cache ? &cache->layers.at(static_cast<std::size_t>(layer)) : nullptr, used);
    if (cache)
        cache->used += length;
    return x;
}

std::int64_t residentLayersFor(const std::string &work, const ModelArchitecture &model, at::ScalarType dtype, std::int64_t beside,
                               const std::string &howOften, const WorkContext &context)
{
    const auto layers = static_cast<std::int64_t>(model.layers.size());
    requireMemory(work + " takes at least", StreamedModel::bytes(model, dtype, 1) + beside);
    const std::optional<std::int64_t> budget = memoryBudget();
    const std::int64_t resident =
        StreamedModel::residentWithin(model, dtype, budget ? std::optional(*budget - beside) : budget);
    if (resident < layers)
        remark(context, work + " " + peakText(StreamedModel::bytes(model, dtype, resident) + beside) + ": "
                            + residentText(resident, layers, "model") + ", the others are read again " + howOften);
    return resident;
}

} // namespace tessera::nn
