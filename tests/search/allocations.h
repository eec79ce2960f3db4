// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tessera::instances {

/// How often this program has called operator new; linking this in replaces it.
long allocationsSoFar();

} // namespace tessera::instances
