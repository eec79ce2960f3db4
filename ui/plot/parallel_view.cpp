// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/parallel_view.h"

#include "ui/theme/colour_map.h"
#include "ui/theme/theme.h"
#include "ui/theme/tokens.h"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tessera::ui {
namespace {

constexpr double kReach = 8;           ///< Pixels within which an axis or a line is hit.
constexpr qsizetype kMostSmooth = 500; ///< Lines that are drawn with smooth edges.

double distanceTo(const QLineF &line, const QPointF &at)
{
    QPointF along = line.p2() - line.p1(), from = at - line.p1();
    double length = QPointF::dotProduct(along, along);
    double share = length > 0 ? std::clamp(QPointF::dotProduct(from, along) / length, 0.0, 1.0) : 0;
    QPointF away = from - share * along;
    return std::hypot(away.x(), away.y());
}

/// From the best, 0, to the worst, 1: the best stands out most, dark in the light theme and bright in the dark one.
QColor lineColour(double share)
{
    return QColor(sampleMap(ColourMap::Viridis, isDark() ? 0.95 - 0.6 * share : 0.1 + 0.7 * share));
}

} // namespace

ParallelView::ParallelView(QWidget *parent) : PlotView(parent) {}

void ParallelView::setData(const ParallelData &data)
{
    bool same = data.axes.size() == m_data.axes.size();
    for (qsizetype i = 0; same && i < data.axes.size(); ++i)
        same = data.axes[i].title == m_data.axes[i].title;
    m_data = data;
    if (!same)
        m_brushes = QList<Brush>(data.axes.size());
    m_ranges.clear();
    for (int axis = 0; axis < data.axes.size(); ++axis) {
        double low = std::numeric_limits<double>::infinity(), high = -low;
        for (const QList<double> &row : data.rows)
            if (axis < row.size() && std::isfinite(row[axis])) {
                low = std::min(low, row[axis]);
                high = std::max(high, row[axis]);
            }
        m_ranges.append({low, high});
    }
    m_axis = std::clamp(m_axis, 0, std::max(0, static_cast<int>(data.axes.size()) - 1));
    if (m_current >= data.rows.size())
        m_current = -1;
    update();
}

void ParallelView::setCurrent(int row)
{
    m_current = row < m_data.rows.size() ? row : -1;
    QStringList words;
    if (m_current >= 0)
        for (int axis = 0; axis < m_data.axes.size(); ++axis) {
            const ParallelData::Axis &what = m_data.axes[axis];
            double value = m_data.rows[m_current][axis];
            words.append(what.title + ": " + (what.text ? what.text(value) : QString::number(value)));
        }
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    update();
}

void ParallelView::setBrush(int axis, const Brush &brush)
{
    if (axis < 0 || axis >= m_brushes.size())
        return;
    m_brushes[axis] = brush;
    update();
    Q_EMIT brushed();
}

void ParallelView::clearBrushes()
{
    m_brushes = QList<Brush>(m_data.axes.size());
    update();
    Q_EMIT brushed();
}

bool ParallelView::passes(int row) const
{
    for (qsizetype axis = 0; axis < m_brushes.size(); ++axis)
        if (m_brushes[axis]) {
            double value = m_data.rows[row][axis];
            if (!(value >= m_brushes[axis]->first && value <= m_brushes[axis]->second))
                return false;
        }
    return true;
}

ParallelView::Frame ParallelView::frameIn(const QRectF &area) const
{
    QFontMetricsF metrics(typeFont(Type::Caption));
    Frame frame;
    frame.top = area.top() + kSpaceM + 2 * metrics.height() + kSpaceS;
    frame.bottom = area.bottom() - kSpaceM - metrics.height() - kSpaceXs;
    qsizetype count = m_data.axes.size();
    double air = std::min(80.0, area.width() / static_cast<double>(2 * std::max<qsizetype>(1, count)));
    double step = count > 1 ? (area.width() - 2 * air) / static_cast<double>(count - 1) : 0;
    for (qsizetype axis = 0; axis < count; ++axis) {
        frame.x.append(std::round(area.left() + air + static_cast<double>(axis) * step) + 0.5);
        auto [low, high] = m_ranges[axis];
        // Where all rows have the same number their lines pass through the middle.
        AxisScale scale = paddedScale(low, high, high > low ? 0 : 1, false);
        scale.pixelLow = frame.bottom;
        scale.pixelHigh = frame.top;
        frame.y.append(scale);
    }
    return frame;
}

