// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/memory_budget.h"

#include <cstdint>

namespace tessera::test {

/// As long as it lives, networks may take no more than this.
struct MemoryLimit {
    explicit MemoryLimit(std::int64_t bytes) { nn::limitMemory(bytes); }
    ~MemoryLimit() { nn::limitMemory({}); }
    MemoryLimit(const MemoryLimit &) = delete;
    MemoryLimit &operator=(const MemoryLimit &) = delete;
};

} // namespace tessera::test
