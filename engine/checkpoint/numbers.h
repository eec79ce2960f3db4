// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/stored_tensor.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tessera {

/// float32 to the bytes of F32, F16 or BF16, rounding to nearest even; beyond F16's range becomes infinite, NaN stays NaN.
/// Q8_0 takes whole blocks of 32. Throws Error (Failed) for another type or a part of a block.
std::vector<std::byte> encodeFloats(std::span<const float> values, StoredType type);

/// Any stored type to float32 (F64 and wide integers round to nearest even). values.size() must be the element count that
/// bytes hold: Error (Failed) otherwise. Q-types follow the block layouts of ggml.
void decodeFloats(StoredType type, std::span<const std::byte> bytes, std::span<float> values);

} // namespace tessera
