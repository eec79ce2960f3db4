// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/gram.h"

#include "engine/base/error.h"
#include "engine/spectra/pair_rows.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <thread>

namespace tessera {
namespace {

constexpr std::int64_t kTileRows = 32, kTileColumns = PairRows::kTile;

int threadsOf(const GramOptions &options)
{
    return options.threads > 0 ? options.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Runs work(item) for every item on several threads; the first error ends all of them and is thrown here.
template <typename Work> void shareOut(std::int64_t items, const GramOptions &options, const Work &work)
{
    std::atomic<std::int64_t> next{0}, done{0};
    std::exception_ptr error;
    std::mutex mutex;
    auto run = [&] {
        try {
            for (std::int64_t item = next++; item < items; item = next++) {
                options.stop.throwIfRequested();
                work(item);
                std::int64_t finished = ++done;
                if (options.progress && (finished % 64 == 0 || finished == items)) {
                    std::lock_guard lock(mutex);
                    options.progress({"kernel matrix", finished, items, "tiles", ""});
                }
            }
        } catch (...) {
            std::lock_guard lock(mutex);
            if (!error)
                error = std::current_exception();
            next = items;
        }
    };
    std::vector<std::jthread> others;
    for (std::int64_t i = 1; i < std::min<std::int64_t>(threadsOf(options), items); ++i)
        others.emplace_back(run);
    run();
    others.clear();
    if (error)
        std::rethrow_exception(error);
}

std::unique_ptr<PairRows> pairRows(const Kernel &kernel, const Points &x, const Points &z)
{
    return isConvolutional(kernel) ? convPairRows(kernel, x, z) : densePairRows(kernel, x, z);
}

void fill(const PairRows &rows, Matrix *gp, Matrix *ntk, const GramOptions &options)
{
    const Matrix &shape = gp ? *gp : *ntk;
    const std::int64_t down = (shape.rows + kTileRows - 1) / kTileRows, across = (shape.columns + kTileColumns - 1) / kTileColumns;
    shareOut(down * across, options, [&](std::int64_t item) {
        const std::int64_t top = item / across * kTileRows, first = item % across * kTileColumns;
        const std::int64_t last = std::min(first + kTileColumns, shape.columns);
        for (std::int64_t i = top; i < std::min(top + kTileRows, shape.rows); ++i) {
            options.stop.throwIfRequested();
            rows.run(i, first, last, gp ? gp->row(i) + first : nullptr, ntk ? ntk->row(i) + first : nullptr);
        }
    });
}

/// Columns up to the diagonal of every row; then the other half in blocks that fit the cache.
void fillSymmetric(const PairRows &rows, Matrix &matrix, KernelOf of, const GramOptions &options)
{
    const std::int64_t n = matrix.rows, down = (n + kTileRows - 1) / kTileRows;
    shareOut(down, options, [&](std::int64_t item) {
        // The longest rows first, so that the threads end together.
        const std::int64_t top = (down - 1 - item) * kTileRows, bottom = std::min(top + kTileRows, n);
        for (std::int64_t first = 0; first < bottom; first += kTileColumns)
            for (std::int64_t i = std::max(top, first); i < bottom; ++i) {
                options.stop.throwIfRequested();
                double *out = matrix.row(i) + first;
                rows.run(i, first, std::min(first + kTileColumns, i + 1), of == KernelOf::Gp ? out : nullptr, of == KernelOf::Ntk ? out : nullptr);
            }
    });
    shareOut(down, options, [&](std::int64_t item) {
        const std::int64_t top = item * kTileRows, bottom = std::min(top + kTileRows, n);
        for (std::int64_t left = 0; left < bottom; left += kTileRows)
            for (std::int64_t i = top; i < bottom; ++i)
                for (std::int64_t j = left; j < std::min(left + kTileRows, i); ++j)
                    matrix(j, i) = matrix(i, j);
    });
}

void requireFinite(const Matrix &matrix, const Kernel &kernel)
{
    for (double value : matrix.values)
        if (!std::isfinite(value))
            throw badInput("a value of the kernel " + toText(kernel)
                           + " is beyond the range of double: take a smaller depth, alpha or bias, or shorter points");
}

void checkSides(const Kernel &kernel, const Points &x, const Points &z)
{
    checkPoints(kernel, x, "x");
    checkPoints(kernel, z, "z");
    if (x.shape != z.shape)
        throw badInput("the points of x and of z have different shapes: a kernel compares points of one shape");
}

std::string shapeText(const Points &points)
{
    std::string text;
    for (std::int64_t dimension : points.shape)
        text += (text.empty() ? "" : " x ") + std::to_string(dimension);
    return text;
}

} // namespace

void checkPoints(const Kernel &kernel, const Points &points, const std::string &where)
{
    if (points.count() < 1)
        throw badInput(where + " holds no points");
    if (isConvolutional(kernel)) {
        if (points.shape.size() != 2 && points.shape.size() != 3)
            throw badInput(where + " has points of shape " + shapeText(points)
                           + ": a convolutional kernel needs pixels x channels or pixels x pixels x channels");
        for (std::size_t side = 0; side + 1 < points.shape.size(); ++side)
            if (points.shape[side] < kernel.filter)
                throw badInput("the filter of " + std::to_string(kernel.filter) + " pixels is wider than the images of " + where + " ("
                               + shapeText(points) + ")");
    }
    if (!isNetwork(kernel))
        return;
    const std::int64_t size = points.size();
    for (std::int64_t i = 0; i < points.count(); ++i)
        if (std::all_of(points.point(i), points.point(i) + size, [](double value) { return value == 0; }))
            throw badInput("point " + std::to_string(i) + " of " + where
                           + " is the zero vector, which has no angle with the others: remove it, or take a kernel of distances");
}

KernelMatrices evaluate(const Kernel &kernel, const Points &x, const Points &z, const GramOptions &options)
{
    checkSides(kernel, x, z);
    KernelMatrices result{Matrix(x.count(), z.count()), Matrix(x.count(), z.count())};
    fill(*pairRows(kernel, x, z), &result.gp, &result.ntk, options);
    requireFinite(result.gp, kernel);
    requireFinite(result.ntk, kernel);
    return result;
}

Matrix crossGram(const Kernel &kernel, KernelOf of, const Points &x, const Points &z, const GramOptions &options)
{
    checkSides(kernel, x, z);
    Matrix matrix(x.count(), z.count());
    fill(*pairRows(kernel, x, z), of == KernelOf::Gp ? &matrix : nullptr, of == KernelOf::Ntk ? &matrix : nullptr, options);
    requireFinite(matrix, kernel);
    return matrix;
}

Matrix gram(const Kernel &kernel, KernelOf of, const Points &points, const GramOptions &options)
{
    checkPoints(kernel, points, "the data");
    Matrix matrix(points.count(), points.count());
    fillSymmetric(*pairRows(kernel, points, points), matrix, of, options);
    requireFinite(matrix, kernel);
    return matrix;
}

std::vector<double> profile(const Kernel &kernel, KernelOf of, const std::vector<double> &angles)
{
    if (isConvolutional(kernel))
        throw badInput("a convolutional kernel is no function of one angle: its profile exists only for other families");
    std::vector<double> values(angles.size());
    double s[PairRows::kTile], c[PairRows::kTile];
    for (std::size_t first = 0; first < angles.size(); first += PairRows::kTile) {
        const std::size_t count = std::min<std::size_t>(PairRows::kTile, angles.size() - first);
        for (std::size_t j = 0; j < count; ++j) {
            s[j] = std::pow(std::sin(angles[first + j] / 2), 2);
            c[j] = std::pow(std::cos(angles[first + j] / 2), 2);
        }
        double *out = values.data() + first;
        profileRow(kernel, static_cast<std::int64_t>(count), s, c, of == KernelOf::Gp ? out : nullptr, of == KernelOf::Ntk ? out : nullptr);
    }
    for (double value : values)
        if (!std::isfinite(value))
            throw badInput("a value of the kernel " + toText(kernel) + " is beyond the range of double: take a smaller depth, alpha or bias");
    return values;
}

} // namespace tessera
