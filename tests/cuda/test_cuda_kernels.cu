// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// Runs every kernel of engine/cuda on the GPU at hand and compares it with plain float64 loops written for this purpose. Needs nothing
// but CUDA. Ends with 0 when all agree, 1 when one does not, 77 where there is no GPU. With --figures it also prints how much of the
// device's copy bandwidth each kernel reaches.
#include "engine/cuda/launch.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <cuda_runtime.h>

using namespace tessera::cuda;

namespace {

int failures = 0;

void check(cudaError_t error, const char *what)
{
    if (error == cudaSuccess)
        return;
    std::printf("%s: %s\n", what, cudaGetErrorString(error));
    std::exit(1);
}

/// Memory of the device that holds a copy of values.
template <typename T> class Device {
public:
    explicit Device(std::size_t count) : m_count(count)
    {
        check(cudaMalloc(&m_data, std::max<std::size_t>(count * sizeof(T), 1)), "cudaMalloc");
        check(cudaMemset(m_data, 0xff, count * sizeof(T)), "cudaMemset");
    }
    explicit Device(const std::vector<T> &values) : Device(values.size())
    {
        check(cudaMemcpy(m_data, values.data(), m_count * sizeof(T), cudaMemcpyHostToDevice), "cudaMemcpy");
    }
    ~Device() { cudaFree(m_data); }
    Device(const Device &) = delete;
    Device &operator=(const Device &) = delete;
    T *data() { return m_data; }
    std::vector<T> values() const
    {
        std::vector<T> result(m_count);
        check(cudaMemcpy(result.data(), m_data, m_count * sizeof(T), cudaMemcpyDeviceToHost), "cudaMemcpy");
        return result;
    }

private:
    std::size_t m_count;
    T *m_data = nullptr;
};

void expectNear(const std::string &what, double found, double wanted, double tolerance)
{
    if (std::abs(found - wanted) <= tolerance)
        return;
    std::printf("%s: %.17g, but %.17g within %.3g is right\n", what.c_str(), found, wanted, tolerance);
    ++failures;
}

std::mt19937 random_(7);

std::vector<float> normals(std::size_t count, float scale)
{
    std::normal_distribution<float> normal(0, scale);
    std::vector<float> values(count);
    for (float &value : values)
        value = normal(random_);
    return values;
}

/// As the kernel reads them: values are rounded to what T holds.
template <typename T> std::vector<T> stored(std::vector<float> &values);
template <> std::vector<float> stored(std::vector<float> &values) { return values; }
template <> std::vector<BFloat16> stored(std::vector<float> &values)
{
    std::vector<BFloat16> result;
    for (float &value : values) {
        result.push_back(narrow(value));
        value = wide(result.back());
    }
    return result;
}
template <typename T> Element elementOf() { return sizeof(T) == 4 ? Element::Float32 : Element::BFloat16; }

// --- Scores

template <typename T>
void testScores(std::int64_t rows, std::int64_t vocabulary, std::int64_t piece, float change, Second second)
{
    const auto count = static_cast<std::size_t>(rows * vocabulary);
    std::vector<float> a = normals(count, 4), d = normals(count, change), b(count);
    const std::vector<T> storedA = stored<T>(a);
    for (std::size_t i = 0; i < count; ++i)
        b[i] = a[i] + d[i];
    std::vector<T> other = stored<T>(second == Second::Logits ? b : d);
    std::vector<std::int64_t> targets;
    for (std::int64_t row = 0; row < rows; ++row)
        targets.push_back((row * 7919 + 13) % vocabulary);

    Device<T> deviceA(storedA), deviceOther(other);
    Device<std::int64_t> deviceTargets(targets);
    Device<RowState> states(static_cast<std::size_t>(rows));
    Device<RowFigures> figures(static_cast<std::size_t>(rows));
    for (std::int64_t first = 0; first < vocabulary; first += piece) {
        LogitPiece part{elementOf<T>(),
                        deviceA.data() + first,
                        deviceOther.data() + first,
                        second,
                        rows,
                        std::min(piece, vocabulary - first),
                        vocabulary,
                        vocabulary,
                        first};
        gatherScores(part, deviceTargets.data(), states.data(), first == 0, nullptr);
    }
    finishScores(states.data(), figures.data(), rows, nullptr);
    check(cudaDeviceSynchronize(), "scores");
    const std::vector<RowFigures> found = figures.values();

    for (std::int64_t row = 0; row < rows; ++row) {
        const float *p = a.data() + row * vocabulary;
        std::vector<double> q(static_cast<std::size_t>(vocabulary));
        double largestP = -INFINITY, largestQ = -INFINITY, sumP = 0, sumQ = 0, kl = 0;
        for (std::int64_t i = 0; i < vocabulary; ++i) {
            const auto index = static_cast<std::size_t>(row * vocabulary + i);
            q[static_cast<std::size_t>(i)] = second == Second::None ? p[i]
                                           : second == Second::Logits
                                               ? static_cast<double>(b[index])
                                               : static_cast<double>(p[i]) + static_cast<double>(d[index]);
            largestP = std::max(largestP, static_cast<double>(p[i]));
            largestQ = std::max(largestQ, q[static_cast<std::size_t>(i)]);
        }
        for (std::int64_t i = 0; i < vocabulary; ++i) {
            sumP += std::exp(p[i] - largestP);
            sumQ += std::exp(q[static_cast<std::size_t>(i)] - largestQ);
        }
        const double logP = largestP + std::log(sumP), logQ = largestQ + std::log(sumQ);
        for (std::int64_t i = 0; i < vocabulary; ++i)
            kl += std::exp(p[i] - logP) * ((p[i] - logP) - (q[static_cast<std::size_t>(i)] - logQ));
        const RowFigures &row_ = found[static_cast<std::size_t>(row)];
        const std::string where = std::to_string(sizeof(T) * 8) + " bits, " + std::to_string(vocabulary)
                                + " columns in pieces of " + std::to_string(piece) + ", change "
                                + std::to_string(change) + ", row " + std::to_string(row);
        const std::int64_t target = targets[static_cast<std::size_t>(row)];
        const double tolerance = 3e-6 * std::max(1.0, static_cast<double>(change));
        expectNear("logSum, " + where, row_.logSum, logP, 3e-6);
        expectNear("nll, " + where, row_.nll, logP - p[target], 3e-6);
        expectNear("otherNll, " + where, row_.otherNll, logQ - q[static_cast<std::size_t>(target)], tolerance);
        expectNear("kl, " + where, row_.kl, kl, 1e-5 * kl + 3e-7 * std::min(1.0f, change) + 1e-12);
        expectNear("argmax, " + where, static_cast<double>(row_.argmax),
                   static_cast<double>(std::max_element(p, p + vocabulary) - p), 0);
    }
}

template <typename T> void testCosines(std::int64_t rows, std::int64_t columns)
{
    std::vector<float> a = normals(static_cast<std::size_t>(rows * columns), 2), b = normals(a.size(), 2);
    std::copy_n(a.begin(), columns, b.begin()); // The first rows are equal.
    Device<T> deviceA(stored<T>(a)), deviceB(stored<T>(b));
    Device<double> distances(static_cast<std::size_t>(rows));
    cosineDistances(elementOf<T>(), deviceA.data(), deviceB.data(), distances.data(), rows, columns, nullptr);
    check(cudaDeviceSynchronize(), "cosines");
    const std::vector<double> found = distances.values();
    for (std::int64_t row = 0; row < rows; ++row) {
        double product = 0, squareA = 0, squareB = 0;
        for (std::int64_t i = row * columns; i < (row + 1) * columns; ++i) {
            const double x = a[static_cast<std::size_t>(i)], y = b[static_cast<std::size_t>(i)];
            product += x * y;
            squareA += x * x;
            squareB += y * y;
        }
        expectNear("cosine distance, row " + std::to_string(row), found[static_cast<std::size_t>(row)],
                   row == 0 ? 0 : 1 - product / std::sqrt(squareA * squareB), row == 0 ? 0 : 1e-12);
    }
}

// --- Gather

template <typename T> void testGather(std::int64_t rows, std::int64_t columns)
{
    std::vector<float> wideIn = normals(static_cast<std::size_t>(rows * columns), 1);
    const std::vector<T> in = stored<T>(wideIn);
    for (bool byRows : {true, false}) {
        const std::int64_t limit = byRows ? rows : columns;
        std::vector<std::int64_t> indices;
        for (std::int64_t i = 0; i < limit / 2 + 1; ++i)
            indices.push_back(i * 3 % limit);
        indices.push_back(limit); // outside
        indices.push_back(-1);
        const auto count = static_cast<std::int64_t>(indices.size());
        Device<T> deviceIn(in), out(static_cast<std::size_t>(byRows ? count * columns : rows * count));
        Device<std::int64_t> deviceIndices(indices);
        Device<int> outside(std::vector<int>{0});
        (byRows ? gatherRows : gatherColumns)(elementOf<T>(), deviceIn.data(), rows, columns, deviceIndices.data(),
                                              count, out.data(), outside.data(), nullptr);
        check(cudaDeviceSynchronize(), "gather");
        const std::vector<T> found = out.values();
        for (std::size_t i = 0; i < found.size(); ++i) {
            const auto width = static_cast<std::size_t>(byRows ? columns : count);
            const std::int64_t from = indices[byRows ? i / width : i % width];
            const bool inside = from >= 0 && from < limit;
            const std::int64_t at = byRows ? from * columns + static_cast<std::int64_t>(i % width)
                                           : static_cast<std::int64_t>(i / width) * columns + from;
            expectNear("gathered element " + std::to_string(i), wide(found[i]),
                       inside ? wide(in[static_cast<std::size_t>(at)]) : 0, 0);
        }
        expectNear("indices outside are noticed", outside.values()[0], 1, 0);
    }
}

// --- Kernels of networks

template <typename T> Real realOf() { return sizeof(T) == 4 ? Real::Float32 : Real::Float64; }

/// The recursion of the textbook on cosines in long double; away from the diagonal it loses nothing that matters here.
KernelPair<long double> textbook(const double *x, const double *z, std::int64_t size, const FullyConnected &net)
{
    const long double pi = 3.14159265358979323846264338327950288L, bias = net.biasSquared;
    long double xz = 0, xx = 0, zz = 0;
    for (std::int64_t k = 0; k < size; ++k) {
        xz += static_cast<long double>(x[k]) * z[k];
        xx += static_cast<long double>(x[k]) * x[k];
        zz += static_cast<long double>(z[k]) * z[k];
    }
    const long double added = net.normalBiases ? bias : 0;
    long double theta = xz + bias;
    for (std::int64_t layer = 0; layer < net.depth; ++layer) {
        xz += added;
        xx += added;
        zz += added;
        const long double lengths = std::sqrt(xx * zz), angle = std::acos(std::clamp(xz / lengths, -1.0L, 1.0L));
        xz = lengths * (std::sin(angle) + (pi - angle) * std::cos(angle)) / pi;
        theta = theta * (1 - angle / pi) + xz + bias;
    }
    return {xz + added, theta};
}

template <typename T> void testGram(std::int64_t n, std::int64_t m, std::int64_t size, const FullyConnected &net)
{
    const auto points = [&](std::int64_t count) {
        std::vector<T> values;
        for (float value : normals(static_cast<std::size_t>(count * size), 1))
            values.push_back(value);
        return values;
    };
    std::vector<T> x = points(n), z = points(m);
    Device<T> unitsX(x), unitsZ(z), lengthsX(static_cast<std::size_t>(n)), lengthsZ(static_cast<std::size_t>(m));
    Device<T> gp(static_cast<std::size_t>(n * m)), ntk(static_cast<std::size_t>(n * m));
    unitPoints(realOf<T>(), unitsX.data(), unitsX.data(), lengthsX.data(), n, size, nullptr);
    unitPoints(realOf<T>(), unitsZ.data(), unitsZ.data(), lengthsZ.data(), m, size, nullptr);
    fullyConnectedGram(realOf<T>(), net, {unitsX.data(), lengthsX.data(), n}, {unitsZ.data(), lengthsZ.data(), m}, size,
                       gp.data(), ntk.data(), m, nullptr);
    check(cudaDeviceSynchronize(), "gram");
    const std::vector<T> foundGp = gp.values(), foundNtk = ntk.values();
    const std::vector<double> wideX(x.begin(), x.end()), wideZ(z.begin(), z.end());
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < m; ++j) {
            const KernelPair<long double> wanted =
                textbook(wideX.data() + i * size, wideZ.data() + j * size, size, net);
            const auto index = static_cast<std::size_t>(i * m + j);
            const double scale = static_cast<double>(wanted.ntk + wanted.gp) + static_cast<double>(size);
            const double tolerance = scale * (sizeof(T) == 4 ? 1e-5 : 1e-12) * static_cast<double>(net.depth);
            const std::string where =
                " of pair " + std::to_string(i) + ", " + std::to_string(j) + ", depth " + std::to_string(net.depth);
            expectNear("gp" + where, foundGp[index], static_cast<double>(wanted.gp), tolerance);
            expectNear("ntk" + where, foundNtk[index], static_cast<double>(wanted.ntk), tolerance);
        }
}

