// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/mercer.h"

#include "engine/base/error.h"
#include "engine/spectra/gram.h"
#include "engine/spectra/quadrature.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tessera {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

struct Values {
    std::vector<double> values, errors;
};

/// Gamma(d/2) / (sqrt pi Gamma((d-1)/2)): the sphere's measure in the angle.
double measure(std::int64_t d)
{
    const auto half = static_cast<long double>(d) / 2;
    return static_cast<double>(std::exp(std::lgamma(half) - std::lgamma(half - 0.5L)) / std::sqrt(std::numbers::pi_v<long double>));
}

Values integrate(const Kernel &kernel, KernelOf of, std::int64_t d, std::int64_t degrees, const Quadrature &rule)
{
    const std::vector<double> kappa = profile(kernel, of, rule.nodes);
    const std::size_t count = rule.nodes.size();
    std::vector<double> weighted(count), cosine(count), now(count, 1.0), before(count, 0.0);
    const double scale = measure(d);
    for (std::size_t i = 0; i < count; ++i) {
        const double sine = std::sin(rule.nodes[i]);
        weighted[i] = scale * rule.weights[i] * kappa[i] * (sine > 0 ? std::pow(sine, static_cast<double>(d - 2)) : d == 2 ? 1.0 : 0.0);
        cosine[i] = std::cos(rule.nodes[i]);
    }
    Values result;
    for (std::int64_t k = 0; k < degrees; ++k) {
        double sum = 0, size = 0;
        for (std::size_t i = 0; i < count; ++i) {
            sum += weighted[i] * now[i];
            size += std::fabs(weighted[i] * now[i]);
        }
        result.values.push_back(sum);
        result.errors.push_back(16 * kEpsilon * size);
        // (k+d-2) P_{k+1} = (2k+d-2) t P_k - k P_{k-1}; for d = 2 and k = 0 both sides vanish and P_1 = t.
        const auto next = static_cast<double>(k + d - 2), degree = static_cast<double>(k);
        const double a = k == 0 ? 1 : (degree + next) / next, b = k == 0 ? 0 : degree / next;
        for (std::size_t i = 0; i < count; ++i) {
            const double following = a * cosine[i] * now[i] - b * before[i];
            before[i] = now[i];
            now[i] = following;
        }
    }
    return result;
}

