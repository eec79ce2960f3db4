// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/jobs/distillation.h"
#include "engine/protocol/work_context.h"
#include "engine/store/project.h"

#include <string>

namespace tessera {

/// How the global distillation of a project's children is called in its history, and in what is said of its progress.
inline constexpr const char *kDistillChildStage = "distill-child";

/// An order as params of the method children/distill, which ask for the same.
Json toJson(const Distillation &order);

/// distillChildren() for children that the project built. What the order leaves open is the project's: the parent, the window (0), and
/// the text: trained on what variants are fitted to, judged by what they are scored on, so that no test of a child has been seen. Every
/// start is in the history of jobs. What comes out is recorded beside the child that it was, with its choices, and how (distillationsOf()):
/// {"from": path,"loss": {"kl","cosine","lm"},"train","learning_rate","window","tokens","steps","best_step","seconds","text":
/// [{"file","xxh3"}] or of the project [{"split","xxh3"}],"before": {figure: value},"after","change": {figure: {"difference","low","high"}}}.
/// Throws Error (BadInput) for a child that the project did not build, (Failed) where the project is open for reading.
Json distillProjectChildren(Project &project, Distillation order, const WorkContext &context);

/// What there is to choose for one child of the project: {"defaults": an order without children and out, "trainable": [{"train",
/// "parameters"}] for every word of trainedTensors() that names something in it, "unfinished": the orders of this child alone that were
/// interrupted and would go on}.
Json distillationChoices(const Project &project, const std::string &child);

} // namespace tessera
