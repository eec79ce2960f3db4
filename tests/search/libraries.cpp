// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/search/libraries.h"

#include <random>
#include <string>
#include <utility>

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

LibraryAndScenario libraryOf(const Program &program, int attentions, int ffns)
{
    auto library = std::make_shared<BlockLibrary>();
    library->name = "from a program";
    library->workloads = {{.name = "chat", .batch = 1, .input = 16, .output = 8}};
    library->fixed = {Costs{}};
    auto attentionOf = [&](int a) { return a + 1 == attentions ? noneVariant(Part::Attention) : gqa(std::int64_t{1} << (attentions - a)); };
    auto ffnOf = [&](int f) { return f + 1 == ffns ? noneVariant(Part::Ffn) : ffnWidth(128 * (ffns - f)); };
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        BlockLibrary::Layer layer;
        layer.parent = {attentionOf(0), ffnOf(0)};
        for (int a = 0; a < attentions; ++a)
            for (int f = 0; f < ffns; ++f) {
                const auto option = static_cast<std::size_t>(program.begin[slot] + a * ffns + f);
                Costs costs;
                for (std::size_t row = 0; row < program.rows.size(); ++row)
                    costs["cost" + std::to_string(row)] = {program.rows[row].amounts[option], false};
                layer.entries.push_back({attentionOf(a), ffnOf(f), {std::move(costs)}, {{"kl_div", {program.scores[option], std::nullopt, {}}}}});
            }
        library->layers.push_back(std::move(layer));
    }
    Scenario scenario;
    for (std::size_t row = 0; row < program.rows.size(); ++row) {
        Limit limit = parseLimit("cost" + std::to_string(row) + "=1", LimitSense::Max);
        if (program.rows[row].upper != kNoUpperBound)
            scenario.limits.push_back(parseLimit(limitWithBound(limit, *library, program.rows[row].upper), LimitSense::Max));
    }
    return {library, scenario};
}

} // namespace tessera::instances
