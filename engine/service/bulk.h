// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/service/params.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// The most that one answer carries of a long array, in bytes before base64, or of JSON in a list of rows.
inline constexpr std::size_t kChunkBytes = 256u << 10;

/// A part of a long list: rows from ... from + count - 1, all of them in it.
struct Range {
    std::size_t from = 0, count = 0, total = 0;
};
/// "from" and "count" of a request for a list of total rows of bytesPerRow each, cut to what fits kChunkBytes; at least one
/// row where there is one. Throws InvalidParams when from lies behind the end.
Range rangeOf(const Params &params, std::size_t total, std::size_t bytesPerRow);

/// {"dtype","shape","base64","from","total"}; values are the range's rows one after the other, columns each.
Json bulkJson(const Range &range, std::size_t columns, const std::vector<double> &values);

/// {"from","total","rows"}: as many of the range's rows as fit kChunkBytes, at least one.
Json rowsJson(const Range &range, const std::function<Json(std::size_t row)> &row);

std::string base64(std::string_view bytes);

} // namespace tessera