QPolygonF ParallelView::lineOf(const Frame &frame, int row) const
{
    QPolygonF line;
    for (qsizetype axis = 0; axis < frame.x.size(); ++axis)
        if (double value = m_data.rows[row][axis]; std::isfinite(value))
            line.append({frame.x[axis], frame.y[axis].toPixel(value)});
    return line;
}

void ParallelView::paintPlot(QPainter &painter, const QRectF &area, bool forExport)
{
    if (m_data.rows.isEmpty() || m_data.axes.isEmpty()) {
        paintEmpty(painter, area, m_emptyText);
        return;
    }
    Frame frame = frameIn(area);
    paintLines(painter, frame);
    paintAxes(painter, frame);
    if (m_current >= 0) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        QPolygonF line = lineOf(frame, m_current);
        painter.setPen(QPen(colour(Colour::Surface), 5));
        painter.drawPolyline(line);
        painter.setPen(QPen(colour(Colour::Child), 2.5));
        painter.drawPolyline(line);
        painter.setBrush(colour(Colour::Child));
        for (const QPointF &at : std::as_const(line))
            painter.drawEllipse(at, 2.5, 2.5);
    }
    if (!forExport && hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(colour(Colour::Accent), 2));
        painter.drawLine(QPointF(frame.x[m_axis], frame.top), QPointF(frame.x[m_axis], frame.bottom));
    }
}

void ParallelView::paintLines(QPainter &painter, const Frame &frame) const
{
    painter.setRenderHint(QPainter::Antialiasing, m_data.rows.size() <= kMostSmooth);
    painter.setBrush(Qt::NoBrush);
    double low = m_ranges.first().first, range = std::max(m_ranges.first().second - low, 1e-300);
    auto paint = [&](int row, bool in) {
        bool stands = row < m_data.emphasised.size() && m_data.emphasised[row];
        QColor pen = colour(Colour::Line);
        if (in) // The first axis is what is minimised.
            pen = lineColour((m_data.rows[row].first() - low) / range);
        if (in && m_data.stale)
            pen = colour(Colour::TextFaint);
        if (in && stands)
            pen = colour(Colour::Accent);
        painter.setPen(QPen(pen, in && stands ? 1.8 : 1.1));
        painter.drawPolyline(lineOf(frame, row));
    };
    for (bool in : {false, true})
        for (int row = static_cast<int>(m_data.rows.size()) - 1; row >= 0; --row)
            if (passes(row) == in)
                paint(row, in);
}

void ParallelView::paintAxes(QPainter &painter, const Frame &frame) const
{
    painter.setFont(typeFont(Type::Caption));
    QFontMetricsF metrics(painter.font());
    double wide = frame.x.size() > 1 ? frame.x[1] - frame.x[0] - kSpaceS : 240;
    for (int axis = 0; axis < m_data.axes.size(); ++axis) {
        double x = frame.x[axis];
        const ParallelData::Axis &what = m_data.axes[axis];
        auto text = [&](double value) { return what.text ? what.text(value) : QString::number(value); };
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(colour(Colour::LineStrong), 1));
        painter.drawLine(QPointF(x, frame.top), QPointF(x, frame.bottom));
        if (m_brushes[axis]) {
            double top = frame.y[axis].toPixel(std::min(m_brushes[axis]->second, frame.y[axis].high)),
                   bottom = frame.y[axis].toPixel(std::max(m_brushes[axis]->first, frame.y[axis].low));
            painter.setPen(QPen(colour(Colour::Accent), 1));
            painter.setBrush(colour(Colour::Accent, 0.3));
            painter.drawRect(QRectF(x - 5, top, 10, std::max(2.0, bottom - top)));
        }
        auto say = [&](double y, const QString &words, Colour role) {
            painter.setPen(colour(role));
            painter.drawText(QRectF(x - wide / 2, y, wide, metrics.height()), Qt::AlignCenter,
                             metrics.elidedText(words, Qt::ElideRight, wide));
        };
        say(frame.top - kSpaceXs - metrics.height(), text(m_ranges[axis].second), Colour::TextMuted);
        say(frame.top - kSpaceS - 2 * metrics.height(), what.title, Colour::Text);
        say(frame.bottom + kSpaceXs, text(m_ranges[axis].first), Colour::TextMuted);
    }
}

