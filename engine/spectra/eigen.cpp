// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/eigen.h"

#include "engine/base/error.h"
#include "engine/spectra/lapack.h"

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

/// Q' A Q = T, tridiagonal; Q as LAPACK keeps it in the lower triangle.
struct Tridiagonal {
    int order = 0;
    std::vector<double> diagonal, offDiagonal, tau;
};

/// LAPACK's dsytrd, panel by panel, so that it can be watched and stopped.
Tridiagonal reduce(Matrix &matrix, const GramOptions &options)
{
    const int n = static_cast<int>(matrix.rows), panel = 32, last = 64;
    Tridiagonal result{n, std::vector<double>(static_cast<std::size_t>(n)), std::vector<double>(static_cast<std::size_t>(n)),
                       std::vector<double>(static_cast<std::size_t>(n))};
    std::vector<double> work(static_cast<std::size_t>(n) * panel);
    double *a = matrix.values.data();
    auto at = [&](int row, int column) { return a + static_cast<std::size_t>(column) * static_cast<std::size_t>(n) + row; };
    int first = 0;
    for (; n - first > last; first += panel) {
        options.stop.throwIfRequested();
        const int rest = n - first, below = rest - panel;
        const double minus = -1, one = 1;
        dlatrd_("L", &rest, &panel, at(first, first), &n, &result.offDiagonal[static_cast<std::size_t>(first)],
                &result.tau[static_cast<std::size_t>(first)], work.data(), &rest);
        dsyr2k_("L", "N", &below, &panel, &minus, at(first + panel, first), &n, work.data() + panel, &rest, &one,
                at(first + panel, first + panel), &n);
        for (int j = first; j < first + panel; ++j) {
            *at(j + 1, j) = result.offDiagonal[static_cast<std::size_t>(j)];
            result.diagonal[static_cast<std::size_t>(j)] = *at(j, j);
        }
        if (options.progress)
            options.progress({"eigenvalues", first + panel, n, "columns", ""});
    }
    int rest = n - first, info = 0;
    dsytd2_("L", &rest, at(first, first), &n, &result.diagonal[static_cast<std::size_t>(first)],
            &result.offDiagonal[static_cast<std::size_t>(first)], &result.tau[static_cast<std::size_t>(first)], &info);
    return result;
}

void checkSymmetric(const Matrix &matrix)
{
    if (matrix.rows != matrix.columns || matrix.rows < 1)
        throw badInput("eigenvalues need a square matrix");
    for (double value : matrix.values)
        if (!std::isfinite(value))
            throw badInput("a matrix with entries that are not finite has no eigenvalues");
}

double dot(std::int64_t count, const double *x, const double *y)
{
    const int n = static_cast<int>(count), one = 1;
    return ddot_(&n, x, &one, y, &one);
}

/// x minus its part in the span of the rows of basis, twice, so that rounding leaves none of it.
void orthogonalise(const Matrix &basis, std::int64_t count, double *x)
{
    const int rows = static_cast<int>(basis.columns), columns = static_cast<int>(count), one = 1;
    const double plus = 1, zero = 0, minus = -1;
    std::vector<double> parts(static_cast<std::size_t>(count));
    for (int round = 0; round < 2 && count > 0; ++round) {
        dgemv_("T", &rows, &columns, &plus, basis.values.data(), &rows, x, &one, &zero, parts.data(), &one);
        dgemv_("N", &rows, &columns, &minus, basis.values.data(), &rows, parts.data(), &one, &plus, x, &one);
    }
}

double normalise(std::int64_t count, double *x)
{
    const double length = std::sqrt(dot(count, x, x));
    for (std::int64_t i = 0; i < count && length > 0; ++i)
        x[i] /= length;
    return length;
}

/// A random unit vector orthogonal to the basis so far.
void freshVector(const Matrix &basis, std::int64_t count, std::uint64_t seed, double *x)
{
    const Points random = randomOnSphere(1, std::max<std::int64_t>(2, basis.columns), seed);
    std::copy_n(random.values.begin(), basis.columns, x);
    orthogonalise(basis, count, x);
    normalise(basis.columns, x);
}

Eigenpairs ritzPairs(const std::vector<double> &alpha, const std::vector<double> &beta, std::int64_t steps)
{
    Matrix small(steps, steps);
    for (std::int64_t i = 0; i < steps; ++i) {
        small(i, i) = alpha[static_cast<std::size_t>(i)];
        if (i + 1 < steps)
            small(i, i + 1) = small(i + 1, i) = beta[static_cast<std::size_t>(i)];
    }
    return eigenpairs(std::move(small));
}

