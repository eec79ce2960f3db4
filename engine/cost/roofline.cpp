// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/roofline.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>
#include <system_error>

namespace tessera {
namespace {

/// Work that grows linearly with the number of the step: constant + slope t.
struct Linear {
    double constant = 0, slope = 0;
    double at(double t) const { return constant + slope * t; }
};

/// The sum of linear over t = first, ..., end - 1.
double sumOver(const Linear &linear, double first, double end)
{
    return end <= first ? 0 : linear.constant * (end - first) + linear.slope * (end * (end - 1) - first * (first - 1)) / 2;
}

/// The sum of max(a, b) over t = 0, ..., steps - 1: two straight lines cross at most once.
double sumOfMax(const Linear &a, const Linear &b, double steps)
{
    const bool aFirst = a.at(0) >= b.at(0);
    const Linear &before = aFirst ? a : b;
    const Linear &after = aFirst ? b : a;
    double crossing = steps;
    if (after.slope > before.slope)
        crossing = std::clamp(std::ceil((before.constant - after.constant) / (after.slope - before.slope)), 0.0, steps);
    return sumOver(before, 0, crossing) + sumOver(after, crossing, steps);
}

struct Rates {
    double operations, bytes; ///< A second.
    double overheadNs;
};

Rates ratesFor(const DeviceProfile &device, const Workload &workload)
{
    auto found = device.flops.find(workload.weights);
    if (found == device.flops.end())
        throw badInput("the device profile \"" + device.name + "\" has no rate for the type " + toString(workload.weights) +
                       " of the workload \"" + workload.name + "\"");
    return {found->second * device.computeFraction, device.bytesPerSecond * device.bandwidthFraction, device.overheadNs};
}

/// Operations and bytes of one part of a model: of the whole prefill, and of decode step t.
struct Work {
    double prefillOperations = 0, prefillBytes = 0;
    Linear stepOperations, stepBytes;
};

Amount nanoseconds(double value, const std::string &cost)
{
    if (!(value < 9e18))
        throw badInput("the estimated " + cost + " does not fit 63 bits: a length, the batch or a size is too large");
    return static_cast<Amount>(std::llround(value));
}

Costs timed(const Work &work, const Rates &rates, const Workload &workload)
{
    const double toOperationsNs = 1e9 / rates.operations, toBytesNs = 1e9 / rates.bytes;
    double prefill = 0;
    if (workload.input > 0)
        prefill = std::max(work.prefillOperations * toOperationsNs, work.prefillBytes * toBytesNs) + rates.overheadNs;
    const double steps = static_cast<double>(workload.output);
    const Linear operations{work.stepOperations.constant * toOperationsNs, work.stepOperations.slope * toOperationsNs};
    const Linear bytes{work.stepBytes.constant * toBytesNs, work.stepBytes.slope * toBytesNs};
    const double decode = sumOfMax(operations, bytes, steps) + steps * rates.overheadNs;
    Costs costs{{kPrefill, {nanoseconds(prefill, kPrefill), true}}, {kDecode, {nanoseconds(decode, kDecode), true}}};
    completeCosts(costs);
    return costs;
}

double matrixElements(const ModelConfig &config, const Variant &variant)
{
    double sum = 0;
    for (const TensorSpec &spec : tensorsOf(config, variant))
        if (spec.shape.size() == 2)
            sum += static_cast<double>(spec.shape[0]) * static_cast<double>(spec.shape[1]);
    return sum;
}

Work workOf(const ModelConfig &config, const Variant &variant, const Workload &workload)
{
    const double batch = static_cast<double>(workload.batch), input = static_cast<double>(workload.input);
    const double elements = matrixElements(config, variant);
    const double weightBytes = elements * static_cast<double>(bytesOf(workload.weights));
    const double streamBytes = 2 * batch * static_cast<double>(config.hidden) * static_cast<double>(bytesOf(workload.activations));
    Work work;
    work.prefillOperations = 2 * elements * batch * input;
    work.prefillBytes = weightBytes + streamBytes * input;
    work.stepOperations.constant = 2 * elements * batch;
    work.stepBytes.constant = weightBytes + streamBytes;
    if (variant.kind == VariantKind::Gqa) {
        const double pair = 4 * batch * static_cast<double>(config.heads) * static_cast<double>(config.headDim);
        const double kvBytes = 2 * batch * static_cast<double>(variant.size) * static_cast<double>(config.headDim) *
                               static_cast<double>(bytesOf(workload.kv));
        work.prefillOperations += pair * input * (input + 1) / 2;
        work.prefillBytes += kvBytes * input;
        work.stepOperations.constant += pair * (input + 1);
        work.stepOperations.slope = pair;
        work.stepBytes.constant += kvBytes * (input + 1);
        work.stepBytes.slope = kvBytes;
    }
    return work;
}

Work fixedWork(const ModelConfig &config, const Workload &workload)
{
    const double batch = static_cast<double>(workload.batch), input = static_cast<double>(workload.input);
    const double hidden = static_cast<double>(config.hidden), vocabulary = static_cast<double>(config.vocabulary);
    const double weight = static_cast<double>(bytesOf(workload.weights));
    const double activation = static_cast<double>(bytesOf(workload.activations));
    Work head;
    head.stepOperations.constant = 2 * hidden * vocabulary * batch;
    head.stepBytes.constant = hidden * vocabulary * weight + batch * (hidden * weight + (2 * hidden + vocabulary) * activation);
    head.prefillOperations = head.stepOperations.constant;
    head.prefillBytes = head.stepBytes.constant + batch * input * hidden * (weight + activation);
    return head;
}

std::string lowerCase(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

double positive(const Json &json, const std::string &key, double atMost, const std::string &where)
{
    const double value = requireNumber(json, key, where);
    if (!(value > 0) || value > atMost)
        throw badInput("\"" + key + "\" in " + where + " must lie above 0 and not above " + Json(atMost).dump());
    return value;
}

} // namespace

DeviceProfile parseDeviceProfile(const Json &json, const std::string &where)
{
    static const std::set<std::string> kKnown{"name",           "aliases",          "source",
                                              "flops",          "bytes_per_second", "compute_fraction",
                                              "bandwidth_fraction", "overhead_ns"};
    DeviceProfile profile;
    profile.name = requireString(json, "name", where);
    for (const auto &[key, value] : json.items())
        if (!kKnown.contains(key))
            throw badInput("\"" + key + "\" in " + where + " is unknown to a device profile");
    profile.source = requireString(json, "source", where);
    if (json.contains("aliases")) {
        if (!json["aliases"].is_array())
            throw badInput("\"aliases\" in " + where + " must be a list of names");
        for (const Json &alias : json["aliases"]) {
            if (!alias.is_string())
                throw badInput("\"aliases\" in " + where + " must be a list of names");
            profile.aliases.push_back(alias.get<std::string>());
        }
    }
    if (!json.contains("flops") || !json["flops"].is_object() || json["flops"].empty())
        throw badInput("\"flops\" in " + where + " must be an object of rates by type");
    for (const auto &[type, rate] : json["flops"].items())
        profile.flops[parseDType(type)] = positive(json["flops"], type, 1e20, "\"flops\" of " + where);
    profile.bytesPerSecond = positive(json, "bytes_per_second", 1e18, where);
    profile.computeFraction = positive(json, "compute_fraction", 1, where);
    profile.bandwidthFraction = positive(json, "bandwidth_fraction", 1, where);
    profile.overheadNs = requireNumber(json, "overhead_ns", where);
    if (profile.overheadNs < 0 || profile.overheadNs > 1e9)
        throw badInput("\"overhead_ns\" in " + where + " must lie between 0 and 1e9");
    return profile;
}

std::vector<DeviceProfile> readDeviceProfiles(const std::filesystem::path &folder)
{
    std::vector<DeviceProfile> profiles;
    std::error_code error;
    std::filesystem::directory_iterator files(folder, error);
    if (error)
        throw badInput("the folder of device profiles " + folder.string() + " cannot be read: " + error.message());
    for (const auto &file : files)
        if (file.path().extension() == ".json")
            profiles.push_back(parseDeviceProfile(readJsonFile(file.path(), 1u << 20), file.path().string()));
    std::sort(profiles.begin(), profiles.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
    return profiles;
}

const DeviceProfile &findDevice(const std::vector<DeviceProfile> &profiles, const std::string &device)
{
    const std::string wanted = lowerCase(device);
    std::string names;
    for (const DeviceProfile &profile : profiles) {
        if (lowerCase(profile.name) == wanted)
            return profile;
        for (const std::string &alias : profile.aliases)
            if (lowerCase(alias) == wanted)
                return profile;
        names += (names.empty() ? "" : ", ") + profile.name;
    }
    throw badInput("there is no profile of the device \"" + device + "\", so that nothing can be estimated for it; known are " +
                   (names.empty() ? "none" : names) + ". Measure on the device, or import costs");
}

Costs estimatedCosts(const DeviceProfile &device, const ModelConfig &config, const Variant &variant, const Workload &workload)
{
    if (const std::string why = whyImpossible(config, variant); !why.empty())
        throw badInput(toString(variant) + " cannot stand in this model: " + why);
    if (variant.kind == VariantKind::None)
        return {{kPrefill, {0, true}}, {kDecode, {0, true}}, {kRuntime, {0, true}}};
    return timed(workOf(config, variant, workload), ratesFor(device, workload), workload);
}

Costs estimatedFixedCosts(const DeviceProfile &device, const ModelConfig &config, const Workload &workload)
{
    return timed(fixedWork(config, workload), ratesFor(device, workload), workload);
}

Costs estimatedCosts(const DeviceProfile &device, const ModelArchitecture &model, const Workload &workload)
{
    Costs total = estimatedFixedCosts(device, model.config, workload);
    for (const LayerChoice &layer : model.layers)
        for (Part part : {Part::Attention, Part::Ffn})
            total = addCosts(total, estimatedCosts(device, model.config, layer.of(part), workload));
    return total;
}

} // namespace tessera
