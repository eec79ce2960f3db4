// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/cost/block_library.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

/// The architecture that a nemotron-nas config.json (or the folder that holds it) describes; no weights are read. Throws Error (BadInput)
/// naming file, layer and field.
ModelArchitecture readNemotronNas(const std::filesystem::path &path);

/// A library without scores: in each layer the model's own block and the largest of all layers, which stands for the parent's. Costs
/// follow from the shapes, for batch 1, 4096 tokens in and 512 out in bf16.
BlockLibrary libraryOf(const ModelArchitecture &model, const std::string &name);

/// Checks that a child can be built from a library: Error (BadInput) names the first layer whose blocks it does not have, or the
/// number of layers where that differs. where names the child's source.
void requireBuildable(const BlockLibrary &library, const std::vector<LayerChoice> &choices, const std::string &where);

} // namespace tessera
