// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/journey.h"

namespace tessera::ui {

/// The window on a fresh copy of the demo, whose parent and text are there, so that its networks can be run. Skipped where there is
/// no worker.
class DemoJourney : public Journey {
protected:
    void SetUp() override;
    /// A request's result; what it complains of otherwise ends the test.
    Json ask(const char *method, const Json &params);
};

} // namespace tessera::ui
