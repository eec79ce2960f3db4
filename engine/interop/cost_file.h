// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/store/project.h"
#include "engine/store/results.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

/// Costs of a project's variants that were found elsewhere: on the device that the child is for, by another tool.
///   {"workload": NAME or {"name": NAME, ...}, "fixed": {COST: v},
///    "variants": [{"block": BLOCK, "layer": 3 or "3-7" or "all", "estimated": false, COST: v, "costs": {COST: v}}]}
/// which is also what `tessera library --json` prints. The workload is the project's first where it is missing, layer means
/// all. COST is prefill, decode or runtime in ms, or inside "costs" and "fixed" a name of the author's own; parameters and bytes follow from the
/// shapes of a project that has a parent and are passed over, as are entries marked estimated and null. Other members are
/// the author's notes.
struct CostFile {
    std::vector<CostRecord> records;
    std::size_t passedOver = 0;          ///< Entries marked estimated.
    std::vector<std::string> remarks;    ///< Sentences for the user: a parent's or a variant's figure that is still missing.
};

/// Throws Error (BadInput) that says where for a workload, layer or block that the project does not have, a cost that is given
/// twice, and for what is no finite, non-negative number.
CostFile parseCostFile(const Json &json, const Project &project, const std::string &where);
CostFile readCostFile(const std::filesystem::path &file, const Project &project);

} // namespace tessera
