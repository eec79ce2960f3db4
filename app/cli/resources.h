// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace tessera {

/// The folder with device profiles, the demo parent and its texts: TESSERA_RESOURCES where it is set, else share/tessera
/// beside the program's folder, else the source tree that the program was built from. Throws Error (Failed) that names the
/// places when there is none.
std::filesystem::path resourcesFolder();

} // namespace tessera
