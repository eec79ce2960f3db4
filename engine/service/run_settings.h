// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"
#include "engine/service/params.h"

namespace tessera {

/// How a network is run: "dtype", "threads" and "seed" where a method has them. Throws Error (BadInput) for a type in which none runs.
RunSettings runSettingsOf(const Params &params);

} // namespace tessera
