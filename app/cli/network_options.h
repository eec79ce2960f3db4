// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/jobs/network_model.h"
#include "engine/protocol/requests.h"

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace tessera {

// What the commands that run a network share: logits, generate, evaluate.

/// How a network is run, as options give it.
struct NetworkOptions {
    std::string dtype = "f32";
    int threads = 0;
};
void addNetworkOptions(CLI::App &command, NetworkOptions &options);
/// Throws Error (BadInput) for a type in which networks do not run.
RunSettings toSettings(const NetworkOptions &options, std::uint64_t seed = 0);

/// --device and --device-memory, for every command that starts a worker: told to the workers through the environment's TESSERA_DEVICE,
/// as WorkerOptions says, and TESSERA_DEVICE_MEMORY (bytes; unset: what is free). Another word than auto, cpu, cuda or cuda:N, and what is no size, is an error of the
/// command line.
void addDeviceOption(CLI::App &command);

/// TOKENS of the command line: "1,2,3", or "@FILE" with a JSON array. Throws Error (BadInput).
std::vector<std::int64_t> parseTokens(const std::string &text);
/// "0,7" for an option called name. Throws Error (BadInput).
std::vector<std::int64_t> parseIntegers(const std::string &text, const std::string &name);

} // namespace tessera
