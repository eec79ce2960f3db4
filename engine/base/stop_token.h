// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/error.h"

#include <atomic>
#include <memory>

namespace tessera {

/// Asks a running operation to stop. Copies share one flag; request() is safe in a signal handler and from any thread.
/// Long loops call throwIfRequested() once a step, so that they stop within one step.
class StopToken {
public:
    StopToken() : m_flag(std::make_shared<std::atomic<bool>>(false)) {}
    void request() const noexcept { m_flag->store(true, std::memory_order_relaxed); }
    bool requested() const noexcept { return m_flag->load(std::memory_order_relaxed); }
    void throwIfRequested() const
    {
        if (requested())
            throw interrupted("stopped on request; run the same command again to continue");
    }

private:
    std::shared_ptr<std::atomic<bool>> m_flag;
};

} // namespace tessera
