// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/kept_answers.h"

#include <optional>

namespace tessera::ui {

// Settings of the Spectra workspace: {"view","of","dimension","kernels":[settingsOf(KernelDraft)], "spectrum": {"trace_one","theory",
// "table"},"training": {"kernel","way","time"},"data": {"data","points","kernel"},"gallery": {"experiment"}}. Any may be missing.

/// Those at which the workspace asks what a kept answer is the answer to: what matters is read from the answer, all else is as it was
/// when it was kept. Nothing where it has no fields for it, as for kernels of convolutions from the command line.
std::optional<Json> settingsToShow(const KeptSpectrum &kept);

} // namespace tessera::ui
