// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace tessera::ui {

/// A text of the engine's gallery in the user's language, with formulas as in print: "alpha = 1/sqrt L" is "α = 1/√L".
QString galleryText(const QString &text);
/// Those that can be translated, as the engine has them.
QStringList galleryTexts();

/// The same for the name of a figure of an experiment, or its rule.
QString galleryRow(const QString &text);
/// Those that can be translated, with %1 and so on where numbers and names are.
QStringList galleryRows();

} // namespace tessera::ui
