// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"
#include "ui/plot/solution_strip.h"

namespace tessera::ui {

class Session;

/// A child as the strip draws it: shares of the parent's sub-blocks, pins of the scenario, and where there is a reference,
/// what differs from it.
StripData stripOf(const Session &session, const QList<LayerNames> &choices,
                  const QList<LayerNames> *reference = nullptr);

/// The library's number of what a child has in a half of a layer, or -1; whole pairs where the library knows only these.
int variantOf(const Library &library, const QList<LayerNames> &choices, int layer, bool ffn);

/// How many sub-blocks two children have differently.
int differences(const QList<LayerNames> &a, const QList<LayerNames> &b);

} // namespace tessera::ui
