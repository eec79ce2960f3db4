// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/checkpoint/checkpoint.h"

namespace tessera {

/// A model as "tessera inspect" prints it, sizes and type as stored.
Json describeModel(const Checkpoint &checkpoint);

} // namespace tessera
