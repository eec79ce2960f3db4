// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace tessera::ui {

/// A text of the engine's gallery in the user's language; one that is not known comes back as it is.
QString galleryText(const QString &text);
/// Those that can be translated, as the engine has them.
QStringList galleryTexts();

} // namespace tessera::ui
