// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/stop_token.h"
#include "engine/nn/forward.h"
#include "engine/nn/streamed_model.h"
#include "engine/protocol/requests.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace tessera {

/// Gives the weights of a request's candidates: from files, or from the parent. Weights stay in memory up to a budget, so
/// that small libraries are read once.
class Candidates {
public:
    /// Checks every candidate against the configuration. Throws Error (BadInput).
    Candidates(const ModelArchitecture &parent, at::ScalarType dtype, std::vector<SubBlockSource> sources);

    /// The parent's own variant without a file: nothing to compute, its scores are 0.
    bool isParent(std::size_t index) const;
    /// Whether any candidate needs the ranking of its layer's FFN channels.
    bool needRanking() const;
    /// Ranks the channels that needRanking() asks for: mean |features| over the batches of tokens (int64 [B, T]) that batch
    /// hands out for 0, 1, ... batches - 1.
    void rank(nn::StreamedModel &parent, const nn::Rope &rope, std::int64_t batches, const std::function<nn::Tensor(std::int64_t)> &batch,
              const StopToken &stop);

    /// The weights. own: the parent's layer, some of whose tensors they may share; ownStays: whether it will stay where it is. Throws
    /// Error (BadInput) for a file that does not fit its variant or whose hash is not the stated one.
    nn::SubBlock load(std::size_t index, const nn::Layer &own, bool ownStays);
    std::int64_t bytes(std::size_t index) const; ///< Of the weights.

private:
    bool needsRanking(const SubBlockSource &source) const;
    nn::SubBlock make(const SubBlockSource &source, const nn::Layer &own) const;

    const ModelArchitecture m_parent;
    const at::ScalarType m_dtype;
    const std::vector<SubBlockSource> m_sources;
    std::map<std::int64_t, std::vector<std::int64_t>> m_channelOrder; ///< By layer.
    std::vector<std::optional<nn::SubBlock>> m_kept;
    std::int64_t m_keptBytes = 0;
};

} // namespace tessera
