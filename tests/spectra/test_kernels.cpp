// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/spectra/reference.h"

#include "engine/spectra/gram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tessera {
namespace {

void expectClose(double got, double expected, double tolerance, const std::string &what)
{
    EXPECT_LE(std::fabs(got - expected), tolerance * std::max(1.0, std::fabs(expected))) << what << ": " << Json(got) << ", expected " << Json(expected);
}

KernelMatrices pairOf(const Kernel &kernel, std::vector<std::int64_t> shape, std::vector<double> x, std::vector<double> z)
{
    return evaluate(kernel, makePoints(shape, std::move(x), "x"), makePoints(shape, std::move(z), "z"));
}

Kernel fc(std::int64_t depth, double bias, const std::string &init)
{
    return kernelFromJson({{"family", "fc"}, {"depth", depth}, {"bias", bias}, {"bias_init", init}}, "a test");
}

/// The exact two vectors (cos, sin) have no place in double; the profile takes the angle itself.
double angleOf(double u) { return std::acos(u); }

TEST(FullyConnectedKernels, HaveTheReferenceValuesOnTheSphere)
{
    for (const Json &row : reference().at("fc_sphere")) {
        Kernel kernel = fc(row.at("L").get<std::int64_t>(), numberOf(row.at("beta")), row.at("bias_init").get<std::string>());
        const double u = numberOf(row.at("u"));
        const double offset = kernel.biasInit == BiasInit::Normal ? kernel.bias * kernel.bias : 0;
        expectClose(profile(kernel, KernelOf::Gp, {angleOf(u)})[0], numberOf(row.at("Sigma")) + offset, 1e-14, "Sigma of " + row.dump());
        expectClose(profile(kernel, KernelOf::Ntk, {angleOf(u)})[0], numberOf(row.at("Theta")), 1e-14, "Theta of " + row.dump());
    }
}

TEST(FullyConnectedKernels, HaveTheReferenceValuesForVectorsOfAnyLength)
{
    const Json &block = reference().at("fc_vectors");
    auto vector = [&](char name) {
        std::vector<double> values;
        for (const Json &value : block.at("vectors").at(std::string(1, name)))
            values.push_back(numberOf(value));
        return values;
    };
    for (const Json &row : block.at("values")) {
        Kernel kernel = fc(row.at("L").get<std::int64_t>(), numberOf(row.at("beta")), row.at("bias_init").get<std::string>());
        const std::string pair = row.at("pair").get<std::string>();
        KernelMatrices got = pairOf(kernel, {3}, vector(pair[0]), vector(pair[1]));
        const double offset = kernel.biasInit == BiasInit::Normal ? kernel.bias * kernel.bias : 0;
        expectClose(got.gp(0, 0), numberOf(row.at("Sigma")) + offset, 1e-14, "Sigma of " + row.dump());
        expectClose(got.ntk(0, 0), numberOf(row.at("Theta")), 1e-14, "Theta of " + row.dump());
    }
}

TEST(ResidualKernels, HaveTheReferenceValues)
{
    for (const Json &row : reference().at("resntk").at("values")) {
        Kernel kernel;
        kernel.family = KernelFamily::ResFc;
        kernel.depth = row.at("L").get<std::int64_t>();
        kernel.alpha = numberOf(row.at("alpha"));
        const double angle = angleOf(numberOf(row.at("u")));
        expectClose(profile(kernel, KernelOf::Gp, {angle})[0], numberOf(row.at("GP")), 2e-14, "GP of " + row.dump());
        expectClose(profile(kernel, KernelOf::Ntk, {angle})[0], numberOf(row.at("NTK")), 2e-14, "NTK of " + row.dump());
    }
}

Kernel convolutional(const std::string &net, const std::string &head)
{
    Kernel kernel;
    kernel.family = net.starts_with("plain") ? KernelFamily::Conv : KernelFamily::ResConv;
    kernel.block = net.starts_with("resA") ? ResBlock::A : ResBlock::B;
    kernel.depth = std::stoll(net.substr(net.find("L=") + 2));
    if (std::size_t alpha = net.find("alpha="); alpha != std::string::npos)
        kernel.alpha = std::stod(net.substr(alpha + 6));
    kernel.head = head == "eq_pixel0" ? ConvHead::Equivariant : head == "tr" ? ConvHead::Trace : ConvHead::Gap;
    return kernel;
}

std::vector<double> pixelsOf(const Json &channels)
{
    std::vector<double> values;
    for (std::size_t pixel = 0; pixel < channels.front().size(); ++pixel)
        for (const Json &channel : channels)
            values.push_back(numberOf(channel[pixel]));
    return values;
}

TEST(ConvolutionalKernels, HaveTheReferenceValues)
{
    const Json &block = reference().at("conv");
    for (const Json &row : block.at("values"))
        for (const char *head : {"eq_pixel0", "tr", "gap"}) {
            const bool same = row.at("pair") == "xx";
            KernelMatrices got = pairOf(convolutional(row.at("net").get<std::string>(), head), {4, 2}, pixelsOf(block.at("x")),
                                        pixelsOf(block.at(same ? "x" : "z")));
            expectClose(got.gp(0, 0), numberOf(row.at("GP").at(head)), 1e-14, std::string(head) + " GP of " + row.dump());
            expectClose(got.ntk(0, 0), numberOf(row.at("NTK").at(head)), 1e-14, std::string(head) + " NTK of " + row.dump());
        }
}

TEST(DistanceKernels, AreTheirFormula)
{
    KernelMatrices laplace = pairOf(kernelFromText("laplace:c=0.7"), {2}, {1, 2, -1, 0.5}, {1, 2.5, 0, 0, 400, 800});
    const double squares[2][3] = {{0.25, 5, 399.0 * 399 + 798 * 798}, {4 + 4, 1.25, 401.0 * 401 + 799.5 * 799.5}};
    KernelMatrices smooth = pairOf(kernelFromText("gamma_exponential:c=0.7,gamma=1.3"), {2}, {1, 2, -1, 0.5}, {1, 2.5, 0, 0, 400, 800});
    KernelMatrices gauss = pairOf(kernelFromText("gamma_exponential:c=0.7,gamma=2"), {2}, {1, 2, -1, 0.5}, {1, 2.5, 0, 0, 400, 800});
    for (std::int64_t i = 0; i < 2; ++i)
        for (std::int64_t j = 0; j < 3; ++j) {
            const double square = squares[i][j], expected = std::exp(-0.7 * std::sqrt(square));
            EXPECT_LE(std::fabs(laplace.gp(i, j) - expected), 4e-16 * (1 + std::fabs(std::log(expected + 1e-300))) * expected) << i << j;
            EXPECT_DOUBLE_EQ(laplace.gp(i, j), laplace.ntk(i, j));
            expectClose(smooth.ntk(i, j), std::exp(-0.7 * std::pow(square, 0.65)), 1e-15, "gamma");
            expectClose(gauss.ntk(i, j), std::exp(-0.7 * square), 1e-15, "Gauss");
        }
}

/// One ReLU layer by its formula in long double, from the angle: the oracle near the diagonal and near opposite points.
long double oneLayerNtk(long double theta)
{
    const long double pi = std::numbers::pi_v<long double>;
    return std::cos(theta) * (pi - theta) / pi + (std::sin(theta) + (pi - theta) * std::cos(theta)) / pi;
}

TEST(FullyConnectedKernels, LoseNoDigitNearTheDiagonalAndNearOppositePoints)
{
    const Kernel kernel = fc(1, 0, "zero");
    for (double angle : {0.0, 1e-12, 1e-9, 3e-8, 1e-6, 1e-4, 1e-2, 0.3, 1.0, 1.57, 1.58, 2.0, 3.0}) {
        // z is x turned by the angle, around the diagonal where cosines say least.
        const double x[2] = {0.6, 0.8}, s = std::sin(angle), h = 2 * std::pow(std::sin(angle / 2), 2);
        std::vector<double> near = {x[0] - h * x[0] - s * x[1], x[1] - h * x[1] + s * x[0]};
        expectClose(pairOf(kernel, {2}, {x[0], x[1]}, near).ntk(0, 0), static_cast<double>(oneLayerNtk(angle)), 6e-16, "near " + std::to_string(angle));
        std::vector<double> far = {-near[0], -near[1]};
        const long double opposite = std::numbers::pi_v<long double> - angle;
        expectClose(pairOf(kernel, {2}, {x[0], x[1]}, far).ntk(0, 0), static_cast<double>(oneLayerNtk(opposite)), 6e-16, "far " + std::to_string(angle));
    }
}

TEST(FullyConnectedKernels, AreExactForAPointWithItself)
{
    const Points points = makePoints({3}, {0.1, 0.7, -0.3, 1e-3, 2, 5, 3, 3, 3}, "the test");
    for (std::int64_t depth : {1, 3, 40}) {
        Matrix matrix = gram(fc(depth, 0.3, "normal"), KernelOf::Ntk, points);
        for (std::int64_t i = 0; i < 3; ++i) {
            double square = 0;
            for (int k = 0; k < 3; ++k)
                square += points.point(i)[k] * points.point(i)[k];
            // Sigma_l = |x|^2 + l bias^2 and Theta = sum over l of Sigma_l + bias^2.
            const auto layers = static_cast<double>(depth);
            expectClose(matrix(i, i), (layers + 1) * square + 0.09 * (layers + 1) * (layers + 2) / 2, 1e-15 * layers, "diagonal");
        }
    }
}

TEST(Grams, AreSymmetricAndAgreeWithPairsOnAnyNumberOfThreads)
{
    const Points sphere = randomOnSphere(301, 5, 7);
    for (const char *text : {"fc:depth=3,bias=0.5,bias_init=normal", "fc:depth=2,bias=1,bias_init=zero", "resfc:depth=4,alpha=0.5", "laplace:c=1",
                             "gamma_exponential:c=1,gamma=0.5", "linear"}) {
        const Kernel kernel = kernelFromText(text);
        for (KernelOf of : {KernelOf::Gp, KernelOf::Ntk}) {
            Matrix one = gram(kernel, of, sphere, {1, {}, {}}), three = gram(kernel, of, sphere, {3, {}, {}});
            Matrix cross = crossGram(kernel, of, sphere, sphere);
            EXPECT_EQ(one.values, three.values) << text;
            for (std::int64_t i = 0; i < one.rows; ++i)
                for (std::int64_t j = 0; j < one.columns; ++j) {
                    ASSERT_EQ(one(i, j), one(j, i)) << text << " " << i << " " << j;
                    ASSERT_NEAR(one(i, j), cross(i, j), 1e-14 * one(0, 0)) << text << " " << i << " " << j;
                }
        }
    }
}

TEST(ConvolutionalKernels, OfOnePixelAreResidualNetworks)
{
    Kernel block = kernelFromText("resconv:block=B,depth=3,alpha=0.8,filter=1,head=trace");
    Kernel dense = kernelFromText("resfc:depth=3,alpha=0.8");
    std::vector<double> x = {1, 2, -0.5}, z = {0.3, -1, 2};
    KernelMatrices got = pairOf(block, {1, 3}, x, z), expected = pairOf(dense, {3}, x, z);
    expectClose(got.gp(0, 0), expected.gp(0, 0), 4e-15, "GP");
    KernelMatrices flat = pairOf(kernelFromText("resconv:block=B,depth=3,alpha=0.8,filter=1,head=gap"), {1, 3}, x, z);
    EXPECT_EQ(got.ntk(0, 0), flat.ntk(0, 0));
}

/// The layers of gram.h, cell by cell in long double, for pixels of any length.
class NaiveConvolution {
public:
    NaiveConvolution(const Kernel &kernel, std::int64_t height, std::int64_t width, std::int64_t channels)
        : m_kernel(kernel), m_height(height), m_width(width), m_channels(channels)
    {
    }

