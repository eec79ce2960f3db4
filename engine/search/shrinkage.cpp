// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/shrinkage.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace tessera {
namespace {

constexpr int kSweeps = 20;
constexpr double kUsualSpread = 0.01;

/// Factors of layers and of variants, as logarithms: means taken in turn. A layer's attention, its FFN and its pairs each
/// have a factor of their own.
class FactorModel {
public:
    FactorModel(const std::vector<Problem::Option> &options, const std::vector<double> &scores) : m_options(options)
    {
        for (std::size_t option = 0; option < options.size(); ++option)
            if (scores[option] > 0)
                m_logarithms.push_back({option, std::log(scores[option]), weightOf(scores[option], options[option].standardError)});
        for (int sweep = 0; sweep < kSweeps; ++sweep) {
            sweepOver(m_layers, m_variants, &layerOf, &variantOf);
            sweepOver(m_variants, m_layers, &variantOf, &layerOf);
        }
    }

    /// Nothing where no score of the layer or of the variant is positive.
    std::optional<double> expected(std::size_t option) const
    {
        auto layer = m_layers.find(layerOf(m_options[option]));
        auto variant = m_variants.find(variantOf(m_options[option]));
        if (layer == m_layers.end() || variant == m_variants.end())
            return std::nullopt;
        return std::exp(layer->second + variant->second);
    }

    /// How many numbers were fitted.
    double factors() const { return static_cast<double>(m_layers.size() + m_variants.size()) - 1; }

private:
    struct Logarithm {
        std::size_t option = 0;
        double value = 0, weight = 1;
    };
    using LayerKey = std::pair<std::int64_t, int>;
    using VariantKey = std::pair<std::optional<Variant>, std::optional<Variant>>;

    /// Of a logarithm: the inverse of its variance, beside that of scores around what is expected of them, roughly.
    static double weightOf(double score, double standardError) { return 1 / (kUsualSpread + std::pow(standardError / score, 2)); }

    static LayerKey layerOf(const Problem::Option &option) { return {option.layer, (option.attention ? 1 : 0) + (option.ffn ? 2 : 0)}; }
    static VariantKey variantOf(const Problem::Option &option) { return {option.attention, option.ffn}; }

    template <typename Key, typename Other>
    void sweepOver(std::map<Key, double> &factors, const std::map<Other, double> &others, Key (*keyOf)(const Problem::Option &),
                   Other (*otherOf)(const Problem::Option &))
    {
        std::map<Key, std::pair<double, double>> sums;
        for (const Logarithm &logarithm : m_logarithms) {
            auto other = others.find(otherOf(m_options[logarithm.option]));
            auto &[sum, weights] = sums[keyOf(m_options[logarithm.option])];
            sum += logarithm.weight * (logarithm.value - (other == others.end() ? 0 : other->second));
            weights += logarithm.weight;
        }
        for (const auto &[key, sum] : sums)
            factors[key] = sum.first / sum.second;
    }

    const std::vector<Problem::Option> &m_options;
    std::vector<Logarithm> m_logarithms;
    std::map<LayerKey, double> m_layers;
    std::map<VariantKey, double> m_variants;
};

/// How far a score lies from what is expected of it, and its standard error, both relative to what is expected.
struct Residual {
    double seen = 0, noise = 0;
};

/// The variance of true scores around what is expected of them at which the residuals are as large as they should be (Paule
/// and Mandel, J. Res. NBS 87, 1982). Never 0: a model is no better than that.
double spreadOf(const std::vector<Residual> &residuals, double freedom)
{
    double least = 1e-4, most = 4;
    auto excess = [&](double spread) {
        double sum = 0;
        for (const Residual &residual : residuals)
            sum += residual.seen * residual.seen / (spread + residual.noise * residual.noise);
        return sum - std::max(freedom, 1.0);
    };
    for (int step = 0; step < 50; ++step) {
        const double middle = std::sqrt(least * most);
        (excess(middle) > 0 ? least : most) = middle;
    }
    return least;
}

} // namespace

std::vector<ShrunkScore> shrink(const std::vector<Problem::Option> &options, const std::vector<double> &scores)
{
    std::vector<ShrunkScore> shrunk;
    for (std::size_t option = 0; option < options.size(); ++option)
        shrunk.push_back({scores[option], options[option].standardError});
    const FactorModel model(options, scores);
    std::vector<Residual> residuals;
    for (std::size_t option = 0; option < options.size(); ++option)
        if (auto expected = model.expected(option); expected && options[option].standardError > 0)
            residuals.push_back({scores[option] / *expected - 1, options[option].standardError / *expected});
    const double spread = spreadOf(residuals, static_cast<double>(residuals.size()) - model.factors());
    for (std::size_t option = 0; option < options.size(); ++option) {
        const std::optional<double> expected = model.expected(option);
        if (!expected || !(options[option].standardError > 0))
            continue;
        const double own = spread * *expected * *expected, noise = options[option].standardError * options[option].standardError;
        const double weight = own / (own + noise);
        shrunk[option] = {*expected + weight * (scores[option] - *expected), std::sqrt(weight * noise)};
    }
    return shrunk;
}

} // namespace tessera
