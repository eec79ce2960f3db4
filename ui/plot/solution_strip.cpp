// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/solution_strip.h"

#include "ui/theme/colour_map.h"
#include "ui/theme/tokens.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace tessera::ui {

SolutionStrip::SolutionStrip(QWidget *parent) : PlotView(parent) {}

void SolutionStrip::setData(const StripData &data)
{
    m_data = data;
    if (m_layer >= data.layers.size())
        m_layer = -1;
    if (m_last >= data.layers.size())
        m_first = m_last = -1;
    update();
}

void SolutionStrip::setCurrent(int layer, bool ffn)
{
    m_layer = layer < m_data.layers.size() ? layer : -1;
    m_ffn = ffn;
    setAccessibleDescription(m_layer >= 0 ? tipOf(m_layer, m_ffn).replace(QChar('\n'), QStringLiteral(", "))
                                          : QString());
    update();
}

SolutionStrip::Layout SolutionStrip::layoutIn(const QRectF &area) const
{
    QFontMetricsF metrics(typeFont(Type::Caption));
    Layout layout;
    layout.labels =
        std::max(metrics.horizontalAdvance(tr("Attention")), metrics.horizontalAdvance(tr("FFN"))) + kSpaceM;
    layout.left = area.left() + kSpaceL + layout.labels;
    double count = std::max<double>(1, static_cast<double>(m_data.layers.size()));
    layout.width = std::min(160.0, (area.right() - kSpaceL - layout.left) / count);
    if (layout.width > 8)
        layout.width = std::floor(layout.width);
    double numbers = metrics.height() + kSpaceXs;
    layout.half = (area.height() - 2 * kSpaceS - numbers) / 2;
    layout.middle = area.top() + kSpaceS + layout.half + numbers / 2;
    return layout;
}

bool SolutionStrip::halfAt(const QPointF &point, int *layer, bool *ffn) const
{
    Layout layout = layoutIn(rect());
    int found = static_cast<int>(std::floor((point.x() - layout.left) / layout.width));
    if (found < 0 || found >= m_data.layers.size())
        return false;
    *layer = found;
    *ffn = point.y() > layout.middle;
    return true;
}

void SolutionStrip::paintHalf(QPainter &painter, const QFontMetricsF &metrics, const Layout &layout, int layer,
                              bool ffn) const
{
    const StripData::Half &half = ffn ? m_data.layers[layer].ffn : m_data.layers[layer].attention;
    double gap = layout.width > 12 ? 4 : layout.width > 4 ? 1 : 0;
    double numbers = (metrics.height() + kSpaceXs) / 2;
    double full = layout.half - 4, size = std::clamp(half.share, 0.0, 1.0) * full;
    double x = layout.left + layer * layout.width + gap / 2, width = layout.width - gap;
    double base = ffn ? layout.middle + numbers : layout.middle - numbers;
    QRectF track = ffn ? QRectF(x, base, width, full) : QRectF(x, base - full, width, full);
    QRectF bar = ffn ? QRectF(x, base, width, size) : QRectF(x, base - size, width, size);
    painter.fillRect(track, colour(Colour::Sunken));
    QColor fill = colour(m_data.stale ? Colour::TextFaint : ffn ? Colour::Ffn : Colour::Attention);
    if (!half.parent)
        fill.setAlphaF(0.78F);
    painter.fillRect(bar, fill);
    if (half.changed) {
        painter.setPen(QPen(colour(Colour::Child), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(track.adjusted(1, 1, -1, -1));
    }
    if (half.pinned) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour(Colour::Accent));
        double side = std::min(10.0, width);
        QPointF corner = ffn ? track.bottomLeft() : track.topLeft();
        painter.drawPolygon(QPolygonF{corner, corner + QPointF(side, 0), corner + QPointF(0, ffn ? -side : side)});
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    if (width > metrics.averageCharWidth() && metrics.horizontalAdvance(half.mark) <= width - 2) {
        bool inside = size > metrics.height() + 4;
        double top = ffn ? (inside ? bar.bottom() - metrics.height() - 2 : bar.bottom() + 2)
                         : (inside ? bar.top() + 2 : bar.top() - metrics.height() - 2);
        top = std::clamp(top, track.top(), std::max(track.top(), track.bottom() - metrics.height()));
        QColor solid = colour(m_data.stale ? Colour::TextFaint : ffn ? Colour::Ffn : Colour::Attention);
        painter.setPen(inside ? readableOn(solid) : colour(Colour::TextMuted));
        painter.drawText(QRectF(x, top, width, metrics.height()), Qt::AlignCenter, half.mark);
    }
}

void SolutionStrip::paintPlot(QPainter &painter, const QRectF &area, bool forExport)
{
    if (m_data.layers.isEmpty()) {
        paintEmpty(painter, area, m_emptyText);
        return;
    }
    Layout layout = layoutIn(area);
    painter.setFont(typeFont(Type::Caption));
    QFontMetricsF metrics(painter.font());
    painter.setPen(colour(Colour::TextMuted));
    QRectF labels(area.left() + kSpaceL, 0, layout.labels - kSpaceM, metrics.height());
    painter.drawText(labels.translated(0, layout.middle - metrics.height() / 2 - layout.half / 2), Qt::AlignLeft,
                     tr("Attention"));
    painter.drawText(labels.translated(0, layout.middle - metrics.height() / 2), Qt::AlignLeft, tr("Layer"));
    painter.drawText(labels.translated(0, layout.middle - metrics.height() / 2 + layout.half / 2), Qt::AlignLeft,
                     tr("FFN"));
    int count = static_cast<int>(m_data.layers.size());
    if (m_first >= 0)
        painter.fillRect(QRectF(layout.left + m_first * layout.width, area.top() + 2,
                                (m_last - m_first + 1) * layout.width, area.height() - 4),
                         colour(Colour::AccentSoft));
    int every = std::max(
        1, static_cast<int>(std::ceil((metrics.horizontalAdvance(QString::number(count)) + 4) / layout.width)));
    for (int layer = 0; layer < count; ++layer) {
        paintHalf(painter, metrics, layout, layer, false);
        paintHalf(painter, metrics, layout, layer, true);
        if (layer % every == 0) {
            painter.setPen(colour(Colour::TextMuted));
            painter.drawText(QRectF(layout.left + layer * layout.width - 10, layout.middle - metrics.height() / 2,
                                    layout.width + 20, metrics.height()),
                             Qt::AlignCenter, QString::number(layer));
        }
    }
    if (forExport)
        return;
    painter.setBrush(Qt::NoBrush);
    auto frame = [&](int layer, bool ffn, const QColor &pen, double width) {
        double numbers = (metrics.height() + kSpaceXs) / 2 - 2;
        QRectF half(layout.left + layer * layout.width, ffn ? layout.middle + numbers : layout.middle - layout.half - 4,
                    layout.width, layout.half + 4 - numbers);
        painter.setPen(QPen(pen, width));
        painter.drawRect(half.adjusted(0, 0, -1, -1));
    };
    if (m_hover >= 0 && m_hover < count)
        frame(m_hover, m_hoverFfn, colour(Colour::LineStrong), 1);
    if (m_layer >= 0 && m_layer < count)
        frame(m_layer, m_ffn, colour(hasFocus() ? Colour::Accent : Colour::LineStrong), 2);
}

QString SolutionStrip::tipOf(int layer, bool ffn) const
{
    const StripData::Half &half = ffn ? m_data.layers[layer].ffn : m_data.layers[layer].attention;
    QString text = tr("Layer %1, %2").arg(layer).arg(ffn ? tr("FFN") : tr("attention")) + "\n" + half.title;
    if (half.parent)
        text += " · " + tr("as in the parent");
    return text + "\n" + (half.pinned ? tr("Pinned; click to free it") : tr("Click to pin it"));
}

QString SolutionStrip::toCsv() const
{
    QString text = csvLine({tr("Layer"), tr("Attention"), tr("FFN")});
    for (int layer = 0; layer < m_data.layers.size(); ++layer)
        text += csvLine({QString::number(layer), m_data.layers[layer].attention.title, m_data.layers[layer].ffn.title});
    return text;
}

bool SolutionStrip::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        int layer = 0;
        bool ffn = false;
        if (halfAt(help->pos(), &layer, &ffn))
            QToolTip::showText(help->globalPos(), tipOf(layer, ffn), this);
        else
            QToolTip::hideText();
        return true;
    }
    return PlotView::event(event);
}

