// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/safetensors_header.h"

#include "engine/base/error.h"
#include "engine/base/json.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace tessera {
namespace {

constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::size_t kMaxTensors = 1'000'000;
constexpr std::size_t kMaxDimensions = 8;
constexpr std::array kSafetensorsTypes{
    StoredType::F64, StoredType::F32, StoredType::F16, StoredType::BF16, StoredType::I8,   StoredType::I16,     StoredType::I32,
    StoredType::I64, StoredType::U8,  StoredType::U16, StoredType::U32,  StoredType::U64, StoredType::Bool, StoredType::Fp8E4M3,
    StoredType::Fp8E5M2,
};

/// A tensor's entry while its JSON is read.
struct Entry {
    std::string name;
    std::optional<StoredType> type;
    std::vector<std::uint64_t> shape, offsets;
    bool hasShape = false, hasOffsets = false;
};

/// A name from the file for a sentence: not endless.
std::string clipped(const std::string &name) { return "\"" + name.substr(0, 80) + (name.size() > 80 ? "...\"" : "\""); }

/// Takes the header's JSON piece by piece, so that nothing is built that the format does not have:
///   {"__metadata__": {string: string}, NAME: {"dtype": string, "shape": [whole], "data_offsets": [begin, end]}, ...}
class HeaderHandler : public nlohmann::json_sax<Json> {
public:
    explicit HeaderHandler(const std::string &where) : m_where(where) {}

    std::vector<Entry> entries;
    std::map<std::string, std::string> metadata;

    bool start_object(std::size_t) override
    {
        if (m_place == Place::Outside)
            m_place = Place::Top;
        else if (m_place == Place::TopValue && m_key == "__metadata__")
            m_place = Place::Metadata;
        else if (m_place == Place::TopValue)
            beginEntry();
        else
            misplaced("an object");
        return true;
    }

    bool end_object() override
    {
        if (m_place == Place::Entry)
            checkComplete(entries.back());
        m_place = m_place == Place::Top ? Place::Done : Place::TopValue;
        return true;
    }

    bool key(string_t &name) override
    {
        if (m_place == Place::Top || m_place == Place::TopValue) {
            if (!m_names.insert(name).second)
                throw error("has the entry " + clipped(name) + " twice");
            m_place = Place::TopValue;
        }
        m_key = name;
        return true;
    }

    bool string(string_t &text) override
    {
        if (m_place == Place::Metadata) {
            if (!metadata.emplace(m_key, text).second)
                throw error("has the metadata key " + clipped(m_key) + " twice");
            return true;
        }
        if (m_place != Place::Entry || m_key != "dtype")
            misplaced("a string");
        if (entries.back().type)
            throw error("gives " + entries.back().name + " its dtype twice");
        entries.back().type = parseSafetensorsType(text, entries.back().name, m_where);
        return true;
    }

    bool start_array(std::size_t) override
    {
        if (m_place != Place::Entry || (m_key != "shape" && m_key != "data_offsets"))
            misplaced("an array");
        bool isShape = m_key == "shape";
        bool &has = isShape ? entries.back().hasShape : entries.back().hasOffsets;
        if (std::exchange(has, true))
            throw error("gives " + entries.back().name + " its " + m_key + " twice");
        m_list = isShape ? &entries.back().shape : &entries.back().offsets;
        m_place = Place::List;
        return true;
    }

    bool end_array() override
    {
        m_place = Place::Entry;
        return true;
    }

    bool number_unsigned(number_unsigned_t value) override
    {
        if (m_place != Place::List)
            misplaced("a number");
        if (m_list->size() == kMaxDimensions)
            throw error("gives " + entries.back().name + " more than " + std::to_string(kMaxDimensions) + " numbers in its "
                        + m_key);
        m_list->push_back(value);
        return true;
    }

    bool number_integer(number_integer_t) override { return misplaced("a negative number"); }
    bool number_float(number_float_t, const string_t &) override { return misplaced("a number that is not whole or too large"); }
    bool boolean(bool) override { return misplaced("true or false"); }
    bool null() override { return misplaced("null"); }
    bool binary(binary_t &) override { return misplaced("binary data"); }

    bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &) override
    {
        throw error("has a header that is not valid UTF-8 JSON at byte " + std::to_string(position));
    }

private:
    enum class Place { Outside, Top, TopValue, Metadata, Entry, List, Done };

    void beginEntry()
    {
        if (!isPrintableName(m_key, kMaxNameBytes))
            throw error("has a tensor name that is empty, longer than 1024 bytes or holds control characters");
        if (entries.size() == kMaxTensors)
            throw error("has more than 1000000 tensors");
        entries.emplace_back().name = m_key;
        m_place = Place::Entry;
    }

    void checkComplete(const Entry &entry) const
    {
        if (!entry.type || !entry.hasShape || !entry.hasOffsets || entry.offsets.size() != 2)
            throw error("must give " + entry.name + " a dtype, a shape and two data_offsets");
    }

    [[noreturn]] bool misplaced(const std::string &what) const
    {
        std::string place = m_place == Place::Outside ? "its header must be an object" : "at " + clipped(m_key);
        throw error("has " + what + " where the format has none (" + place + ")");
    }

