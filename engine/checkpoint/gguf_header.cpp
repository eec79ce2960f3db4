// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf_header.h"

#include "engine/base/error.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace tessera {
namespace {

constexpr std::size_t kMaxKeyBytes = 65535;  // the format's own limit
constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::uint64_t kMaxTensors = 1'000'000;
constexpr std::uint64_t kMaxAlignment = 1 << 20;
constexpr std::uint32_t kMaxDimensions = 4;  // the format's own limit
constexpr std::string_view kAlignmentKey = "general.alignment";

struct TensorTypeRow {
    std::uint32_t number;
    const char *name;
    StoredType type;
};
constexpr std::array kTensorTypes{
    TensorTypeRow{0, "F32", StoredType::F32},    TensorTypeRow{1, "F16", StoredType::F16},
    TensorTypeRow{2, "Q4_0", StoredType::Q4_0},  TensorTypeRow{3, "Q4_1", StoredType::Q4_1},
    TensorTypeRow{6, "Q5_0", StoredType::Q5_0},  TensorTypeRow{7, "Q5_1", StoredType::Q5_1},
    TensorTypeRow{8, "Q8_0", StoredType::Q8_0},  TensorTypeRow{12, "Q4_K", StoredType::Q4_K},
    TensorTypeRow{13, "Q5_K", StoredType::Q5_K}, TensorTypeRow{14, "Q6_K", StoredType::Q6_K},
    TensorTypeRow{24, "I8", StoredType::I8},     TensorTypeRow{25, "I16", StoredType::I16},
    TensorTypeRow{26, "I32", StoredType::I32},   TensorTypeRow{27, "I64", StoredType::I64},
    TensorTypeRow{28, "F64", StoredType::F64},   TensorTypeRow{30, "BF16", StoredType::BF16},
};

/// Types that exist and that are not read, so that the sentence can name them.
struct UnreadTypeRow {
    std::uint32_t number;
    const char *name;
};
constexpr std::array kUnreadTypes{
    UnreadTypeRow{9, "Q8_1"},     UnreadTypeRow{10, "Q2_K"},   UnreadTypeRow{11, "Q3_K"},   UnreadTypeRow{15, "Q8_K"},
    UnreadTypeRow{16, "IQ2_XXS"}, UnreadTypeRow{17, "IQ2_XS"}, UnreadTypeRow{18, "IQ3_XXS"},
    UnreadTypeRow{19, "IQ1_S"},   UnreadTypeRow{20, "IQ4_NL"}, UnreadTypeRow{21, "IQ3_S"},  UnreadTypeRow{22, "IQ2_S"},
    UnreadTypeRow{23, "IQ4_XS"},  UnreadTypeRow{29, "IQ1_M"},  UnreadTypeRow{34, "TQ1_0"},  UnreadTypeRow{35, "TQ2_0"},
    UnreadTypeRow{39, "MXFP4"},
};

/// Walks over the bytes of a header; every step is checked against the bytes left.
class Cursor {
public:
    Cursor(std::span<const std::byte> bytes, const std::string &where) : m_all(bytes), m_left(bytes), m_where(where) {}

    std::size_t position() const { return m_all.size() - m_left.size(); }
    std::size_t left() const { return m_left.size(); }
    const std::byte *here() const { return m_left.data(); }

    std::span<const std::byte> take(std::uint64_t count, const char *what)
    {
        if (count > m_left.size())
            throw error(std::string("ends inside ") + what);
        std::span<const std::byte> taken = m_left.first(static_cast<std::size_t>(count));
        m_left = m_left.subspan(taken.size());
        return taken;
    }

    template <typename T> T number(const char *what)
    {
        T value;
        std::memcpy(&value, take(sizeof value, what).data(), sizeof value);
        return value;
    }

    std::string_view string(const char *what)
    {
        std::span<const std::byte> text = take(number<std::uint64_t>(what), what);
        return {reinterpret_cast<const char *>(text.data()), text.size()};
    }

