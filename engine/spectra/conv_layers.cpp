// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/conv_layers.h"

#include "engine/spectra/half_angle.h"

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

/// Mean over the filter's aligned circular shifts. out may not be in.
TESSERA_INLINE void average(const PixelGrid &grid, const double *in, double *out, double *line, double *scratch, double weight)
{
    const std::int64_t width = grid.width, left = (grid.filterWidth - 1) / 2, top = (grid.filterHeight - 1) / 2;
    weight /= static_cast<double>(grid.filterWidth * grid.filterHeight);
    double *across = grid.filterHeight == 1 ? out : scratch;
    for (std::int64_t y = 0; y < grid.height; ++y) {
        const double *row = in + y * width;
        double *target = across + y * width;
        for (std::int64_t k = 0; k < left; ++k)
            line[k] = row[width - left + k];
        for (std::int64_t x = 0; x < width; ++x)
            line[left + x] = row[x];
        for (std::int64_t k = left; k < grid.filterWidth - 1; ++k)
            line[width + k] = row[k - left];
        // Two summands a pass; an odd one first.
        std::int64_t k = 2 - grid.filterWidth % 2;
        for (std::int64_t x = 0; x < width; ++x)
            target[x] = (k == 1 ? line[x] : line[x] + line[x + 1]) * weight;
        for (; k < grid.filterWidth; k += 2)
            for (std::int64_t x = 0; x < width; ++x)
                target[x] += (line[x + k] + line[x + k + 1]) * weight;
    }
    if (grid.filterHeight == 1)
        return;
    for (std::int64_t y = 0; y < grid.height; ++y)
        for (std::int64_t k = 0; k < grid.filterHeight; ++k) {
            const double *row = scratch + (y + k - top + grid.height) % grid.height * width;
            for (std::int64_t x = 0; x < width; ++x)
                out[y * width + x] = (k == 0 ? 0 : out[y * width + x]) + row[x];
        }
}

/// Behind the ReLU of features with covariance S = product - below: E = |.||.| kappa1 as what it lacks (below) and, with the tangent
/// kernel theta of the same features, E + theta kappa0.
TESSERA_INLINE void activate(std::int64_t count, const double *product, double *below, const double *above, double *theta)
{
    for (std::int64_t p = 0; p < count; ++p) {
        double inverse = product[p] > 0 ? 0.5 / product[p] : 0;
        ReluPair pair = relu(below[p] * inverse, above[p] * inverse);
        below[p] = 2 * product[p] * pair.s;
        theta[p] = theta[p] * pair.kappa0 + product[p] * (1 - 2 * pair.s);
    }
}

/// Features with independent weights are added up: new length^2 = centre^2 + weight mean(neighbours^2) on both sides. Lengths of the
/// left image and of the shifted right one; centre null where there is none.
struct Sum {
    const double *centreX, *centreZ, *x, *z;
    double weight;
};

/// |new x||new z| - sum of |x||z| at pixel p, by Lagrange's identity: without cancellation, 0 for proportional lengths.
double exactGap(const PixelGrid &grid, const Sum &sum, std::int64_t p, double product)
{
    const double weight = sum.weight / static_cast<double>(grid.filterWidth * grid.filterHeight);
    const std::int64_t left = (grid.filterWidth - 1) / 2, top = (grid.filterHeight - 1) / 2;
    std::vector<std::pair<double, double>> terms;
    if (sum.centreX)
        terms.emplace_back(sum.centreX[p], sum.centreZ[p]);
    const double root = std::sqrt(weight);
    for (std::int64_t dy = 0; dy < grid.filterHeight; ++dy)
        for (std::int64_t dx = 0; dx < grid.filterWidth; ++dx) {
            const std::int64_t y = (p / grid.width + dy - top + grid.height) % grid.height;
            const std::int64_t x = (p % grid.width + dx - left + grid.width) % grid.width;
            terms.emplace_back(root * sum.x[y * grid.width + x], root * sum.z[y * grid.width + x]);
        }
    double squares = 0, total = product;
    for (std::size_t j = 0; j < terms.size(); ++j) {
        total += terms[j].first * terms[j].second;
        for (std::size_t k = j + 1; k < terms.size(); ++k) {
            double cross = terms[j].first * terms[k].second - terms[k].first * terms[j].second;
            squares += cross * cross;
        }
    }
    return total > 0 ? squares / total : 0;
}

