// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/search/libraries.h"

#include <random>

namespace tessera::instances {
namespace {

const std::vector<Variant> kAttentions{gqa(4), gqa(2), linearVariant(Part::Attention), noneVariant(Part::Attention)};
const std::vector<Variant> kFfns{ffnWidth(512), ffnWidth(256), noneVariant(Part::Ffn)};

class LibraryMaker {
public:
    LibraryMaker(const LibraryShape &shape, std::uint64_t seed) : m_shape(shape), m_random(seed) {}

    BlockLibrary make()
    {
        BlockLibrary library;
        library.name = "random";
        library.workloads = {{.name = "chat", .batch = 2, .input = 16, .output = 8}, {.name = "batch", .batch = 64, .input = 16, .output = 8}};
        library.fixed = {costs(5, false), costs(5, false)};
        for (int i = 0; i < m_shape.layers; ++i)
            library.layers.push_back(layer());
        return library;
    }

private:
    std::int64_t integer(std::int64_t low, std::int64_t high)
    {
        return low + static_cast<std::int64_t>(m_random() % static_cast<std::uint64_t>(high - low + 1));
    }

    Costs costs(std::int64_t scale, bool mayLack)
    {
        Costs costs;
        for (const char *name : {"parameters", "weight_bytes", "kv_bytes", "prefill", "decode", "energy"})
            if (!(mayLack && m_shape.unknownCosts && integer(0, 9) == 0))
                costs[name] = {scale * integer(0, 1'000'000), false};
        return costs;
    }

    std::map<std::string, Score> scores(bool parent)
    {
        std::map<std::string, Score> scores;
        for (const char *metric : {"kl_div", "lm_loss"}) {
            if (!parent && m_shape.unknownScores && integer(0, 7) == 0)
                continue;
            Score score;
            for (int sample = 0; sample < 4; ++sample)
                score.samples.push_back(parent ? 0 : 1e-6 * static_cast<double>(integer(0, 1'000'000)));
            for (double sample : score.samples)
                score.mean += sample / 4;
            score.standardError = 0.01;
            scores[metric] = score;
        }
        return scores;
    }

    BlockLibrary::Layer layer()
    {
        BlockLibrary::Layer layer;
        layer.parent = {kAttentions[0], kFfns[0]};
        auto add = [&](std::optional<Variant> attention, std::optional<Variant> ffn) {
            bool parent = (!attention || *attention == layer.parent.attention) && (!ffn || *ffn == layer.parent.ffn);
            layer.entries.push_back({attention, ffn, {costs(integer(1, 9), !parent), costs(integer(1, 9), !parent)}, scores(parent)});
        };
        if (!m_shape.pairs) {
            for (const Variant &attention : kAttentions)
                add(attention, {});
            for (const Variant &ffn : kFfns)
                add({}, ffn);
        }
        for (const Variant &attention : kAttentions)
            for (const Variant &ffn : kFfns)
                if (m_shape.pairs || (m_shape.somePairs && integer(0, 2) == 0))
                    add(attention, ffn);
        return layer;
    }

    LibraryShape m_shape;
    std::mt19937_64 m_random;
};

} // namespace

std::shared_ptr<const BlockLibrary> randomLibrary(const LibraryShape &shape, std::uint64_t seed)
{
    return std::make_shared<const BlockLibrary>(LibraryMaker(shape, seed).make());
}

} // namespace tessera::instances
