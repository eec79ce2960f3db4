// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/store/solutions.h"

#include <map>
#include <string>

namespace tessera {

/// Records a child that came from another one by global distillation, with how: an object with "from", the path of that one;
/// jobs/project_distillation.h says what else. Both or nothing; it is in childrenOf() as every other.
void saveDistilledChild(Project &project, const ChildRecord &child, const Json &how);

/// How those children that were distilled were, by path. A child that was built later in the place of one of them is not among them.
std::map<std::string, Json> distillationsOf(const Project &project);

} // namespace tessera
