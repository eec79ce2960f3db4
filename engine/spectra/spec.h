// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/gram.h"

namespace tessera {

/// Reads {"cases":[{"kernel":{...},"x":[[...]],"z":[[...]]}]}, all fields as the command line documents them, and returns it with
/// "gp" and "ntk", matrices x by z, added to each case. A case without z compares x with itself. Throws Error (BadInput) with a
/// sentence that names the case, before anything of it is computed.
Json evaluateSpec(Json spec, const GramOptions &options = {});

} // namespace tessera
