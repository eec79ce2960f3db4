// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/base/json.h"
#include "engine/cost/limit.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// "L:BLOCK" of cli.md: some layers, and the variant of one sub-block or of both.
struct LayerBlock {
    /// A sub-block's variant, or the parent's where variant is missing.
    struct Choice {
        std::optional<Variant> variant;
        bool operator==(const Choice &) const = default;
        Variant in(const LayerChoice &parent, Part part) const { return variant ? *variant : parent.of(part); }
    };
    std::string layers; ///< "12", "3-7" or "all".
    std::optional<Choice> attention, ffn;
    std::string text; ///< As it was written.

    bool operator==(const LayerBlock &) const = default;
};
/// Throws Error (BadInput) naming the text.
LayerBlock parseLayerBlock(std::string_view text);

/// What the user asks of the search, as an immutable value: it can be named, stored, compared and sent. It knows no library:
/// whether layers, variants, workloads and metrics exist is seen when a Problem is made of both.
struct Scenario {
    std::string name;      ///< May be empty.
    std::string objective; ///< A metric of the library; empty for the library's default.
    std::string workload;  ///< Of limits that name none; empty for the library's first.
    /// A program that is to load every child; may be empty. The search knows none: bans and rules stand in its place before a problem
    /// is made (service/runtime_scenario.h).
    std::string runtime;
    /// The objective takes each score's mean plus this many of its standard errors.
    double noiseAversion = 0;
    /// Scores are drawn to what is expected of their layer and variant before, the more the less sure they are (shrinkage.h).
    bool shrinkage = false;
    std::vector<Limit> limits;
    std::vector<LayerBlock> pins;
    std::vector<LayerBlock> bans;
    std::vector<std::string> rules; ///< As rule.h reads them.

    bool operator==(const Scenario &) const = default;
};

/// {"name","objective","workload","runtime","noise_aversion","shrinkage","max":[LIMIT...],"min":[LIMIT...],"pin":[L:BLOCK...],"ban":[...],
///  "rule":[RULE...]}, every member optional. Throws Error (BadInput) naming where for anything else.
Scenario parseScenario(const Json &json, const std::string &where);
Json toJson(const Scenario &scenario);

/// One line for people: "kl_div, memory <= 24GiB, pin 0-3:attention=parent".
std::string describe(const Scenario &scenario);

} // namespace tessera
