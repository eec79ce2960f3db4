// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/architecture/workload.h"
#include "engine/base/json.h"
#include "engine/cost/block_library.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tessera {

/// What the roofline needs to know of a device. Rates are what dense products and long reads reach in practice: the JSON
/// file (resources/devices/NAME.json) states peaks, the fractions of them to expect, and where the figures come from:
///   {"name", "aliases": [...], "source", "flops": {"f32": F, "bf16": F, ...}, "bytes_per_second", "compute_fraction",
///    "bandwidth_fraction", "overhead_ns"}
struct DeviceProfile {
    std::string name;
    std::vector<std::string> aliases;
    std::string source;
    std::map<DType, double> flops; ///< Floating point operations a second, by the type of the weights.
    double bytesPerSecond = 0;
    double computeFraction = 1;   ///< In (0, 1].
    double bandwidthFraction = 1; ///< In (0, 1].
    double overheadNs = 0;        ///< Of one sub-block in one step: launches and synchronisation.
};

/// Throws Error (BadInput) naming where for unknown members and for figures that are not positive.
DeviceProfile parseDeviceProfile(const Json &json, const std::string &where);
/// All *.json of a folder, by name. Throws Error (BadInput).
std::vector<DeviceProfile> readDeviceProfiles(const std::filesystem::path &folder);
/// By name or alias, case ignored. Throws Error (BadInput) that lists the known devices.
const DeviceProfile &findDevice(const std::vector<DeviceProfile> &profiles, const std::string &device);

/// prefill, decode and runtime by the roofline, marked estimated: each step takes
/// max(operations / (peak compute_fraction), bytes / (bandwidth bandwidth_fraction)) + overhead_ns, where bytes are weights,
/// keys and values read and written, and activations in and out of the sub-block; products count 2 operations a
/// multiplication, attention 4 heads head_dim for each pair of positions that see each other. Decode step t = 0, 1, ...
/// attends to input + t + 1 positions. The fixed part is the embedding, the final norm and the head, in prefill at the last
/// position only. none costs 0. Throws Error (BadInput) for a type that the profile has no rate for, and beyond 63 bits.
Costs estimatedCosts(const DeviceProfile &device, const ModelConfig &config, const Variant &variant, const Workload &workload);
Costs estimatedFixedCosts(const DeviceProfile &device, const ModelConfig &config, const Workload &workload);
Costs estimatedCosts(const DeviceProfile &device, const ModelArchitecture &model, const Workload &workload);

} // namespace tessera
