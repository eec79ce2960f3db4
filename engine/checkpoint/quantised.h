// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/stored_tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera {

/// Blocks of ggml's Q-types to float32. bytes hold exactly the whole blocks of values (the caller has checked).
void decodeQuantised(StoredType type, std::span<const std::byte> bytes, std::span<float> values);

/// IEEE binary16 to float32, exactly.
float floatFromF16(std::uint16_t half);

} // namespace tessera
