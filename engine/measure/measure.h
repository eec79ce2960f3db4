// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

namespace tessera {

/// Run times of sub-blocks, of the fixed part and of whole models on each workload's device (cli.md: prefill, decode). Per
/// workload one item a distinct subject: {"variant": block, or "fixed": true, or "model": name, "workload", "prefill", "decode",
/// "prefill_spread", "decode_spread", "repeats"}, times in whole nanoseconds. All subjects of a workload are timed in turn,
/// see measureInterleaved(); decode is integrated from three cache lengths, see decodeTime(). none takes 0 by definition, and
/// so does prefill without input and decode without output.
///
/// A sub-block is timed inside a stack of copies with weights and caches of their own over a stretch of memory as large as
/// the parent's weights (at most 512 MiB), so that its time is what it adds to a model and the sum over a child predicts the
/// child. Everything runs with random weights unless a model names a checkpoint.
///
/// On a GPU every sample is one graph, timed by the device's own events, with its caches swept before.
///
/// Result {"seconds","rounds","gpus"}: one member a workload on a GPU, {"workload","gpu","peak_bytes" of tensors, "before","after":
/// gpuState()}. Throws Error (BadInput) for a workload of a device that is not here or of mixed types, for
/// types other than f32 and bf16, for variants and layers that the parent cannot have, and where the workload needs more
/// memory than there is; Error (Interrupted) on request: nothing of the current workload is said then.
Json runMeasure(const MeasureRequest &request, const WorkContext &context);

} // namespace tessera
