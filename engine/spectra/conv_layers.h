// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/kernel.h"
#include "engine/spectra/vector_loop.h"

#include <cstdint>
#include <vector>

namespace tessera {

/// Circular images; of height 1 with a filter of height 1 where they have one dimension.
struct PixelGrid {
    std::int64_t height, width, filterHeight, filterWidth;

    std::int64_t pixels() const { return height * width; }
};

/// Buffers of one thread; an element a pixel, standing for the pair (p, p + offset).
struct Workspace {
    explicit Workspace(const PixelGrid &grid);

    /// The right image's pixel for every one of the left is so many further, around the edges.
    std::int64_t down = 0, right = 0;

    /// With S the covariance of the pair's features and a, b their lengths: ab - S and ab + S. The smaller of the two holds all digits
    /// of the angle near 0 and near pi, where S holds half of them.
    std::vector<double> below, above;
    std::vector<double> theta;
    std::vector<double> gp, ntk; ///< Results: of the head's input.

    // Of this stage, of a block's branch, of the stage behind it: the lengths in the left image, those in the right one shifted to the
    // left one's pixels, and their products ab.
    std::vector<double> lengthX, nextLengthX, lastLengthX, partner, nextPartner, lastPartner, product, nextProduct, lastProduct;
    std::vector<double> inner, innerAbove, innerTheta, mixed, scratch, line;
};

/// out[p] = the element of in that belongs to pixel p of the left image under work's offset. out may not be in.
TESSERA_INLINE void shifted(const PixelGrid &grid, const Workspace &work, const double *in, double *out)
{
    for (std::int64_t y = 0; y < grid.height; ++y) {
        const double *row = in + (y + work.down < grid.height ? y + work.down : y + work.down - grid.height) * grid.width;
        double *target = out + y * grid.width;
        for (std::int64_t x = 0; x < grid.width - work.right; ++x)
            target[x] = row[x + work.right];
        for (std::int64_t x = 0; x < work.right; ++x)
            target[x + grid.width - work.right] = row[x];
    }
}

/// Lengths of every pixel's feature: one vector a layer, in the order of use (input; then behind every averaging, and behind every
/// residual sum). One number stands for all pixels where they are equal.
using LayerLengths = std::vector<std::vector<double>>;
LayerLengths layerLengths(const Kernel &kernel, const PixelGrid &grid, std::vector<double> input);

/// Runs the layers of one pair of images for the workspace's offset, from below and above to gp and ntk.
void runLayers(const Kernel &kernel, const PixelGrid &grid, const LayerLengths &x, const LayerLengths &z, Workspace &work);

} // namespace tessera
