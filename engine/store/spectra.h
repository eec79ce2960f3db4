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

/// A spectrum without its result, which can be large: only the kernels that it is of, as objects; none where it is of a network.
struct SpectrumHead {
    SpectrumRecord record;
    Json kernels = Json::array();
};
/// As spectraOf().
std::vector<SpectrumHead> spectrumHeads(const Project &project, const std::string &kind = "");

/// These throw Error (BadInput) when there is none of this number.
SpectrumRecord loadSpectrum(const Project &project, std::int64_t id);
void nameSpectrum(Project &project, std::int64_t id, const std::string &name);
void forgetSpectrum(Project &project, std::int64_t id);

} // namespace tessera