    Error error(const std::string &sentence) const { return badInput(m_where + " " + sentence); }

    const std::string &m_where;
    Place m_place = Place::Outside;
    std::string m_key;
    std::unordered_set<std::string> m_names;
    std::vector<std::uint64_t> *m_list = nullptr;
};

/// The length of the JSON header, compared with the bytes there are without adding anything to it.
std::size_t headerLength(std::span<const std::byte> file, const std::string &where)
{
    std::uint64_t length = 0;
    if (file.size() < sizeof length)
        throw badInput(where + " is no safetensors file: it has only " + std::to_string(file.size()) + " bytes");
    std::memcpy(&length, file.data(), sizeof length);
    if (length > file.size() - sizeof length)
        throw badInput(where + " says its header has " + std::to_string(length) + " bytes, but only "
                       + std::to_string(file.size() - sizeof length) + " follow; it is cut off or no safetensors file");
    if (length > kMaxSafetensorsHeader)
        throw badInput(where + " has a header of " + std::to_string(length) + " bytes; at most "
                       + std::to_string(kMaxSafetensorsHeader) + " are accepted");
    if (length < 2 || file[sizeof length] != std::byte{'{'})
        throw badInput(where + " has a header that does not begin with {; it is no safetensors file");
    return static_cast<std::size_t>(length);
}

struct Placed {
    StoredTensor tensor;
    std::uint64_t begin = 0, end = 0;
};

/// An entry's tensor, its offsets compared with its shape.
Placed measure(Entry &&entry, const std::string &where)
{
    Placed placed{{std::move(entry.name), {}, *entry.type, {}}, entry.offsets[0], entry.offsets[1]};
    for (std::uint64_t dimension : entry.shape) {
        if (dimension > static_cast<std::uint64_t>(INT64_MAX))
            throw badInput(where + " gives " + placed.tensor.name + " a dimension beyond 2^63");
        placed.tensor.shape.push_back(static_cast<std::int64_t>(dimension));
    }
    std::optional<std::int64_t> bytes = storedBytes(placed.tensor.type, placed.tensor.shape);
    if (!bytes)
        throw badInput(where + " gives " + placed.tensor.name + " a shape whose size overflows");
    if (placed.begin > placed.end || placed.end - placed.begin != static_cast<std::uint64_t>(*bytes))
        throw badInput(where + " gives " + placed.tensor.name + " the bytes from " + std::to_string(placed.begin) + " to "
                       + std::to_string(placed.end) + ", but its shape and type need " + std::to_string(*bytes));
    return placed;
}

/// Gives tensors their bytes; they must fill the data without holes, overlaps and a tail.
std::vector<StoredTensor> place(std::vector<Entry> &&entries, std::span<const std::byte> data, const std::string &where)
{
    std::vector<Placed> placed;
    for (Entry &entry : entries)
        placed.push_back(measure(std::move(entry), where));
    std::sort(placed.begin(), placed.end(),
              [](const Placed &a, const Placed &b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
    std::vector<StoredTensor> tensors;
    std::uint64_t position = 0;
    for (Placed &next : placed) {
        if (next.begin != position)
            throw badInput(where + (next.begin > position ? " leaves a hole before " : " overlaps other tensors with ")
                           + next.tensor.name + ": it begins at " + std::to_string(next.begin) + " instead of "
                           + std::to_string(position));
        if (next.end > data.size())
            throw badInput(where + " ends inside the data of " + next.tensor.name + "; it is cut off or its header is wrong");
        position = next.end;
        next.tensor.bytes = data.subspan(static_cast<std::size_t>(next.begin), static_cast<std::size_t>(next.end - next.begin));
        tensors.push_back(std::move(next.tensor));
    }
    if (position != data.size())
        throw badInput(where + " has " + std::to_string(data.size() - position) + " bytes behind its last tensor");
    return tensors;
}

} // namespace

StoredType parseSafetensorsType(std::string_view word, const std::string &tensor, const std::string &where)
{
    for (StoredType type : kSafetensorsTypes)
        if (toString(type) == word)
            return type;
    throw badInput(where + " stores " + tensor + " as \"" + std::string(word.substr(0, 32))
                   + "\", which Tessera does not read; convert the model to BF16, F16 or F32");
}

SafetensorsHeader parseSafetensorsHeader(std::span<const std::byte> file, const std::string &where)
{
    std::size_t length = headerLength(file, where);
    auto json = reinterpret_cast<const char *>(file.data() + sizeof(std::uint64_t));
    if (std::memchr(json, 0, length)) // where the JSON parser would stop and not see what follows
        throw badInput(where + " has a header that is not valid UTF-8 JSON: it holds a zero byte");
    HeaderHandler handler(where);
    Json::sax_parse(json, json + length, &handler);
    SafetensorsHeader header;
    header.metadata = std::move(handler.metadata);
    header.tensors = place(std::move(handler.entries), file.subspan(sizeof(std::uint64_t) + length), where);
    return header;
}

} // namespace tessera