/// Doubles the nodes until the eigenvalues stay; what they still move by is the error.
Values quadrature(const Kernel &kernel, KernelOf of, std::int64_t d, std::int64_t degrees)
{
    const bool smooth = kernel.family != KernelFamily::GammaExponential || kernel.gamma == 1 || kernel.gamma == 2;
    auto rule = [&](std::int64_t nodes) { return smooth ? gaussLegendre(nodes, 0, std::numbers::pi) : doubleExponential(nodes, 0, std::numbers::pi); };
    std::int64_t nodes = 200 + degrees + static_cast<std::int64_t>(20 * std::sqrt(static_cast<double>(d)));
    nodes *= smooth ? 1 : 4;
    const double trace = profile(kernel, of, {0.0})[0];
    Values coarse = integrate(kernel, of, d, degrees, rule(nodes));
    for (;; nodes *= 2) {
        Values fine = integrate(kernel, of, d, degrees, rule(2 * nodes));
        double moved = 0;
        for (std::size_t k = 0; k < fine.values.size(); ++k) {
            const double change = std::fabs(fine.values[k] - coarse.values[k]);
            moved = std::max(moved, change);
            fine.errors[k] = std::max(fine.errors[k], change);
        }
        if (moved <= 1e-14 * trace || nodes > 20'000)
            return fine;
        coarse = std::move(fine);
    }
}

/// exp(-c r^gamma) as a series of powers of 1 - u. It cancels for small k and wide c: the error says so.
Values exponentialSeries(double c, double gamma, std::int64_t d, std::int64_t degrees)
{
    const long double scale = static_cast<long double>(c) * std::pow(2.0L, static_cast<long double>(gamma) / 2);
    std::vector<long double> sums(static_cast<std::size_t>(degrees)), sizes(sums);
    long double factor = 1;
    for (int j = 0; j <= 400; ++j, factor *= -scale / j) {
        const std::vector<double> power = powerSpectrum(d, j * gamma / 2, degrees);
        long double largest = 0;
        for (std::size_t k = 0; k < sums.size(); ++k) {
            const long double term = factor * power[k];
            sums[k] += term;
            sizes[k] += std::fabs(term);
            if (sums[k] != 0)
                largest = std::max(largest, std::fabs(term / sums[k]));
        }
        // Powers that are whole numbers have no high degrees at all: two terms below rounding in a row end the series.
        if (j > scale * 2 && j > 4 && largest < 1e-18L && std::fabs(factor) < 1e-18L)
            break;
    }
    Values result;
    for (std::size_t k = 0; k < sums.size(); ++k) {
        result.values.push_back(static_cast<double>(sums[k]));
        result.errors.push_back(static_cast<double>(2 * static_cast<long double>(kEpsilon) * sizes[k]));
    }
    return result;
}

/// exp(-c r^2) = exp(-a) exp(a u) with a = 2c: modified Bessel functions, as their series of positive terms.
Values gaussian(double c, std::int64_t d, std::int64_t degrees)
{
    const long double a = 2 * static_cast<long double>(c), half = static_cast<long double>(d) / 2;
    Values result;
    for (std::int64_t k = 0; k < degrees; ++k) {
        const auto degree = static_cast<long double>(k);
        long double term = std::exp(std::lgamma(half) - std::lgamma(degree + half) + degree * std::log(a / 2) - a), sum = 0;
        for (int m = 0; m < 100'000; ++m) {
            sum += term;
            term *= a * a / 4 / (static_cast<long double>(m + 1) * (degree + half + m));
            if (term < sum * 1e-21L || term == 0)
                break;
        }
        result.values.push_back(static_cast<double>(sum));
        result.errors.push_back(1e-15 * result.values.back());
    }
    return result;
}

bool isOneLayer(const Kernel &kernel)
{
    return kernel.family == KernelFamily::Fc && kernel.depth == 1 && (kernel.bias == 0 || kernel.biasInit == BiasInit::Zero);
}

Values oneLayer(const Kernel &kernel, KernelOf of, std::int64_t d, std::int64_t degrees)
{
    const std::vector<double> zero = kappaSpectrum(0, d, degrees + 1), one = kappaSpectrum(1, d, degrees);
    const double bias2 = kernel.bias * kernel.bias;
    Values result;
    for (std::int64_t k = 0; k < degrees; ++k) {
        const auto i = static_cast<std::size_t>(k);
        double value = one[i];
        if (of == KernelOf::Ntk) {
            // u kappa0 by t P_k = ((k+d-2) P_{k+1} + k P_{k-1}) / (2k+d-2).
            const auto a = static_cast<double>(k + d - 2), b = static_cast<double>(k);
            const double shifted = k == 0 ? zero[1] : (a * zero[i + 1] + b * zero[i - 1]) / (a + b);
            value += shifted + bias2 * zero[i] + (k == 0 ? bias2 : 0);
        }
        result.values.push_back(value);
        result.errors.push_back(1e-15 * value);
    }
    return result;
}

Values closedOrQuadrature(const Kernel &kernel, KernelOf of, std::int64_t d, std::int64_t degrees)
{
    if (isOneLayer(kernel))
        return oneLayer(kernel, of, d, degrees);
    const bool distance = kernel.family == KernelFamily::Laplace || kernel.family == KernelFamily::GammaExponential;
    const double gamma = kernel.family == KernelFamily::Laplace ? 1 : kernel.gamma;
    if (distance && gamma == 2 && kernel.c < 5000)
        return gaussian(kernel.c, d, degrees);
    Values result = quadrature(kernel, of, d, degrees);
    if (distance && gamma != 2 && kernel.c * std::pow(2, gamma / 2) < 40) {
        Values series = exponentialSeries(kernel.c, gamma, d, degrees);
        for (std::size_t k = 0; k < result.values.size(); ++k)
            if (series.errors[k] < result.errors[k]) {
                result.values[k] = series.values[k];
                result.errors[k] = series.errors[k];
            }
    }
    return result;
}

/// C(d,nu) of the decay theorem.
double decayConstant(std::int64_t d, double nu)
{
    const auto dimension = static_cast<long double>(d), power = static_cast<long double>(nu);
    const long double size = std::exp((power + dimension - 2) * std::numbers::ln2_v<long double> + std::lgamma(dimension / 2)
                                      + std::lgamma(power + (dimension - 1) / 2));
    return static_cast<double>(size / std::sqrt(std::numbers::pi_v<long double>) / std::tgamma(-power));
}

/// (nu, plus, minus) of the zero-biased fully connected tangent kernel.
void fcConstants(const Kernel &kernel, double &plus, double &minus)
{
    const double unit = std::numbers::sqrt2 / std::numbers::pi, bias2 = kernel.bias * kernel.bias;
    const auto layers = static_cast<double>(kernel.depth);
    plus = -unit * (1 + bias2) * layers * (layers + 1) / 2;
    double product = 1, u = 0;
    for (std::int64_t layer = 1; layer < kernel.depth && product > 1e-300; ++layer) {
        const double theta = std::acos(std::min(1.0, u));
        product *= 1 - theta / std::numbers::pi;
        u = (std::sin(theta) + (std::numbers::pi - theta) * u) / std::numbers::pi;
    }
    minus = (bias2 - 1) * unit * product;
}

DecayFit lineThrough(const std::vector<double> &x, const std::vector<double> &y)
{
    const auto n = static_cast<double>(x.size());
    double meanX = 0, meanY = 0, xx = 0, xy = 0, rest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        meanX += x[i] / n;
        meanY += y[i] / n;
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - meanX) * (x[i] - meanX);
        xy += (x[i] - meanX) * (y[i] - meanY);
    }
    const double slope = xy / xx;
    for (std::size_t i = 0; i < x.size(); ++i)
        rest += std::pow(y[i] - meanY - slope * (x[i] - meanX), 2);
    return {slope, std::sqrt(rest / (n - 2) / xx), static_cast<std::int64_t>(x.size())};
}

} // namespace

