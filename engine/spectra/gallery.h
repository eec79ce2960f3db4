// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/gram.h"

#include <filesystem>
#include <map>
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

/// A number of an experiment that a person may change. Within its range every experiment stays below 10 seconds on two cores.
struct ExperimentParameter {
    std::string name;    ///< As it is set: "depth".
    std::string meaning; ///< For a person: "hidden layers".
    double usual = 0;    ///< What it is where nothing is set.
    double least = 0, most = 0;
    bool whole = true;
    double value = 0; ///< What the rows were measured with; usual before they are.
};

/// Values by the names of parameters; those that are missing are as usual.
using ExperimentSettings = std::map<std::string, double>;

struct Experiment {
    std::string name;
    std::string claim;
    std::string lesson; ///< A paragraph: what the figures teach, and what they do not.
    /// What a paper states and these figures do not show; empty where everything is as published.
    std::string notReproduced;
    std::string source; ///< Where a reader finds the code: "engine/spectra/gallery_spectra.cpp: measureSlopes".
    std::string play;   ///< A command line to go on with, for these values of the parameters.
    std::vector<ExperimentParameter> parameters;
    std::vector<ExperimentRow> rows;
};

/// Experiments of the gallery, in the order of teaching.
std::vector<std::string> experimentNames();

/// All of them as they are before they run: without rows.
std::vector<Experiment> experiments();

/// Runs one. dataFolder: where iris.csv and the other small data sets lie. What is expected follows the settings where a closed form or
/// a law is known; elsewhere rows are compared with each other. Throws Error (BadInput) for an unknown name, a setting that the
/// experiment does not have, and a value that is out of range or not whole.
Experiment runExperiment(const std::string &name, const std::filesystem::path &dataFolder,
                         const ExperimentSettings &settings = {}, const GramOptions &options = {});

} // namespace tessera
