// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/window/page_area.h"

#include <QEvent>
#include <QScrollBar>

#include <algorithm>

namespace tessera::ui {

PageArea::PageArea(QWidget *page)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidget(page);
    page->installEventFilter(this);
}

void PageArea::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    fit();
}

bool PageArea::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == widget() && event->type() == QEvent::LayoutRequest)
        fit();
    return QScrollArea::eventFilter(watched, event);
}

void PageArea::fit()
{
    const QSize room = maximumViewportSize();
    const int width = std::max(room.width(), widget()->minimumSizeHint().width());
    // The bar takes its place from the page.
    const int bar = width > room.width() ? horizontalScrollBar()->sizeHint().height() : 0;
    widget()->resize(width, room.height() - bar);
}

} // namespace tessera::ui
