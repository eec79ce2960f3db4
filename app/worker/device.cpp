// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/worker/device.h"

#include "engine/nn/device.h"
#include "engine/nn/threads.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include <torch/torch.h>
#include <torch/version.h>
#include <unistd.h>

namespace tessera {
namespace {

Json memoryOf(const at::Device &where)
{
    if (const auto memory = nn::deviceMemory())
        return memory->total;
    if (!where.is_cpu())
        return nullptr;
    long pages = ::sysconf(_SC_PHYS_PAGES), size = ::sysconf(_SC_PAGE_SIZE);
    return pages > 0 && size > 0 ? Json(static_cast<std::int64_t>(pages) * size) : Json(nullptr);
}

/// How often a second work runs, by the best of several rounds, so that another program's burst does not decide which type
/// is faster. work returns a matrix.
template <typename Work> double bestRate(const Work &work)
{
    using Clock = std::chrono::steady_clock;
    at::NoGradGuard noGradients;
    double best = 0;
    Clock::time_point begin = Clock::now();
    for (int round = 0; round < 100 && Clock::now() - begin < std::chrono::milliseconds(250); ++round) {
        Clock::time_point start = Clock::now();
        // Reading one number back waits for a GPU to finish.
        work().select(0, 0).select(0, 0).item();
        double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        if (round > 0)
            best = std::max(best, 1 / seconds);
    }
    return best;
}

double multiplyAddsPerSecond(at::ScalarType type)
{
    constexpr std::int64_t kRows = 512, kInner = 576, kColumns = 1536;
    at::Tensor x = at::ones({kRows, kInner}, at::TensorOptions().dtype(type).device(nn::device()));
    at::Tensor w = at::ones({kColumns, kInner}, x.options());
    return static_cast<double>(kRows * kInner * kColumns) * bestRate([&] { return at::matmul(x, w.t()); });
}

/// Bytes of logits that are read a second.
double logSoftmaxBytesPerSecond(at::ScalarType type)
{
    at::Tensor logits = at::ones({64, 49152}, at::TensorOptions().dtype(type).device(nn::device()));
    return static_cast<double>(logits.nbytes()) * bestRate([&] { return at::log_softmax(logits, 1); });
}

} // namespace

Json describeDevice()
{
    at::Device where = nn::device();
    return {{"libtorch", TORCH_VERSION}, {"device", where.str()}, {"device_name", nn::deviceName()}, {"threads", nn::useThreads(0)}, {"memory", memoryOf(where)}};
}

Json measureDevice()
{
    Json json = describeDevice();
    for (auto [name, type] : {std::pair("f32", at::kFloat), std::pair("bf16", at::kBFloat16)}) {
        json["dtypes"][name] = multiplyAddsPerSecond(type) / 1e9;
        json["log_softmax"][name] = logSoftmaxBytesPerSecond(type) / 1e9;
    }
    return json;
}

} // namespace tessera
