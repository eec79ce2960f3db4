// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/stored_tensor.h"

#include "engine/base/checked.h"
#include "engine/base/error.h"

#include <algorithm>
#include <array>

namespace tessera {
namespace {

struct TypeRow {
    StoredType type;
    const char *name;
    std::int64_t elements; ///< of a block
    std::int64_t bytes;    ///< of a block
};
constexpr std::array kTypes{
    TypeRow{StoredType::F64, "F64", 1, 8},         TypeRow{StoredType::F32, "F32", 1, 4},
    TypeRow{StoredType::F16, "F16", 1, 2},         TypeRow{StoredType::BF16, "BF16", 1, 2},
    TypeRow{StoredType::I8, "I8", 1, 1},           TypeRow{StoredType::I16, "I16", 1, 2},
    TypeRow{StoredType::I32, "I32", 1, 4},         TypeRow{StoredType::I64, "I64", 1, 8},
    TypeRow{StoredType::U8, "U8", 1, 1},           TypeRow{StoredType::U16, "U16", 1, 2},
    TypeRow{StoredType::U32, "U32", 1, 4},         TypeRow{StoredType::U64, "U64", 1, 8},
    TypeRow{StoredType::Bool, "BOOL", 1, 1},       TypeRow{StoredType::Fp8E4M3, "F8_E4M3", 1, 1},
    TypeRow{StoredType::Fp8E5M2, "F8_E5M2", 1, 1}, TypeRow{StoredType::Q4_0, "Q4_0", 32, 18},
    TypeRow{StoredType::Q4_1, "Q4_1", 32, 20},     TypeRow{StoredType::Q5_0, "Q5_0", 32, 22},
    TypeRow{StoredType::Q5_1, "Q5_1", 32, 24},     TypeRow{StoredType::Q8_0, "Q8_0", 32, 34},
    TypeRow{StoredType::Q4_K, "Q4_K", 256, 144},   TypeRow{StoredType::Q5_K, "Q5_K", 256, 176},
    TypeRow{StoredType::Q6_K, "Q6_K", 256, 210},
};

const TypeRow &rowOf(StoredType type)
{
    auto row = std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeRow &r) { return r.type == type; });
    if (row == kTypes.end())
        throw failed("a tensor has a number type that does not exist");
    return *row;
}

/// The length of the valid UTF-8 sequence at the front of text, 0 where there is none (overlong forms and surrogates
/// included).
std::size_t utf8Length(std::string_view text)
{
    auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char lead = at(0);
    if (lead < 0x80)
        return 1;
    std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xc0) != 0x80)
            return 0;
    bool overlong = (lead == 0xe0 && at(1) < 0xa0) || (lead == 0xf0 && at(1) < 0x90);
    bool surrogate = lead == 0xed && at(1) > 0x9f;
    bool beyond = lead == 0xf4 && at(1) > 0x8f;
    return overlong || surrogate || beyond ? 0 : length;
}

} // namespace

std::string toString(StoredType type) { return rowOf(type).name; }
std::int64_t blockElements(StoredType type) { return rowOf(type).elements; }
std::int64_t blockBytes(StoredType type) { return rowOf(type).bytes; }

std::optional<std::int64_t> storedBytes(StoredType type, std::span<const std::int64_t> shape)
{
    const TypeRow &row = rowOf(type);
    std::optional<std::int64_t> elements = checkedProduct(shape);
    std::int64_t columns = shape.empty() ? 1 : shape.back();
    if (!elements || columns % row.elements != 0)
        return std::nullopt;
    return checkedMultiply(*elements / row.elements, row.bytes);
}

bool isPrintableName(std::string_view name, std::size_t maxBytes)
{
    if (name.empty() || name.size() > maxBytes)
        return false;
    while (!name.empty()) {
        auto first = static_cast<unsigned char>(name.front());
        std::size_t length = utf8Length(name);
        if (length == 0 || first < 0x20 || first == 0x7f)
            return false;
        name.remove_prefix(length);
    }
    return true;
}

} // namespace tessera