/// On the processor, by the functions that the tests of one pixel compare with the analytic engine.
template <typename T> void testConvolutionalStep(const PixelGrid &grid, std::int64_t pairs)
{
    const std::int64_t pixels = grid.pixels();
    const auto count = static_cast<std::size_t>(pairs * pixels);
    std::uniform_real_distribution<double> uniform(0.1, 1.9);
    std::vector<T> below(count), theta(count), lengthX(count), lengthZ(count), activeBelow(count), activeTheta(count);
    for (std::size_t i = 0; i < count; ++i) {
        lengthX[i] = static_cast<T>(uniform(random_));
        lengthZ[i] = static_cast<T>(uniform(random_));
        below[i] = static_cast<T>(uniform(random_)) * lengthX[i] * lengthZ[i];
        theta[i] = static_cast<T>(uniform(random_));
        const PixelPair<T> pixel = activatePixel<T>({below[i], theta[i]}, lengthX[i] * lengthZ[i]);
        activeBelow[i] = pixel.below;
        activeTheta[i] = pixel.theta;
    }
    Device<T> dBelow(below), dTheta(theta), dX(lengthX), dZ(lengthZ), sBelow(count), sTheta(count);
    convolutionalStep(realOf<T>(), grid, {dBelow.data(), dTheta.data()}, dX.data(), dZ.data(),
                      {sBelow.data(), sTheta.data()}, {dBelow.data(), dTheta.data()}, pairs, nullptr);
    check(cudaDeviceSynchronize(), "convolutional step");
    const std::vector<T> foundBelow = dBelow.values(), foundTheta = dTheta.values();
    const double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-13;
    for (std::int64_t pair = 0; pair < pairs; ++pair)
        for (std::int64_t p = 0; p < pixels; ++p) {
            const std::int64_t first = pair * pixels;
            const PixelPair<T> wanted = averagePixel(grid, p, activeBelow.data() + first, activeTheta.data() + first,
                                                     lengthX.data() + first, lengthZ.data() + first);
            const auto index = static_cast<std::size_t>(first + p);
            expectNear("convolution below, pixel " + std::to_string(index), foundBelow[index], wanted.below, tolerance);
            expectNear("convolution theta, pixel " + std::to_string(index), foundTheta[index], wanted.theta, tolerance);
        }
}