double multiplicity(std::int64_t dimension, std::int64_t degree)
{
    if (degree == 0)
        return 1;
    if (dimension == 2)
        return 2;
    // binomial(k+d-3, d-2), from its shorter side, each partial product a binomial.
    const std::int64_t top = degree + dimension - 3, choose = std::min(dimension - 2, degree - 1);
    long double product = 1;
    for (std::int64_t i = 1; i <= choose; ++i)
        product *= static_cast<long double>(top - choose + i) / static_cast<long double>(i);
    product *= static_cast<long double>(2 * degree + dimension - 2) / static_cast<long double>(degree);
    return static_cast<double>(product < 1e15L ? std::round(product) : product);
}

std::vector<double> powerSpectrum(std::int64_t dimension, double nu, std::int64_t degrees)
{
    const auto d = static_cast<long double>(dimension), power = static_cast<long double>(nu);
    long double mu = std::exp((power + d - 2) * std::numbers::ln2_v<long double> + std::lgamma(d / 2) + std::lgamma(power + (d - 1) / 2)
                              - std::lgamma(power + d - 1))
        / std::sqrt(std::numbers::pi_v<long double>);
    std::vector<double> values;
    for (std::int64_t k = 0; k < degrees; ++k) {
        values.push_back(static_cast<double>(mu));
        mu *= (static_cast<long double>(k) - power) / (static_cast<long double>(k) + power + d - 1);
    }
    return values;
}

std::vector<double> kappaSpectrum(int order, std::int64_t dimension, std::int64_t degrees)
{
    const auto d = static_cast<long double>(dimension);
    const long double base = std::lgamma((d - 1) / 2), logMeasure = std::lgamma(d / 2) - base - std::log(std::numbers::pi_v<long double>) / 2;
    auto binomial = [](long double a, long double m) { return std::lgamma(a + 1) - std::lgamma(m + 1) - std::lgamma(a - m + 1); };
    std::vector<double> values;
    for (std::int64_t degree = 0; degree < degrees; ++degree) {
        const auto k = static_cast<long double>(degree);
        const long double factor = order == 0 ? 2 : 2 * d;
        long double root = 0;
        if (degree == 0)
            root = order == 0 ? 0.5L : std::exp(logMeasure) / (d - 1);
        else if (order == 1 && degree == 1)
            root = 1 / (2 * d);
        else if (degree % 2 == 1 - order) {
            const long double low = k - 1 - order;
            root = std::exp(logMeasure - k * std::numbers::ln2_v<long double> + base - std::lgamma(k + (d - 1) / 2) + std::lgamma(low + 1)
                            + binomial(k + (d - 3) / 2, low / 2));
        }
        values.push_back(static_cast<double>(factor * root * root));
    }
    return values;
}

