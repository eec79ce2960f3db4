// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <torch/torch.h>

namespace tessera::nn {

// Where networks run. What differs between LibTorch for processors and LibTorch with CUDA is in device.cpp and nowhere else.

/// The device that models are loaded to; the processor until somebody chooses another.
at::Device device();

/// Chooses for the whole process: "cpu", "cuda" (the first GPU), "cuda:1", or "auto" (a GPU where LibTorch can use one, the processor
/// elsewhere). Throws Error (BadInput) for another word, Error (Failed) for a GPU that cannot be used here. On a GPU, products of
/// bfloat16 are from then on summed in float32.
at::Device useDevice(const std::string &choice);

/// Another device as long as it lives: measuring may ask for one, and tests do.
class OnDevice {
public:
    explicit OnDevice(at::Device other);
    ~OnDevice();
    OnDevice(const OnDevice &) = delete;
    OnDevice &operator=(const OnDevice &) = delete;

private:
    at::Device m_before;
};

/// The tensor on the device; itself where it is there already.
at::Tensor here(const at::Tensor &tensor);
/// The tensor in main memory, contiguous.
at::Tensor inMainMemory(const at::Tensor &tensor);

/// Options of new tensors on the device.
at::TensorOptions onDevice(at::ScalarType type);

/// "NVIDIA H200"; empty for the processor.
std::string deviceName();

/// "00000000:1b:00.0", by which the driver knows a GPU; empty for the processor.
std::string deviceBus();

struct DeviceMemory {
    std::int64_t free, total; ///< bytes
};
/// Of the device's own memory; nothing where it works in main memory.
std::optional<DeviceMemory> deviceMemory();

/// The most that tensors took at once since beginPeak(), in bytes; nothing where nobody counts.
void beginPeak();
std::optional<std::int64_t> peakBytes();
/// Gives memory that LibTorch keeps for later back to the device.
void releaseUnused();

/// Waits until the device has done what was asked of it.
void waitForDevice();

/// Whether an exception says that the device has too little memory, or that it can no longer be used by this process.
bool isOutOfMemory(const std::exception &error);
bool isDeviceLost(const std::exception &error);

/// Nanoseconds that the device works: from start() to stop(), by its own events where it has them. stop() waits.
class DeviceClock {
public:
    DeviceClock();
    ~DeviceClock();
    DeviceClock(const DeviceClock &) = delete;
    DeviceClock &operator=(const DeviceClock &) = delete;
    void start();
    double stop();

private:
    struct Events;
    std::unique_ptr<Events> m_events;
    std::int64_t m_began = 0;
};

/// Work on tensors that stay where they are, recorded once and replayed: on a GPU as one graph, which costs one launch, elsewhere by
/// calling it again. The work may neither wait for the device nor read a number back.
class Replay {
public:
    explicit Replay(std::function<void()> work);
    ~Replay();
    Replay(const Replay &) = delete;
    Replay &operator=(const Replay &) = delete;
    void run();

private:
    struct Graph;
    std::function<void()> m_work;
    std::unique_ptr<Graph> m_graph;
};

} // namespace tessera::nn
