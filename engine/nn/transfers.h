// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <torch/torch.h>

namespace tessera::nn {

/// Copies from main memory to the device that run beside its work. Where a device knows no queues they are done at once, and every
/// moment below is over.
class Transfers {
public:
    struct Event;
    /// A moment in what the device was asked to do; an empty one is over.
    using Moment = std::shared_ptr<Event>;

    Transfers();
    ~Transfers();
    Transfers(const Transfers &) = delete;
    Transfers &operator=(const Transfers &) = delete;

    /// A vector in main memory that a GPU reads while it works (pinned).
    static at::Tensor staging(std::int64_t elements, at::ScalarType type);

    /// When the device has done what it was asked to do until now.
    Moment workSoFar() const;
    /// Copies as soon as after is over; the result is when the copy is there. from and to must live until then.
    Moment copy(const at::Tensor &from, const at::Tensor &to, const Moment &after);
    /// What the device is asked to do from now on begins after that moment.
    static void workAfter(const Moment &moment);
    /// Returns when that moment is over.
    static void wait(const Moment &moment);

private:
    struct Queue;
    std::unique_ptr<Queue> m_queue;
};

} // namespace tessera::nn
