// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

#include <cstdlib>
#include <string>

namespace tessera {

/// Values that were computed with 50 digits; tests/data/spectra/reference.json says how.
inline const Json &reference()
{
    static const Json values = readJsonFile(std::string(TESSERA_TEST_DATA) + "/spectra/reference.json");
    return values;
}

/// The file holds numbers as decimal strings, small integers as numbers.
inline double numberOf(const Json &value)
{
    return value.is_string() ? std::strtod(value.get<std::string>().c_str(), nullptr) : value.get<double>();
}

} // namespace tessera