    std::pair<double, double> run(const std::vector<double> &x, const std::vector<double> &z) const
    {
        State xx = start(x, x), xz = start(x, z), zz = start(z, z);
        const bool plain = m_kernel.family == KernelFamily::Conv;
        for (std::int64_t layer = 0; layer < m_kernel.depth; ++layer) {
            if (plain && layer == 0) {
                for (State *state : {&xx, &xz, &zz})
                    state->s = state->theta = mean(state->s);
                continue;
            }
            State f = xz, fx = xx, fz = zz;
            if (!plain && m_kernel.block == ResBlock::B)
                for (State *state : {&f, &fx, &fz}) {
                    state->s = mean(state->s);
                    state->theta = mean(state->theta);
                    for (std::size_t i = 0; i < state->s.size(); ++i)
                        state->theta[i] += state->s[i];
                }
            State e = activate(f, fx.s, fz.s), ex = activate(fx, fx.s, fx.s), ez = activate(fz, fz.s, fz.s);
            add(xz, e, plain);
            add(xx, ex, plain);
            add(zz, ez, plain);
        }
        if (plain)
            xz = activate(xz, xx.s, zz.s);
        else
            for (std::size_t i = 0; i < xz.s.size(); ++i)
                xz.theta[i] += xz.s[i];
        return {head(xz.s), head(xz.theta)};
    }

private:
    using Cells = std::vector<long double>;
    struct State {
        Cells s, theta;
    };

