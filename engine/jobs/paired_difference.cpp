// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/paired_difference.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

/// The continued fraction of the regularised incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's method;
/// converges fast for x < (a + 1) / (a + b + 2).
double betaFraction(double a, double b, double x)
{
    constexpr double kTiny = 1e-300, kSmall = 1e-15;
    constexpr int kMostTerms = 10000;
    auto safe = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
    double c = 1, d = 1 / safe(1 - (a + b) * x / (a + 1)), fraction = d;
    for (int m = 1; m <= kMostTerms; ++m) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double change = 1;
        for (double term : {even, odd}) {
            d = 1 / safe(1 + term * d);
            c = safe(1 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (std::fabs(change - 1) < kSmall)
            break;
    }
    return fraction;
}

double incompleteBeta(double a, double b, double x)
{
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * betaFraction(a, b, x) / a : 1 - front * betaFraction(b, a, 1 - x) / b;
}

/// The probability that |t| is larger.
double beyond(double t, double freedom) { return incompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t)); }

} // namespace

double studentQuantile(double probability, double freedom)
{
    if (!(probability > 0 && probability < 1) || !(freedom >= 1))
        throw failed("Student's t has no such quantile");
    double tails = 2 * std::min(probability, 1 - probability), low = 0, high = 1;
    while (beyond(high, freedom) > tails && high < 1e300)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
        double middle = (low + high) / 2;
        (beyond(middle, freedom) > tails ? low : high) = middle;
    }
    return probability < 0.5 ? -high : high;
}

PairedDifference pairedDifference(std::span<const double> a, std::span<const double> b, double confidence)
{
    if (a.size() != b.size() || a.empty())
        throw failed("pairs need as many values on one side as on the other");
    auto n = static_cast<double>(a.size());
    PairedDifference result{static_cast<std::int64_t>(a.size()), 0, {}, {}, {}};
    for (std::size_t i = 0; i < a.size(); ++i)
        result.mean += (a[i] - b[i]) / n;
    if (a.size() < 2)
        return result;
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        squares += (a[i] - b[i] - result.mean) * (a[i] - b[i] - result.mean);
    result.standardError = std::sqrt(squares / (n - 1) / n);
    double reach = studentQuantile(0.5 + confidence / 2, n - 1) * *result.standardError;
    result.low = result.mean - reach;
    result.high = result.mean + reach;
    return result;
}

Json toJson(const PairedDifference &difference, double confidence)
{
    auto orNull = [](std::optional<double> value) { return value && std::isfinite(*value) ? Json(*value) : Json(nullptr); };
    return {{"difference", orNull(difference.mean)}, {"se", orNull(difference.standardError)}, {"low", orNull(difference.low)},
            {"high", orNull(difference.high)},       {"confidence", confidence},              {"pairs", difference.pairs}};
}

} // namespace tessera
