// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/data_set.h"

#include "engine/base/error.h"
#include "engine/base/file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <string_view>

namespace tessera {
namespace {

std::vector<std::string_view> cellsOf(std::string_view line)
{
    std::vector<std::string_view> cells;
    for (std::size_t begin = 0;;) {
        const std::size_t end = std::min(line.find(',', begin), line.size());
        std::string_view cell = line.substr(begin, end - begin);
        while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t'))
            cell.remove_prefix(1);
        while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t'))
            cell.remove_suffix(1);
        cells.push_back(cell);
        if (end == line.size())
            return cells;
        begin = end + 1;
    }
}

std::optional<double> numberIn(std::string_view cell)
{
    double value = 0;
    auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

class CsvReader {
public:
    explicit CsvReader(std::string where) : m_where(std::move(where)) {}

    void line(std::string_view text)
    {
        ++m_line;
        if (!text.empty() && text.back() == '\r')
            text.remove_suffix(1);
        if (text.empty())
            return;
        const std::vector<std::string_view> cells = cellsOf(text);
        if (m_columns == 0) {
            m_columns = cells.size();
            if (m_columns < 2)
                throw badInput(m_where + " needs at least one number and a class on every line, separated by commas");
            if (!std::all_of(cells.begin(), cells.end() - 1, [](std::string_view cell) { return numberIn(cell).has_value(); }))
                return;
        }
        if (cells.size() != m_columns)
            throw badInput("line " + std::to_string(m_line) + " of " + m_where + " has " + std::to_string(cells.size()) + " cells, the first line "
                           + std::to_string(m_columns));
        for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
            const std::optional<double> value = numberIn(cells[i]);
            if (!value)
                throw badInput("line " + std::to_string(m_line) + " of " + m_where + " holds \"" + std::string(cells[i].substr(0, 40))
                               + "\" where a finite number is expected");
            m_values.push_back(*value);
        }
        m_data.labels.push_back(classOf(std::string(cells.back())));
    }

    DataSet take()
    {
        if (m_data.labels.size() < 2)
            throw badInput(m_where + " holds fewer than 2 points");
        m_data.points = makePoints({static_cast<std::int64_t>(m_columns) - 1}, std::move(m_values), m_where);
        return std::move(m_data);
    }

private:
    int classOf(const std::string &word)
    {
        auto found = std::find(m_data.classes.begin(), m_data.classes.end(), word);
        if (found == m_data.classes.end()) {
            if (m_data.classes.size() == 1000)
                throw badInput(m_where + " has more than 1000 classes: the last column must be a class");
            found = m_data.classes.insert(found, word);
        }
        return static_cast<int>(found - m_data.classes.begin());
    }

    std::string m_where;
    std::size_t m_columns = 0;
    std::int64_t m_line = 0;
    std::vector<double> m_values;
    DataSet m_data;
};

void standardise(Points &points)
{
    const std::int64_t size = points.size(), count = points.count();
    for (std::int64_t k = 0; k < size; ++k) {
        double mean = 0, variance = 0;
        for (std::int64_t i = 0; i < count; ++i)
            mean += points.point(i)[k] / static_cast<double>(count);
        for (std::int64_t i = 0; i < count; ++i)
            variance += std::pow(points.point(i)[k] - mean, 2) / static_cast<double>(count);
        const double scale = variance > 0 ? 1 / std::sqrt(variance) : 0;
        for (std::int64_t i = 0; i < count; ++i) {
            double &value = points.values[static_cast<std::size_t>(i * size + k)];
            value = (value - mean) * scale;
        }
    }
}

} // namespace

DataSet readCsv(const std::filesystem::path &path)
{
    const std::string text = readTextFile(path, 64u << 20);
    CsvReader reader(path.filename().string());
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        reader.line(std::string_view(text).substr(begin, end - begin));
        begin = end + 1;
    }
    DataSet data = reader.take();
    data.name = path.stem().string();
    return data;
}

Scaling scalingFromText(const std::string &text)
{
    if (text == "none")
        return Scaling::None;
    if (text == "standard")
        return Scaling::Standard;
    if (text == "unit")
        return Scaling::Unit;
    if (text == "both")
        return Scaling::Both;
    throw badInput("\"" + text + "\" is no way to scale points: choose from none, standard, unit, both");
}

Points scaled(Points points, Scaling scaling)
{
    if (scaling == Scaling::Standard || scaling == Scaling::Both)
        standardise(points);
    if (scaling == Scaling::Unit || scaling == Scaling::Both)
        points = onSphere(std::move(points), "the data");
    return points;
}

DataSet sample(const DataSet &data, std::int64_t count, std::uint64_t seed)
{
    std::vector<std::int64_t> order(data.labels.size());
    std::iota(order.begin(), order.end(), 0);
    std::mt19937_64 bits(seed);
    // Fisher and Yates: std::shuffle differs between standard libraries.
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[bits() % i]);
    order.resize(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 1, static_cast<std::int64_t>(order.size()))));
    DataSet chosen{data.name, subset(data.points, order), data.classes, {}};
    for (std::int64_t index : order)
        chosen.labels.push_back(data.labels[static_cast<std::size_t>(index)]);
    return chosen;
}

} // namespace tessera
