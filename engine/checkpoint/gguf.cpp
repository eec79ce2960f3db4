// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/gguf_header.h"

#include <cmath>
#include <cstring>

namespace tessera {
namespace {

template <typename T> T load(const std::byte *from)
{
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

/// An integer element of any width; nothing for a uint64 beyond int64.
std::optional<std::int64_t> loadInteger(GgufType type, const std::byte *from)
{
    switch (type) {
    case GgufType::U8: return load<std::uint8_t>(from);
    case GgufType::I8: return load<std::int8_t>(from);
    case GgufType::U16: return load<std::uint16_t>(from);
    case GgufType::I16: return load<std::int16_t>(from);
    case GgufType::U32: return load<std::uint32_t>(from);
    case GgufType::I32: return load<std::int32_t>(from);
    case GgufType::I64: return load<std::int64_t>(from);
    case GgufType::U64: break;
    default: return std::nullopt;
    }
    auto value = load<std::uint64_t>(from);
    return value > static_cast<std::uint64_t>(INT64_MAX) ? std::nullopt
                                                         : std::optional(static_cast<std::int64_t>(value));
}

bool isInteger(GgufType type)
{
    return type <= GgufType::I32 || type == GgufType::U64 || type == GgufType::I64;
}

bool isFloat(GgufType type) { return type == GgufType::F32 || type == GgufType::F64; }

double loadNumber(GgufType type, const std::byte *from)
{
    if (type == GgufType::F32)
        return load<float>(from);
    if (type == GgufType::F64)
        return load<double>(from);
    if (type == GgufType::U64)
        return static_cast<double>(load<std::uint64_t>(from));
    return static_cast<double>(loadInteger(type, from).value_or(0));
}

std::string_view loadString(const std::byte *&from)
{
    auto length = static_cast<std::size_t>(load<std::uint64_t>(from));
    std::string_view text(reinterpret_cast<const char *>(from + sizeof(std::uint64_t)), length);
    from += sizeof(std::uint64_t) + length;
    return text;
}

} // namespace

struct GgufFile::Data {
    std::optional<MappedFile> file;
    std::string where;
    GgufHeader header;
    std::vector<std::string> keys;

    const GgufValue *value(std::string_view key) const
    {
        auto it = header.valueOf.find(key);
        return it == header.valueOf.end() ? nullptr : &header.values[it->second];
    }

    Error wrongType(std::string_view key, const char *expected) const
    {
        return badInput("\"" + std::string(key) + "\" in " + where + " must be " + expected);
    }

    /// The value of a key that is no array and has a type that accepted knows; null where the key is absent.
    template <typename Accept> const GgufValue *scalar(std::string_view key, Accept accepted, const char *expected) const
    {
        const GgufValue *found = value(key);
        if (found && (found->isArray || !accepted(found->type)))
            throw wrongType(key, expected);
        return found;
    }

    template <typename Accept> const GgufValue *array(std::string_view key, Accept accepted, const char *expected) const
    {
        const GgufValue *found = value(key);
        if (found && (!found->isArray || !accepted(found->type)))
            throw wrongType(key, expected);
        return found;
    }

