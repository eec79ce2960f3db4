// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cuda/numbers.h"

#include <cmath>

namespace tessera::cuda {

/// What one row of logits and, where there is one, a second row say, gathered column by column in any grouping: states of
/// disjoint sets of columns are merged. a are the reference's logits, p their softmax; b = a + d those of the other model, q theirs.
///   KL(p || q) = log E_p[e^d] - E_p[d],    -log q_t = -log p_t + log E_p[e^d] - d_t.
/// Written in d, neither formula loses digits where d is small, and d = 0 gives exactly 0. Sums are float64, one column's terms
/// float32, each scaled by the largest logit so far.
struct RowState {
    double sumA = 0;   ///< sum of e^(a - maxA)
    double linear = 0; ///< sum of e^(a - maxA) d
    double beyond = 0; ///< sum of e^(a - maxA) (e^d - 1 - d), d at most kSmallChange
    double sumB = 0;   ///< sum of e^(b - maxB)
    float maxA = -INFINITY, maxB = -INFINITY;
    float largestChange = 0; ///< Of |d|.
    float targetA = 0, targetChange = 0;
    std::int64_t argmaxA = -1, argmaxB = -1; ///< Of several largest the first.
    std::int32_t hasTarget = 0, damaged = 0; ///< damaged: something was no finite number.
};

/// Changes up to here are summed by their series; beyond, both rows' sums are compared.
constexpr float kSmallChange = 20.0f;
/// E_p[e^d] - 1 below it is what cancellation left.
constexpr double kLeastGrowth = -0.9;

/// e^x - 1 - x for |x| <= kSmallChange, without cancellation.
TESSERA_BOTH float expBeyondLinear(float x)
{
    if (fabsf(x) > 0.5f)
        return expm1f(x) - x;
    float series = 1.0f / 40320;
    series = series * x + 1.0f / 5040;
    series = series * x + 1.0f / 720;
    series = series * x + 1.0f / 120;
    series = series * x + 1.0f / 24;
    series = series * x + 1.0f / 6;
    series = series * x + 0.5f;
    return series * x * x;
}

namespace detail {

/// What a sum that was scaled by e^-before has to be multiplied by when the scale becomes e^-after.
TESSERA_BOTH double rescale(float before, float after)
{
    return before == after ? 1.0 : exp(static_cast<double>(before) - static_cast<double>(after));
}

TESSERA_BOTH void raiseA(RowState &state, float to)
{
    const double factor = rescale(state.maxA, to);
    state.sumA *= factor;
    state.linear *= factor;
    state.beyond *= factor;
    state.maxA = to;
}

TESSERA_BOTH void raiseB(RowState &state, float to)
{
    state.sumB *= rescale(state.maxB, to);
    state.maxB = to;
}

} // namespace detail

/// Adds column number index with the logit a alone.
TESSERA_BOTH void addLogit(RowState &state, std::int64_t index, float a, std::int64_t target)
{
    if (!(fabsf(a) < INFINITY)) {
        state.damaged = 1;
        return;
    }
    if (state.argmaxA < 0 || a > state.maxA) {
        detail::raiseA(state, a);
        state.argmaxA = index;
    }
    state.sumA += static_cast<double>(expf(a - state.maxA));
    if (index == target) {
        state.targetA = a;
        state.hasTarget = 1;
    }
}

/// Adds column number index with the logit a and its change d.
TESSERA_BOTH void addChange(RowState &state, std::int64_t index, float a, float d, std::int64_t target)
{
    const float b = a + d;
    addLogit(state, index, a, target);
    if (!(fabsf(b) < INFINITY) || !(fabsf(d) < INFINITY)) {
        state.damaged = 1;
        return;
    }
    if (state.damaged)
        return;
    const auto p = static_cast<double>(expf(a - state.maxA));
    state.linear += p * static_cast<double>(d);
    // Out of bounds the rows are compared in another way; here it only must not overflow.
    state.beyond += p * static_cast<double>(expBeyondLinear(fminf(fmaxf(d, -kSmallChange), kSmallChange)));
    state.largestChange = fmaxf(state.largestChange, fabsf(d));
    if (state.argmaxB < 0 || b > state.maxB) {
        detail::raiseB(state, b);
        state.argmaxB = index;
    }
    state.sumB += static_cast<double>(expf(b - state.maxB));
    if (index == target)
        state.targetChange = d;
}

/// Takes over what another set of columns said.
TESSERA_BOTH void merge(RowState &state, const RowState &other)
{
    state.damaged |= other.damaged;
    if (other.hasTarget) {
        state.targetA = other.targetA;
        state.targetChange = other.targetChange;
        state.hasTarget = 1;
    }
    state.largestChange = fmaxf(state.largestChange, other.largestChange);
    if (other.argmaxA >= 0) {
        const bool first = state.argmaxA < 0;
        if (first || other.maxA > state.maxA || (other.maxA == state.maxA && other.argmaxA < state.argmaxA))
            state.argmaxA = other.argmaxA;
        if (first || other.maxA > state.maxA)
            detail::raiseA(state, other.maxA);
        const double factor = detail::rescale(other.maxA, state.maxA);
        state.sumA += other.sumA * factor;
        state.linear += other.linear * factor;
        state.beyond += other.beyond * factor;
    }
    if (other.argmaxB >= 0) {
        const bool first = state.argmaxB < 0;
        if (first || other.maxB > state.maxB || (other.maxB == state.maxB && other.argmaxB < state.argmaxB))
            state.argmaxB = other.argmaxB;
        if (first || other.maxB > state.maxB)
            detail::raiseB(state, other.maxB);
        state.sumB += other.sumB * detail::rescale(other.maxB, state.maxB);
    }
}

/// One row's figures. Without a second row kl and the other's are those of the reference itself. Without a target among the
/// columns the losses are not numbers.
struct RowFigures {
    double kl;            ///< KL(p || q), natural logarithm
    double nll, otherNll; ///< -log of the target's probability under p and q
    double logSum;        ///< log of the sum of e^a
    double lossChange;    ///< otherNll - nll, with all digits where d is small
    std::int64_t argmax, otherArgmax;
};

TESSERA_BOTH RowFigures figuresOf(const RowState &state)
{
    const double none = static_cast<double>(NAN);
    if (state.damaged || state.argmaxA < 0)
        return {none, none, none, none, none, state.argmaxA, state.argmaxB};
    RowFigures figures{};
    figures.logSum = static_cast<double>(state.maxA) + log(state.sumA);
    double logShift = 0;
    if (state.largestChange > 0) {
        const double mean = state.linear / state.sumA, growth = mean + state.beyond / state.sumA;
        logShift = state.largestChange <= kSmallChange && growth > kLeastGrowth
                     ? log1p(growth)
                     : static_cast<double>(state.maxB) + log(state.sumB) - figures.logSum;
        figures.kl = fmax(logShift - mean, 0.0);
    }
    figures.lossChange = state.hasTarget ? logShift - static_cast<double>(state.targetChange) : none;
    figures.nll = state.hasTarget ? figures.logSum - static_cast<double>(state.targetA) : none;
    figures.otherNll = figures.nll + figures.lossChange;
    figures.argmax = state.argmaxA;
    figures.otherArgmax = state.argmaxB < 0 ? state.argmaxA : state.argmaxB;
    return figures;
}

/// Sums of two vectors for their cosine; disjoint sets of elements add up.
struct CosineState {
    double product = 0, squareA = 0, squareB = 0;
};

TESSERA_BOTH void addElement(CosineState &state, float a, float b)
{
    const double x = a, y = b;
    state.product += x * y;
    state.squareA += x * x;
    state.squareB += y * y;
}

TESSERA_BOTH void merge(CosineState &state, const CosineState &other)
{
    state.product += other.product;
    state.squareA += other.squareA;
    state.squareB += other.squareB;
}

/// 1 - cosine; 0 for equal vectors, 1 where one of them is zero.
TESSERA_BOTH double cosineDistance(const CosineState &state)
{
    const double lengths = sqrt(state.squareA * state.squareB);
    if (lengths == 0)
        return state.squareA == state.squareB ? 0 : 1;
    return fmax(1 - state.product / lengths, 0.0);
}

} // namespace tessera::cuda
