// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/split_spectrum.h"

#include "engine/base/error.h"
#include "engine/spectra/eigen.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tessera {
namespace {

double traceOf(const Matrix &matrix)
{
    double sum = 0;
    for (std::int64_t i = 0; i < matrix.rows; ++i)
        sum += matrix(i, i);
    return sum;
}

/// v' A v.
double form(const Matrix &matrix, const double *v)
{
    double sum = 0;
    for (std::int64_t i = 0; i < matrix.rows; ++i) {
        const double *row = matrix.row(i);
        sum += v[i] * std::inner_product(row, row + matrix.columns, v, 0.0);
    }
    return sum;
}

void check(const SplitKernel &kernel)
{
    if (kernel.parts.empty() || kernel.parts.front().empty())
        throw badInput("a kernel needs at least one seed and one part");
    const std::int64_t order = kernel.parts.front().front().rows;
    for (const std::vector<Matrix> &parts : kernel.parts) {
        if (parts.size() != kernel.parts.front().size())
            throw badInput("the seeds of a kernel have different parts");
        for (const Matrix &part : parts)
            if (part.rows != order || part.columns != order)
                throw badInput("the parts of a kernel have different orders");
    }
}

/// What one seed says; later these become bands.
struct OneSeed {
    double trace = 0;
    SpectrumSummary summary;
    std::vector<double> values, traceShares;
    std::vector<std::vector<double>> modeShares;
};

OneSeed examine(const SplitKernel &kernel, std::size_t seed, std::int64_t modes, const GramOptions &options)
{
    OneSeed one;
    const Eigenpairs pairs = eigenpairs(kernel.whole(seed), 0, options);
    one.summary = summarise(pairs.values);
    one.trace = one.summary.trace;
    if (!(one.trace > 0))
        throw badInput("the kernel is zero: nothing that was asked of the network depends on its parameters");
    for (double value : pairs.values)
        one.values.push_back(value / one.trace);
    for (const Matrix &part : kernel.parts[seed])
        one.traceShares.push_back(traceOf(part) / one.trace);
    for (std::int64_t mode = 0; mode < std::min(modes, pairs.vectors.rows); ++mode) {
        one.modeShares.emplace_back();
        for (const Matrix &part : kernel.parts[seed])
            one.modeShares.back().push_back(form(part, pairs.vectors.row(mode)) / pairs.values[static_cast<std::size_t>(mode)]);
    }
    return one;
}

template <typename Get> Band over(const std::vector<OneSeed> &seeds, const Get &get)
{
    std::vector<double> values;
    for (const OneSeed &seed : seeds)
        values.push_back(get(seed));
    return bandOf(values);
}

/// Rows and columns with their means taken away.
Matrix centred(Matrix matrix)
{
    const std::int64_t n = matrix.rows;
    std::vector<double> means(static_cast<std::size_t>(n));
    double all = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        means[static_cast<std::size_t>(i)] = std::accumulate(matrix.row(i), matrix.row(i) + n, 0.0) / static_cast<double>(n);
        all += means[static_cast<std::size_t>(i)] / static_cast<double>(n);
    }
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j)
            matrix(i, j) += all - means[static_cast<std::size_t>(i)] - means[static_cast<std::size_t>(j)];
    return matrix;
}

} // namespace

Band bandOf(const std::vector<double> &values)
{
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return {std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()), *low, *high};
}

bool overlap(const Band &a, const Band &b) { return a.low <= b.high && b.low <= a.high; }

Matrix SplitKernel::whole(std::size_t seed) const
{
    Matrix sum = parts[seed].front();
    for (std::size_t part = 1; part < parts[seed].size(); ++part)
        for (std::size_t i = 0; i < sum.values.size(); ++i)
            sum.values[i] += parts[seed][part].values[i];
    return sum;
}

SplitSpectrum splitSpectrum(const SplitKernel &kernel, std::int64_t modes, const GramOptions &options)
{
    check(kernel);
    std::vector<OneSeed> seeds;
    for (std::size_t seed = 0; seed < kernel.parts.size(); ++seed)
        seeds.push_back(examine(kernel, seed, modes, options));
    const OneSeed &first = seeds.front();
    SplitSpectrum spectrum;
    spectrum.trace = over(seeds, [](const OneSeed &one) { return one.trace; });
    spectrum.effectiveRank = over(seeds, [](const OneSeed &one) { return one.summary.effectiveRank; });
    spectrum.stableRank = over(seeds, [](const OneSeed &one) { return one.summary.stableRank; });
    if (std::all_of(seeds.begin(), seeds.end(), [](const OneSeed &one) { return one.summary.conditionNumber.has_value(); }))
        spectrum.logCondition = over(seeds, [](const OneSeed &one) { return std::log10(*one.summary.conditionNumber); });
    for (std::size_t i = 0; i < first.values.size(); ++i)
        spectrum.values.push_back(over(seeds, [i](const OneSeed &one) { return one.values[i]; }));
    for (std::size_t part = 0; part < first.traceShares.size(); ++part)
        spectrum.traceShares.push_back(over(seeds, [part](const OneSeed &one) { return one.traceShares[part]; }));
    for (std::size_t mode = 0; mode < first.modeShares.size(); ++mode) {
        spectrum.modeShares.emplace_back();
        for (std::size_t part = 0; part < first.traceShares.size(); ++part)
            spectrum.modeShares.back().push_back(over(seeds, [mode, part](const OneSeed &one) { return one.modeShares[mode][part]; }));
    }
    return spectrum;
}

Band similarity(const SplitKernel &a, const SplitKernel &b)
{
    check(a);
    check(b);
    if (a.parts.size() != b.parts.size() || a.parts[0][0].rows != b.parts[0][0].rows)
        throw badInput("kernels of different seeds or points cannot be compared");
    std::vector<double> values;
    for (std::size_t seed = 0; seed < a.parts.size(); ++seed) {
        const Matrix x = centred(a.whole(seed)), y = centred(b.whole(seed));
        const auto product = [](const Matrix &one, const Matrix &other) {
            return std::inner_product(one.values.begin(), one.values.end(), other.values.begin(), 0.0);
        };
        const double sizes = product(x, x) * product(y, y);
        values.push_back(sizes > 0 ? product(x, y) / std::sqrt(sizes) : 0);
    }
    return bandOf(values);
}

} // namespace tessera
