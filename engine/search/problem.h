// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/program.h"
#include "engine/search/rule.h"
#include "engine/search/scenario.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// A cost under a workload, by the library's number.
struct CostAxis {
    std::string cost;
    std::size_t workload = 0;
    bool operator==(const CostAxis &) const = default;
};

/// A scenario and a library as one program, with what its numbers mean. A layer whose library has pairs is one slot, whose
/// options are the pairs and all products of its sub-blocks; where a combination is no pair its figures are the sums of its
/// sub-blocks, and a remark says so. Any other layer is two slots, attention and FFN.
struct Problem {
    /// What a program's option decides: a sub-block, or both of a layer.
    struct Option {
        std::int64_t layer = 0;
        std::optional<Variant> attention, ffn;
        double standardError = 0;    ///< Of its score; 0 where unknown.
        std::vector<double> samples; ///< Of its score, where all its parts have them.
    };
    /// What a program's row adds up: one cost under one workload. Bounds of the row are without the fixed part.
    struct Row {
        CostAxis axis;
        Amount fixed = 0;
    };
    /// One of the scenario's limits: which row it bounds, on which side, at which total (fixed part included).
    struct BoundLimit {
        Limit limit;
        std::size_t row = 0;
        bool upper = true;
        Amount total = 0;
    };

    std::shared_ptr<const BlockLibrary> library;
    Scenario scenario;
    std::string objective; ///< The metric that is minimised.
    Program program;
    std::vector<Option> options; ///< By the program's numbers.
    std::vector<Row> rows;       ///< By the program's rows; those that rules add come behind.
    std::vector<BoundLimit> limits;
    std::vector<Rule> rules; ///< Of the scenario.
    Selection parent; ///< The parent's own options; empty where pins, bans or unknown figures exclude them.
    std::vector<std::string> remarks; ///< What a person should know: options left out, sums used for pairs.
};

/// Options whose score, or whose cost under an active limit, is unknown are left out. axes are costs besides those of the
/// limits that must be known of every option; each gets a row without bounds. Throws Error (BadInput) for a metric,
/// workload, cost, layer or variant that the library does not have, for contradictory pins, when a layer has no option
/// left, for rules that are malformed or name what is not there, and for figures that are not finite or whose sums do not fit.
Problem makeProblem(std::shared_ptr<const BlockLibrary> library, const Scenario &scenario, const std::vector<CostAxis> &axes = {});

/// The bounds of a row from the limits on it.
void applyLimits(Problem &problem, std::size_t row);

/// The workload of limits and rules that name none.
std::size_t defaultWorkload(const Problem &problem);
/// Whether a selection keeps the scenario's rules, and whether it keeps limits and rules.
bool keepsRules(const Problem &problem, const Selection &selection);
bool holds(const Problem &problem, const Selection &selection);

/// The choice per layer that a selection means, the selection that a choice means (nothing where an option is missing).
std::vector<LayerChoice> choicesOf(const Problem &problem, const Selection &selection);
std::optional<Selection> selectionOf(const Problem &problem, const std::vector<LayerChoice> &choices);

/// The row of a cost, if the problem has one.
std::optional<std::size_t> rowOf(const Problem &problem, const CostAxis &axis);

} // namespace tessera
