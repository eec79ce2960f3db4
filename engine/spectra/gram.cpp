// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/gram.h"

#include "engine/base/error.h"
#include "engine/spectra/pair_rows.h"
#include "engine/spectra/vector_loop.h"

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

/// Checked while the values are still in the first cache.
void requireFinite(const double *values, std::int64_t count, const Kernel &kernel)
{
    bool beyond = false;
    vectorised([&]() __attribute__((always_inline)) {
        constexpr std::uint64_t kExponent = 0x7ff0000000000000;
        std::uint64_t any = 0;
        for (std::int64_t j = 0; j < count; ++j)
            any |= (__builtin_bit_cast(std::uint64_t, values[j]) & kExponent) == kExponent ? 1 : 0;
        beyond = any != 0;
    });
    if (beyond)
        throw badInput("a value of the kernel " + toText(kernel)
                       + " is beyond the range of double: take a smaller depth, alpha or bias, or shorter points");
}

void fill(const PairRows &rows, const Kernel &kernel, Matrix *gp, Matrix *ntk, const GramOptions &options)
{
    const Matrix &shape = gp ? *gp : *ntk;
    const std::int64_t down = (shape.rows + kTileRows - 1) / kTileRows, across = (shape.columns + kTileColumns - 1) / kTileColumns;
    shareOut(down * across, options, [&](std::int64_t item) {
        const std::int64_t top = item / across * kTileRows, first = item % across * kTileColumns;
        const std::int64_t last = std::min(first + kTileColumns, shape.columns);
        for (std::int64_t i = top; i < std::min(top + kTileRows, shape.rows); ++i) {
            options.stop.throwIfRequested();
            rows.run(i, first, last, gp ? gp->row(i) + first : nullptr, ntk ? ntk->row(i) + first : nullptr);
            for (Matrix *matrix : {gp, ntk})
                if (matrix)
                    requireFinite(matrix->row(i) + first, last - first, kernel);
        }
    });
}

/// Rows top to bottom, columns first to last: what lies left of the diagonal is written right of it, in squares of whole cache lines.
void mirror(Matrix &matrix, std::int64_t top, std::int64_t bottom, std::int64_t first, std::int64_t last)
{
    constexpr std::int64_t kLine = 8;
    for (std::int64_t left = first; left < last; left += kLine)
        for (std::int64_t up = top; up < bottom; up += kLine) {
            if (left + kLine <= std::min(last, up) && up + kLine <= bottom) {
                const double *in = matrix.row(up) + left;
                double *out = matrix.row(left) + up;
                for (std::int64_t j = 0; j < kLine; ++j)
                    for (std::int64_t i = 0; i < kLine; ++i)
                        out[j * matrix.columns + i] = in[i * matrix.columns + j];
                continue;
            }
            for (std::int64_t i = up; i < std::min(up + kLine, bottom); ++i)
                for (std::int64_t j = left; j < std::min({left + kLine, last, i}); ++j)
                    matrix(j, i) = matrix(i, j);
        }
}

/// Columns up to the diagonal of every row, each block mirrored while it is in the cache.
void fillSymmetric(const PairRows &rows, const Kernel &kernel, Matrix &matrix, KernelOf of, const GramOptions &options)
{
    const std::int64_t n = matrix.rows, down = (n + kTileRows - 1) / kTileRows;
    shareOut(down, options, [&](std::int64_t item) {
        // The longest rows first, so that the threads end together.
        const std::int64_t top = (down - 1 - item) * kTileRows, bottom = std::min(top + kTileRows, n);
        for (std::int64_t first = 0; first < bottom; first += kTileColumns) {
            for (std::int64_t i = top; i < bottom; ++i) {
                options.stop.throwIfRequested();
                const std::int64_t last = std::min(first + kTileColumns, i + 1);
                double *out = matrix.row(i) + first;
                rows.run(i, first, last, of == KernelOf::Gp ? out : nullptr, of == KernelOf::Ntk ? out : nullptr);
                requireFinite(out, last - first, kernel);
            }
            mirror(matrix, top, bottom, first, std::min(first + kTileColumns, bottom));
        }
    });
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
    KernelMatrices result{Matrix::unset(x.count(), z.count()), Matrix::unset(x.count(), z.count())};
    fill(*pairRows(kernel, x, z), kernel, &result.gp, &result.ntk, options);
    return result;
}

Matrix crossGram(const Kernel &kernel, KernelOf of, const Points &x, const Points &z, const GramOptions &options)
{
    checkSides(kernel, x, z);
    Matrix matrix = Matrix::unset(x.count(), z.count());
    fill(*pairRows(kernel, x, z), kernel, of == KernelOf::Gp ? &matrix : nullptr, of == KernelOf::Ntk ? &matrix : nullptr, options);
    return matrix;
}

Matrix gram(const Kernel &kernel, KernelOf of, const Points &points, const GramOptions &options)
{
    checkPoints(kernel, points, "the data");
    Matrix matrix = Matrix::unset(points.count(), points.count());
    fillSymmetric(*pairRows(kernel, points, points), kernel, matrix, of, options);
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
