// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keyboard do on the heat map; heat_map_view.cpp paints it.
#include "ui/plot/heat_map_view.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>

namespace tessera::ui {

bool HeatMapView::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        int row = 0, column = 0;
        if (cellAt(help->pos(), &row, &column))
            QToolTip::showText(help->globalPos(), tipOf(row, column), this);
        else
            QToolTip::hideText();
        return true;
    }
    return PlotView::event(event);
}

void HeatMapView::mousePressEvent(QMouseEvent *event)
{
    int row = 0, column = 0;
    if (!cellAt(event->position(), &row, &column))
        return;
    setCurrent(row, column);
    Q_EMIT currentChanged(row, column);
}

void HeatMapView::mouseDoubleClickEvent(QMouseEvent *event)
{
    int row = 0, column = 0;
    if (event->button() == Qt::LeftButton && cellAt(event->position(), &row, &column))
        Q_EMIT activated(row, column);
}

void HeatMapView::mouseMoveEvent(QMouseEvent *event)
{
    int row = -1, column = -1;
    if (!cellAt(event->position(), &row, &column))
        row = column = -1;
    if (row != m_hoverRow || column != m_hoverColumn) {
        m_hoverRow = row;
        m_hoverColumn = column;
        update();
    }
}

void HeatMapView::leaveEvent(QEvent *)
{
    m_hoverRow = m_hoverColumn = -1;
    update();
}

void HeatMapView::keyPressEvent(QKeyEvent *event)
{
    int rowStep = 0, columnStep = 0;
    switch (event->key()) {
    case Qt::Key_Up:
        rowStep = -1;
        break;
    case Qt::Key_Down:
        rowStep = 1;
        break;
    case Qt::Key_Left:
        columnStep = -1;
        break;
    case Qt::Key_Right:
        columnStep = 1;
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (exists(m_row, m_column))
            Q_EMIT activated(m_row, m_column);
        return;
    case Qt::Key_Space:
        if (exists(m_row, m_column)) {
            Layout layout = layoutIn(rect());
            Q_EMIT menuWanted(m_row, m_column, mapToGlobal(cellRect(layout, m_row, m_column).bottomLeft().toPoint()));
        }
        return;
    default:
        PlotView::keyPressEvent(event);
        return;
    }
    int row = std::max(m_row, 0), column = std::max(m_column, 0);
    if (m_row >= 0)
        do {
            row += rowStep;
            column += columnStep;
        } while (row >= 0 && column >= 0 && row < m_data.rows.size() && column < m_data.columnCount()
                 && !exists(row, column));
    if (exists(row, column)) {
        setCurrent(row, column);
        Q_EMIT currentChanged(row, column);
    }
}

void HeatMapView::contextMenuEvent(QContextMenuEvent *event)
{
    int row = m_row, column = m_column;
    if (event->reason() == QContextMenuEvent::Mouse && !cellAt(event->pos(), &row, &column))
        return;
    if (exists(row, column))
        Q_EMIT menuWanted(row, column, event->globalPos());
}

} // namespace tessera::ui
