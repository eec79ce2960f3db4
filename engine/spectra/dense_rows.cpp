// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/pair_rows.h"

#include "engine/spectra/relu_layers.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tessera {
namespace {

constexpr std::int64_t kTile = PairRows::kTile;

/// One side's points: rows as given, and all of them feature by feature, so that a loop over points runs along memory.
struct Side {
    std::int64_t count = 0, size = 0;
    std::vector<double> rows, lengths;
    Matrix columns;

    const double *row(std::int64_t i) const { return rows.data() + i * size; }
    const double *column(std::int64_t feature, std::int64_t first) const { return columns.row(feature) + first; }
};

Side makeSide(const Points &points, bool unit)
{
    Side side{points.count(), points.size(), points.values, {}, Matrix(points.size(), (points.count() + 7) / 8 * 8)};
    for (std::int64_t i = 0; i < side.count; ++i) {
        double *row = side.rows.data() + i * side.size;
        side.lengths.push_back(lengthOf(row, side.size));
        for (std::int64_t k = 0; k < side.size; ++k) {
            if (unit && side.lengths.back() > 0)
                row[k] /= side.lengths.back();
            side.columns(k, i) = row[k];
        }
    }
    return side;
}

/// Lengths that differ by rounding alone are made one, so that data on a sphere takes the shorter way.
bool makeUniform(Side &x, Side &z)
{
    auto [leastX, mostX] = std::minmax_element(x.lengths.begin(), x.lengths.end());
    auto [leastZ, mostZ] = std::minmax_element(z.lengths.begin(), z.lengths.end());
    double least = std::min(*leastX, *leastZ), most = std::max(*mostX, *mostZ);
    if (most - least > 8 * 0x1p-52 * most)
        return false;
    // The middle one: 1 stays 1 for points of the unit sphere.
    double middle = std::fabs(most - 1) < 1e-14 ? 1 : least + (most - least) / 2;
    std::fill(x.lengths.begin(), x.lengths.end(), middle);
    std::fill(z.lengths.begin(), z.lengths.end(), middle);
    return true;
}

TESSERA_INLINE void squaredDistances(const Side &x, const Side &z, std::int64_t i, std::int64_t first, std::int64_t count, double *out)
{
    const double *point = x.row(i);
    for (std::int64_t j = 0; j < count; ++j)
        out[j] = 0;
    std::int64_t k = 0;
    for (; k + 4 <= x.size; k += 4) {
        const double *z0 = z.column(k, first), *z1 = z.column(k + 1, first), *z2 = z.column(k + 2, first), *z3 = z.column(k + 3, first);
        const double p0 = point[k], p1 = point[k + 1], p2 = point[k + 2], p3 = point[k + 3];
        for (std::int64_t j = 0; j < count; ++j) {
            double d0 = z0[j] - p0, d1 = z1[j] - p1, d2 = z2[j] - p2, d3 = z3[j] - p3;
            out[j] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
        }
    }
    for (; k < x.size; ++k) {
        const double *zk = z.column(k, first);
        const double p = point[k];
        for (std::int64_t j = 0; j < count; ++j) {
            double difference = zk[j] - p;
            out[j] += difference * difference;
        }
    }
}

/// cos^2 of half the angle of one pair, from the vectors' sum: all digits near opposite points.
double oppositeHalf(const Side &x, const Side &z, std::int64_t i, std::int64_t j)
{
    double sum = 0;
    for (std::int64_t k = 0; k < x.size; ++k) {
        double both = x.row(i)[k] + z.row(j)[k];
        sum += both * both;
    }
    return sum / 4;
}

/// What the layers of one tile work on; theta null where it is not wanted.
struct Tile {
    std::int64_t count;
    double *s, *c, *product, *theta;
};

/// |x_i| and the |z_j|, or one length for all where right is null.
struct Lengths {
    double left;
    const double *right;
};

TESSERA_INLINE void fullyConnected(const Kernel &kernel, const Tile &tile, const Lengths &lengths)
{
    const bool normal = kernel.biasInit == BiasInit::Normal && kernel.bias > 0;
    const double bias2 = kernel.bias * kernel.bias;
    const double left2 = lengths.left * lengths.left;
    double before[kTile], after[kTile];
    if (normal && lengths.right)
        for (std::int64_t j = 0; j < tile.count; ++j)
            after[j] = lengths.right[j];
    if (tile.theta)
        for (std::int64_t j = 0; j < tile.count; ++j)
            tile.theta[j] = tile.product[j] * (tile.c[j] - tile.s[j]) + bias2;
    for (std::int64_t layer = 0; layer < kernel.depth; ++layer) {
        const double variance = static_cast<double>(layer) * bias2;
        double *c = layer == 0 ? tile.c : nullptr;
        if (normal && lengths.right) {
            for (std::int64_t j = 0; j < tile.count; ++j) {
                before[j] = after[j];
                after[j] = std::sqrt(lengths.right[j] * lengths.right[j] + (variance + bias2));
            }
            joinBias(tile.count, tile.s, c, tile.product, std::sqrt(left2 + variance), std::sqrt(left2 + (variance + bias2)), before, after,
                     bias2);
        } else if (normal) {
            joinBiasUniform(tile.count, tile.s, c, tile.product, left2 + variance, bias2);
        }
        if (layer == 0)
            firstLayer(tile.count, tile.s, tile.c, tile.theta, tile.product, bias2);
        else
            acuteLayer(tile.count, tile.s, tile.theta, tile.product, bias2);
    }
    const double outputBias = normal ? bias2 : 0;
    for (std::int64_t j = 0; j < tile.count; ++j)
        tile.c[j] = tile.product[j] * (1 - 2 * tile.s[j]) + outputBias;
}

/// Leaves the gp in c and the tangent kernel in theta.
TESSERA_INLINE void residual(const Kernel &kernel, const Tile &tile)
{
    const double alpha2 = kernel.alpha * kernel.alpha;
    const double variance = std::pow(1 + alpha2, static_cast<double>(kernel.depth));
    if (tile.theta)
        for (std::int64_t j = 0; j < tile.count; ++j)
            tile.theta[j] = 0;
    for (std::int64_t layer = 0; layer < kernel.depth; ++layer)
        residualLayer(tile.count, tile.s, tile.c, tile.theta, alpha2);
    for (std::int64_t j = 0; j < tile.count; ++j) {
        tile.c[j] = tile.product[j] * variance * (tile.c[j] - tile.s[j]);
        if (tile.theta)
            tile.theta[j] *= tile.product[j] * variance;
    }
}

TESSERA_INLINE void network(const Kernel &kernel, const Tile &tile, const Lengths &lengths)
{
    if (kernel.family == KernelFamily::Fc)
        fullyConnected(kernel, tile, lengths);
    else
        residual(kernel, tile);
}

class NetworkRows : public PairRows {
public:
    NetworkRows(const Kernel &kernel, const Points &x, const Points &z)
        : m_kernel(kernel), m_x(makeSide(x, true)), m_z(makeSide(z, true)), m_uniform(makeUniform(m_x, m_z))
    {
    }

