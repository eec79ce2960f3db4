// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/store/project.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// A spectrum as "tessera spectra" prints it; the columns are what is asked for, and what forbids comparing it with others.
struct SpectrumRecord {
    std::int64_t id = 0; ///< Given by saveSpectrum.
    std::string kind, name, estimator;
    std::optional<std::string> probeHash;
    Json seeds = Json::array();
    Json result;
    std::string created;
};

std::int64_t saveSpectrum(Project &project, const SpectrumRecord &record);
/// In order of id; all kinds where kind is empty.
std::vector<SpectrumRecord> spectraOf(const Project &project, const std::string &kind = "");
/// Throws Error (BadInput) when there is none of this number.
SpectrumRecord loadSpectrum(const Project &project, std::int64_t id);
void forgetSpectrum(Project &project, std::int64_t id);

} // namespace tessera
