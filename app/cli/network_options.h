// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <optional>
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

/// TOKENS of the command line: "1,2,3", or "@FILE" with a JSON array. Throws Error (BadInput).
std::vector<std::int64_t> parseTokens(const std::string &text);
/// "0,7" for an option called name. Throws Error (BadInput).
std::vector<std::int64_t> parseIntegers(const std::string &text, const std::string &name);

/// Absolute, as the worker wants it. Throws Error (BadInput) where there is nothing.
std::string modelPath(const std::string &path);
/// The model's tokenizer, or nothing where the model came without one. Throws Error (BadInput) for a damaged one.
std::optional<Tokenizer> tokenizerOf(const std::string &model);

/// A folder of our own below the system's folder for temporary files; goes with everything in it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;
    std::string file(const std::string &name) const { return (m_path / name).string(); }

private:
    std::filesystem::path m_path;
};

} // namespace tessera
