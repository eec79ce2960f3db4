// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/dtype.h"
#include "engine/base/json.h"

#include <cstdint>
#include <string>

namespace tessera {

/// The circumstances that every cost refers to (cli.md): how many sequences, how long, in which types, on which device.
struct Workload {
    std::string name = "default";
    std::int64_t batch = 1;
    std::int64_t input = 512;  ///< tokens of the prompt
    std::int64_t output = 128; ///< tokens generated
    DType weights = DType::F32, activations = DType::F32, kv = DType::F32;
    std::string device = "cpu";

    bool operator==(const Workload &) const = default;
};

/// Reads {"name","batch","input","output","weights","activations","kv","device"}; name, batch, input, output are required,
/// lengths and batch are at most 2^31, one of the lengths at least 1. Throws Error (BadInput) naming where.
Workload parseWorkload(const Json &json, const std::string &where);
Json toJson(const Workload &workload);

} // namespace tessera
