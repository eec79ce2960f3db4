// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

namespace tessera {

/// Values that were computed with 50 digits; tests/data/spectra/reference.json says how.
const Json &reference();

/// The file holds numbers as decimal strings, small integers as numbers.
double numberOf(const Json &value);

} // namespace tessera
