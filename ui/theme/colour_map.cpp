// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/colour_map.h"

#include "ui/theme/tokens.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace tessera::ui {
namespace {

// Evenly spaced colours of the published maps; between them linear in sRGB.
constexpr std::array<QRgb, 10> kCividis{0xff00224e, 0xff123570, 0xff3b496c, 0xff575d6d, 0xff707173,
                                        0xff8a8678, 0xffa59c74, 0xffc3b369, 0xffe1cc55, 0xfffee838};
constexpr std::array<QRgb, 10> kViridis{0xff440154, 0xff482878, 0xff3e4989, 0xff31688e, 0xff26828e,
                                        0xff1f9e89, 0xff35b779, 0xff6ece58, 0xffb5de2b, 0xfffde725};
constexpr std::array<QRgb, 7> kBlueOrange{0xff0b4f8a, 0xff4b8cc4, 0xffa9cbe6, 0xfff2f2f2,
                                          0xfff0c594, 0xffcf8232, 0xff7f4300};

QRgb interpolate(std::span<const QRgb> anchors, double t)
{
    double position = t * static_cast<double>(anchors.size() - 1);
    std::size_t first = std::min(static_cast<std::size_t>(position), anchors.size() - 2);
    double share = position - static_cast<double>(first);
    auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + share * (b - a))); };
    QRgb a = anchors[first], b = anchors[first + 1];
    return qRgb(mix(qRed(a), qRed(b)), mix(qGreen(a), qGreen(b)), mix(qBlue(a), qBlue(b)));
}

std::span<const QRgb> anchorsOf(ColourMap map)
{
    switch (map) {
    case ColourMap::Viridis:
        return kViridis;
    case ColourMap::BlueOrange:
        return kBlueOrange;
    default:
        return kCividis;
    }
}

} // namespace

const QList<QRgb> &mapTable(ColourMap map)
{
    static std::array<QList<QRgb>, 3> tables;
    QList<QRgb> &table = tables[static_cast<std::size_t>(map)];
    if (table.isEmpty())
        for (int i = 0; i < 256; ++i)
            table.append(interpolate(anchorsOf(map), i / 255.0));
    return table;
}

QRgb sampleMap(ColourMap map, double t)
{
    if (std::isnan(t))
        t = 0;
    return mapTable(map)[static_cast<qsizetype>(std::lround(255 * std::clamp(t, 0.0, 1.0)))];
}

QColor readableOn(const QColor &background)
{
    return contrast(background, Qt::white) >= contrast(background, Qt::black) ? QColor(Qt::white) : QColor(Qt::black);
}

} // namespace tessera::ui
