// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/gallery.h"

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::gallery {

// What the gallery's files share. Every experiment is a text and a function from its surroundings to rows.

struct Surroundings {
    std::filesystem::path data;
    GramOptions options;
    std::vector<ExperimentParameter> parameters; ///< With the values of this run.

    double number(std::string_view name) const;
    std::int64_t whole(std::string_view name) const;
    /// True where all of these have their usual values: published figures belong to them.
    bool asUsual(std::initializer_list<std::string_view> names) const;
};

struct Design {
    const char *name = "", *claim = "", *lesson = "", *notReproduced = "";
    const char *play = "";   ///< With {depth} where the value of that parameter belongs.
    const char *source = ""; ///< File and function.
    std::vector<ExperimentParameter> parameters;
    std::vector<ExperimentRow> (*measure)(const Surroundings &) = nullptr;
};

/// A parameter in whole numbers, or in any.
ExperimentParameter wholes(std::string name, std::string meaning, double usual, double least, double most);
ExperimentParameter numbers(std::string name, std::string meaning, double usual, double least, double most);

ExperimentRow within(std::string what, double measured, double expected, double tolerance);
ExperimentRow below(std::string what, double measured, double limit);
ExperimentRow above(std::string what, double measured, double limit);

/// As short as six digits allow: "0.25".
std::string plain(double value);
/// sin(frequency angle) at equally spaced points of the circle.
std::vector<double> wave(std::int64_t points, int frequency);

// gallery_spectra.cpp: eigenvalues and values of kernels as functions.
Design slopes();
Design tails();
Design parity();
Design lengths();
Design shallowLimit();
// gallery_locality.cpp and gallery_conditions.cpp: images, and condition numbers.
Design localBias();
Design conditions();
Design nearlyIdentity();
// gallery_networks.cpp: networks of finite width.
Design finiteWidth();
Design depthOrder();
Design wideNetworks();
// gallery_descent.cpp: the exact dynamics of gradient descent.
Design frequencies();
Design stepSize();
Design sameFunction();
// gallery_data.cpp: noise and real data.
Design variance();
Design realData();

} // namespace tessera::gallery