/// Adds to below and above (each without the gap so far) what the product of the new lengths exceeds the sum of products by.
/// products is that sum.
void addGap(const PixelGrid &grid, const Sum &sum, const double *products, const double *product, double *below, double *above)
{
    constexpr double kSmall = 1e-3; // beyond it the plain difference keeps 13 digits of the half angle
    const std::int64_t count = grid.pixels();
    bool plain = false;
    vectorised([&]() __attribute__((always_inline)) {
        std::uint64_t small = 0;
        for (std::int64_t p = 0; p < count; ++p)
            small |= std::min(below[p], above[p]) + (product[p] - products[p]) < kSmall * product[p] ? 1 : 0;
        plain = small == 0;
        for (std::int64_t p = 0; plain && p < count; ++p) {
            double gap = product[p] - products[p];
            below[p] += gap;
            above[p] += gap;
        }
    });
    for (std::int64_t p = 0; !plain && p < count; ++p) {
        double gap = product[p] - products[p];
        if (std::min(below[p], above[p]) + gap < kSmall * product[p])
            gap = exactGap(grid, sum, p, product[p]);
        below[p] += gap;
        above[p] += gap;
    }
}

/// The state of one run: what the layers read and write besides the workspace.
class Layers {
public:
    Layers(const Kernel &kernel, const PixelGrid &grid, const LayerLengths &x, const LayerLengths &z, Workspace &work)
        : m_kernel(kernel), m_grid(grid), m_x(x), m_z(z), m_count(grid.pixels()), m_work(work),
          m_uniform(x.front().size() == 1 && z.front().size() == 1)
    {
        lengthsOf(0, m_work.lengthX, m_work.partner, m_work.product);
    }

    void run()
    {
        if (m_kernel.family == KernelFamily::Conv)
            return plain();
        for (std::int64_t p = 0; p < m_count; ++p)
            m_work.theta[cell(p)] = value(p);
        for (std::int64_t layer = 0; layer < m_kernel.depth; ++layer)
            m_kernel.block == ResBlock::A ? blockA(layer) : blockB(layer);
        for (std::int64_t p = 0; p < m_count; ++p) {
            m_work.gp[cell(p)] = value(p);
            m_work.ntk[cell(p)] = value(p) + m_work.theta[cell(p)];
        }
    }

private:
    static std::size_t cell(std::int64_t p) { return static_cast<std::size_t>(p); }
    double value(std::int64_t p) const { return (m_work.above[cell(p)] - m_work.below[cell(p)]) / 2; }

    /// Lengths of a stage at the pixels of both images, and their products.
    void lengthsOf(std::size_t stage, std::vector<double> &x, std::vector<double> &z, std::vector<double> &product) const
    {
        const std::vector<double> &a = m_x[stage], &b = m_z[stage];
        vectorised([&]() __attribute__((always_inline)) {
            double *left = x.data(), *right = z.data(), *both = product.data();
            if (a.size() == 1)
                std::fill(left, left + m_count, a[0]);
            else
                std::copy(a.begin(), a.end(), left);
            if (b.size() == 1)
                std::fill(right, right + m_count, b[0]);
            else
                shifted(m_grid, m_work, b.data(), right);
            for (std::int64_t p = 0; p < m_count; ++p)
                both[p] = left[p] * right[p];
        });
    }