    template <typename T> T required(std::optional<T> found, std::string_view key) const
    {
        if (!found)
            throw badInput(where + " lacks the metadata key \"" + std::string(key) + "\"");
        return *std::move(found);
    }
};

GgufFile::GgufFile(std::unique_ptr<Data> data) : m_data(std::move(data)) {}
GgufFile::~GgufFile() = default;
GgufFile::GgufFile(GgufFile &&) noexcept = default;
GgufFile &GgufFile::operator=(GgufFile &&) noexcept = default;

GgufFile GgufFile::parse(std::span<const std::byte> bytes, const std::string &where)
{
    auto data = std::make_unique<Data>();
    data->where = where;
    data->header = parseGgufHeader(bytes, where);
    for (const GgufValue &value : data->header.values)
        data->keys.emplace_back(value.key);
    return GgufFile(std::move(data));
}

GgufFile GgufFile::open(const std::filesystem::path &path)
{
    MappedFile file(path);
    GgufFile gguf = parse(file.bytes(), path.string());
    gguf.m_data->file.emplace(std::move(file));
    return gguf;
}

std::uint32_t GgufFile::version() const { return m_data->header.version; }
const std::string &GgufFile::where() const { return m_data->where; }
const std::vector<std::string> &GgufFile::keys() const { return m_data->keys; }
bool GgufFile::has(std::string_view key) const { return m_data->value(key) != nullptr; }
const std::vector<StoredTensor> &GgufFile::tensors() const { return m_data->header.tensors; }

const StoredTensor *GgufFile::find(std::string_view name) const
{
    auto it = m_data->header.tensorOf.find(name);
    return it == m_data->header.tensorOf.end() ? nullptr : &m_data->header.tensors[it->second];
}

bool GgufFile::isArray(std::string_view key) const
{
    const GgufValue *found = m_data->value(key);
    return found && found->isArray;
}

std::optional<std::string_view> GgufFile::string(std::string_view key) const
{
    const GgufValue *found = m_data->scalar(key, [](GgufType t) { return t == GgufType::String; }, "a string");
    if (!found)
        return std::nullopt;
    const std::byte *from = found->payload.data();
    return loadString(from);
}

std::optional<std::int64_t> GgufFile::integer(std::string_view key) const
{
    const GgufValue *found = m_data->scalar(key, isInteger, "a whole number");
    if (!found)
        return std::nullopt;
    std::optional<std::int64_t> value = loadInteger(found->type, found->payload.data());
    if (!value)
        throw m_data->wrongType(key, "a whole number below 2^63");
    return value;
}

std::optional<double> GgufFile::number(std::string_view key) const
{
    auto isNumber = [](GgufType t) { return isInteger(t) || isFloat(t); };
    const GgufValue *found = m_data->scalar(key, isNumber, "a number");
    if (!found)
        return std::nullopt;
    double value = loadNumber(found->type, found->payload.data());
    if (!std::isfinite(value))
        throw m_data->wrongType(key, "a finite number");
    return value;
}

std::optional<bool> GgufFile::boolean(std::string_view key) const
{
    const GgufValue *found = m_data->scalar(key, [](GgufType t) { return t == GgufType::Bool; }, "true or false");
    return found ? std::optional(load<std::uint8_t>(found->payload.data()) != 0) : std::nullopt;
}

std::optional<std::vector<std::string_view>> GgufFile::strings(std::string_view key) const
{
    const GgufValue *found = m_data->array(key, [](GgufType t) { return t == GgufType::String; }, "an array of strings");
    if (!found)
        return std::nullopt;
    std::vector<std::string_view> values(found->count);
    const std::byte *from = found->payload.data();
    for (std::string_view &value : values)
        value = loadString(from);
    return values;
}

std::optional<std::vector<std::int64_t>> GgufFile::integers(std::string_view key) const
{
    const GgufValue *found = m_data->array(key, isInteger, "an array of whole numbers");
    if (!found)
        return std::nullopt;
    std::vector<std::int64_t> values;
    values.reserve(found->count);
    std::size_t width = bytesOf(found->type);
    for (std::size_t i = 0; i < found->count; ++i) {
        std::optional<std::int64_t> value = loadInteger(found->type, found->payload.data() + i * width);
        if (!value)
            throw m_data->wrongType(key, "an array of whole numbers below 2^63");
        values.push_back(*value);
    }
    return values;
}

std::optional<std::vector<double>> GgufFile::numbers(std::string_view key) const
{
    auto isNumber = [](GgufType t) { return isInteger(t) || isFloat(t); };
    const GgufValue *found = m_data->array(key, isNumber, "an array of numbers");
    if (!found)
        return std::nullopt;
    std::vector<double> values;
    values.reserve(found->count);
    std::size_t width = bytesOf(found->type);
    for (std::size_t i = 0; i < found->count; ++i)
        values.push_back(loadNumber(found->type, found->payload.data() + i * width));
    return values;
}

std::optional<std::vector<bool>> GgufFile::booleans(std::string_view key) const
{
    const GgufValue *found = m_data->array(key, [](GgufType t) { return t == GgufType::Bool; }, "an array of booleans");
    if (!found)
        return std::nullopt;
    std::vector<bool> values;
    values.reserve(found->count);
    for (std::byte byte : found->payload)
        values.push_back(byte != std::byte{0});
    return values;
}

std::string_view GgufFile::requireString(std::string_view key) const { return m_data->required(string(key), key); }
std::int64_t GgufFile::requireInteger(std::string_view key) const { return m_data->required(integer(key), key); }
double GgufFile::requireNumber(std::string_view key) const { return m_data->required(number(key), key); }

std::vector<std::string_view> GgufFile::requireStrings(std::string_view key) const
{
    return m_data->required(strings(key), key);
}

} // namespace tessera
