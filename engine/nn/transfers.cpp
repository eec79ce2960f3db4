// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/transfers.h"

#include "engine/nn/device.h"

#if defined(TESSERA_TORCH_CUDA)
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace tessera::nn {

at::Tensor Transfers::staging(std::int64_t elements, at::ScalarType type)
{
    return at::empty({elements}, at::TensorOptions().dtype(type).pinned_memory(device().is_cuda()));
}

#if defined(TESSERA_TORCH_CUDA)

struct Transfers::Event {
    at::cuda::CUDAEvent event;
};

struct Transfers::Queue {
    c10::cuda::CUDAStream stream;
};

Transfers::Transfers()
{
    if (device().is_cuda())
        m_queue = std::make_unique<Queue>(Queue{c10::cuda::getStreamFromPool(false, device().index())});
}

Transfers::Moment Transfers::workSoFar() const
{
    if (!m_queue)
        return {};
    auto moment = std::make_shared<Event>();
    moment->event.record(c10::cuda::getCurrentCUDAStream(m_queue->stream.device_index()));
    return moment;
}

Transfers::Moment Transfers::copy(const at::Tensor &from, const at::Tensor &to, const Moment &after)
{
    if (!m_queue) {
        to.copy_(from);
        return {};
    }
    const c10::cuda::CUDAStreamGuard beside(m_queue->stream);
    if (after)
        after->event.block(m_queue->stream);
    to.copy_(from, true);
    auto moment = std::make_shared<Event>();
    moment->event.record(m_queue->stream);
    return moment;
}

void Transfers::workAfter(const Moment &moment)
{
    if (moment)
        moment->event.block(c10::cuda::getCurrentCUDAStream(moment->event.device_index()));
}

void Transfers::wait(const Moment &moment)
{
    if (moment)
        moment->event.synchronize();
}

#else

struct Transfers::Event {};
struct Transfers::Queue {};

Transfers::Transfers() = default;
Transfers::Moment Transfers::workSoFar() const { return {}; }
Transfers::Moment Transfers::copy(const at::Tensor &from, const at::Tensor &to, const Moment &)
{
    to.copy_(from);
    return {};
}
void Transfers::workAfter(const Moment &) {}
void Transfers::wait(const Moment &) {}

#endif

Transfers::~Transfers() = default;

} // namespace tessera::nn