    TESSERA_INLINE void averaged(const std::vector<double> &in, std::vector<double> &out, double weight = 1)
    {
        average(m_grid, in.data(), out.data(), m_work.line.data(), m_work.scratch.data(), weight);
    }

    /// below and above of the averaged features, into inner and innerAbove, with the lengths of the next stage.
    void averageFeatures(std::size_t stage)
    {
        Workspace &w = m_work;
        lengthsOf(stage, w.nextLengthX, w.nextPartner, w.nextProduct);
        vectorised([&]() __attribute__((always_inline)) {
            averaged(w.below, w.inner);
            averaged(w.above, w.innerAbove);
        });
        if (m_uniform)
            return;
        vectorised([&]() __attribute__((always_inline)) { averaged(w.product, w.mixed); });
        addGap(m_grid, {nullptr, nullptr, w.lengthX.data(), w.partner.data(), 1}, w.mixed.data(), w.nextProduct.data(),
               w.inner.data(), w.innerAbove.data());
    }

    void adoptLengths()
    {
        std::swap(m_work.product, m_work.nextProduct);
        std::swap(m_work.partner, m_work.nextPartner);
        std::swap(m_work.lengthX, m_work.nextLengthX);
    }

    void plain()
    {
        Workspace &w = m_work;
        for (std::int64_t layer = 0; layer < m_kernel.depth; ++layer) {
            if (layer > 0)
                vectorised([&]() __attribute__((always_inline)) {
                    activate(m_count, w.product.data(), w.below.data(), w.above.data(), w.theta.data());
                    for (std::int64_t p = 0; p < m_count; ++p)
                        w.above[cell(p)] = 2 * w.product[cell(p)] - w.below[cell(p)];
                });
            averageFeatures(static_cast<std::size_t>(layer) + 1);
            adoptLengths();
            std::swap(w.below, w.inner);
            std::swap(w.above, w.innerAbove);
            if (layer == 0) {
                for (std::int64_t p = 0; p < m_count; ++p)
                    w.theta[cell(p)] = value(p);
                continue;
            }
            vectorised([&]() __attribute__((always_inline)) { averaged(w.theta, w.innerTheta); });
            std::swap(w.theta, w.innerTheta);
        }
        vectorised([&]() __attribute__((always_inline)) {
            activate(m_count, w.product.data(), w.below.data(), w.above.data(), w.theta.data());
        });
        for (std::int64_t p = 0; p < m_count; ++p) {
            w.gp[cell(p)] = w.product[cell(p)] - w.below[cell(p)];
            w.ntk[cell(p)] = w.theta[cell(p)];
        }
    }

    /// The branch, whose ReLU has been applied in inner (below) and innerTheta with lengths branchX, branchZ and products branchProduct,
    /// goes through a convolution and is added.
    void addBranch(std::size_t stage, const std::vector<double> &branchX, const std::vector<double> &branchZ,
                   const std::vector<double> &branchProduct)
    {
        Workspace &w = m_work;
        const double alpha2 = m_kernel.alpha * m_kernel.alpha;
        vectorised([&]() __attribute__((always_inline)) {
            averaged(branchProduct, w.mixed, alpha2);
            averaged(w.inner, w.innerAbove, alpha2);
            for (std::int64_t p = 0; p < m_count; ++p) {
                w.below[cell(p)] += w.innerAbove[cell(p)];
                w.above[cell(p)] += 2 * w.mixed[cell(p)] - w.innerAbove[cell(p)];
                w.mixed[cell(p)] += w.product[cell(p)];
            }
            averaged(w.innerTheta, w.innerAbove, alpha2);
            for (std::int64_t p = 0; p < m_count; ++p)
                w.theta[cell(p)] += w.innerAbove[cell(p)];
        });
        lengthsOf(stage, w.lastLengthX, w.lastPartner, w.lastProduct);
        if (!m_uniform)
            addGap(m_grid, {w.lengthX.data(), w.partner.data(), branchX.data(), branchZ.data(), alpha2}, w.mixed.data(),
                   w.lastProduct.data(), w.below.data(), w.above.data());
        std::swap(w.lengthX, w.lastLengthX);
        std::swap(w.partner, w.lastPartner);
        std::swap(w.product, w.lastProduct);
    }

