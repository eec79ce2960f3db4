// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/stored_tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

/// Blocks of ggml's Q-types to float32. bytes hold exactly the whole blocks of values (the caller has checked).
void decodeQuantised(StoredType type, std::span<const std::byte> bytes, std::span<float> values);

/// Blocks of Q8_0 as ggml's reference quantiser makes them: d = max |x| / 127 as a half, q = x / (max |x| / 127) to the nearest,
/// halves away from zero. Throws Error (Failed) for a part of a block and for values that are not finite.
std::vector<std::byte> encodeQ8_0(std::span<const float> values);

/// IEEE binary16 to float32, exactly, and back, rounding to nearest even.
float floatFromF16(std::uint16_t half);
std::uint16_t f16FromFloat(float value);

} // namespace tessera
