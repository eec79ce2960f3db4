// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"
#include "engine/store/project.h"

#include <string>
#include <vector>

namespace tessera {

/// "3-7:attention=gqa:1+ffn=none" as sources whose weights the worker makes (origin paper). Throws Error (BadInput) for what the
/// model cannot have and for a sub-block named twice.
std::vector<SubBlockSource> replacementsOf(const std::vector<std::string> &texts, const ModelConfig &config);

/// The same with the weights that the search uses, where the project has any.
std::vector<SubBlockSource> replacementsOf(const std::vector<std::string> &texts, const ModelConfig &config, const Project &project);

} // namespace tessera
