// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/search/problem.h"

#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// What the search answers: a choice per layer, how good it is and how sure that is, and why. A value that stands by itself.
struct Solution {
    /// How one limit fares. key is "COST" or "COST@WORKLOAD", made unique where a cost has several limits.
    struct LimitReport {
        std::string key;
        std::string limit;          ///< As it was written.
        std::optional<double> slack;///< In the limit's unit (bytes, ms, ones, tokens/s); at least 0 where the limit holds.
        double price = 0;           ///< Root dual, at least 0: score gained per GiB, ms or unit of relaxation.
    };
    /// The least relaxation of one constraint that makes the others and it hold together; none where it alone cannot.
    struct Relaxation {
        std::string limit;            ///< As it was written.
        std::optional<double> needed; ///< The value that the limit would need, in its unit.
        std::string repaired;         ///< The repaired limit, as --max and --min take it; empty where needed is missing.
    };

    SolveStatus status = SolveStatus::Unknown;
    std::string metric; ///< What objective sums up.
    double objective = 0;
    double bound = 0; ///< Proved: no choice is better. Minus infinity where nothing is known.
    std::int64_t nodes = 0;
    double seconds = 0; ///< Of the solve alone.
    std::vector<LayerChoice> choices; ///< Empty unless status is Optimal or Feasible.
    std::vector<Workload> workloads;
    std::vector<Costs> costs; ///< By workload.
    std::vector<LimitReport> limits;
    std::vector<std::string> conflict; ///< A minimal set of constraints that cannot hold together.
    std::vector<Relaxation> relaxations;
    std::vector<std::string> remarks;

    bool found() const { return status == SolveStatus::Optimal || status == SolveStatus::Feasible; }
    /// (objective - bound) / |objective|; 0 where both agree.
    double gap() const;
};

/// A solver's answer in the words of its problem.
Solution describeResult(const Problem &problem, const ProgramResult &result);

/// As cli.md prints it, without "id". Costs of the first workload are under their names, those of others under
/// NAME@WORKLOAD; "estimated" lists the estimated ones.
Json toJson(const Solution &solution);
/// Reads what toJson wrote. Throws Error (BadInput) naming where.
Solution parseSolution(const Json &json, const std::string &where);

/// [{"layer","attention","ffn"}] and back.
Json toJson(const std::vector<LayerChoice> &choices);
std::vector<LayerChoice> parseChoices(const Json &json, const std::string &where);

} // namespace tessera
