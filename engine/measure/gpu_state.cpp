// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/measure/gpu_state.h"

#include <dlfcn.h>

namespace tessera {
namespace {

// NVML's documented C interface, as far as it is used here. 0 is success everywhere.
using Device = struct nvmlDevice_st *;
using Initialise = int (*)();
using FindByBus = int (*)(const char *pciBus, Device *device);
using ReadClock = int (*)(Device device, int clock, unsigned *megahertz);
using ReadTemperature = int (*)(Device device, int sensor, unsigned *celsius);
constexpr int kSmClock = 1, kMemoryClock = 2, kChipSensor = 0;

/// The library as long as it is asked.
class Library {
public:
    explicit Library(const std::string &name) : m_handle(::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) {}
    ~Library()
    {
        if (m_handle)
            ::dlclose(m_handle);
    }
    Library(const Library &) = delete;
    Library &operator=(const Library &) = delete;
    template <typename Function> Function find(const char *name) const
    {
        return m_handle ? reinterpret_cast<Function>(::dlsym(m_handle, name)) : nullptr;
    }

private:
    void *m_handle;
};

template <typename Read> Json valueOf(Read read, Device device, int which)
{
    unsigned value = 0;
    return read && read(device, which, &value) == 0 ? Json(value) : Json(nullptr);
}

} // namespace

Json gpuState(const std::string &pciBus, const std::string &library)
{
    if (pciBus.empty())
        return nullptr;
    const Library nvml(library);
    const auto begin = nvml.find<Initialise>("nvmlInit_v2"), end = nvml.find<Initialise>("nvmlShutdown");
    const auto byBus = nvml.find<FindByBus>("nvmlDeviceGetHandleByPciBusId_v2");
    if (!begin || !end || !byBus || begin() != 0)
        return nullptr;
    Json state = nullptr;
    if (Device device = nullptr; byBus(pciBus.c_str(), &device) == 0) {
        const auto clock = nvml.find<ReadClock>("nvmlDeviceGetClockInfo");
        state = {{"sm_mhz", valueOf(clock, device, kSmClock)},
                 {"memory_mhz", valueOf(clock, device, kMemoryClock)},
                 {"celsius", valueOf(nvml.find<ReadTemperature>("nvmlDeviceGetTemperature"), device, kChipSensor)}};
    }
    end();
    return state;
}

} // namespace tessera