// --- Figures

double seconds(const std::function<void()> &work)
{
    cudaEvent_t begin, end;
    check(cudaEventCreate(&begin), "event");
    check(cudaEventCreate(&end), "event");
    std::vector<double> times;
    for (int repeat = 0; repeat < 12; ++repeat) {
        cudaEventRecord(begin);
        work();
        cudaEventRecord(end);
        check(cudaEventSynchronize(end), "figures");
        float milliseconds = 0;
        cudaEventElapsedTime(&milliseconds, begin, end);
        if (repeat >= 2)
            times.push_back(milliseconds * 1e-3);
    }
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

void printRate(const char *what, double bytes, double time, double copy)
{
    std::printf("%-44s %9.1f us %9.1f GB/s %6.1f %% of the copy bandwidth\n", what, time * 1e6, bytes / time * 1e-9,
                100 * bytes / time / copy);
}

void printFigures()
{
    const std::int64_t rows = 2048, vocabulary = 131072, columns = 8192, kept = 5120, points = 4096, size = 64;
    const std::size_t logits = static_cast<std::size_t>(rows * vocabulary);
    Device<BFloat16> a(logits), b(logits);
    check(cudaMemset(a.data(), 0, logits * 2), "memset");
    check(cudaMemset(b.data(), 0, logits * 2), "memset");
    const double bytes = static_cast<double>(logits) * 2;
    const double copy =
        2 * bytes / seconds([&] { cudaMemcpyAsync(a.data(), b.data(), logits * 2, cudaMemcpyDeviceToDevice); });
    std::printf("%-44s %12s %9.1f GB/s\n", "copy", "", copy * 1e-9);
    Device<RowState> states(static_cast<std::size_t>(rows));
    for (Second second : {Second::None, Second::Change}) {
        const LogitPiece piece{Element::BFloat16, a.data(),   b.data(),   second, rows,
                               vocabulary,        vocabulary, vocabulary, 0};
        const double time = seconds([&] { gatherScores(piece, nullptr, states.data(), true, nullptr); });
        printRate(second == Second::None ? "scores, one model, 2048 x 131072 bf16"
                                         : "scores, two models, 2048 x 131072 bf16",
                  second == Second::None ? bytes : 2 * bytes, time, copy);
    }
    std::vector<std::int64_t> indices;
    for (std::int64_t i = 0; i < kept; ++i)
        indices.push_back(i * 8 / 5);
    Device<std::int64_t> deviceIndices(indices);
    const double moved = static_cast<double>(columns * kept) * 4;
    printRate("gather of rows, 8192 of 8192 bf16", moved, seconds([&] {
                  gatherRows(Element::BFloat16, a.data(), columns, columns, deviceIndices.data(), kept, b.data(),
                             nullptr, nullptr);
              }),
              copy);
    printRate("gather of columns", moved, seconds([&] {
                  gatherColumns(Element::BFloat16, a.data(), columns, columns, deviceIndices.data(), kept, b.data(),
                                nullptr, nullptr);
              }),
              copy);
    Device<double> x(std::vector<double>(static_cast<std::size_t>(points * size), 0.125)),
        lengths(static_cast<std::size_t>(points));
    Device<double> ntk(static_cast<std::size_t>(points * points));
    unitPoints(Real::Float64, x.data(), x.data(), lengths.data(), points, size, nullptr);
    for (std::int64_t depth : {1, 3, 10}) {
        const PointSet set{x.data(), lengths.data(), points};
        const double time = seconds([&] {
            fullyConnectedGram(Real::Float64, {depth, 0, false}, set, set, size, nullptr, ntk.data(), points, nullptr);
        });
        std::printf("Gram block 4096 x 4096 x 64, float64, depth %-3lld %8.1f us %8.3f ns a pair\n",
                    static_cast<long long>(depth), time * 1e6, time * 1e9 / static_cast<double>(points * points));
    }
}

} // namespace

