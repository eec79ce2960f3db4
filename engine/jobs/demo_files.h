// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

namespace tessera {

/// What Tessera ships for demonstrations, and where it goes.
struct DemoFiles {
    std::filesystem::path parent;
    std::vector<std::filesystem::path> texts; ///< That the parent was not trained on, by name.
    std::filesystem::path finished;           ///< A project of both, without weights: see adoptProject().
};
DemoFiles demoFiles(const std::filesystem::path &resources);

/// The texts that come with the demo parent; nothing for other parents.
std::vector<std::filesystem::path> shippedTexts(const std::filesystem::path &parent, const std::filesystem::path &resources);

/// $XDG_DATA_HOME/tessera/demo, ~/.local/share/tessera/demo. Throws Error (BadInput) where neither variable is set.
std::filesystem::path demoFolder();
/// The demo's project in a folder, which is made where it is missing.
std::filesystem::path demoProjectIn(const std::filesystem::path &folder);

} // namespace tessera