QString ParallelView::toCsv() const
{
    QStringList head;
    for (const ParallelData::Axis &axis : m_data.axes)
        head.append(axis.title);
    QString text = csvLine(head);
    for (int row = 0; row < m_data.rows.size(); ++row) {
        if (!passes(row))
            continue;
        QStringList fields;
        for (double value : m_data.rows[row])
            fields.append(std::isnan(value) ? QString() : QString::number(value, 'g', 17));
        text += csvLine(fields);
    }
    return text;
}

int ParallelView::axisAt(const Frame &frame, const QPointF &at) const
{
    for (int axis = 0; axis < frame.x.size(); ++axis)
        if (std::abs(frame.x[axis] - at.x()) <= kReach)
            return axis;
    return -1;
}

int ParallelView::rowAt(const Frame &frame, const QPointF &at) const
{
    int best = -1;
    double least = kReach;
    for (int row = 0; row < m_data.rows.size(); ++row) {
        if (!passes(row))
            continue;
        QPolygonF line = lineOf(frame, row);
        for (qsizetype i = 1; i < line.size(); ++i)
            if (double away = distanceTo({line[i - 1], line[i]}, at); away < least) {
                least = away;
                best = row;
            }
    }
    return best;
}

void ParallelView::choose(int row)
{
    if (row == m_current)
        return;
    setCurrent(row);
    Q_EMIT currentChanged(m_current);
}

void ParallelView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_data.rows.isEmpty())
        return;
    Frame frame = frameIn(rect());
    m_from = event->position();
    m_moved = false;
    m_dragged = axisAt(frame, m_from);
    if (m_dragged >= 0)
        m_axis = m_dragged;
    else if (int row = rowAt(frame, m_from); row >= 0)
        choose(row);
    update();
}

void ParallelView::mouseMoveEvent(QMouseEvent *event)
{
    Frame frame = frameIn(rect());
    if (m_dragged < 0 || m_dragged >= frame.y.size()) {
        setCursor(axisAt(frame, event->position()) >= 0 ? Qt::SplitVCursor : Qt::ArrowCursor);
        return;
    }
    m_moved = m_moved || std::abs(event->position().y() - m_from.y()) > 3;
    if (!m_moved)
        return;
    const AxisScale &scale = frame.y[m_dragged];
    double a = scale.toValue(std::clamp(m_from.y(), frame.top, frame.bottom)),
           b = scale.toValue(std::clamp(event->position().y(), frame.top, frame.bottom));
    setBrush(m_dragged, QPair{std::min(a, b), std::max(a, b)});
}

void ParallelView::mouseReleaseEvent(QMouseEvent *)
{
    int axis = std::exchange(m_dragged, -1);
    if (axis >= 0 && !m_moved)
        setBrush(axis, std::nullopt);
}

void ParallelView::mouseDoubleClickEvent(QMouseEvent *) { clearBrushes(); }

void ParallelView::keyPressEvent(QKeyEvent *event)
{
    int axes = static_cast<int>(m_data.axes.size());
    if (axes == 0 || m_data.rows.isEmpty())
        return PlotView::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
        m_axis = std::clamp(m_axis + (event->key() == Qt::Key_Left ? -1 : 1), 0, axes - 1);
        update();
        return;
    case Qt::Key_Up:
    case Qt::Key_Down: {
        QList<int> order;
        for (int row = 0; row < m_data.rows.size(); ++row)
            if (passes(row) && std::isfinite(m_data.rows[row][m_axis]))
                order.append(row);
        std::stable_sort(order.begin(), order.end(),
                         [this](int a, int b) { return m_data.rows[a][m_axis] < m_data.rows[b][m_axis]; });
        if (order.isEmpty())
            return;
        qsizetype at = order.indexOf(m_current);
        qsizetype next = at < 0 ? 0 : at + (event->key() == Qt::Key_Up ? 1 : -1);
        choose(order[std::clamp<qsizetype>(next, 0, order.size() - 1)]);
        return;
    }
    case Qt::Key_BracketLeft:
    case Qt::Key_BracketRight: {
        if (m_current < 0)
            return;
        QPair<double, double> range = m_brushes[m_axis].value_or(m_ranges[m_axis]);
        (event->key() == Qt::Key_BracketLeft ? range.first : range.second) = m_data.rows[m_current][m_axis];
        setBrush(m_axis, QPair{std::min(range.first, range.second), std::max(range.first, range.second)});
        return;
    }
    case Qt::Key_Escape:
        clearBrushes();
        return;
    default:
        PlotView::keyPressEvent(event);
    }
}

} // namespace tessera::ui
