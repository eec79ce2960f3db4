// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/gallery.h"

#include "engine/base/error.h"
#include "engine/spectra/gallery_experiments.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <utility>

namespace tessera {
namespace gallery {

double Surroundings::number(std::string_view name) const
{
    return std::find_if(parameters.begin(), parameters.end(),
                        [&](const ExperimentParameter &one) { return one.name == name; })
        ->value;
}

std::int64_t Surroundings::whole(std::string_view name) const { return std::llround(number(name)); }

bool Surroundings::asUsual(std::initializer_list<std::string_view> names) const
{
    return std::all_of(parameters.begin(), parameters.end(), [&](const ExperimentParameter &one) {
        return one.value == one.usual || std::find(names.begin(), names.end(), one.name) == names.end();
    });
}

ExperimentParameter wholes(std::string name, std::string meaning, double usual, double least, double most)
{
    return {std::move(name), std::move(meaning), usual, least, most, true, usual};
}

ExperimentParameter numbers(std::string name, std::string meaning, double usual, double least, double most)
{
    return {std::move(name), std::move(meaning), usual, least, most, false, usual};
}

std::string plain(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

ExperimentRow within(std::string what, double measured, double expected, double tolerance)
{
    return {std::move(what), measured, expected, "within " + plain(tolerance),
            std::fabs(measured - expected) <= tolerance};
}

ExperimentRow below(std::string what, double measured, double limit)
{
    return {std::move(what), measured, std::nullopt, "below " + plain(limit), measured < limit};
}

ExperimentRow above(std::string what, double measured, double limit)
{
    return {std::move(what), measured, std::nullopt, "above " + plain(limit), measured > limit};
}

std::vector<double> wave(std::int64_t points, int frequency)
{
    std::vector<double> y;
    for (std::int64_t i = 0; i < points; ++i)
        y.push_back(std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i) / static_cast<double>(points)));
    return y;
}

} // namespace gallery

namespace {

using namespace gallery;

/// In the order of teaching.
const std::vector<Design> &designs()
{
    static const std::vector<Design> all{finiteWidth(),    slopes(),       tails(),       parity(),
                                         lengths(),        shallowLimit(), localBias(),   conditions(),
                                         nearlyIdentity(), depthOrder(),   frequencies(), wideNetworks(),
                                         stepSize(),       sameFunction(), variance(),    realData()};
    return all;
}

std::string listed(const std::string &list, const std::string &word)
{
    return list + (list.empty() ? "" : ", ") + word;
}

/// The command line with the parameters' values in their places.
std::string filled(std::string play, const std::vector<ExperimentParameter> &parameters)
{
    for (const ExperimentParameter &parameter : parameters) {
        const std::string place = "{" + parameter.name + "}";
        for (auto at = play.find(place); at != std::string::npos; at = play.find(place, at))
            play.replace(at, place.size(), plain(parameter.value));
    }
    return play;
}

Experiment described(const Design &design, std::vector<ExperimentParameter> parameters)
{
    std::string play = filled(design.play, parameters);
    return {design.name,   design.claim,    design.lesson,         design.notReproduced,
            design.source, std::move(play), std::move(parameters), {}};
}

void set(std::vector<ExperimentParameter> &parameters, const std::string &experiment, const std::string &name,
         double value)
{
    std::string known;
    for (ExperimentParameter &parameter : parameters) {
        known = listed(known, parameter.name);
        if (parameter.name != name)
            continue;
        // Not a number is in no range either.
        if (!(value >= parameter.least && value <= parameter.most))
            throw badInput("\"" + name + "\" of the experiment " + experiment + " must lie between "
                           + plain(parameter.least) + " and " + plain(parameter.most) + ", not " + plain(value));
        if (parameter.whole && value != std::floor(value))
            throw badInput("\"" + name + "\" of the experiment " + experiment + " must be a whole number, not "
                           + plain(value));
        parameter.value = value;
        return;
    }
    throw badInput("the experiment " + experiment + " has no parameter \"" + name + "\": it has " + known);
}

} // namespace

std::vector<std::string> experimentNames()
{
    std::vector<std::string> names;
    for (const Design &design : designs())
        names.emplace_back(design.name);
    return names;
}

std::vector<Experiment> experiments()
{
    std::vector<Experiment> all;
    for (const Design &design : designs())
        all.push_back(described(design, design.parameters));
    return all;
}

Experiment runExperiment(const std::string &name, const std::filesystem::path &dataFolder,
                         const ExperimentSettings &settings, const GramOptions &options)
{
    std::string known;
    for (const Design &design : designs()) {
        known = listed(known, design.name);
        if (name != design.name)
            continue;
        Surroundings around{dataFolder, options, design.parameters};
        for (const auto &[parameter, value] : settings)
            set(around.parameters, name, parameter, value);
        Experiment experiment = described(design, around.parameters);
        experiment.rows = design.measure(around);
        return experiment;
    }
    throw badInput("there is no experiment \"" + name + "\": choose from " + known);
}

} // namespace tessera