void SolutionStrip::mousePressEvent(QMouseEvent *event)
{
    int layer = -1;
    bool ffn = false;
    if (!halfAt(event->position(), &layer, &ffn))
        return;
    m_pressed = layer;
    m_first = m_last = -1;
    setCurrent(layer, ffn);
    Q_EMIT currentChanged(layer, ffn);
}

void SolutionStrip::mouseMoveEvent(QMouseEvent *event)
{
    int layer = -1;
    bool ffn = false;
    bool inside = halfAt(event->position(), &layer, &ffn);
    m_hover = inside ? layer : -1;
    m_hoverFfn = ffn;
    if (inside && m_pressed >= 0 && (event->buttons() & Qt::LeftButton) && (layer != m_pressed || m_first >= 0)) {
        m_first = std::min(layer, m_pressed);
        m_last = std::max(layer, m_pressed);
    }
    update();
}

void SolutionStrip::mouseReleaseEvent(QMouseEvent *event)
{
    int pressed = std::exchange(m_pressed, -1);
    if (pressed < 0 || event->button() != Qt::LeftButton)
        return;
    if (m_first >= 0)
        Q_EMIT rangeSelected(m_first, m_last);
    else
        Q_EMIT pinWanted(m_layer, m_ffn);
}

void SolutionStrip::leaveEvent(QEvent *)
{
    m_hover = -1;
    update();
}

void SolutionStrip::keyPressEvent(QKeyEvent *event)
{
    int count = static_cast<int>(m_data.layers.size());
    int layer = m_layer;
    bool ffn = m_ffn;
    switch (event->key()) {
    case Qt::Key_Left:
        layer = std::max(0, layer - 1);
        break;
    case Qt::Key_Right:
        layer = std::min(count - 1, layer + 1);
        break;
    case Qt::Key_Up:
        ffn = false;
        break;
    case Qt::Key_Down:
        ffn = true;
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (m_layer >= 0)
            Q_EMIT pinWanted(m_layer, m_ffn);
        return;
    default:
        PlotView::keyPressEvent(event);
        return;
    }
    if (count == 0)
        return;
    setCurrent(std::max(0, layer), ffn);
    Q_EMIT currentChanged(m_layer, m_ffn);
}

void SolutionStrip::contextMenuEvent(QContextMenuEvent *event)
{
    int layer = m_layer;
    bool ffn = m_ffn;
    if (event->reason() == QContextMenuEvent::Mouse && !halfAt(event->pos(), &layer, &ffn))
        return;
    if (layer >= 0)
        Q_EMIT menuWanted(layer, ffn, event->globalPos());
}

} // namespace tessera::ui
