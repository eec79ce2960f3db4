// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/text/tokenizer.h"

#include <filesystem>
#include <optional>
#include <string>

namespace tessera {

// What all work with one model needs before a worker runs it.

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
