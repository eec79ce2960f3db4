// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/picture.h"

class QWidget;

namespace tessera::ui {

class Session;

/// Asks for a path and writes the picture there; complaints become the session's. One that does not say where it comes from is
/// given the project's words.
void exportPicture(PictureSource source, Session &session, QWidget *parent, const QString &name);

} // namespace tessera::ui
