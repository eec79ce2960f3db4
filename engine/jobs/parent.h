// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/checkpoint.h"
#include "engine/store/project.h"

#include <filesystem>

namespace tessera {

/// Opens a project's parent: at candidate where that is not empty, otherwise where it was last seen or, failing that, under the
/// same name beside the project. Where it was found is remembered when the project is open for writing. Throws Error (BadInput)
/// when it is not there or is another model (known by its fingerprint), with a sentence that says to use --parent.
Checkpoint findParent(Project &project, const std::filesystem::path &candidate = {});

} // namespace tessera
