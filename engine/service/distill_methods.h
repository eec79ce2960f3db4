// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/service/call.h"

namespace tessera::methods {

// Global distillation of an open project's children; PROTOCOL.md says what each does.
Json distill(Call &call);
Json distillOptions(Call &call);

} // namespace tessera::methods