MercerSpectrum mercerSpectrum(const Kernel &kernel, KernelOf of, std::int64_t dimension, std::int64_t degrees)
{
    if (dimension < 2 || dimension > kMostDimensions)
        throw badInput("a sphere in " + std::to_string(dimension) + " dimensions has no spectrum here: take 2 to " + std::to_string(kMostDimensions));
    if (degrees < 1 || degrees > kMostDegrees)
        throw badInput("take 1 to " + std::to_string(kMostDegrees) + " degrees");
    MercerSpectrum spectrum;
    spectrum.dimension = dimension;
    spectrum.trace = profile(kernel, of, {0.0})[0];
    Values values;
    if (kernel.family == KernelFamily::Linear) {
        values.values.assign(static_cast<std::size_t>(degrees), 0);
        values.errors = values.values;
        if (degrees > 1)
            values.values[1] = 1 / static_cast<double>(dimension);
    } else {
        values = closedOrQuadrature(kernel, of, dimension, degrees);
    }
    spectrum.values = std::move(values.values);
    spectrum.errors = std::move(values.errors);
    for (std::int64_t k = 0; k < degrees; ++k)
        spectrum.multiplicities.push_back(multiplicity(dimension, k));
    return spectrum;
}

std::optional<DecayTheory> decayTheory(const Kernel &kernel, KernelOf of, std::int64_t dimension)
{
    const auto d = static_cast<double>(dimension);
    const double gamma = kernel.family == KernelFamily::Laplace ? 1 : kernel.gamma;
    DecayTheory theory;
    switch (kernel.family) {
    case KernelFamily::Linear:
    case KernelFamily::Conv:
    case KernelFamily::ResConv: return std::nullopt;
    case KernelFamily::Laplace:
    case KernelFamily::GammaExponential:
        if (gamma == 2)
            return std::nullopt;
        theory.exponent = -d - gamma + 1;
        theory.even = theory.odd = -kernel.c * std::pow(2, gamma / 2) * decayConstant(dimension, gamma / 2);
        theory.sentence = kernel.family == KernelFamily::Laplace ? "k^-d, like a tangent kernel" : "k^(-d-gamma+1)";
        return theory;
    case KernelFamily::Fc:
    case KernelFamily::ResFc:
        theory.exponent = of == KernelOf::Ntk ? -d : -d - 2;
        theory.sentence = of == KernelOf::Ntk ? "k^-d, like Laplace" : "k^(-d-2): smoother than the tangent kernel";
    }
    if (kernel.family == KernelFamily::Fc && of == KernelOf::Ntk && (kernel.bias == 0 || kernel.biasInit == BiasInit::Zero)) {
        double plus = 0, minus = 0;
        fcConstants(kernel, plus, minus);
        theory.even = (plus + minus) * decayConstant(dimension, 0.5);
        theory.odd = (plus - minus) * decayConstant(dimension, 0.5);
    }
    return theory;
}

DecayFits fitDecay(const MercerSpectrum &spectrum, std::int64_t first, std::int64_t last)
{
    DecayFits fits;
    for (std::int64_t parity : {0, 1}) {
        std::vector<double> x, y;
        for (std::int64_t k = std::max<std::int64_t>(first, 1); k <= last && k < static_cast<std::int64_t>(spectrum.values.size()); ++k) {
            const auto i = static_cast<std::size_t>(k);
            if (k % 2 != parity || spectrum.values[i] <= 100 * spectrum.errors[i])
                continue;
            x.push_back(std::log(static_cast<double>(k) + static_cast<double>(spectrum.dimension - 2) / 2));
            y.push_back(std::log(spectrum.values[i]));
        }
        if (x.size() >= 5)
            (parity == 0 ? fits.even : fits.odd) = lineThrough(x, y);
    }
    return fits;
}

} // namespace tessera
