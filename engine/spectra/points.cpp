// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/points.h"

#include "engine/base/checked.h"
#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace tessera {
namespace {

/// Walks nested arrays, whose shape the first element at every level sets.
class Reader {
public:
    Reader(std::size_t levels, const std::string &where) : m_shape(levels, -1), m_where(where) {}

    void read(const Json &json, std::size_t level)
    {
        if (level == m_shape.size())
            return number(json);
        if (!json.is_array())
            throw badInput(m_where + " must be arrays nested " + std::to_string(m_shape.size()) + " deep ("
                           + (m_shape.size() == 2 ? "points x features" : "points x pixels (x pixels) x channels") + ")");
        auto length = static_cast<std::int64_t>(json.size());
        if (length == 0)
            throw badInput(m_where + " holds an empty array");
        if (m_shape[level] == -1)
            m_shape[level] = length;
        if (m_shape[level] != length)
            throw badInput(m_where + " has arrays of " + std::to_string(m_shape[level]) + " and of " + std::to_string(length)
                           + " elements side by side: all points must have one shape");
        for (const Json &element : json)
            read(element, level + 1);
    }

    Points take() { return {{m_shape.begin() + 1, m_shape.end()}, std::move(m_values)}; }

private:
    void number(const Json &json)
    {
        if (!json.is_number())
            throw badInput(m_where + " holds " + json.dump().substr(0, 40) + " where a number is expected");
        m_values.push_back(json.get<double>());
    }

    std::vector<std::int64_t> m_shape;
    const std::string &m_where;
    std::vector<double> m_values;
};

std::size_t nesting(const Json &json)
{
    std::size_t levels = 0;
    for (const Json *inner = &json; inner->is_array() && levels < 8; ++levels) {
        if (inner->empty())
            return levels + 1;
        inner = &inner->front();
    }
    return levels;
}

std::size_t entriesOf(std::int64_t rows, std::int64_t columns)
{
    std::optional<std::int64_t> entries = checkedMultiply(rows, columns);
    if (rows < 0 || columns < 0 || !entries || *entries > kMostEntries)
        throw badInput("a matrix of " + std::to_string(rows) + " x " + std::to_string(columns) + " numbers is too large: take at most "
                       + std::to_string(kMostEntries) + " entries, by fewer points");
    return static_cast<std::size_t>(*entries);
}

} // namespace

double lengthOf(const double *values, std::int64_t size)
{
    double largest = 0;
    for (std::int64_t i = 0; i < size; ++i)
        largest = std::max(largest, std::fabs(values[i]));
    if (largest == 0)
        return 0;
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i)
        sum += (values[i] / largest) * (values[i] / largest);
    return largest * std::sqrt(sum);
}

std::int64_t Points::size() const
{
    std::int64_t product = 1;
    for (std::int64_t dimension : shape)
        product *= dimension;
    return product;
}

std::int64_t Points::count() const { return static_cast<std::int64_t>(values.size()) / std::max<std::int64_t>(1, size()); }

Matrix::Matrix(std::int64_t rowCount, std::int64_t columnCount) : Matrix(unset(rowCount, columnCount))
{
    std::fill(values.begin(), values.end(), 0.0);
}

Matrix Matrix::unset(std::int64_t rowCount, std::int64_t columnCount)
{
    const std::size_t entries = entriesOf(rowCount, columnCount);
    Matrix matrix;
    matrix.rows = rowCount;
    matrix.columns = columnCount;
    matrix.values.resize(entries);
    return matrix;
}

Points pointsFromJson(const Json &json, bool convolutional, const std::string &where)
{
    std::size_t levels = nesting(json);
    if (convolutional && levels != 3 && levels != 4)
        throw badInput(where + " must be points x pixels x channels or points x pixels x pixels x channels for a convolutional kernel");
    Reader reader(convolutional ? levels : 2, where);
    reader.read(json, 0);
    Points points = reader.take();
    return makePoints(std::move(points.shape), std::move(points.values), where);
}

Json toJson(const Matrix &matrix)
{
    Json rows = Json::array();
    for (std::int64_t i = 0; i < matrix.rows; ++i)
        rows.push_back(Json(std::vector<double>(matrix.row(i), matrix.row(i) + matrix.columns)));
    return rows;
}

Points makePoints(std::vector<std::int64_t> shape, std::vector<double> values, const std::string &where)
{
    std::optional<std::int64_t> size = checkedProduct(shape);
    if (!size || *size < 1 || values.empty() || values.size() % static_cast<std::size_t>(*size) != 0)
        throw badInput(where + " holds no points, or points of no dimension");
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!(std::fabs(values[i]) <= 1e150))
            throw badInput(where + " holds " + (std::isfinite(values[i]) ? "a number beyond 1e150" : "a number that is not finite")
                           + " in point " + std::to_string(i / static_cast<std::size_t>(*size)));
    return {std::move(shape), std::move(values)};
}

Points subset(const Points &points, const std::vector<std::int64_t> &indices)
{
    Points chosen{points.shape, {}};
    chosen.values.reserve(indices.size() * static_cast<std::size_t>(points.size()));
    for (std::int64_t index : indices)
        chosen.values.insert(chosen.values.end(), points.point(index), points.point(index) + points.size());
    return chosen;
}

Points onSphere(Points points, const std::string &where)
{
    const std::int64_t size = points.size();
    for (std::int64_t i = 0; i < points.count(); ++i) {
        double *values = points.values.data() + i * size;
        double norm = lengthOf(values, size);
        if (norm == 0)
            throw badInput("point " + std::to_string(i) + " of " + where + " is the zero vector, which has no direction: remove it");
        for (std::int64_t k = 0; k < size; ++k)
            values[k] /= norm;
    }
    return points;
}

Points randomOnSphere(std::int64_t count, std::int64_t dimension, std::uint64_t seed)
{
    if (count < 1 || dimension < 2)
        throw badInput("points on a sphere need a count of 1 or more and a dimension of 2 or more");
    Points points{{dimension}, std::vector<double>(entriesOf(count, dimension))};
    std::mt19937_64 bits(seed);
    // The standard fixes the generator's bits but no distribution's: Box and Muller's transform gives the same points everywhere.
    auto uniform = [&] { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; };
    for (double &value : points.values) {
        double radius = std::sqrt(-2 * std::log(uniform()));
        value = radius * std::cos(2 * std::numbers::pi * uniform());
    }
    return onSphere(std::move(points), "the random points");
}

Points onCircle(std::int64_t count)
{
    if (count < 1)
        throw badInput("points on a circle need a count of 1 or more");
    Points points{{2}, std::vector<double>(entriesOf(count, 2))};
    for (std::int64_t i = 0; i < count; ++i) {
        double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count);
        points.values[static_cast<std::size_t>(2 * i)] = std::cos(angle);
        points.values[static_cast<std::size_t>(2 * i + 1)] = std::sin(angle);
    }
    return points;
}

} // namespace tessera
