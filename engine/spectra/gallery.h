// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/gram.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// One figure of an experiment beside what is expected of it.
struct ExperimentRow {
    std::string what;
    double measured = 0;
    std::optional<double> expected; ///< Nothing where the rule compares rows.
    std::string rule;               ///< When the row counts as reproduced, for a person: "within 0.01".
    bool holds = false;
};

struct Experiment {
    std::string name;
    std::string claim;
    std::string lesson; ///< What the figures teach, and what they do not.
    /// What a paper states and these figures do not show; empty where everything is as published.
    std::string notReproduced;
    std::string source; ///< Where a reader finds the code.
    std::string play;   ///< A command line to go on with.
    std::vector<ExperimentRow> rows;
};

/// Experiments of the gallery, in the order of teaching. Each takes less than 10 seconds on two cores.
std::vector<std::string> experimentNames();

/// All of them as they are before they run: without rows.
std::vector<Experiment> experiments();

/// Runs one. dataFolder: where iris.csv and the other small data sets lie. Throws Error (BadInput) for an unknown name.
Experiment runExperiment(const std::string &name, const std::filesystem::path &dataFolder, const GramOptions &options = {});

} // namespace tessera