LanczosResult takeRitz(const Matrix &basis, const Eigenpairs &ritz, double beta, std::int64_t steps, std::int64_t count)
{
    LanczosResult result;
    result.products = steps;
    count = std::min(count, steps);
    result.pairs.values.assign(ritz.values.begin(), ritz.values.begin() + count);
    result.pairs.vectors = Matrix(count, basis.columns);
    const int n = static_cast<int>(basis.columns), k = static_cast<int>(count), m = static_cast<int>(steps);
    const double one = 1, zero = 0;
    dgemm_("N", "N", &n, &k, &m, &one, basis.values.data(), &n, ritz.vectors.values.data(), &m, &zero, result.pairs.vectors.values.data(), &n);
    for (std::int64_t i = 0; i < count; ++i)
        result.residuals.push_back(std::fabs(beta * ritz.vectors(i, steps - 1)));
    return result;
}

} // namespace

std::vector<double> eigenvalues(Matrix matrix, const GramOptions &options)
{
    checkSymmetric(matrix);
    Tridiagonal form = reduce(matrix, options);
    int info = 0;
    dsterf_(&form.order, form.diagonal.data(), form.offDiagonal.data(), &info);
    if (info != 0)
        throw failed("the eigenvalues did not converge");
    std::reverse(form.diagonal.begin(), form.diagonal.end());
    return form.diagonal;
}

Eigenpairs eigenpairs(Matrix matrix, std::int64_t count, const GramOptions &options)
{
    checkSymmetric(matrix);
    Tridiagonal form = reduce(matrix, options);
    const int n = form.order, wanted = count > 0 ? static_cast<int>(std::min<std::int64_t>(count, n)) : n, first = n - wanted + 1;
    Matrix vectors(wanted, n);
    std::vector<double> values(static_cast<std::size_t>(n)), work(18 * static_cast<std::size_t>(n));
    std::vector<int> support(2 * static_cast<std::size_t>(n)), integers(10 * static_cast<std::size_t>(n));
    const int workSize = static_cast<int>(work.size()), integersSize = static_cast<int>(integers.size());
    const double none = 0;
    int found = 0, accurate = 1, info = 0;
    dstemr_("V", "I", &n, form.diagonal.data(), form.offDiagonal.data(), &none, &none, &first, &n, &found, values.data(),
            vectors.values.data(), &n, &wanted, support.data(), &accurate, work.data(), &workSize, integers.data(), &integersSize, &info);
    if (info != 0 || found != wanted)
        throw failed("the eigenvectors did not converge");
    options.stop.throwIfRequested();
    std::vector<double> space(static_cast<std::size_t>(wanted) * 64 + 8192);
    const int spaceSize = static_cast<int>(space.size());
    dormtr_("L", "L", "N", &n, &wanted, matrix.values.data(), &n, form.tau.data(), vectors.values.data(), &n, space.data(), &spaceSize, &info);
    values.resize(static_cast<std::size_t>(wanted));
    std::reverse(values.begin(), values.end());
    for (std::int64_t top = 0, bottom = wanted - 1; top < bottom; ++top, --bottom)
        std::swap_ranges(vectors.row(top), vectors.row(top) + n, vectors.row(bottom));
    return {std::move(values), std::move(vectors)};
}

SymmetricOperator operatorOf(const Matrix &matrix)
{
    return {matrix.rows, [&matrix](const double *x, double *y) {
                const int n = static_cast<int>(matrix.rows), step = 1;
                const double one = 1, zero = 0;
                dsymv_("L", &n, &one, matrix.values.data(), &n, x, &step, &zero, y, &step);
            }};
}

SymmetricOperator kernelOperator(const Kernel &kernel, KernelOf of, const Points &points, const GramOptions &options)
{
    checkPoints(kernel, points, "the data");
    return {points.count(), [kernel, of, &points, options](const double *x, double *y) {
                constexpr std::int64_t kRows = 512;
                for (std::int64_t first = 0; first < points.count(); first += kRows) {
                    options.stop.throwIfRequested();
                    std::vector<std::int64_t> rows;
                    for (std::int64_t i = first; i < std::min(first + kRows, points.count()); ++i)
                        rows.push_back(i);
                    const Matrix block = crossGram(kernel, of, subset(points, rows), points, {options.threads, options.stop, {}});
                    for (std::int64_t i = 0; i < block.rows; ++i)
                        y[first + i] = dot(block.columns, block.row(i), x);
                }
            }};
}

