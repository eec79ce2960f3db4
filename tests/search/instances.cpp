// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/search/instances.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace tessera::instances {
namespace {

double uniform(std::mt19937_64 &random, double low, double high)
{
    return low + (high - low) * (static_cast<double>(random() >> 11) * 0x1.0p-53);
}

double normal(std::mt19937_64 &random)
{
    double u = uniform(random, 1e-12, 1), v = uniform(random, 0, 1);
    return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
}

std::int64_t integer(std::mt19937_64 &random, std::int64_t low, std::int64_t high)
{
    return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
}

Amount randomAmount(const Shape &shape, std::mt19937_64 &random)
{
    if (shape.zeroCosts && random() % 2)
        return 0;
    Amount amount = shape.huge ? integer(random, 1, 3) * 1'000'000'000'000'000 + integer(random, 0, 5) : integer(random, 0, 100);
    return shape.negativeAmounts && random() % 3 == 0 ? -amount : amount;
}

double randomScore(const Shape &shape, std::mt19937_64 &random)
{
    double score = shape.tiedScores ? 0.25 * static_cast<double>(random() % 4) : uniform(random, 0, 1);
    return shape.negativeScores ? score - 0.5 : score;
}

Amount randomTotal(const Program &program, const Program::Row &row, std::mt19937_64 &random)
{
    Amount total = 0;
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        auto count = static_cast<std::uint64_t>(program.begin[slot + 1] - program.begin[slot]);
        total += row.amounts[static_cast<std::size_t>(program.begin[slot]) + random() % count];
    }
    return total;
}

} // namespace

Program randomProgram(const Shape &shape, std::mt19937_64 &random)
{
    Program program;
    program.rows.resize(static_cast<std::size_t>(shape.rows));
    for (int slot = 0; slot < shape.slots; ++slot) {
        int variants = shape.identicalSlots ? shape.variants : static_cast<int>(integer(random, 1, shape.variants));
        for (int variant = 0; variant < variants; ++variant) {
            bool copy = shape.identicalSlots && slot > 0;
            program.scores.push_back(copy ? program.scores[static_cast<std::size_t>(variant)] : randomScore(shape, random));
            for (Program::Row &row : program.rows)
                row.amounts.push_back(copy ? row.amounts[static_cast<std::size_t>(variant)] : randomAmount(shape, random));
        }
        program.begin.push_back(static_cast<std::int32_t>(program.scores.size()));
    }
    for (Program::Row &row : program.rows) {
        row.upper = randomTotal(program, row, random) - (random() % 3 == 0 ? 1 : 0);
        if (shape.lowerBounds)
            row.lower = std::min(row.upper, randomTotal(program, row, random));
        if (random() % 8 == 0)
            row.upper = kNoUpperBound;
    }
    return program;
}

Shape randomShape(std::mt19937_64 &random)
{
    Shape shape;
    shape.slots = static_cast<int>(integer(random, 1, 7));
    shape.variants = static_cast<int>(integer(random, 1, 5));
    shape.rows = static_cast<int>(integer(random, 0, 4));
    shape.identicalSlots = random() % 4 == 0;
    shape.tiedScores = random() % 3 == 0;
    shape.zeroCosts = random() % 4 == 0;
    shape.huge = random() % 4 == 0;
    shape.negativeScores = random() % 4 == 0;
    shape.lowerBounds = random() % 4 == 0;
    shape.negativeAmounts = random() % 6 == 0;
    return shape;
}

std::string describe(const Program &program)
{
    std::ostringstream text;
    text.precision(17);
    for (std::size_t slot = 0; slot < program.slots(); ++slot) {
        text << "slot " << slot << ":";
        for (std::int32_t option = program.begin[slot]; option < program.begin[slot + 1]; ++option) {
            text << " (" << program.scores[static_cast<std::size_t>(option)];
            for (const Program::Row &row : program.rows)
                text << ", " << row.amounts[static_cast<std::size_t>(option)];
            text << ")";
        }
        text << "\n";
    }
    for (const Program::Row &row : program.rows)
        text << "row: " << row.lower << " .. " << row.upper << "\n";
    return text.str();
}

