// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/device.h"

#include "engine/base/error.h"
#include "engine/protocol/no_gpu.h"

#include <array>
#include <charconv>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

#if defined(TESSERA_TORCH_CUDA)
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace tessera::nn {
namespace {

at::Device current = at::kCPU;

#if defined(TESSERA_TORCH_CUDA)
const std::string kWithoutGpu = "the driver finds none, is missing, or is older than this LibTorch needs; see what nvidia-smi says, "
                                "install or renew the driver, unset CUDA_VISIBLE_DEVICES";
#else
const std::string kWithoutGpu = "this tessera-worker was built with a LibTorch for processors; build it with one for CUDA "
                                "(packaging/quickstart --torch wheel)";
#endif

std::int64_t now()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

at::Device gpuOf(const std::string &choice)
{
    int index = 0;
    if (choice != "cuda") {
        const std::string_view digits = std::string_view(choice).substr(5);
        const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
        if (code != std::errc() || end != digits.data() + digits.size() || index < 0)
            throw badInput("\"" + choice + "\" is no device: use auto, cpu, cuda or cuda:1");
    }
    const auto count = static_cast<int>(torch::cuda::is_available() ? torch::cuda::device_count() : 0);
    if (count == 0)
        throw failed(kNoGpu + kWithoutGpu + ", or use --device cpu");
    if (index >= count)
        throw failed(kNoGpu + "there is no " + choice + ", the last one here is cuda:" + std::to_string(count - 1)
                     + "; use that or --device cpu");
    return {at::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

} // namespace

at::Device device() { return current; }

at::Device useDevice(const std::string &choice)
{
    if (choice == "cpu")
        current = at::kCPU;
    else if (choice == "auto")
        current = torch::cuda::is_available() ? gpuOf("cuda") : at::Device(at::kCPU);
    else if (choice == "cuda" || choice.starts_with("cuda:"))
        current = gpuOf(choice);
    else
        throw badInput("\"" + choice + "\" is no device: use auto, cpu, cuda or cuda:1");
#if defined(TESSERA_TORCH_CUDA)
    if (current.is_cuda()) {
        c10::cuda::set_device(current.index());
        at::globalContext().setAllowBF16ReductionCuBLAS(false);
    }
#endif
    return current;
}

OnDevice::OnDevice(at::Device other) : m_before(std::exchange(current, other)) {}

OnDevice::~OnDevice() { current = m_before; }

at::Tensor here(const at::Tensor &tensor) { return tensor.defined() ? tensor.to(current) : tensor; }

at::Tensor inMainMemory(const at::Tensor &tensor) { return tensor.to(at::kCPU).contiguous(); }

at::TensorOptions onDevice(at::ScalarType type) { return at::TensorOptions().dtype(type).device(current); }

bool isOutOfMemory(const std::exception &error)
{
    if (dynamic_cast<const c10::OutOfMemoryError *>(&error))
        return true;
    const std::string_view text = error.what();
    return dynamic_cast<const c10::Error *>(&error)
        && (text.find("CUBLAS_STATUS_ALLOC_FAILED") != text.npos
            || text.find("CUDA error: out of memory") != text.npos);
}

bool isDeviceLost(const std::exception &error)
{
    // After any of these every later call of this process fails as well.
    const std::string_view text = error.what();
    for (const char *lost :
         {"unspecified launch failure", "an illegal memory access", "device-side assert", "uncorrectable ECC",
          "unknown error", "hardware stack error", "device is lost", "misaligned address"})
        if (dynamic_cast<const c10::Error *>(&error) && text.find("CUDA") != text.npos && text.find(lost) != text.npos)
            return true;
    return false;
}

#if defined(TESSERA_TORCH_CUDA)

std::string deviceName() { return current.is_cuda() ? at::cuda::getDeviceProperties(current.index())->name : ""; }

std::string deviceBus()
{
    std::array<char, 32> text{};
    return current.is_cuda() && cudaDeviceGetPCIBusId(text.data(), text.size(), current.index()) == cudaSuccess
             ? text.data()
             : "";
}

std::optional<DeviceMemory> deviceMemory()
{
    if (!current.is_cuda())
        return {};
    const c10::cuda::CUDAGuard guard(current);
    std::size_t free = 0, total = 0;
    C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
    // What LibTorch keeps for later is as good as free.
    const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(current.index());
    const std::int64_t kept = stats.reserved_bytes[0].current - stats.allocated_bytes[0].current;
    return DeviceMemory{static_cast<std::int64_t>(free) + kept, static_cast<std::int64_t>(total)};
}

void beginPeak()
{
    if (current.is_cuda())
        c10::cuda::CUDACachingAllocator::resetPeakStats(current.index());
}

std::optional<std::int64_t> peakBytes()
{
    if (!current.is_cuda())
        return {};
    // The first of the kinds counts all of them.
    return c10::cuda::CUDACachingAllocator::getDeviceStats(current.index()).allocated_bytes[0].peak;
}

void releaseUnused()
{
    if (current.is_cuda())
        c10::cuda::CUDACachingAllocator::emptyCache();
}

void waitForDevice()
{
    if (current.is_cuda())
        torch::cuda::synchronize(current.index());
}

struct DeviceClock::Events {
    at::cuda::CUDAEvent begin{cudaEventDefault}, end{cudaEventDefault};
};

DeviceClock::DeviceClock()
{
    if (current.is_cuda())
        m_events = std::make_unique<Events>();
}

void DeviceClock::start()
{
    m_began = now();
    if (m_events)
        m_events->begin.record();
}

double DeviceClock::stop()
{
    if (!m_events)
        return static_cast<double>(now() - m_began);
    m_events->end.record();
    m_events->end.synchronize();
    return static_cast<double>(m_events->begin.elapsed_time(m_events->end)) * 1e6;
}

struct Replay::Graph {
    at::cuda::CUDAGraph graph;
};

Replay::Replay(std::function<void()> work) : m_work(std::move(work))
{
    if (!current.is_cuda())
        return;
    waitForDevice();
    // On a stream of its own, after a run that lets libraries prepare what they would otherwise allocate during the recording.
    const c10::cuda::CUDAStreamGuard stream(c10::cuda::getStreamFromPool(false, current.index()));
    for (int warmUp = 0; warmUp < 2; ++warmUp)
        m_work();
    waitForDevice();
    m_graph = std::make_unique<Graph>();
    m_graph->graph.capture_begin();
    m_work();
    m_graph->graph.capture_end();
}

void Replay::run()
{
    if (m_graph)
        m_graph->graph.replay();
    else
        m_work();
}

#else

std::string deviceName() { return {}; }
std::string deviceBus() { return {}; }
std::optional<DeviceMemory> deviceMemory() { return {}; }
void beginPeak() {}
std::optional<std::int64_t> peakBytes() { return {}; }
void releaseUnused() {}
void waitForDevice() {}

struct DeviceClock::Events {};
DeviceClock::DeviceClock() = default;
void DeviceClock::start() { m_began = now(); }
double DeviceClock::stop() { return static_cast<double>(now() - m_began); }

struct Replay::Graph {};
Replay::Replay(std::function<void()> work) : m_work(std::move(work)) {}
void Replay::run() { m_work(); }

#endif

DeviceClock::~DeviceClock() = default;
Replay::~Replay() = default;

} // namespace tessera::nn
