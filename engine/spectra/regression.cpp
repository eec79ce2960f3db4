// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/regression.h"

#include "engine/base/error.h"
#include "engine/spectra/lapack.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>

namespace tessera {
namespace {

/// Every point's fold, for one repeat.
std::vector<std::int64_t> foldsOf(std::int64_t count, const CrossValidation &how, std::int64_t repeat)
{
    std::vector<std::int64_t> order(static_cast<std::size_t>(count)), folds(order.size());
    std::iota(order.begin(), order.end(), 0);
    std::mt19937_64 bits(how.seed * 1000003 + static_cast<std::uint64_t>(repeat));
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[bits() % i]);
    for (std::size_t i = 0; i < order.size(); ++i)
        folds[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i) % how.folds;
    return folds;
}

/// Coefficients of the training points, a column a class; nothing where the matrix is not positive definite up to rounding.
std::optional<Matrix> fit(const Matrix &kernel, const std::vector<std::int64_t> &train, const std::vector<int> &labels, int classes, double ridge)
{
    const auto n = static_cast<std::int64_t>(train.size());
    Matrix system(n, n), targets(classes, n);
    for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t row = train[static_cast<std::size_t>(i)];
        for (std::int64_t j = 0; j < n; ++j)
            system(i, j) = kernel(row, train[static_cast<std::size_t>(j)]);
        system(i, i) += ridge;
        targets(labels[static_cast<std::size_t>(row)], i) = 1;
    }
    const int order = static_cast<int>(n);
    int info = 0;
    dposv_("L", &order, &classes, system.values.data(), &order, targets.values.data(), &order, &info);
    if (info != 0)
        return std::nullopt;
    return targets;
}

std::int64_t countRight(const Matrix &kernel, const std::vector<std::int64_t> &train, const std::vector<std::int64_t> &test,
                        const std::vector<int> &labels, const Matrix &coefficients)
{
    std::int64_t right = 0;
    for (std::int64_t point : test) {
        int best = 0;
        double most = -HUGE_VAL;
        for (std::int64_t one = 0; one < coefficients.rows; ++one) {
            double answer = 0;
            for (std::size_t j = 0; j < train.size(); ++j)
                answer += kernel(point, train[j]) * coefficients(one, static_cast<std::int64_t>(j));
            if (answer > most) {
                most = answer;
                best = static_cast<int>(one);
            }
        }
        right += best == labels[static_cast<std::size_t>(point)];
    }
    return right;
}

/// Accuracy of every repeat with one ridge; empty where a fit was impossible.
std::vector<double> accuracies(const Matrix &kernel, const std::vector<int> &labels, int classes, double ridge, const CrossValidation &how,
                               const GramOptions &options)
{
    std::vector<double> result;
    for (std::int64_t repeat = 0; repeat < how.repeats; ++repeat) {
        const std::vector<std::int64_t> folds = foldsOf(kernel.rows, how, repeat);
        std::int64_t right = 0;
        for (std::int64_t fold = 0; fold < how.folds; ++fold) {
            options.stop.throwIfRequested();
            std::vector<std::int64_t> train, test;
            for (std::int64_t i = 0; i < kernel.rows; ++i)
                (folds[static_cast<std::size_t>(i)] == fold ? test : train).push_back(i);
            const std::optional<Matrix> coefficients = fit(kernel, train, labels, classes, ridge);
            if (!coefficients)
                return {};
            right += countRight(kernel, train, test, labels, *coefficients);
        }
        result.push_back(static_cast<double>(right) / static_cast<double>(kernel.rows));
    }
    return result;
}

double meanOf(const std::vector<double> &values) { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); }

} // namespace

RegressionResult crossValidate(const Matrix &kernel, const std::vector<int> &labels, const CrossValidation &how, const GramOptions &options)
{
    if (kernel.rows != kernel.columns || kernel.rows != static_cast<std::int64_t>(labels.size()))
        throw badInput("kernel regression needs a square kernel matrix and a class for every point");
    const int classes = labels.empty() ? 0 : 1 + *std::max_element(labels.begin(), labels.end());
    if (classes < 2)
        throw badInput("kernel regression needs points of 2 classes at least");
    if (how.folds < 2 || how.folds > kernel.rows || how.repeats < 1 || how.repeats > 1000 || how.ridges.empty())
        throw badInput("take 2 to " + std::to_string(kernel.rows) + " folds, 1 to 1000 repeats and at least one ridge");
    double diagonal = 0;
    for (std::int64_t i = 0; i < kernel.rows; ++i)
        diagonal += kernel(i, i) / static_cast<double>(kernel.rows);
    RegressionResult best{-1, 0, 0};
    for (double ridge : how.ridges) {
        if (!(ridge > 0) || !std::isfinite(ridge))
            throw badInput("a ridge must be positive");
        const std::vector<double> found = accuracies(kernel, labels, classes, ridge * diagonal, how, options);
        if (found.empty() || meanOf(found) <= best.accuracy)
            continue;
        double squares = 0;
        for (double value : found)
            squares += std::pow(value - meanOf(found), 2);
        best = {meanOf(found), found.size() > 1 ? std::sqrt(squares / static_cast<double>(found.size() - 1)) : 0, ridge};
    }
    if (best.accuracy < 0)
        throw badInput("the kernel matrix is so ill-conditioned (duplicate points?) that no ridge of the grid makes it positive definite: add a "
                       "larger one");
    return best;
}

} // namespace tessera