    void blockA(std::int64_t layer)
    {
        Workspace &w = m_work;
        w.inner = w.below;
        w.innerTheta = w.theta;
        vectorised([&]() __attribute__((always_inline)) {
            activate(m_count, w.product.data(), w.inner.data(), w.above.data(), w.innerTheta.data());
        });
        addBranch(static_cast<std::size_t>(layer) + 1, w.lengthX, w.partner, w.product);
    }

    void blockB(std::int64_t layer)
    {
        Workspace &w = m_work;
        averageFeatures(2 * static_cast<std::size_t>(layer) + 1);
        vectorised([&]() __attribute__((always_inline)) {
            averaged(w.theta, w.innerTheta);
            for (std::int64_t p = 0; p < m_count; ++p)
                w.innerTheta[cell(p)] += (w.innerAbove[cell(p)] - w.inner[cell(p)]) / 2;
            activate(m_count, w.nextProduct.data(), w.inner.data(), w.innerAbove.data(), w.innerTheta.data());
        });
        addBranch(2 * static_cast<std::size_t>(layer) + 2, w.nextLengthX, w.nextPartner, w.nextProduct);
    }

    const Kernel &m_kernel;
    const PixelGrid &m_grid;
    const LayerLengths &m_x, &m_z;
    std::int64_t m_count;
    Workspace &m_work;
    bool m_uniform;
};

std::vector<double> roots(std::vector<double> values)
{
    for (double &value : values)
        value = std::sqrt(value);
    return values;
}

} // namespace

Workspace::Workspace(const PixelGrid &grid)
{
    for (std::vector<double> *buffer : {&below, &above, &theta, &gp, &ntk, &product, &nextProduct, &lastProduct, &inner, &innerAbove,
                                        &innerTheta, &scratch, &mixed, &lengthX, &nextLengthX, &lastLengthX, &partner, &nextPartner,
                                        &lastPartner})
        buffer->resize(static_cast<std::size_t>(grid.pixels()));
    line.resize(static_cast<std::size_t>(grid.width + grid.filterWidth));
}

LayerLengths layerLengths(const Kernel &kernel, const PixelGrid &grid, std::vector<double> input)
{
    const bool uniform = std::all_of(input.begin(), input.end(), [&](double length) { return length == input.front(); });
    const PixelGrid used = uniform ? PixelGrid{1, 1, 1, 1} : grid;
    if (uniform)
        input.resize(1);
    std::vector<double> variance(input), averaged(input.size()), line(static_cast<std::size_t>(used.width + used.filterWidth)), scratch(input);
    for (double &value : variance)
        value *= value;
    auto mean = [&](const std::vector<double> &in) { average(used, in.data(), averaged.data(), line.data(), scratch.data(), 1); };
    const double alpha2 = kernel.alpha * kernel.alpha;
    LayerLengths lengths{std::move(input)};
    for (std::int64_t layer = 0; layer < kernel.depth; ++layer) {
        mean(variance);
        if (kernel.family == KernelFamily::Conv) {
            variance = averaged;
            lengths.push_back(roots(variance));
            continue;
        }
        if (kernel.block == ResBlock::B) {
            lengths.push_back(roots(averaged));
            mean(std::vector<double>(averaged));
        }
        for (std::size_t p = 0; p < variance.size(); ++p)
            variance[p] += alpha2 * averaged[p];
        lengths.push_back(roots(variance));
    }
    return lengths;
}

void runLayers(const Kernel &kernel, const PixelGrid &grid, const LayerLengths &x, const LayerLengths &z, Workspace &work)
{
    Layers(kernel, grid, x, z, work).run();
}

} // namespace tessera
