// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/gallery.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tessera::gallery {

// What the gallery's files share. Every experiment is a function from its surroundings to rows.

struct Surroundings {
    std::filesystem::path data;
    GramOptions options;
};

ExperimentRow within(std::string what, double measured, double expected, double tolerance);
ExperimentRow below(std::string what, double measured, double limit);
ExperimentRow above(std::string what, double measured, double limit);

/// sin(frequency angle) at equally spaced points of the circle.
std::vector<double> wave(std::int64_t points, int frequency);

// gallery_networks.cpp: networks of finite width, and images.
std::vector<ExperimentRow> finiteWidth(const Surroundings &around);
std::vector<ExperimentRow> depthOrder(const Surroundings &around);
std::vector<ExperimentRow> wideNetworks(const Surroundings &around);
std::vector<ExperimentRow> localBias(const Surroundings &around);

} // namespace tessera::gallery
