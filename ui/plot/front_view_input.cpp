// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keyboard do on the front; front_view.cpp paints it.
#include "ui/plot/front_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera::ui {
namespace {

constexpr double kReach = 9; ///< Pixels within which a mark is hit.

} // namespace

int FrontView::pointAt(const QPointF &position) const
{
    Frame frame = frameIn(rect());
    int best = -1;
    double least = kReach * kReach;
    for (int i = 0; i < m_data.front.size(); ++i) {
        double dx = frame.x.toPixel(m_data.front[i].x()) - position.x(),
               dy = frame.y.toPixel(m_data.front[i].y()) - position.y();
        if (dx * dx + dy * dy < least) {
            least = dx * dx + dy * dy;
            best = i;
        }
    }
    return best;
}

QString FrontView::tipOf(int index) const
{
    const QPointF &point = m_data.front[index];
    return m_data.xTitle + ": " + (m_data.xText ? m_data.xText(point.x()) : QString::number(point.x())) + "\n"
         + m_data.yTitle + ": " + (m_data.yText ? m_data.yText(point.y()) : QString::number(point.y())) + "\n"
         + tr("Click to set the limit here");
}

bool FrontView::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        int point = pointAt(help->pos());
        Frame frame = frameIn(rect());
        if (point >= 0) {
            QToolTip::showText(help->globalPos(), tipOf(point), this);
            return true;
        }
        for (const FrontData::Mark &mark : m_data.marks) {
            QPointF away = QPointF(frame.x.toPixel(mark.at.x()), frame.y.toPixel(mark.at.y())) - help->pos();
            if (QPointF::dotProduct(away, away) < kReach * kReach) {
                QToolTip::showText(help->globalPos(),
                                   mark.name + "\n" + m_data.xTitle + ": "
                                       + (m_data.xText ? m_data.xText(mark.at.x()) : QString()) + "\n" + m_data.yTitle
                                       + ": " + (m_data.yText ? m_data.yText(mark.at.y()) : QString()),
                                   this);
                return true;
            }
        }
        QToolTip::hideText();
        return true;
    }
    return PlotView::event(event);
}

void FrontView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_data.front.isEmpty())
        return;
    Frame frame = frameIn(rect());
    m_from = event->position();
    bool onLimit = m_data.limit && std::abs(frame.x.toPixel(*m_data.limit) - m_from.x()) < kReach;
    bool lasso = m_lassoMode || (event->modifiers() & Qt::ShiftModifier);
    m_drag = lasso ? Drag::Lasso : pointAt(m_from) >= 0 ? Drag::Press : onLimit ? Drag::Limit : Drag::Pan;
    m_lasso = QPolygonF{m_from};
}

void FrontView::mouseMoveEvent(QMouseEvent *event)
{
    Frame frame = frameIn(rect());
    if (m_drag == Drag::None) {
        int hover = pointAt(event->position());
        bool onLimit = m_data.limit && std::abs(frame.x.toPixel(*m_data.limit) - event->position().x()) < kReach;
        setCursor(hover >= 0 ? Qt::PointingHandCursor : onLimit ? Qt::SplitHCursor : Qt::ArrowCursor);
        if (hover != m_hover) {
            m_hover = hover;
            update();
        }
        return;
    }
    QPointF moved = event->position() - m_from;
    if (m_drag == Drag::Press && moved.manhattanLength() > 5)
        m_drag = Drag::Limit; // Dragging along the front moves the limit.
    if (m_drag == Drag::Lasso) {
        m_lasso.append(event->position());
        update();
    } else if (m_drag == Drag::Limit) {
        Q_EMIT limitDragged(frame.x.toValue(event->position().x()), false);
    } else if (m_drag == Drag::Pan) {
        m_x = frame.x.panned(moved.x());
        m_y = frame.y.panned(moved.y());
        m_from = event->position();
        update();
    }
}

void FrontView::mouseReleaseEvent(QMouseEvent *event)
{
    Drag drag = std::exchange(m_drag, Drag::None);
    if (drag == Drag::Lasso)
        finishLasso();
    else if (drag == Drag::Limit)
        Q_EMIT limitDragged(frameIn(rect()).x.toValue(event->position().x()), true);
    else if (drag == Drag::Press && pointAt(event->position()) >= 0)
        Q_EMIT pointAdopted(pointAt(event->position()));
}

void FrontView::finishLasso()
{
    Frame frame = frameIn(rect());
    auto inside = [&](const QPointF &value) {
        return m_lasso.containsPoint({frame.x.toPixel(value.x()), frame.y.toPixel(value.y())}, Qt::OddEvenFill);
    };
    QList<int> points, marks;
    for (int i = 0; i < m_data.front.size(); ++i)
        if (inside(m_data.front[i]))
            points.append(i);
    for (int i = 0; i < m_data.marks.size(); ++i)
        if (inside(m_data.marks[i].at))
            marks.append(i);
    m_lasso.clear();
    update();
    Q_EMIT lassoed(points, marks);
}

void FrontView::mouseDoubleClickEvent(QMouseEvent *) { showAll(); }

void FrontView::wheelEvent(QWheelEvent *event)
{
    Frame frame = frameIn(rect());
    double factor = std::pow(1.2, event->angleDelta().y() / 120.0);
    m_x = frame.x.zoomed(factor, frame.x.toValue(event->position().x()));
    m_y = frame.y.zoomed(factor, frame.y.toValue(event->position().y()));
    event->accept();
    update();
}

void FrontView::keyPressEvent(QKeyEvent *event)
{
    int count = static_cast<int>(m_data.front.size());
    Frame frame = frameIn(rect());
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
        if (count == 0)
            return;
        m_current = m_current < 0 ? 0 : std::clamp(m_current + (event->key() == Qt::Key_Left ? -1 : 1), 0, count - 1);
        setAccessibleDescription(tipOf(m_current).replace(QChar('\n'), QStringLiteral(", ")));
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0)
            Q_EMIT pointAdopted(m_current);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Minus: {
        double factor = event->key() == Qt::Key_Plus ? 1.25 : 0.8;
        m_x = frame.x.zoomed(factor, frame.x.toValue(frame.plot.center().x()));
        m_y = frame.y.zoomed(factor, frame.y.toValue(frame.plot.center().y()));
        break;
    }
    case Qt::Key_Home:
        showAll();
        return;
    case Qt::Key_A:
        if (!(event->modifiers() & Qt::ControlModifier))
            return PlotView::keyPressEvent(event);
        m_lasso = QPolygonF(QRectF(rect()).adjusted(-1e6, -1e6, 1e6, 1e6));
        finishLasso();
        return;
    default:
        PlotView::keyPressEvent(event);
        return;
    }
    update();
}

void FrontView::leaveEvent(QEvent *)
{
    m_hover = -1;
    update();
}

} // namespace tessera::ui
