// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/scenario.h"
#include "engine/search/solve.h"

#include <CLI/CLI.hpp>

#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace tessera {

/// The options that solve, front, pool and explain share: cli.md's SCENARIO OPTIONS, and how to solve.
struct ScenarioOptions {
    std::string scenarioFile; ///< A file, or the name of a stored scenario.
    std::string objective, workload, name, solver, runtime;
    double noiseAversion = 0, maxSeconds = std::numeric_limits<double>::infinity();
    bool shrinkage = false;
    std::vector<std::string> most, least, pins, bans, rules;
};

/// Adds them to a command; the values are there when its callback runs.
std::shared_ptr<ScenarioOptions> addScenarioOptions(CLI::App &command);

/// The scenario that was asked for: base (from --scenario) with everything else added to it. Throws Error (BadInput).
Scenario scenarioOf(const ScenarioOptions &options, const Scenario &base);
/// The scenario file that --scenario names, where it is a file. Throws Error (BadInput).
std::optional<Scenario> scenarioInFile(const ScenarioOptions &options);
SolveOptions solveOptionsOf(const ScenarioOptions &options, const StopToken &stop);

} // namespace tessera
