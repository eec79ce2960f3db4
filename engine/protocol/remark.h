// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/work_context.h"

#include <string>

namespace tessera {

/// A sentence that a piece of work says once, for a person and for the note of its job: what it will take, what memory made it do
/// otherwise. It travels as a progress without a total.
inline const std::string kRemarkName = "remark";

inline void remark(const WorkContext &context, const std::string &sentence) { context.progress({kRemarkName, 0, 0, "", sentence}); }

inline bool isRemark(const Progress &progress) { return progress.name == kRemarkName; }

} // namespace tessera
