// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/progress.h"
#include "engine/base/stop_token.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/child_writer.h"
#include "engine/checkpoint/safetensors.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tessera {

/// Hands out a model's tensors in pieces, as exports need them. Refers to the checkpoint, which must outlive it.
class ModelSource {
public:
    ModelSource(const Checkpoint &model, StopToken stop, ProgressSink progress);

    /// All values of a tensor. Throws Error (Interrupted) when a stop was asked for.
    void produce(const std::string &name, const FloatSink &sink) const;

    /// A tensor to be written under a name, with zeros below and to the right of source up to shape; without a source all zeros.
    TensorToWrite padded(const std::string &name, const std::vector<std::int64_t> &shape, const std::string &source, StoredType type) const;

private:
    const Checkpoint &m_model;
    StopToken m_stop;
    ProgressSink m_progress;
    std::int64_t m_total = 0; ///< Weights of the model.
    std::shared_ptr<std::int64_t> m_done; ///< Handed out so far, by all copies.
};

} // namespace tessera