    std::int64_t pixels() const { return m_height * m_width; }

    State start(const std::vector<double> &x, const std::vector<double> &z) const
    {
        Cells s;
        for (std::int64_t p = 0; p < pixels(); ++p)
            for (std::int64_t r = 0; r < pixels(); ++r) {
                long double sum = 0;
                for (std::int64_t k = 0; k < m_channels; ++k)
                    sum += static_cast<long double>(x[static_cast<std::size_t>(p * m_channels + k)])
                        * z[static_cast<std::size_t>(r * m_channels + k)];
                s.push_back(sum);
            }
        return {s, s};
    }

    std::int64_t shifted(std::int64_t p, std::int64_t dy, std::int64_t dx) const
    {
        return (p / m_width + dy + m_height) % m_height * m_width + (p % m_width + dx + m_width) % m_width;
    }

    Cells mean(const Cells &in) const
    {
        const std::int64_t q = m_kernel.filter, low = (q - 1) / 2, rows = m_height == 1 ? 1 : q, top = m_height == 1 ? 0 : low;
        Cells out(in.size());
        for (std::int64_t p = 0; p < pixels(); ++p)
            for (std::int64_t r = 0; r < pixels(); ++r) {
                long double sum = 0;
                for (std::int64_t dy = 0; dy < rows; ++dy)
                    for (std::int64_t dx = 0; dx < q; ++dx)
                        sum += in[static_cast<std::size_t>(shifted(p, dy - top, dx - low) * pixels() + shifted(r, dy - top, dx - low))];
                out[static_cast<std::size_t>(p * pixels() + r)] = sum / static_cast<long double>(rows * q);
            }
        return out;
    }

