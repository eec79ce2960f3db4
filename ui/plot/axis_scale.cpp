// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/axis_scale.h"

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

double roundStep(double range, int wanted)
{
    double raw = range / std::max(1, wanted);
    double power = std::pow(10.0, std::floor(std::log10(raw)));
    for (double factor : {1.0, 2.0, 2.5, 5.0})
        if (raw <= factor * power * 1.0001)
            return factor * power;
    return 10 * power;
}

} // namespace

double AxisScale::toPixel(double value) const
{
    if (logarithmic) {
        double share = (std::log(std::max(value, 1e-300)) - std::log(low)) / (std::log(high) - std::log(low));
        return pixelLow + share * (pixelHigh - pixelLow);
    }
    return pixelLow + (value - low) / (high - low) * (pixelHigh - pixelLow);
}

double AxisScale::toValue(double pixel) const
{
    double share = (pixel - pixelLow) / (pixelHigh - pixelLow);
    if (logarithmic)
        return std::exp(std::log(low) + share * (std::log(high) - std::log(low)));
    return low + share * (high - low);
}

QList<double> AxisScale::ticks(int wanted, double grain) const
{
    QList<double> found;
    if (grain != 1) {
        AxisScale grains = *this;
        grains.low /= grain;
        grains.high /= grain;
        found = grains.ticks(wanted);
        for (double &tick : found)
            tick *= grain;
        return found;
    }
    if (!(high > low) || !std::isfinite(low) || !std::isfinite(high))
        return found;
    if (logarithmic && high / low > 30) {
        double decades = std::log10(high / low);
        int every = std::max(1, static_cast<int>(std::ceil(decades / std::max(1, wanted))));
        for (int power = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
             std::pow(10.0, power) <= high * (1 + 1e-9); power += every)
            found.append(std::pow(10.0, power));
        return found;
    }
    double step = roundStep(high - low, wanted);
    for (double index = std::ceil(low / step - 1e-9); index * step <= high + 1e-9 * step; ++index)
        found.append(index * step == 0 ? 0 : index * step);
    return found;
}

AxisScale AxisScale::zoomed(double factor, double around) const
{
    AxisScale next = *this;
    if (logarithmic) {
        next.low = around * std::pow(low / around, 1 / factor);
        next.high = around * std::pow(high / around, 1 / factor);
    } else {
        next.low = around + (low - around) / factor;
        next.high = around + (high - around) / factor;
    }
    return next.high > next.low ? next : *this;
}

AxisScale AxisScale::panned(double pixels) const
{
    AxisScale next = *this;
    next.low = toValue(pixelLow - pixels);
    next.high = toValue(pixelHigh - pixels);
    return next;
}

AxisScale paddedScale(double low, double high, double air, bool logarithmic)
{
    AxisScale scale;
    scale.logarithmic = logarithmic;
    if (!std::isfinite(low) || !std::isfinite(high) || low > high) {
        low = logarithmic ? 0.1 : 0;
        high = 1;
    }
    if (logarithmic) {
        low = std::max(low, 1e-12);
        high = std::max(high, low * 1.0001);
        double pad = std::pow(high / low, air);
        scale.low = low / std::max(pad, 1.01);
        scale.high = high * std::max(pad, 1.01);
        return scale;
    }
    double range = high - low;
    if (range <= 0)
        range = std::max(std::abs(high), 1.0) * 0.1;
    scale.low = low - air * range;
    scale.high = high + air * range;
    return scale;
}

} // namespace tessera::ui
