// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/jobs/network_model.h"
#include "engine/service/examination.h"
#include "engine/service/model_json.h"

namespace tessera::methods {

Json doctor(Call &call) { return toJson(examine(call.session.options().workerCommand, call.stop)); }

Json inspectModel(Call &call) { return describeModel(Checkpoint::open(modelPath(call.params.text("model")))); }

} // namespace tessera::methods
