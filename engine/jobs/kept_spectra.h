// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/store/spectra.h"

#include <string>

namespace tessera {

/// The row under which a project keeps an answer about kernels. kind: "mercer", "profile", "gram", "descend", "matrix", "regress" or
/// "gallery"; result: what spectra/questions.h gives, or several of one kind as {"spectra": [...]}, {"profiles": [...]} or
/// {"descents": [...]}. Its name is made of the kernels, of the data set for a regression, or is the experiment's; estimator and seeds
/// are those of the result. Throws Error (BadInput) for another kind, and where the result is of another shape.
SpectrumRecord spectrumRecordOf(const std::string &kind, Json result);

} // namespace tessera