    /// E into s, E + theta kappa0 into theta.
    State activate(const State &in, const Cells &left, const Cells &right) const
    {
        const long double pi = std::numbers::pi_v<long double>;
        State out = in;
        for (std::int64_t p = 0; p < pixels(); ++p)
            for (std::int64_t r = 0; r < pixels(); ++r) {
                const auto cell = static_cast<std::size_t>(p * pixels() + r);
                const long double scale = std::sqrt(left[static_cast<std::size_t>(p * pixels() + p)] * right[static_cast<std::size_t>(r * pixels() + r)]);
                const long double theta = scale == 0 ? 0 : std::acos(std::clamp(in.s[cell] / scale, -1.0L, 1.0L));
                out.s[cell] = scale * (std::sin(theta) + (pi - theta) * std::cos(theta)) / pi;
                out.theta[cell] = out.s[cell] + in.theta[cell] * (pi - theta) / pi;
            }
        return out;
    }

    void add(State &state, const State &branch, bool plain) const
    {
        const long double alpha2 = plain ? 1 : static_cast<long double>(m_kernel.alpha) * m_kernel.alpha;
        Cells s = mean(branch.s), theta = mean(branch.theta);
        for (std::size_t i = 0; i < s.size(); ++i) {
            state.s[i] = (plain ? 0 : state.s[i]) + alpha2 * s[i];
            state.theta[i] = (plain ? 0 : state.theta[i]) + alpha2 * theta[i];
        }
    }

