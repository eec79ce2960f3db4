// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

namespace tessera {

/// What this worker runs on: {"libtorch","device","device_name","threads","memory"}; memory in bytes, null where it is unknown.
Json describeDevice();

/// The same with "dtypes": {"f32": x, "bf16": y}, 1e9 multiply-adds a second of matrix products of a transformer's shapes in
/// each type, and "log_softmax" with GB of logits that are read a second. Takes about half a second a type.
Json measureDevice();

} // namespace tessera
