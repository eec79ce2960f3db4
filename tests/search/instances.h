// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/program.h"

#include <cstdint>
#include <random>
#include <string>

namespace tessera::instances {

/// What makes a small random program nasty.
struct Shape {
    int slots = 5, variants = 4, rows = 2;
    bool identicalSlots = false; ///< Every slot a copy of the first.
    bool tiedScores = false;     ///< Scores from a handful of values.
    bool zeroCosts = false;      ///< Many amounts are 0.
    bool huge = false;           ///< Amounts near 10^15, limits one unit beside a sum.
    bool negativeScores = false;
    bool lowerBounds = false;    ///< Rows have lower bounds too.
    bool negativeAmounts = false;
};

/// A random program; limits lie around what random selections cost, so that tight, loose and impossible ones all occur.
Program randomProgram(const Shape &shape, std::mt19937_64 &random);
Shape randomShape(std::mt19937_64 &random);
std::string describe(const Program &program);

/// A 70B-like library as a program: attention x FFN variants with heavy first and last layers, lognormal layer factors, a
/// joint correction of 1 to 2 %, non-monotone neighbours; limits at the given share of the parent's total. Amounts are
/// bytes, nanoseconds and parameters.
struct RealLike {
    int layers = 80, attentions = 2, ffns = 8, rows = 2;
    double least = 0.5, most = 0.8; ///< Share of the parent's total that limits leave.
    bool layerFactors = true;       ///< Scores differ from layer to layer.
    double scoreNoise = 0.07;
    double costNoise = 0;           ///< Relative, from layer to layer.
    bool linearScores = false;      ///< Scores proportional to what is saved.
    bool identical = false;         ///< All layers but the first and the last few are the same.
};
Program realLike(const RealLike &shape, std::uint64_t seed);

/// Every selection, for programs of at most a few million. Empty where none is within the rows.
struct BruteForce {
    bool feasible = false;
    double objective = 0;
    std::int64_t optima = 0; ///< Selections within 1e-12 of the optimum.
};
BruteForce bruteForce(const Program &program);

} // namespace tessera::instances
