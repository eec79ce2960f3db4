// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0

// Kernel matrices against the cost of their arithmetic alone, eigenvalues against LAPACK's dsyevr, and spectra against the frame
// of a slider. bench_spectra_peers.py sets the first rows beside google/neural-tangents.

#include "engine/spectra/eigen.h"
#include "engine/spectra/mercer.h"
#include "engine/spectra/relu_layers.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

extern "C" void dsyevr_(const char *job, const char *range, const char *triangle, const int *order, double *a, const int *leading,
                        const double *lowest, const double *highest, const int *first, const int *last, const double *tolerance, int *found,
                        double *values, double *vectors, const int *leadingVectors, int *support, double *work, const int *workSize,
                        int *integers, const int *integersSize, int *info);

namespace {

using namespace tessera;

template <typename Work> double once(const Work &work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Best times of two ways that take turns, so that both meet the same machine.
template <typename One, typename Other> std::pair<double, double> compare(int rounds, const One &one, const Other &other)
{
    double first = 1e9, second = 1e9;
    for (int round = 0; round < rounds; ++round) {
        first = std::min(first, once(one));
        second = std::min(second, once(other));
    }
    return {first, second};
}

void printCase(const std::string &name, double measured, const std::string &peer, const std::string &goal, double ratio, const char *unit)
{
    std::printf("{\"case\":\"%s\",\"measured\":%.6g,\"peer\":%s,\"ratio\":%s,\"goal\":%s,\"unit\":\"%s\"}\n", name.c_str(), measured, peer.c_str(),
                ratio > 0 ? std::to_string(ratio).c_str() : "null", goal.c_str(), unit);
    std::fflush(stdout);
}

/// What no program can leave out: differences, squares and three layers' polynomials and roots of half of all pairs, on data that
/// stays in the first cache.
double fcFloor(std::int64_t pairs)
{
    constexpr std::int64_t kTile = 256, kFeatures = 10;
    static double z[kTile], s[kTile], c[kTile], theta[kTile], product[kTile];
    for (std::int64_t j = 0; j < kTile; ++j) {
        z[j] = 0.3 + 1e-4 * static_cast<double>(j);
        product[j] = 1;
    }
    for (std::int64_t done = 0; done < pairs; done += kTile)
        vectorised([&]() __attribute__((always_inline)) {
            for (std::int64_t j = 0; j < kTile; ++j) {
                double sum = 0;
                for (std::int64_t k = 0; k < kFeatures; ++k) { // a constant number: unrolled, so that the loop around it is vector code
                    double difference = z[j] - 0.1 * static_cast<double>(k);
                    sum += difference * difference;
                }
                s[j] = sum * 1e-3;
                c[j] = 1 - s[j];
                theta[j] = c[j] - s[j];
            }
            firstLayer(kTile, s, c, theta, product, 0);
            acuteLayer(kTile, s, theta, product, 0);
            acuteLayer(kTile, s, theta, product, 0);
        });
    return theta[kTile / 2];
}

void benchFc()
{
    const std::int64_t n = 2000, pairs = n * (n + 1) / 2;
    const Points points = randomOnSphere(n, 10, 1);
    const Kernel kernel = kernelFromText("fc:depth=3,bias=0");
    volatile double sink = 0;
    auto [ours, floor] = compare(
        5, [&] { sink = gram(kernel, KernelOf::Ntk, points, {1, {}, {}}).values.back(); }, [&] { sink = fcFloor(pairs); });
    printCase("FC-NTK Gram n=2000 d=10 L=3, one thread, to its arithmetic floor", 1e9 * ours / static_cast<double>(n * n),
              std::to_string(1e9 * floor / static_cast<double>(n * n)), "0.667", floor / ours, "ns a pair of n^2");
    double two = 1e9;
    for (int round = 0; round < 5; ++round)
        two = std::min(two, once([&] { sink = gram(kernel, KernelOf::Ntk, points, {2, {}, {}}).values.back(); }));
    printCase("FC-NTK Gram n=2000 d=10 L=3, two threads", 1e9 * two / static_cast<double>(n * n), "null", "null", 0, "ns a pair of n^2");
}

void benchConv()
{
    for (const char *head : {"trace", "gap"}) {
        const std::int64_t n = 200, size = 32 * 3;
        const Points images = makePoints({32, 3}, randomOnSphere(n, size, 2).values, "the images");
        const Kernel kernel = kernelFromText(std::string("resconv:block=B,depth=3,alpha=0.5,filter=3,head=") + head);
        double best = 1e9;
        for (int round = 0; round < 3; ++round)
            best = std::min(best, once([&] { gram(kernel, KernelOf::Ntk, images, {2, {}, {}}); }));
        printCase(std::string("residual conv Gram n=200, 32 pixels, L=3, ") + head + ", two threads", 1e3 * best, "null", "null", 0, "ms");
    }
}

void benchEigenvalues()
{
    const int n = 1000;
    const Matrix matrix = gram(kernelFromText("laplace:c=1"), KernelOf::Ntk, randomOnSphere(n, 10, 3));
    auto lapack = [&] {
        std::vector<double> a(matrix.values.begin(), matrix.values.end()), values(n), work(40 * n);
        std::vector<int> support(2 * n), integers(20 * n);
        const int workSize = 40 * n, integersSize = 20 * n, first = 1, one = 1;
        const double none = 0;
        int found = 0, info = 0;
        dsyevr_("N", "A", "L", &n, a.data(), &n, &none, &none, &first, &n, &none, &found, values.data(), nullptr, &one, support.data(),
                work.data(), &workSize, integers.data(), &integersSize, &info);
    };
    auto [ours, theirs] = compare(3, [&] { eigenvalues(matrix); }, lapack);
    printCase("eigenvalues n=1000: Tessera against dsyevr", 1e3 * ours, std::to_string(1e3 * theirs), "0.833", theirs / ours, "ms");
}

void benchMercer()
{
    const Kernel kernel = kernelFromText("fc:depth=10,bias=0.5,bias_init=zero");
    mercerSpectrum(kernel, KernelOf::Ntk, 3, 200);
    std::vector<double> times;
    for (int round = 0; round < 21; ++round)
        times.push_back(once([&] { mercerSpectrum(kernel, KernelOf::Ntk, 3, 200); }));
    std::nth_element(times.begin(), times.begin() + 10, times.end());
    printCase("Mercer spectrum, 200 degrees, L=10, in a slider's frame", 1e3 * times[10], "5", "1", 5e-3 / times[10], "ms");
}

} // namespace

int main()
{
    benchFc();
    benchConv();
    benchEigenvalues();
    benchMercer();
    return 0;
}
