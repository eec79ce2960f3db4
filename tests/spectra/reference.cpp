// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/spectra/reference.h"

#include <cstdlib>
#include <string>

namespace tessera {

const Json &reference()
{
    static const Json values = readJsonFile(std::string(TESSERA_TEST_DATA) + "/spectra/reference.json");
    return values;
}

double numberOf(const Json &value)
{
    return value.is_string() ? std::strtod(value.get<std::string>().c_str(), nullptr) : value.get<double>();
}

} // namespace tessera
