// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QPainter>

namespace tessera::ui {

/// The interface's own line icons, drawn on a grid of 16 and in any colour.
enum class Icon {
    Home,
    Library,
    Search,
    Children,
    Jobs,
    Compare,
    Pin,
    Ban,
    Remove,
    Add,
    Open,
    Export,
    Undo,
    Redo,
    Lasso,
    Lesson,
    Spectra
};

void paintIcon(QPainter &painter, Icon icon, const QRectF &place, const QColor &colour);
/// In the text colour, muted where disabled; follows the theme of the moment at which it is made.
QIcon makeIcon(Icon icon);

} // namespace tessera::ui
