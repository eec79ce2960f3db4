// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cuda/launching.cuh"

namespace tessera::cuda {
namespace {

using namespace detail;

/// Pairs along each side of a block's tile, and features that are in shared memory at once.
constexpr int kTile = 16;

/// One warp a point. Scaled by the largest number, so that no square overflows.
template <typename T> __global__ void __launch_bounds__(kThreads)
    unitKernel(const T *points, T *units, T *lengths, std::int64_t count, std::int64_t size)
{
    const unsigned lane = threadIdx.x % 32;
    for (std::int64_t i = firstItem() / 32; i < count; i += itemStep() / 32) {
        const T *point = points + i * size;
        T largest = 0, sum = 0;
        for (std::int64_t k = lane; k < size; k += 32)
            largest = max(largest, abs(point[k]));
        for (int step = 16; step > 0; step /= 2)
            largest = max(largest, __shfl_xor_sync(~0u, largest, step));
        for (std::int64_t k = lane; k < size && largest > 0; k += 32)
            sum += (point[k] / largest) * (point[k] / largest);
        for (int step = 16; step > 0; step /= 2)
            sum += __shfl_xor_sync(~0u, sum, step);
        const T length = largest * sqrt(sum);
        for (std::int64_t k = lane; k < size; k += 32)
            units[i * size + k] = length > 0 ? point[k] / length : T(0);
        if (lane == 0)
            lengths[i] = length;
    }
}

template <typename T> struct GramBlock {
    const T *x, *z, *lengthX, *lengthZ;
    std::int64_t countX, countZ, size, stride, tilesZ, tiles;
    T *gp, *ntk;
};

/// One thread a pair. The squares of difference and sum are both gathered: each half angle keeps all its digits.
template <typename T> __global__ void __launch_bounds__(kTile *kTile) gramKernel(GramBlock<T> block, FullyConnected net)
{
    __shared__ T x[kTile][kTile + 1], z[kTile][kTile + 1];
    for (std::int64_t tile = blockIdx.x; tile < block.tiles; tile += gridDim.x) {
        const std::int64_t firstX = tile / block.tilesZ * kTile, firstZ = tile % block.tilesZ * kTile;
        const std::int64_t i = firstX + threadIdx.y, j = firstZ + threadIdx.x, loadedZ = firstZ + threadIdx.y;
        T differences = 0, sums = 0;
        for (std::int64_t first = 0; first < block.size; first += kTile) {
            const std::int64_t k = first + threadIdx.x;
            x[threadIdx.y][threadIdx.x] = i < block.countX && k < block.size ? block.x[i * block.size + k] : T(0);
            z[threadIdx.y][threadIdx.x] =
                loadedZ < block.countZ && k < block.size ? block.z[loadedZ * block.size + k] : T(0);
            __syncthreads();
#pragma unroll
            for (int feature = 0; feature < kTile; ++feature) {
                const T p = x[threadIdx.y][feature], q = z[threadIdx.x][feature];
                differences += (p - q) * (p - q);
                sums += (p + q) * (p + q);
            }
            __syncthreads();
        }
        if (i < block.countX && j < block.countZ) {
            const KernelPair<T> pair =
                fullyConnectedPair(differences / 4, sums / 4, block.lengthX[i], block.lengthZ[j], net);
            if (block.gp)
                block.gp[i * block.stride + j] = pair.gp;
            if (block.ntk)
                block.ntk[i * block.stride + j] = pair.ntk;
        }
    }
}

template <typename T> __global__ void __launch_bounds__(kThreads)
    activateKernel(const T *below, const T *theta, const T *lengthX, const T *lengthZ, T *outBelow, T *outTheta,
                   std::int64_t count)
{
    for (std::int64_t i = firstItem(); i < count; i += itemStep()) {
        const PixelPair<T> pixel = activatePixel<T>({below[i], theta[i]}, lengthX[i] * lengthZ[i]);
        outBelow[i] = pixel.below;
        outTheta[i] = pixel.theta;
    }
}

template <typename T> __global__ void __launch_bounds__(kThreads)
    averageKernel(PixelGrid grid, const T *below, const T *theta, const T *lengthX, const T *lengthZ, T *outBelow,
                  T *outTheta, std::int64_t count)
{
    const std::int64_t pixels = grid.pixels();
    for (std::int64_t i = firstItem(); i < count; i += itemStep()) {
        const std::int64_t image = i / pixels * pixels;
        const PixelPair<T> pixel =
            averagePixel(grid, i - image, below + image, theta + image, lengthX + image, lengthZ + image);
        outBelow[i] = pixel.below;
        outTheta[i] = pixel.theta;
    }
}

template <typename T> void gramAs(const FullyConnected &net, const PointSet &x, const PointSet &z, std::int64_t size,
                                  void *gp, void *ntk, std::int64_t stride, Stream stream)
{
    const std::int64_t tilesX = (x.count - 1) / kTile + 1, tilesZ = (z.count - 1) / kTile + 1;
    const GramBlock<T> block{static_cast<const T *>(x.units),
                             static_cast<const T *>(z.units),
                             static_cast<const T *>(x.lengths),
                             static_cast<const T *>(z.lengths),
                             x.count,
                             z.count,
                             size,
                             stride,
                             tilesZ,
                             tilesX * tilesZ,
                             static_cast<T *>(gp),
                             static_cast<T *>(ntk)};
    gramKernel<T>
        <<<static_cast<unsigned>(std::min(block.tiles, kMostBlocks)), dim3(kTile, kTile), 0, stream>>>(block, net);
}

template <typename T> void stepAs(const PixelGrid &grid, const PixelPairs &in, const void *lengthX, const void *lengthZ,
                                  const PixelPairs &scratch, const PixelPairs &out, std::int64_t count, Stream stream)
{
    const unsigned blocks = blocksFor(count);
    const auto read = [](const void *values) { return static_cast<const T *>(values); };
    const auto write = [](void *values) { return static_cast<T *>(values); };
    activateKernel<T><<<blocks, kThreads, 0, stream>>>(read(in.below), read(in.theta), read(lengthX), read(lengthZ),
                                                       write(scratch.below), write(scratch.theta), count);
    averageKernel<T><<<blocks, kThreads, 0, stream>>>(grid, read(scratch.below), read(scratch.theta), read(lengthX),
                                                      read(lengthZ), write(out.below), write(out.theta), count);
}

} // namespace

void unitPoints(Real type, const void *points, void *units, void *lengths, std::int64_t count, std::int64_t size,
                Stream stream)
{
    require(fits(count, size) && fits(count, 32), "unitPoints", "a count that no memory holds");
    if (count == 0)
        return;
    const unsigned blocks = blocksFor(count * 32);
    if (type == Real::Float32)
        unitKernel<<<blocks, kThreads, 0, stream>>>(static_cast<const float *>(points), static_cast<float *>(units),
                                                    static_cast<float *>(lengths), count, size);
    else
        unitKernel<<<blocks, kThreads, 0, stream>>>(static_cast<const double *>(points), static_cast<double *>(units),
                                                    static_cast<double *>(lengths), count, size);
    checkLaunch("unitPoints");
}

void fullyConnectedGram(Real type, const FullyConnected &net, const PointSet &x, const PointSet &z, std::int64_t size,
                        void *gp, void *ntk, std::int64_t stride, Stream stream)
{
    constexpr const char *kName = "fullyConnectedGram";
    require(net.depth >= 1 && net.biasSquared >= 0, kName, "a network without a layer or with a negative variance");
    require(fits(x.count, size) && fits(z.count, size) && stride >= z.count && fits(x.count, stride), kName,
            "a count that no memory holds, or overlapping rows");
    if (x.count == 0 || z.count == 0)
        return;
    if (type == Real::Float32)
        gramAs<float>(net, x, z, size, gp, ntk, stride, stream);
    else
        gramAs<double>(net, x, z, size, gp, ntk, stride, stream);
    checkLaunch(kName);
}

void convolutionalStep(Real type, const PixelGrid &grid, const PixelPairs &in, const void *lengthX, const void *lengthZ,
                       const PixelPairs &scratch, const PixelPairs &out, std::int64_t pairs, Stream stream)
{
    constexpr const char *kName = "convolutionalStep";
    require(grid.height >= 1 && grid.width >= 1 && grid.filterHeight >= 1 && grid.filterWidth >= 1, kName,
            "an image without pixels");
    require(grid.filterHeight <= grid.height && grid.filterWidth <= grid.width, kName,
            "a filter larger than the image");
    require(fits(grid.height, grid.width) && fits(pairs, grid.height * grid.width), kName,
            "a count that no memory holds");
    if (pairs == 0)
        return;
    if (type == Real::Float32)
        stepAs<float>(grid, in, lengthX, lengthZ, scratch, out, pairs * grid.pixels(), stream);
    else
        stepAs<double>(grid, in, lengthX, lengthZ, scratch, out, pairs * grid.pixels(), stream);
    checkLaunch(kName);
}

} // namespace tessera::cuda