    double head(const Cells &cells) const
    {
        if (m_kernel.head == ConvHead::Equivariant)
            return static_cast<double>(cells[0]);
        long double sum = 0;
        for (std::int64_t p = 0; p < pixels(); ++p)
            for (std::int64_t r = 0; r < pixels(); ++r)
                if (m_kernel.head == ConvHead::Gap || p == r)
                    sum += cells[static_cast<std::size_t>(p * pixels() + r)];
        return static_cast<double>(sum / static_cast<long double>(m_kernel.head == ConvHead::Gap ? pixels() * pixels() : pixels()));
    }

    Kernel m_kernel;
    std::int64_t m_height, m_width, m_channels;
};

std::vector<double> someImage(std::int64_t size, std::uint64_t seed)
{
    std::vector<double> values = randomOnSphere(1, size, seed).values;
    for (double &value : values)
        value *= 3;
    return values;
}

TEST(ConvolutionalKernels, AreTheirRecursionOnImagesOfAnyLengthInOneAndTwoDimensions)
{
    for (const char *net : {"conv:depth=1", "conv:depth=3", "resconv:block=A,depth=2,alpha=0.7", "resconv:block=B,depth=3,alpha=1.2"})
        for (const char *head : {"trace", "gap", "equivariant"})
            for (std::int64_t filter : {2, 3})
                for (auto [height, width, channels] : {std::array<std::int64_t, 3>{1, 7, 2}, {4, 5, 2}, {3, 4, 1}}) {
                    const Kernel kernel = kernelFromText(std::string(net) + ",filter=" + std::to_string(filter) + ",head=" + head);
                    const std::int64_t size = height * width * channels;
                    std::vector<double> x = someImage(size, 3), z = someImage(size, 4);
                    std::fill(z.begin(), z.begin() + channels, 0.0); // a black pixel
                    std::vector<double> scaled = x;
                    for (double &value : scaled)
                        value *= 1.7;
                    std::vector<std::int64_t> shape = height == 1 ? std::vector{width, channels} : std::vector{height, width, channels};
                    const NaiveConvolution naive(kernel, height, width, channels);
                    // Where pixels are parallel or opposite, as all are with one channel, the oracle's cosines lose half their digits.
                    const double far = channels == 1 ? 1e-9 : 1e-13;
                    for (const auto &[a, b, tolerance] : {std::tuple{x, z, far}, {x, x, 1e-9}, {x, scaled, 1e-9}}) {
                        KernelMatrices got = pairOf(kernel, shape, a, b);
                        auto [gp, ntk] = naive.run(a, b);
                        expectClose(got.gp(0, 0), gp, tolerance, toText(kernel) + " GP on " + std::to_string(size));
                        expectClose(got.ntk(0, 0), ntk, tolerance, toText(kernel) + " NTK on " + std::to_string(size));
                    }
                }
}

} // namespace
} // namespace tessera
