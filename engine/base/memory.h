// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace tessera {

/// Bytes of this machine's main memory: all of it, and what programs could take now without anything being swapped out. Nothing where
/// the system does not say.
std::optional<std::int64_t> totalMainMemory();
std::optional<std::int64_t> freeMainMemory();

} // namespace tessera
