// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>

namespace tessera::ui {

/// Tessera's own icon, in the sizes that windows and task bars ask for.
QIcon applicationIcon();

} // namespace tessera::ui