int main(int argc, char **argv)
{
    int devices = 0;
    const cudaError_t found = cudaGetDeviceCount(&devices);
    if (found != cudaSuccess || devices == 0) {
        std::printf("skipped: there is no GPU that CUDA can use here (%s)\n",
                    found == cudaSuccess ? "none found" : cudaGetErrorString(found));
        return 77;
    }
    cudaDeviceProp device;
    check(cudaGetDeviceProperties(&device, 0), "device");
    std::printf("%s, compute capability %d.%d\n", device.name, device.major, device.minor);
    for (Second second : {Second::None, Second::Change, Second::Logits}) {
        for (float change : {0.0f, 1e-3f, 0.3f, 30.0f}) {
            testScores<float>(5, 5003, 5003, second == Second::None ? 0 : change, second);
            testScores<float>(3, 49152, 4096, second == Second::None ? 0 : change, second);
            testScores<BFloat16>(4, 5003, 1000, second == Second::None ? 0 : change, second);
        }
        testScores<BFloat16>(600, 64, 64, second == Second::None ? 0.0f : 0.1f, second);
    }
    testCosines<float>(7, 577);
    testCosines<BFloat16>(3, 1024);
    testGather<float>(37, 53);
    testGather<BFloat16>(129, 64);
    for (const FullyConnected &net :
         {FullyConnected{1, 0, false}, FullyConnected{3, 0.25, false}, FullyConnected{4, 0.25, true}}) {
        testGram<double>(19, 33, 21, net);
        testGram<float>(17, 16, 8, net);
    }
    testConvolutionalStep<double>({1, 9, 1, 3}, 5);
    testConvolutionalStep<double>({6, 5, 3, 4}, 3);
    testConvolutionalStep<float>({8, 8, 3, 3}, 2);
    std::printf(failures == 0 ? "all kernels agree with their references\n" : "%d values are wrong\n", failures);
    if (failures == 0 && argc > 1 && std::strcmp(argv[1], "--figures") == 0)
        printFigures();
    return failures == 0 ? 0 : 1;
}
