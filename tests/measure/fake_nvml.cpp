// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// A management library as the driver of an NVIDIA GPU brings it, for one GPU that does not exist.
#include <cstring>

struct nvmlDevice_st {};

extern "C" {
int nvmlInit_v2() { return 0; }
int nvmlShutdown() { return 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, nvmlDevice_st **device)
{
    static nvmlDevice_st only;
    *device = &only;
    return std::strcmp(bus, "00000000:1b:00.0") == 0 ? 0 : 6;
}
int nvmlDeviceGetClockInfo(nvmlDevice_st *, int clock, unsigned *megahertz)
{
    *megahertz = clock == 1 ? 1980 : 3201;
    return clock == 1 || clock == 2 ? 0 : 2;
}
int nvmlDeviceGetTemperature(nvmlDevice_st *, int sensor, unsigned *)
{
    return sensor == 0 ? 3 : 2; // Not supported.
}
}