    void run(std::int64_t i, std::int64_t first, std::int64_t last, double *gp, double *ntk) const override
    {
        const std::int64_t count = last - first;
        double s[kTile], c[kTile], product[kTile], theta[kTile];
        const Tile tile{count, s, c, product, ntk ? theta : nullptr};
        const double *right = m_z.lengths.data() + first;
        const Lengths lengths{m_x.lengths[static_cast<std::size_t>(i)], m_uniform ? nullptr : right};
        halves(i, first, tile);
        vectorised([&]() __attribute__((always_inline)) {
            for (std::int64_t j = 0; j < count; ++j)
                product[j] = lengths.left * right[j];
            network(m_kernel, tile, lengths);
        });
        if (gp)
            std::copy(c, c + count, gp);
        if (ntk)
            std::copy(theta, theta + count, ntk);
    }

private:
    void halves(std::int64_t i, std::int64_t first, const Tile &tile) const
    {
        bool opposite = false;
        vectorised([&]() __attribute__((always_inline)) {
            squaredDistances(m_x, m_z, i, first, tile.count, tile.s);
            std::uint64_t any = 0;
            for (std::int64_t j = 0; j < tile.count; ++j) {
                double s = tile.s[j] * 0.25;
                tile.s[j] = s;
                tile.c[j] = 1 - s;
                any |= s > kNearOpposite ? 1 : 0;
            }
            opposite = any != 0;
        });
        for (std::int64_t j = 0; opposite && j < tile.count; ++j)
            if (tile.s[j] > kNearOpposite)
                tile.c[j] = oppositeHalf(m_x, m_z, i, first + j);
    }

