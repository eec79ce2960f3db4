// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>

namespace tessera::ui {

/// Colour maps that keep their order for every kind of colour vision and in grey.
enum class ColourMap {
    Cividis,   ///< Sequential, dark blue to yellow.
    Viridis,   ///< Sequential, violet to yellow.
    BlueOrange ///< Diverging around 0.5, lightness alike on both sides.
};

/// The colour at t, clamped to 0..1.
QRgb sampleMap(ColourMap map, double t);
/// 256 colours from 0 to 1.
const QList<QRgb> &mapTable(ColourMap map);
/// Black or white, whichever reads better on the colour.
QColor readableOn(const QColor &background);

} // namespace tessera::ui
