// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/plot_view.h"

#include <QFont>
#include <QImage>
#include <QRect>

#include <gtest/gtest.h>

namespace tessera::ui {

/// Where two pictures differ to the eye: pixels whose colour lies beyond all that the other picture has there and one pixel around,
/// so that a version of Qt may round a line's place or the soft edge of a disc in another way.
struct PictureDifference {
    int pixels = 0;
    QRect place; ///< Around all of them.
    /// A dozen pixels are a corner; the least change that these tests try has more than twenty.
    bool isSeen() const { return pixels > 12; }
};
PictureDifference differenceOf(const QImage &a, const QImage &b);

/// What own painters draw, held against pictures in tests/data/ui that a person has looked at. Letters are blocks of one size
/// (tests/data/ui/make_blocks_font.py), so that the fonts of the machine count for nothing.
///
/// To write the pictures anew and look at what became of them:
///     TESSERA_WRITE_PICTURES=1 bin/test_ui --gtest_filter='Pictures.*' && git diff --stat tests/data/ui
class Pictures : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    /// Whether a view looks as its picture does.
    void expectPicture(PlotView &view, const char *name);
    /// That the test would notice the change that was made to the view since its picture: the control of expectPicture.
    void expectOtherThan(const char *name, PlotView &view, const char *change);

private:
    QFont m_usual;
    int m_font = -1;
};

} // namespace tessera::ui
