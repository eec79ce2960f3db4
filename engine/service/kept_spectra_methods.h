// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/service/call.h"

namespace tessera::methods {

Json keepSpectrum(Call &call);
Json renameSpectrum(Call &call);

} // namespace tessera::methods
