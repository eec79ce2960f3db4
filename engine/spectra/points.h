// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/spectra/number_memory.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// Points of one shape: {features} for vectors, {pixels, channels} or {height, width, channels} for images.
struct Points {
    std::vector<std::int64_t> shape;
    std::vector<double> values; ///< One point after the other, each in row-major order.

    std::int64_t size() const; ///< Numbers in one point.
    std::int64_t count() const;
    const double *point(std::int64_t index) const { return values.data() + index * size(); }
};

/// A dense matrix in row-major order.
struct Matrix {
    std::int64_t rows = 0, columns = 0;
    std::vector<double, NumberMemory<double>> values;

    Matrix() = default;
    /// Zeros. Throws Error (BadInput) above kMostEntries.
    Matrix(std::int64_t rows, std::int64_t columns);
    /// The same, but every element is still to be written.
    static Matrix unset(std::int64_t rows, std::int64_t columns);
    double *row(std::int64_t index) { return values.data() + index * columns; }
    const double *row(std::int64_t index) const { return values.data() + index * columns; }
    double operator()(std::int64_t i, std::int64_t j) const { return values[static_cast<std::size_t>(i * columns + j)]; }
    double &operator()(std::int64_t i, std::int64_t j) { return values[static_cast<std::size_t>(i * columns + j)]; }
};

/// 4 GiB of doubles: what one matrix may hold.
inline constexpr std::int64_t kMostEntries = std::int64_t{1} << 29;

/// Reads nested arrays: the outermost are points, the innermost features or channels. convolutional asks for pixels in
/// between, one or two dimensions of them. Ragged, empty or other than numeric arrays are Errors (BadInput) that name where.
Points pointsFromJson(const Json &json, bool convolutional, const std::string &where);
Json toJson(const Matrix &matrix);

/// The points as rows; of another shape, of no points or holding other than finite numbers: Error (BadInput).
Points makePoints(std::vector<std::int64_t> shape, std::vector<double> values, const std::string &where);

/// Some of the points, in this order.
Points subset(const Points &points, const std::vector<std::int64_t> &indices);

/// Each point divided by its length. A point of length zero is an Error (BadInput) that names it.
Points onSphere(Points points, const std::string &where);

/// The Euclidean length, for numbers of any size.
double lengthOf(const double *values, std::int64_t size);

/// Points of the unit sphere in this many dimensions (2 or more), independent and uniform.
Points randomOnSphere(std::int64_t count, std::int64_t dimension, std::uint64_t seed);
/// Equally spaced points on the unit circle, the first one at angle 0.
Points onCircle(std::int64_t count);

} // namespace tessera