Program realLike(const RealLike &shape, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    Program program;
    const auto rows = static_cast<std::size_t>(shape.rows);
    program.rows.resize(rows);
    // What one layer's sub-blocks cost in full under each row, attention and FFN: weights plus cache, time, parameters, ...
    std::vector<double> attentionFull{8.0e8, 3.5e8, 1.5e8, 2.6e8, 5.0e8, 1.1e8}, ffnFull{7.0e8, 4.6e8, 7.0e8, 1.9e8, 3.0e8, 2.2e8};
    std::vector<double> attentionFixed{0.15, 0.30, 0.35, 0.2, 0.1, 0.25}, ffnFixed{0.0, 0.12, 0.0, 0.2, 0.1, 0.05};
    std::vector<double> attentionKept, ffnKept; // 1 for the parent, 0 for none
    for (int a = 0; a < shape.attentions; ++a)
        attentionKept.push_back(a + 1 == shape.attentions ? 0 : std::pow(0.5, a));
    for (int f = 0; f < shape.ffns; ++f)
        ffnKept.push_back(f + 1 == shape.ffns ? 0 : std::pow(1 - static_cast<double>(f) / shape.ffns, 1.2));
    std::vector<double> joint(rows);
    for (double &correction : joint)
        correction = uniform(random, -0.02, 0.02);
    std::vector<Amount> parent(rows, 0);
    for (int layer = 0; layer < shape.layers; ++layer) {
        const int depth = std::min(layer, shape.layers - 1 - layer);
        double edge = shape.identical ? (depth < 2 ? 20 : 1) : 1 + 60 * std::exp(-1.3 * layer) + 12 * std::exp(-1.1 * (shape.layers - 1 - layer));
        double attentionWeight = 0.05 * edge, ffnWeight = 0.2 * edge;
        if (shape.layerFactors && !shape.identical) {
            attentionWeight *= std::exp(0.9 * normal(random));
            ffnWeight *= std::exp(0.5 * normal(random));
        }
        for (std::size_t a = 0; a < attentionKept.size(); ++a)
            for (std::size_t f = 0; f < ffnKept.size(); ++f) {
                double attentionLoss = std::pow(1 - attentionKept[a], 1.6), ffnLoss = std::pow(1 - ffnKept[f], 2.2);
                if (shape.linearScores)
                    attentionLoss = 1 - attentionKept[a], ffnLoss = 1 - ffnKept[f];
                double score = attentionWeight * attentionLoss + ffnWeight * ffnLoss;
                if (a > 0 && f > 0)
                    score *= 0.8;
                if (!shape.identical)
                    score *= 1 + shape.scoreNoise * normal(random);
                program.scores.push_back(a + f == 0 ? 0.0 : std::max(score, 0.0));
                for (std::size_t row = 0; row < rows; ++row) {
                    double attention = attentionKept[a] == 0 ? 0 : attentionFull[row] * (attentionFixed[row] + (1 - attentionFixed[row]) * attentionKept[a]);
                    double ffn = ffnKept[f] == 0 ? 0 : ffnFull[row] * (ffnFixed[row] + (1 - ffnFixed[row]) * ffnKept[f]);
                    double cost = attention + ffn + joint[row] * std::min(attention, ffn);
                    if (a + f > 0)
                        cost *= 1 + shape.costNoise * uniform(random, -1, 1);
                    program.rows[row].amounts.push_back(static_cast<Amount>(std::llround(cost)));
                    if (a + f == 0)
                        parent[row] += program.rows[row].amounts.back();
                }
            }
        program.begin.push_back(static_cast<std::int32_t>(program.scores.size()));
    }
    for (std::size_t row = 0; row < rows; ++row)
        program.rows[row].upper = static_cast<Amount>(uniform(random, shape.least, shape.most) * static_cast<double>(parent[row]));
    return program;
}

BruteForce bruteForce(const Program &program)
{
    BruteForce best;
    Selection selection(program.begin.begin(), program.begin.end() - 1);
    for (;;) {
        if (withinRows(program, selection)) {
            double objective = scoreOf(program, selection);
            if (!best.feasible || objective < best.objective - 1e-12) {
                best = {true, objective, 1};
            } else if (objective <= best.objective + 1e-12) {
                best.objective = std::min(best.objective, objective);
                ++best.optima;
            }
        }
        std::size_t slot = 0;
        while (slot < selection.size() && ++selection[slot] == program.begin[slot + 1])
            selection[slot] = program.begin[slot], ++slot;
        if (slot == selection.size())
            return best;
    }
}

} // namespace tessera::instances
