// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/colour_map.h"
#include "ui/theme/tokens.h"

#include <gtest/gtest.h>

using namespace tessera::ui;

namespace {

double lightness(QRgb rgb)
{
    QColor colour(rgb);
    // The relative luminance of the contrast formula, back from the ratio against black.
    return contrast(colour, Qt::black);
}

} // namespace

TEST(Theme, TextReadsOnEverySurfaceInBothThemes)
{
    for (bool dark : {false, true})
        for (Colour text :
             {Colour::Text, Colour::TextMuted, Colour::TextFaint, Colour::Good, Colour::Bad, Colour::Warn})
            for (Colour surface : {Colour::Window, Colour::Surface, Colour::Raised, Colour::Sunken}) {
                if (text == Colour::TextFaint && surface == Colour::Sunken)
                    continue; // Nothing stale stands on a rail.
                EXPECT_GE(contrast(colourOf(text, dark), colourOf(surface, dark)), 4.5)
                    << "role " << int(text) << " on " << int(surface) << (dark ? " dark" : " light");
            }
}

TEST(Theme, MarksAndBordersAreTold3To1FromTheSurface)
{
    for (bool dark : {false, true})
        for (Colour mark :
             {Colour::LineStrong, Colour::Accent, Colour::Attention, Colour::Ffn, Colour::Parent, Colour::Child,
              Colour::Front, Colour::MarkA, Colour::MarkB, Colour::MarkC, Colour::MarkD, Colour::MarkE, Colour::MarkF})
            EXPECT_GE(contrast(colourOf(mark, dark), colourOf(Colour::Surface, dark)), 3.0)
                << "role " << int(mark) << (dark ? " dark" : " light");
    for (bool dark : {false, true})
        EXPECT_GE(contrast(colourOf(Colour::OnAccent, dark), colourOf(Colour::Accent, dark)), 4.5);
}

TEST(ColourMaps, SequentialOnesGrowLighterAllTheWay)
{
    for (ColourMap map : {ColourMap::Cividis, ColourMap::Viridis})
        for (int i = 1; i < 256; ++i)
            EXPECT_GE(lightness(mapTable(map)[i]) + 1e-2, lightness(mapTable(map)[i - 1])) << "colour " << i;
}

TEST(ColourMaps, TheDivergingOneIsAsLightOnBothSides)
{
    for (int i = 0; i <= 50; ++i) {
        double left = lightness(sampleMap(ColourMap::BlueOrange, i / 100.0)),
               right = lightness(sampleMap(ColourMap::BlueOrange, 1 - i / 100.0));
        EXPECT_LT(std::max(left, right) / std::min(left, right), 1.35) << "at " << i;
    }
    EXPECT_EQ(sampleMap(ColourMap::Cividis, -1), sampleMap(ColourMap::Cividis, 0));
    EXPECT_EQ(sampleMap(ColourMap::Cividis, std::nan("")), sampleMap(ColourMap::Cividis, 0));
}
