// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera {

/// Number types of workloads, projects and whole-model forwards (cli.md). What a file stores may be more exotic: see
/// engine/checkpoint.
enum class DType { F32, F16, BF16, Fp8 };

std::string toString(DType type);
/// Throws Error (BadInput) for another word than f32, f16, bf16, fp8.
DType parseDType(std::string_view word);
/// Bytes of one element.
std::int64_t bytesOf(DType type);

} // namespace tessera
