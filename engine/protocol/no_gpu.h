// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tessera {

/// How a worker's sentence begins that was asked for a GPU and has none: "no GPU can be used: WHY; WHAT TO DO".
inline const std::string kNoGpu = "no GPU can be used: ";

} // namespace tessera
