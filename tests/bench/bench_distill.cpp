// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// Block-wise distillation at 2,048 tokens a step in the shapes of SmolLM2-135M, AdamW included: its matrix FLOP/s against
// those of the same products alone. One JSON object a line.
#include "engine/library/block_training.h"
#include "engine/library/inputs.h"
#include "engine/nn/initialise.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <numeric>

namespace tessera {
namespace {

constexpr std::int64_t kWindows = 4, kWindow = 512, kTokens = kWindows * kWindow;
constexpr int kRepeats = 9;

ModelConfig smolConfig()
{
    ModelConfig config;
    config.hidden = 576;
    config.layers = 1;
    config.vocabulary = 256;
    config.heads = 9;
    config.kvHeads = 3;
    config.headDim = 64;
    config.ffnWidth = 1536;
    config.context = kWindow;
    config.ropeBase = 100000;
    return config;
}

nn::SubBlock randomBlock(const ModelConfig &config, const Variant &variant)
{
    nn::SubBlock block{variant, {}};
    for (const TensorSpec &spec : tensorsOf(config, variant))
        block.tensors[spec.name] = spec.shape.size() < 2 ? at::ones(spec.shape) : at::randn(spec.shape) / 24;
    return block;
}

nn::SubBlock inType(nn::SubBlock block, at::ScalarType dtype)
{
    for (auto &[name, tensor] : block.tensors)
        tensor = tensor.to(dtype);
    return block;
}

/// count products of batch x [rows, depth] by [depth, columns].
struct Product {
    std::int64_t count, rows, depth, columns, batch = 1;
    double flops() const { return 2.0 * static_cast<double>(count * rows * depth * columns * batch); }
};
using Products = std::vector<Product>;

/// The products of queries with keys and of weights with values in blocks of 128 queries, times of each.
Products attentionProducts(const ModelConfig &c, std::int64_t kvHeads, std::int64_t times)
{
    Products list;
    std::int64_t block = 128, rows = c.heads / kvHeads * block;
    for (std::int64_t seen = block; seen <= kWindow; seen += block) {
        list.push_back({times, rows, c.headDim, seen, kWindows * kvHeads});
        list.push_back({times, rows, seen, c.headDim, kWindows * kvHeads});
    }
    return list;
}

/// What a training step must multiply: forward, and backward to what is trained.
Products stepProducts(const ModelConfig &c, const Variant &variant)
{
    std::int64_t n = kTokens, d = c.hidden, w = variant.size;
    if (variant == linearVariant(Part::Ffn))
        return {{1, n, d, d}, {1, d, n, d}};
    if (variant.part == Part::Ffn)
        return {{3, n, d, w}, {1, n, w, d}, {3, w, n, d}};
    // Through the parent's FFN behind it: forward, and back to its input.
    Products list{{3, n, d, c.ffnWidth}, {3, n, c.ffnWidth, d}};
    std::int64_t heads = c.heads * c.headDim;
    if (variant == linearVariant(Part::Attention)) {
        list.insert(list.end(), {{1, n, d, d}, {1, d, n, d}});
        return list;
    }
    std::int64_t keys = w * c.headDim;
    list.insert(list.end(), {{2, n, d, heads}, {1, n, heads, d}, {2, n, d, keys}, {2, d, n, heads}, {2, keys, n, d}});
    Products attention = attentionProducts(c, w, 3);
    list.insert(list.end(), attention.begin(), attention.end());
    return list;
}

Products parentProducts(const ModelConfig &c)
{
    std::int64_t n = kTokens, d = c.hidden, heads = c.heads * c.headDim, keys = c.kvHeads * c.headDim;
    Products list{{2, n, d, c.ffnWidth}, {1, n, c.ffnWidth, d}, {1, n, d, heads}, {1, n, heads, d}, {2, n, d, keys}};
    Products attention = attentionProducts(c, c.kvHeads, 1);
    list.insert(list.end(), attention.begin(), attention.end());
    return list;
}

double seconds(const std::function<void()> &work)
{
    auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// The products alone, into memory that is there already.
class Peer {
public:
    Peer(const Products &products, at::ScalarType dtype) : m_products(products)
    {
        for (const Product &p : products) {
            m_left.push_back(at::randn({p.batch, p.rows, p.depth}).to(dtype));
            m_right.push_back(at::randn({p.batch, p.depth, p.columns}).to(dtype));
            m_out.push_back(at::empty({p.batch, p.rows, p.columns}, dtype));
        }
    }
    void run()
    {
        for (std::size_t i = 0; i < m_products.size(); ++i)
            for (std::int64_t k = 0; k < m_products[i].count; ++k) {
                if (m_products[i].batch == 1) {
                    at::Tensor out = m_out[i][0];
                    at::mm_out(out, m_left[i][0], m_right[i][0]);
                } else {
                    at::bmm_out(m_out[i], m_left[i], m_right[i]);
                }
            }
    }
    double flops() const
    {
        return std::accumulate(m_products.begin(), m_products.end(), 0.0,
                               [](double sum, const Product &p) { return sum + p.flops(); });
    }

private:
    Products m_products;
    std::vector<at::Tensor> m_left, m_right, m_out;
};

void report(const std::string &name, const Products &products, at::ScalarType dtype, const std::function<void()> &work)
{
    at::NoGradGuard noGrad;
    Peer peer(products, dtype);
    std::vector<double> own, alone;
    for (int repeat = 0; repeat <= kRepeats; ++repeat) {
        double ownTime = seconds(work), peerTime = seconds([&] { peer.run(); });
        if (repeat > 0) {
            own.push_back(ownTime);
            alone.push_back(peerTime);
        }
    }
    double measured = peer.flops() / median(own) / 1e9, reference = peer.flops() / median(alone) / 1e9;
    Json line{{"case", "distil " + name},      {"measured", measured}, {"peer", reference},
              {"ratio", measured / reference}, {"goal", 0.6},          {"unit", "GFLOP/s"}};
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
}

void train(Trainee &trainee, const LayerActivations &parent, const nn::Rope &rope)
{
    trainee.addGradients(parent, rope, 1);
    trainee.step(1e-4, 1);
}

void benchmark(DType type)
{
    ModelConfig config = smolConfig();
    RunSettings run;
    run.dtype = type;
    at::ScalarType dtype = startRun(run);
    at::manual_seed(1);
    nn::Layer wide{randomBlock(config, gqa(config.kvHeads)), randomBlock(config, ffnWidth(config.ffnWidth))};
    nn::Layer parent{inType(wide.attention, dtype), inType(wide.ffn, dtype)};
    nn::Rope rope = nn::makeRope(config, kWindow);
    at::Tensor x = at::randn({kWindows, kWindow, config.hidden}).to(dtype);
    LayerActivations activations = layerActivations(config, parent, x, rope);
    std::vector<std::unique_ptr<Trainee>> trainees;
    Products all = parentProducts(config);
    for (const Variant &variant : {gqa(1), linearVariant(Part::Attention), ffnWidth(1344), ffnWidth(768), ffnWidth(384),
                                   ffnWidth(160), linearVariant(Part::Ffn)}) {
        nn::Layer start = wide;
        start.of(variant.part) = randomBlock(config, variant);
        bool attention = variant.part == Part::Attention;
        trainees.push_back(
            std::make_unique<Trainee>(config, 0, start, attention, !attention, dtype, nn::AdamW::Options()));
        Trainee &trainee = *trainees.back();
        trainee.beginEvaluation();
        trainee.evaluate(activations, rope);
        trainee.finishEvaluation();
        Products products = stepProducts(config, variant);
        all.insert(all.end(), products.begin(), products.end());
        report(toString(variant) + " " + toString(type), products, dtype, [&] { train(trainee, activations, rope); });
    }
    report("one layer with its variants and the parent's pass " + toString(type), all, dtype, [&] {
        LayerActivations fresh = layerActivations(config, parent, x, rope);
        for (auto &trainee : trainees)
            train(*trainee, fresh, rope);
    });
}

} // namespace
} // namespace tessera

int main()
{
    tessera::benchmark(tessera::DType::F32);
    tessera::benchmark(tessera::DType::BF16);
}
