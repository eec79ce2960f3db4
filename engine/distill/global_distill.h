// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/distill_children_request.h"
#include "engine/protocol/work_context.h"

#include <cstdint>
#include <vector>

namespace tessera {
namespace distill {

/// The windows of a step, of count windows: every pass over all of them takes another order, which depends on the seed alone.
class WindowOrder {
public:
    WindowOrder(std::int64_t count, std::uint64_t seed) : m_count(count), m_seed(seed) {}
    std::vector<std::int64_t> ofStep(std::int64_t step, std::int64_t windows);

private:
    std::int64_t m_count;
    std::uint64_t m_seed;
    std::int64_t m_epoch = -1;
    std::vector<std::int64_t> m_order; ///< Of m_epoch.
};

} // namespace distill

/// The method "distill_children". A parent that does not fit on the device beside its children passes it layer by layer, with the same
/// bits; children are there as a whole. Stops within a part of a batch of a stop request; the same request continues from the state
/// in scratchFolder, with a budget of tokens with the same bits as an undisturbed run (same threads, type and library). A child is
/// written with the weights that did best on held-out tokens, those that it began with included. Throws Error (BadInput) for
/// children that differ from the parent in layers, hidden width or vocabulary. The result has "memory" as evaluate's.
Json runDistillChildren(const DistillChildrenRequest &request, const WorkContext &context);

} // namespace tessera
