// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// The processor of this machine, as far as it matters to networks.
struct Processor {
    std::string model;
    int cores = 0;                     ///< That this process may use.
    std::vector<std::string> features; ///< Those of avx2, avx512f, avx512_bf16, amx_bf16 ... that it has.
};
Processor thisProcessor();

/// {"system","kernel","locale","utf8","memory","memory_available","folder","disk_free"}, bytes; folder is the current one.
Json describeSystem();

/// Names and versions of the libraries that tessera itself is linked to, the compiler that built it among them.
Json describeLibraries();

/// Something that keeps Tessera from working, or from working well, with what to do about it.
struct Complaint {
    bool blocking = false;
    std::string what;
    std::string remedy;
};

/// What is wrong with a machine, judged from describeSystem() and from the worker's "device" method (null where no worker
/// answered, and then workerError says why).
std::vector<Complaint> judge(const Processor &processor, const Json &system, const Json &device, const std::string &workerError);

} // namespace tessera
