// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

namespace tessera::ui {

/// The mapping between values and pixels along one axis, as a value. pixelLow may be greater than pixelHigh (y grows upwards).
struct AxisScale {
    double low = 0, high = 1; ///< Shown range of values; low < high, and both positive where logarithmic.
    double pixelLow = 0, pixelHigh = 1;
    bool logarithmic = false;

    double toPixel(double value) const;
    double toValue(double pixel) const;
    /// Round values within the range, about wanted of them. Round are multiples of grain: for bytes, of a MiB.
    QList<double> ticks(int wanted, double grain = 1) const;
    /// The same axis magnified by factor around a value that stays where it is.
    AxisScale zoomed(double factor, double around) const;
    /// The same axis moved by pixels.
    AxisScale panned(double pixels) const;
};

/// A range that holds both values with some air; never empty.
AxisScale paddedScale(double low, double high, double air, bool logarithmic);

} // namespace tessera::ui
