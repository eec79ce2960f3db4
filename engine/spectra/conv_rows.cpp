// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/pair_rows.h"

#include "engine/base/error.h"
#include "engine/spectra/conv_layers.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tessera {
namespace {

/// One image's pixels as directions, and the length of every pixel's feature in every layer, which no pair changes.
struct Image {
    std::vector<double> directions; ///< channels x pixels; zero for a zero pixel.
    LayerLengths lengths;
};

/// 1 GiB of lengths: what all images of one side may need.
constexpr std::int64_t kMostLengths = std::int64_t{1} << 27;

Image makeImage(const Kernel &kernel, const PixelGrid &grid, const double *values, std::int64_t channels)
{
    Image image;
    const std::int64_t pixels = grid.pixels();
    image.directions.assign(static_cast<std::size_t>(pixels * channels), 0);
    std::vector<double> lengths;
    for (std::int64_t p = 0; p < pixels; ++p) {
        const double *pixel = values + p * channels;
        const double length = lengthOf(pixel, channels);
        for (std::int64_t k = 0; k < channels && length > 0; ++k)
            image.directions[static_cast<std::size_t>(k * pixels + p)] = pixel[k] / length;
        // Data on a sphere stays there: rounding alone would send it the longer way.
        lengths.push_back(std::fabs(length - 1) < 8 * 0x1p-52 ? 1 : length);
    }
    image.lengths = layerLengths(kernel, grid, std::move(lengths));
    return image;
}

class ConvRows : public PairRows {
public:
    ConvRows(const Kernel &kernel, const Points &x, const Points &z)
        : m_kernel(kernel), m_grid(gridOf(kernel, x.shape)), m_channels(x.shape.back())
    {
        m_x = images(x);
        m_z = images(z);
    }

    void run(std::int64_t i, std::int64_t first, std::int64_t last, double *gp, double *ntk) const override
    {
        Workspace work(m_grid);
        for (std::int64_t j = first; j < last; ++j) {
            double both[2] = {0, 0};
            pair(m_x[static_cast<std::size_t>(i)], m_z[static_cast<std::size_t>(j)], work, both);
            if (gp)
                gp[j - first] = both[0];
            if (ntk)
                ntk[j - first] = both[1];
        }
    }

private:
    static PixelGrid gridOf(const Kernel &kernel, const std::vector<std::int64_t> &shape)
    {
        return shape.size() == 2 ? PixelGrid{1, shape[0], 1, kernel.filter} : PixelGrid{shape[0], shape[1], kernel.filter, kernel.filter};
    }

    std::vector<Image> images(const Points &points) const
    {
        std::vector<Image> result;
        std::int64_t stored = 0;
        for (std::int64_t i = 0; i < points.count(); ++i) {
            result.push_back(makeImage(m_kernel, m_grid, points.point(i), m_channels));
            const LayerLengths &lengths = result.back().lengths;
            stored += static_cast<std::int64_t>(lengths.size() * lengths.front().size());
            if (stored > kMostLengths)
                throw badInput("so deep a network on so many images needs too much memory: take fewer images or a smaller depth, or scale "
                               "every pixel to length 1");
        }
        return result;
    }

    /// The sums over the head's pairs of pixels, divided by their number.
    void pair(const Image &x, const Image &z, Workspace &work, double *both) const
    {
        const std::int64_t pixels = m_grid.pixels();
        const std::int64_t offsets = m_kernel.head == ConvHead::Gap ? pixels : 1;
        for (std::int64_t offset = 0; offset < offsets; ++offset) {
            work.down = offset / m_grid.width;
            work.right = offset % m_grid.width;
            start(x, z, work);
            runLayers(m_kernel, m_grid, x.lengths, z.lengths, work);
            const std::int64_t counted = m_kernel.head == ConvHead::Equivariant ? 1 : pixels;
            for (std::int64_t p = 0; p < counted; ++p) {
                both[0] += work.gp[static_cast<std::size_t>(p)];
                both[1] += work.ntk[static_cast<std::size_t>(p)];
            }
        }
        const double pairs = m_kernel.head == ConvHead::Equivariant ? 1.0 : static_cast<double>(pixels) * static_cast<double>(offsets);
        both[0] /= pairs;
        both[1] /= pairs;
    }

    /// The pixels' inner products, as what they lack of the product of lengths and of its negative.
    void start(const Image &x, const Image &z, Workspace &work) const
    {
        const std::int64_t pixels = m_grid.pixels();
        vectorised([&]() __attribute__((always_inline)) {
            double *minus = work.below.data(), *plus = work.above.data(), *partner = work.inner.data();
            std::fill(minus, minus + pixels, 0.0);
            std::fill(plus, plus + pixels, 0.0);
            for (std::int64_t k = 0; k < m_channels; ++k) {
                const double *a = x.directions.data() + k * pixels;
                shifted(m_grid, work, z.directions.data() + k * pixels, partner);
                for (std::int64_t p = 0; p < pixels; ++p) {
                    minus[p] += (a[p] - partner[p]) * (a[p] - partner[p]);
                    plus[p] += (a[p] + partner[p]) * (a[p] + partner[p]);
                }
            }
            const std::vector<double> &left = x.lengths.front(), &right = z.lengths.front();
            if (right.size() > 1)
                shifted(m_grid, work, right.data(), partner);
            for (std::int64_t p = 0; p < pixels; ++p) {
                double product = (left.size() == 1 ? left[0] : left[static_cast<std::size_t>(p)]) * (right.size() == 1 ? right[0] : partner[p]);
                minus[p] *= product / 2;
                plus[p] *= product / 2;
            }
        });
    }

    Kernel m_kernel;
    PixelGrid m_grid;
    std::int64_t m_channels;
    std::vector<Image> m_x, m_z;
};

} // namespace

std::unique_ptr<PairRows> convPairRows(const Kernel &kernel, const Points &x, const Points &z)
{
    return std::make_unique<ConvRows>(kernel, x, z);
}

} // namespace tessera
