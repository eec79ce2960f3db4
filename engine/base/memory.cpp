// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/memory.h"

#include <fstream>
#include <string>

namespace tessera {
namespace {

/// A line "KEY:   123 kB" of the kernel's report.
std::optional<std::int64_t> reported(const std::string &key)
{
    std::ifstream report("/proc/meminfo");
    std::string word;
    while (report >> word)
        if (std::int64_t kibibytes = 0; word == key && report >> kibibytes)
            return kibibytes * 1024;
    return {};
}

} // namespace

std::optional<std::int64_t> totalMainMemory() { return reported("MemTotal:"); }

std::optional<std::int64_t> freeMainMemory() { return reported("MemAvailable:"); }

} // namespace tessera