    Error error(const std::string &sentence) const { return badInput(m_where + " " + sentence); }

private:
    std::span<const std::byte> m_all, m_left;
    const std::string &m_where;
};

GgufType valueType(std::uint32_t number, std::string_view key, const Cursor &cursor)
{
    if (number > static_cast<std::uint32_t>(GgufType::F64))
        throw cursor.error("gives \"" + std::string(key) + "\" the unknown value type " + std::to_string(number));
    return static_cast<GgufType>(number);
}

void skipElements(Cursor &cursor, const GgufValue &value)
{
    std::size_t width = bytesOf(value.type);
    if (width > 0) {
        if (value.count > cursor.left() / width)
            throw cursor.error("ends inside the value of \"" + std::string(value.key) + "\"");
        std::span<const std::byte> elements = cursor.take(value.count * width, "a metadata value");
        auto isBool = [](std::byte byte) { return byte <= std::byte{1}; };
        if (value.type == GgufType::Bool && !std::all_of(elements.begin(), elements.end(), isBool))
            throw cursor.error("has a boolean in \"" + std::string(value.key) + "\" that is neither 0 nor 1");
        return;
    }
    for (std::size_t i = 0; i < value.count; ++i)
        cursor.string("a metadata string");
}

GgufValue readValue(Cursor &cursor)
{
    GgufValue value;
    value.key = cursor.string("a metadata key");
    if (!isPrintableName(value.key, kMaxKeyBytes))
        throw cursor.error("has a metadata key that is empty, too long or not printable UTF-8");
    value.type = valueType(cursor.number<std::uint32_t>("a value's type"), value.key, cursor);
    if (value.type == GgufType::Array) {
        value.isArray = true;
        value.type = valueType(cursor.number<std::uint32_t>("an array's type"), value.key, cursor);
        if (value.type == GgufType::Array)
            throw cursor.error("nests arrays in \"" + std::string(value.key) + "\", which is not supported");
        auto count = cursor.number<std::uint64_t>("an array's length");
        if (count > cursor.left())
            throw cursor.error("says that \"" + std::string(value.key) + "\" has " + std::to_string(count)
                               + " elements, more than the file can hold");
        value.count = static_cast<std::size_t>(count);
    }
    const std::byte *begin = cursor.here();
    std::size_t before = cursor.left();
    skipElements(cursor, value);
    value.payload = {begin, before - cursor.left()};
    return value;
}

std::uint64_t alignmentOf(const GgufHeader &header, const Cursor &cursor)
{
    auto it = header.valueOf.find(kAlignmentKey);
    if (it == header.valueOf.end())
        return 32;
    const GgufValue &value = header.values[it->second];
    std::uint32_t alignment = 0;
    if (!value.isArray && value.type == GgufType::U32)
        std::memcpy(&alignment, value.payload.data(), sizeof alignment);
    if (alignment == 0 || alignment > kMaxAlignment || (alignment & (alignment - 1)) != 0)
        throw cursor.error("has a general.alignment that is no uint32 power of two up to " + std::to_string(kMaxAlignment));
    return alignment;
}

StoredType tensorType(std::uint32_t number, const std::string &name, const Cursor &cursor)
{
    for (const TensorTypeRow &row : kTensorTypes)
        if (row.number == number)
            return row.type;
    std::string type = "the unknown number type " + std::to_string(number);
    for (const UnreadTypeRow &row : kUnreadTypes)
        if (row.number == number)
            type = std::string("the number type ") + row.name + ", which Tessera does not read";
    throw cursor.error("stores " + name + " in " + type + "; convert the model to F16, Q8_0 or Q4_1");
}

struct Placed {
    StoredTensor tensor;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

Placed readTensorInfo(Cursor &cursor)
{
    Placed placed;
    std::string_view name = cursor.string("a tensor's name");
    if (!isPrintableName(name, kMaxNameBytes))
        throw cursor.error("has a tensor name that is empty, longer than 1024 bytes or not printable UTF-8");
    placed.tensor.name = name;
    auto dimensions = cursor.number<std::uint32_t>("a tensor's shape");
    if (dimensions > kMaxDimensions)
        throw cursor.error("gives " + placed.tensor.name + " " + std::to_string(dimensions) + " dimensions; at most 4 exist");
    for (std::uint32_t i = 0; i < dimensions; ++i) {
        auto dimension = cursor.number<std::uint64_t>("a tensor's shape");
        if (dimension > static_cast<std::uint64_t>(INT64_MAX))
            throw cursor.error("gives " + placed.tensor.name + " a dimension beyond 2^63");
        placed.tensor.shape.insert(placed.tensor.shape.begin(), static_cast<std::int64_t>(dimension));
    }
    placed.tensor.type = tensorType(cursor.number<std::uint32_t>("a tensor's type"), placed.tensor.name, cursor);
    placed.offset = cursor.number<std::uint64_t>("a tensor's offset");
    std::optional<std::int64_t> bytes = storedBytes(placed.tensor.type, placed.tensor.shape);
    if (!bytes)
        throw cursor.error("gives " + placed.tensor.name + " a shape that overflows or whose rows are no whole blocks of "
                           + toString(placed.tensor.type));
    placed.bytes = static_cast<std::uint64_t>(*bytes);
    return placed;
}

/// Bytes from size to the next multiple of the alignment; never overflows.
std::uint64_t padding(std::uint64_t size, std::uint64_t alignment) { return (alignment - size % alignment) % alignment; }

/// Gives every tensor its bytes: one behind the other in the order of the header, each padded to the alignment.
void place(std::vector<Placed> &&placed, std::span<const std::byte> data, std::uint64_t alignment, const Cursor &cursor,
           GgufHeader &header)
{
    std::uint64_t expected = 0;
    for (Placed &next : placed) {
        if (next.offset != expected)
            throw cursor.error("places " + next.tensor.name + " at offset " + std::to_string(next.offset) + " instead of "
                               + std::to_string(expected) + ", where the tensor before it ends");
        if (expected > data.size() || next.bytes > data.size() - expected)
            throw cursor.error("ends inside the data of " + next.tensor.name + "; it is cut off or its header is wrong");
        next.tensor.bytes = data.subspan(static_cast<std::size_t>(expected), static_cast<std::size_t>(next.bytes));
        expected += next.bytes;
        expected += padding(expected, alignment);
        header.tensors.push_back(std::move(next.tensor));
    }
    if (data.size() > expected)
        throw cursor.error("has " + std::to_string(data.size() - expected) + " bytes behind its last tensor");
}

} // namespace

std::uint32_t ggufNumberOf(StoredType type)
{
    for (const TensorTypeRow &row : kTensorTypes)
        if (row.type == type)
            return row.number;
    throw failed("GGUF has no tensors of type " + toString(type));
}

std::size_t bytesOf(GgufType type)
{
    switch (type) {
    case GgufType::U8:
    case GgufType::I8:
    case GgufType::Bool: return 1;
    case GgufType::U16:
    case GgufType::I16: return 2;
    case GgufType::U32:
    case GgufType::I32:
    case GgufType::F32: return 4;
    case GgufType::U64:
    case GgufType::I64:
    case GgufType::F64: return 8;
    case GgufType::String:
    case GgufType::Array: break;
    }
    return 0;
}

GgufHeader parseGgufHeader(std::span<const std::byte> bytes, const std::string &where)
{
    Cursor cursor(bytes, where);
    GgufHeader header;
    if (bytes.size() < 4 || std::memcmp(bytes.data(), "GGUF", 4) != 0)
        throw cursor.error("is no GGUF file: it does not begin with GGUF");
    cursor.take(4, "the magic");
    header.version = cursor.number<std::uint32_t>("the version");
    if (header.version >= 1 << 24 && (header.version & 0xffff) == 0)
        throw cursor.error("is a big-endian GGUF file; convert it to little-endian");
    if (header.version != 2 && header.version != 3)
        throw cursor.error("has GGUF version " + std::to_string(header.version) + "; Tessera reads versions 2 and 3");
    auto tensorCount = cursor.number<std::uint64_t>("the tensor count");
    auto valueCount = cursor.number<std::uint64_t>("the metadata count");
    if (tensorCount > kMaxTensors)
        throw cursor.error("says that it has " + std::to_string(tensorCount) + " tensors; at most 1000000 are accepted");
    for (std::uint64_t i = 0; i < valueCount; ++i) {
        header.values.push_back(readValue(cursor));
        if (!header.valueOf.emplace(header.values.back().key, header.values.size() - 1).second)
            throw cursor.error("has the metadata key \"" + std::string(header.values.back().key) + "\" twice");
    }
    std::uint64_t alignment = alignmentOf(header, cursor);
    std::vector<Placed> placed;
    for (std::uint64_t i = 0; i < tensorCount; ++i)
        placed.push_back(readTensorInfo(cursor));
    std::uint64_t gap = placed.empty() ? std::min<std::uint64_t>(cursor.left(), padding(cursor.position(), alignment))
                                       : padding(cursor.position(), alignment);
    cursor.take(gap, "the padding before its data");
    place(std::move(placed), bytes.subspan(cursor.position()), alignment, cursor, header);
    for (std::size_t i = 0; i < header.tensors.size(); ++i)
        if (!header.tensorOf.emplace(header.tensors[i].name, i).second)
            throw cursor.error("has the tensor " + header.tensors[i].name + " twice");
    return header;
}

} // namespace tessera
