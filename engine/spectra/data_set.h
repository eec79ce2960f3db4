// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/points.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

/// Points with a class each.
struct DataSet {
    std::string name;
    Points points;
    std::vector<std::string> classes; ///< In the order of their first appearance.
    std::vector<int> labels;          ///< Of every point: an index into classes.
};

/// Reads a CSV file: one point a line, numbers, the class (any text) in the last column; a first line with other than numbers before
/// the class is a header. Refused with Error (BadInput) that names the line: cells that are no finite numbers, lines of another length, fewer
/// than 2 points, more than 64 MiB.
DataSet readCsv(const std::filesystem::path &path);

/// How points are prepared. Standard: every feature to mean 0 and deviation 1 (a constant one to 0). Unit: every point to length 1.
/// Both: one after the other.
enum class Scaling { None, Standard, Unit, Both };
Scaling scalingFromText(const std::string &text);

/// Throws Error (BadInput) where a point of length zero would have to be scaled to one.
Points scaled(Points points, Scaling scaling);

/// count points of the data in an order drawn from the seed, or all of them.
DataSet sample(const DataSet &data, std::int64_t count, std::uint64_t seed);

} // namespace tessera
