// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/bulk.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace tessera {

static_assert(std::endian::native == std::endian::little, "the protocol's arrays are little-endian");

Range rangeOf(const Params &params, std::size_t total, std::size_t bytesPerRow)
{
    Range range;
    range.total = total;
    range.from = static_cast<std::size_t>(params.integerOr("from", 0, 0, static_cast<std::int64_t>(total)));
    const std::size_t most = std::max<std::size_t>(1, kChunkBytes / std::max<std::size_t>(1, bytesPerRow));
    const auto asked = static_cast<std::size_t>(params.integerOr("count", INT64_MAX, 0, INT64_MAX));
    range.count = std::min({total - range.from, most, asked});
    return range;
}

Json bulkJson(const Range &range, std::size_t columns, const std::vector<double> &values)
{
    const std::string_view bytes(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(double));
    return {{"dtype", "float64"},
            {"shape", {range.count, columns}},
            {"base64", base64(bytes)},
            {"from", range.from},
            {"total", range.total}};
}

Json rowsJson(const Range &range, const std::function<Json(std::size_t row)> &row)
{
    Json rows = Json::array();
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < range.count && bytes < kChunkBytes; ++i) {
        Json next = row(range.from + i);
        bytes += next.dump(-1, ' ', false, Json::error_handler_t::replace).size() + 1;
        if (bytes > kChunkBytes && !rows.empty())
            break;
        rows.push_back(std::move(next));
    }
    return {{"from", range.from}, {"total", range.total}, {"rows", std::move(rows)}};
}

std::string base64(std::string_view bytes)
{
    static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t there = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < there ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= there ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

} // namespace tessera