LanczosResult lanczos(const SymmetricOperator &matrix, std::int64_t count, double tolerance, std::int64_t mostProducts, std::uint64_t seed,
                      const GramOptions &options)
{
    const std::int64_t n = matrix.order, most = std::min(mostProducts, n);
    if (count < 1 || count > most)
        throw badInput("Lanczos' iteration finds 1 to " + std::to_string(most) + " eigenpairs here, not " + std::to_string(count));
    Matrix basis(most, n);
    std::vector<double> alpha, beta, next(static_cast<std::size_t>(n));
    freshVector(basis, 0, seed, basis.row(0));
    for (std::int64_t step = 0;; ++step) {
        options.stop.throwIfRequested();
        matrix.apply(basis.row(step), next.data());
        alpha.push_back(dot(n, basis.row(step), next.data()));
        orthogonalise(basis, step + 1, next.data());
        const double length = normalise(n, next.data());
        const std::int64_t steps = step + 1;
        if (options.progress)
            options.progress({"Lanczos", steps, most, "products", ""});
        if (steps == most || (steps >= count && steps % 8 == 0)) {
            Eigenpairs ritz = ritzPairs(alpha, beta, steps);
            const double bound = tolerance * std::fabs(ritz.values.front());
            LanczosResult result = takeRitz(basis, ritz, length, steps, count);
            if (steps == most || *std::max_element(result.residuals.begin(), result.residuals.end()) <= bound)
                return result;
        }
        beta.push_back(length);
        if (length <= 1e-14 * std::fabs(alpha.front())) {
            // The start is used up: an invariant subspace is found, and the rest of the spectrum lies outside of it.
            beta.back() = 0;
            freshVector(basis, steps, seed + static_cast<std::uint64_t>(steps), next.data());
        }
        std::copy(next.begin(), next.end(), basis.row(steps));
    }
}

SpectrumSummary summarise(const std::vector<double> &values)
{
    SpectrumSummary summary;
    auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
    summary.smallest = *smallest;
    summary.largest = *largest;
    double squares = 0, entropy = 0;
    for (double value : values) {
        summary.trace += value;
        squares += value * value;
    }
    for (double value : values)
        if (value > 0)
            entropy -= value / summary.trace * std::log(value / summary.trace);
    summary.effectiveRank = std::exp(entropy);
    summary.stableRank = summary.trace / summary.largest;
    summary.participationRatio = summary.trace * summary.trace / squares;
    if (*smallest > 0 && *largest < 1e12 * *smallest)
        summary.conditionNumber = *largest / *smallest;
    return summary;
}

Alignment alignment(const Matrix &kernel, const std::vector<double> &targets)
{
    const std::int64_t n = kernel.rows;
    if (n != kernel.columns || n != static_cast<std::int64_t>(targets.size()) || n < 2)
        throw badInput("an alignment needs a square kernel matrix and one target a point, 2 points at least");
    auto cosine = [&](auto &&left, auto &&right) {
        double ab = 0, aa = 0, bb = 0;
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = 0; j < n; ++j) {
                const double a = left(i, j), b = right(i, j);
                ab += a * b;
                aa += a * a;
                bb += b * b;
            }
        return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0.0;
    };
    std::vector<double> means(static_cast<std::size_t>(n));
    double all = 0, target = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        for (std::int64_t j = 0; j < n; ++j)
            means[static_cast<std::size_t>(i)] += kernel(i, j) / static_cast<double>(n);
        all += means[static_cast<std::size_t>(i)] / static_cast<double>(n);
        target += targets[static_cast<std::size_t>(i)] / static_cast<double>(n);
    }
    auto y = [&](std::int64_t i) { return targets[static_cast<std::size_t>(i)]; };
    auto mean = [&](std::int64_t i) { return means[static_cast<std::size_t>(i)]; };
    auto outer = [&](std::int64_t i, std::int64_t j) { return y(i) * y(j); };
    Alignment result;
    result.plain = cosine(kernel, outer);
    result.centred = cosine([&](std::int64_t i, std::int64_t j) { return kernel(i, j) - mean(i) - mean(j) + all; },
                            [&](std::int64_t i, std::int64_t j) { return (y(i) - target) * (y(j) - target); });
    result.labelwise = cosine([&](std::int64_t i, std::int64_t j) { return kernel(i, j) - all; },
                              [&](std::int64_t i, std::int64_t j) { return outer(i, j) - target * target; });
    return result;
}

} // namespace tessera