    /// Beyond it 1 - s has lost a digit of c.
    static constexpr double kNearOpposite = 0.9;

    Kernel m_kernel;
    Side m_x, m_z;
    bool m_uniform;
};

class DistanceRows : public PairRows {
public:
    DistanceRows(const Kernel &kernel, const Points &x, const Points &z)
        : m_c(kernel.c), m_gamma(kernel.family == KernelFamily::Laplace ? 1 : kernel.gamma), m_x(makeSide(x, false)), m_z(makeSide(z, false))
    {
    }

    void run(std::int64_t i, std::int64_t first, std::int64_t last, double *gp, double *ntk) const override
    {
        const std::int64_t count = last - first;
        double values[kTile];
        vectorised([&]() __attribute__((always_inline)) { squaredDistances(m_x, m_z, i, first, count, values); });
        exponentials(m_c, m_gamma, count, values);
        for (double *out : {gp, ntk})
            if (out)
                std::copy(values, values + count, out);
    }

    /// Squared distances become kernels.
    static void exponentials(double scale, double gamma, std::int64_t count, double *values)
    {
        if (gamma != 1 && gamma != 2) {
            for (std::int64_t j = 0; j < count; ++j)
                values[j] = std::exp(-scale * std::pow(values[j], gamma / 2));
            return;
        }
        vectorised([&]() __attribute__((always_inline)) {
            for (std::int64_t j = 0; j < count; ++j)
                values[j] = exponential(-scale * (gamma == 1 ? std::sqrt(values[j]) : values[j]));
        });
    }

private:
    double m_c, m_gamma;
    Side m_x, m_z;
};

class LinearRows : public PairRows {
public:
    LinearRows(const Points &x, const Points &z) : m_x(makeSide(x, false)), m_z(makeSide(z, false)) {}

    void run(std::int64_t i, std::int64_t first, std::int64_t last, double *gp, double *ntk) const override
    {
        double values[kTile];
        vectorised([&]() __attribute__((always_inline)) {
            for (std::int64_t j = 0; j < last - first; ++j)
                values[j] = 0;
            for (std::int64_t k = 0; k < m_x.size; ++k) {
                const double p = m_x.row(i)[k], *z = m_z.column(k, first);
                for (std::int64_t j = 0; j < last - first; ++j)
                    values[j] += p * z[j];
            }
        });
        for (double *out : {gp, ntk})
            if (out)
                std::copy(values, values + (last - first), out);
    }

private:
    Side m_x, m_z;
};

} // namespace

std::unique_ptr<PairRows> densePairRows(const Kernel &kernel, const Points &x, const Points &z)
{
    if (kernel.family == KernelFamily::Fc || kernel.family == KernelFamily::ResFc)
        return std::make_unique<NetworkRows>(kernel, x, z);
    if (kernel.family == KernelFamily::Linear)
        return std::make_unique<LinearRows>(x, z);
    return std::make_unique<DistanceRows>(kernel, x, z);
}

void profileRow(const Kernel &kernel, std::int64_t count, double *s, double *c, double *gp, double *ntk)
{
    if (isNetwork(kernel)) {
        double product[kTile];
        std::fill(product, product + count, 1.0);
        vectorised([&]() __attribute__((always_inline)) { network(kernel, {count, s, c, product, ntk}, {1, nullptr}); });
    } else if (kernel.family == KernelFamily::Linear) {
        for (std::int64_t j = 0; j < count; ++j)
            c[j] -= s[j];
    } else {
        for (std::int64_t j = 0; j < count; ++j)
            c[j] = 4 * s[j];
        DistanceRows::exponentials(kernel.c, kernel.family == KernelFamily::Laplace ? 1 : kernel.gamma, count, c);
    }
    if (gp)
        std::copy(c, c + count, gp);
    if (ntk && !isNetwork(kernel))
        std::copy(c, c + count, ntk);
}

} // namespace tessera
