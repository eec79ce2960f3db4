// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/dtype.h"

#include "engine/base/error.h"

#include <array>

namespace tessera {
namespace {

struct Row {
    DType type;
    const char *word;
    std::int64_t bytes;
};
constexpr std::array kTypes{Row{DType::F32, "f32", 4}, Row{DType::F16, "f16", 2}, Row{DType::BF16, "bf16", 2},
                            Row{DType::Fp8, "fp8", 1}};

} // namespace

std::string toString(DType type) { return kTypes[static_cast<std::size_t>(type)].word; }

DType parseDType(std::string_view word)
{
    for (const Row &row : kTypes)
        if (word == row.word)
            return row.type;
    throw badInput("unknown number type \"" + std::string(word) + "\": use f32, f16, bf16 or fp8");
}

std::int64_t bytesOf(DType type) { return kTypes[static_cast<std::size_t>(type)].bytes; }

} // namespace tessera
