// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"
#include "engine/nn/model.h"
#include "engine/nn/transfers.h"
#include "engine/protocol/work_context.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tessera::nn {

/// A parent that need not be on the device as a whole: embedding, final norm, head and some layers are, the others come from the mapped
/// checkpoint when they are asked for, each while the device works on the one before.
class StreamedModel {
public:
    /// resident: how many layers are on the device at once, at least 1. With all of them this is an ordinary model. With fewer, two are
    /// in turn those that are asked for, and as many as are left of the last ones of the model stay; with 1 nothing overlaps. On a
    /// GPU, two layers more are in main memory. The checkpoint must outlive this.
    StreamedModel(const Checkpoint &checkpoint, at::ScalarType dtype, std::int64_t resident);
    ~StreamedModel();
    StreamedModel(const StreamedModel &) = delete;
    StreamedModel &operator=(const StreamedModel &) = delete;

    /// Layers that do not stay have their variants here, but no tensors.
    const Model &model() const { return m_model; }
    bool isWhole() const { return m_slots.empty(); }
    std::int64_t layers() const { return static_cast<std::int64_t>(m_model.layers.size()); }

    /// A layer on the device, until the next call. next is the one that will be asked for after it (-1: the one behind it), and is
    /// read meanwhile. Bit for bit what loadModel() gives.
    const Layer &layer(std::int64_t index, std::int64_t next = -1);
    /// Both halves of a layer in memory of their own (shared where the layer stays).
    Layer copyOf(std::int64_t index) const;

    /// Weights of layers that were brought to the device until now, those that stay not counted.
    std::int64_t bytesMoved() const { return m_moved; }

    /// Bytes on the device with so many resident layers.
    static std::int64_t bytes(const ModelArchitecture &model, at::ScalarType dtype, std::int64_t resident);
    /// The most resident layers that fit into so many bytes, all where there is no limit; 1 where not even one does.
    static std::int64_t residentWithin(const ModelArchitecture &model, at::ScalarType dtype, std::optional<std::int64_t> most);

private:
    struct Slot;
    bool stays(std::int64_t index) const { return index >= m_streamed; }
    Slot *holding(std::int64_t index) const;
    Slot &freeSlot() const;
    void begin(Slot &slot, std::int64_t index);
    void read(Slot &slot, std::int64_t index);
    void prefetch(std::int64_t index);

    const Checkpoint &m_checkpoint;
    Model m_model;
    std::int64_t m_streamed = 0; ///< Layers [0, m_streamed) do not stay.
    Transfers m_transfers;
    std::vector<std::unique_ptr<Slot>> m_slots; ///< Empty for an ordinary model.
    Slot *m_present = nullptr;
    std::int64_t m_moved = 0;
};

/// The residual stream behind all layers, as applyLayers() of a Model has it. Expects to be called again: the first layer is read while
/// the last one works.
Tensor applyLayers(StreamedModel &model, Tensor x, const Rope &rope, KvCache *cache = nullptr);

/// How many layers are to be on the device for work that takes so many other bytes there: all where memoryBudget() allows it. Where it
/// does not, says what will be taken and that the other layers are read again, how often. Throws Error (Failed) with the figures where
/// not even one fits. work: "generating".
std::int64_t residentLayersFor(const std::string &work, const ModelArchitecture &model, at::ScalarType dtype, std::int64_t beside,
                               const std::string &howOften, const WorkContext &context);

} // namespace tessera::nn
