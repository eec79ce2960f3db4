// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/front_view.h"

#include "ui/theme/tokens.h"

#include <QPaintDevice>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace tessera::ui {
namespace {

constexpr double kLegendSign = 18; ///< Pixels of a sign with the air beside it.
constexpr double kFar = 2.5;       ///< So many times the next score is far off.
constexpr qsizetype kMostFarEnds = 4;

QString tickText(const NumberText &tick, const NumberText &text, double value)
{
    return tick ? tick(value) : text ? text(value) : QString::number(value);
}

} // namespace
void paintMark(QPainter &painter, MarkShape shape, const QPointF &at, double radius, const QColor &pen, bool filled)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(pen, 1.8));
    painter.setBrush(filled ? QBrush(pen) : QBrush(Qt::NoBrush));
    double r = radius;
    auto line = [&](double x1, double y1, double x2, double y2) {
        painter.drawLine(at + QPointF(x1, y1), at + QPointF(x2, y2));
    };
    switch (shape) {
    case MarkShape::Circle:
        painter.drawEllipse(at, r, r);
        break;
    case MarkShape::Square:
        painter.drawRect(QRectF(at.x() - r * 0.85, at.y() - r * 0.85, 1.7 * r, 1.7 * r));
        break;
    case MarkShape::Diamond:
        painter.drawPolygon(QPolygonF{at + QPointF(0, -r * 1.2), at + QPointF(r * 1.2, 0), at + QPointF(0, r * 1.2),
                                      at + QPointF(-r * 1.2, 0)});
        break;
    case MarkShape::Triangle:
        painter.drawPolygon(
            QPolygonF{at + QPointF(0, -r * 1.1), at + QPointF(r * 1.1, r * 0.9), at + QPointF(-r * 1.1, r * 0.9)});
        break;
    case MarkShape::Cross:
        line(-r, -r, r, r);
        line(r, -r, -r, r);
        break;
    case MarkShape::Plus:
        line(0, -r * 1.2, 0, r * 1.2);
        line(-r * 1.2, 0, r * 1.2, 0);
        break;
    case MarkShape::Star:
        line(0, -r * 1.2, 0, r * 1.2);
        line(-r, -r * 0.6, r, r * 0.6);
        line(-r, r * 0.6, r, -r * 0.6);
        break;
    }
    painter.restore();
}

FrontView::FrontView(QWidget *parent) : PlotView(parent) {}

void FrontView::setData(const FrontData &data)
{
    if (data.cloud != m_data.cloud)
        m_cloudFor.clear();
    m_data = data;
    if (m_hover >= data.front.size())
        m_hover = -1;
    if (m_current >= data.front.size())
        m_current = -1;
    update();
}

void FrontView::setLogarithmic(bool logarithmic)
{
    m_logarithmic = logarithmic;
    m_x = m_y = std::nullopt;
    update();
}

void FrontView::showAll()
{
    if (!m_x && !m_y)
        m_farEnds = !m_farEnds;
    m_x = m_y = std::nullopt;
    update();
}

double FrontView::highest() const
{
    QList<double> scores;
    for (const QPointF &point : m_data.front)
        scores.append(point.y());
    std::sort(scores.begin(), scores.end(), std::greater<>());
    // The first children from which nearly all is taken away must not press the rest flat: the line leaves the plot there.
    qsizetype first = 0;
    while (!m_farEnds && first < kMostFarEnds && first + kMostFarEnds < scores.size() && scores[first + 1] > 0
           && scores[first] > kFar * scores[first + 1])
        ++first;
    return first == 0 ? scores.value(0, 0) : 1.25 * scores[first];
}

AxisScale FrontView::wholeX() const
{
    double low = std::numeric_limits<double>::infinity(), high = -low;
    auto take = [&](double x) {
        low = std::min(low, x);
        high = std::max(high, x);
    };
    for (const QPointF &point : m_data.front)
        take(point.x());
    for (const FrontData::Mark &mark : m_data.marks)
        take(mark.at.x());
    if (m_data.current)
        take(m_data.current->x());
    AxisScale scale = paddedScale(low, high, 0.04, false);
    scale.low = std::max(scale.low, low >= 0 ? std::min(low, 0.0) : scale.low);
    return scale;
}

AxisScale FrontView::wholeY() const
{
    double high = highest(), least = std::numeric_limits<double>::infinity();
    auto take = [&](double y) {
        high = std::max(high, y);
        if (y > 0)
            least = std::min(least, y);
    };
    for (const QPointF &point : m_data.front)
        if (point.y() <= high || m_logarithmic)
            take(point.y());
    if (m_data.current)
        take(m_data.current->y());
    // A far-off baseline must not press the front flat: beyond twice the front it is cut off.
    double most = 2 * std::max(high, 1e-9);
    for (const FrontData::Mark &mark : m_data.marks)
        if (mark.at.y() <= most || m_data.front.isEmpty())
            take(mark.at.y());
    if (m_logarithmic && std::isfinite(least))
        return paddedScale(least, std::max(high, least), 0.05, true);
    AxisScale scale = paddedScale(0, high, 0.06, false);
    scale.low = -0.02 * (high > 0 ? high : 1);
    return scale;
}

QStringList FrontView::legendNames() const
{
    QStringList names;
    if (m_data.current)
        names.append(tr("Child"));
    if (!m_data.front.isEmpty())
        names.append(tr("Best possible"));
    if (m_data.cloud && !m_data.cloud->isEmpty())
        names.append(m_data.cloudName);
    for (const FrontData::Mark &mark : m_data.marks)
        if (!names.contains(mark.name))
            names.append(mark.name);
    return names;
}

int FrontView::legendLines(double width) const
{
    QFontMetricsF metrics(typeFont(Type::Caption));
    double x = 0;
    int lines = 1;
    for (const QString &name : legendNames()) {
        double wide = kLegendSign + metrics.horizontalAdvance(name);
        if (x > 0 && x + wide > width) {
            ++lines;
            x = 0;
        }
        x += wide + kSpaceL;
    }
    return lines;
}

FrontView::Frame FrontView::frameIn(const QRectF &area) const
{
    QFontMetricsF metrics(typeFont(Type::Caption));
    Frame frame;
    frame.x = m_x.value_or(wholeX());
    frame.y = m_y.value_or(wholeY());
    double wide = 0;
    for (double tick : frame.y.ticks(5))
        wide = std::max(wide, metrics.horizontalAdvance(tickText(m_data.yTick, m_data.yText, tick)));
    double line = metrics.height() + 2, legend = legendLines(area.width() - 2 * kSpaceL) * line + kSpaceS;
    double top = area.top() + kSpaceS + metrics.height() + kSpaceS;
    double bottom = area.bottom() - kSpaceS - legend - 2 * metrics.height() - kSpaceM;
    frame.plot = QRectF(QPointF(area.left() + kSpaceL + wide + kSpaceS, top),
                        QPointF(area.right() - kSpaceL, std::max(bottom, top + 20)));
    frame.legend = QRectF(area.left() + kSpaceL, area.bottom() - legend, area.width() - 2 * kSpaceL, legend - kSpaceS);
    frame.x.pixelLow = frame.plot.left();
    frame.x.pixelHigh = frame.plot.right();
    frame.y.pixelLow = frame.plot.bottom();
    frame.y.pixelHigh = frame.plot.top();
    return frame;
}

void FrontView::paintPlot(QPainter &painter, const QRectF &area, bool forExport)
{
    if (m_data.front.isEmpty() && !m_data.current) { // Marks alone have no scale to stand on.
        paintEmpty(painter, area, m_emptyText);
        return;
    }
    Frame frame = frameIn(area);
    paintAxes(painter, frame);
    painter.save();
    painter.setClipRect(frame.plot.adjusted(-6, -6, 6, 6));
    paintCloud(painter, frame);
    paintFront(painter, frame);
    for (const FrontData::Mark &mark : m_data.marks)
        paintMark(painter, mark.shape, {frame.x.toPixel(mark.at.x()), frame.y.toPixel(mark.at.y())}, 4.5,
                  colour(mark.role), mark.shape == MarkShape::Circle || mark.shape == MarkShape::Diamond);
    if (m_data.current) {
        QPointF at(frame.x.toPixel(m_data.current->x()), frame.y.toPixel(m_data.current->y()));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour(Colour::Surface));
        painter.drawEllipse(at, 9, 9);
        paintMark(painter, MarkShape::Circle, at, 6, colour(m_data.currentStale ? Colour::TextFaint : Colour::Child));
    }
    int shown = m_hover >= 0 ? m_hover : hasFocus() ? m_current : -1;
    if (!forExport && shown >= 0 && shown < m_data.front.size()) {
        QPointF at(frame.x.toPixel(m_data.front[shown].x()), frame.y.toPixel(m_data.front[shown].y()));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(colour(Colour::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(at, 8, 8);
    }
    if (!forExport && m_drag == Drag::Lasso) {
        painter.setPen(QPen(colour(Colour::Accent), 1.5, Qt::DashLine));
        painter.setBrush(colour(Colour::Accent, 0.12));
        painter.drawPolygon(m_lasso);
    }
    painter.restore();
    paintLegend(painter, frame);
}

void FrontView::paintCloud(QPainter &painter, const Frame &frame)
{
    if (!m_data.cloud || m_data.cloud->isEmpty())
        return;
    double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    QSize size = (frame.plot.size() * ratio).toSize();
    QColor dot = colour(Colour::TextFaint);
    QString key = QStringLiteral("%1 %2 %3 %4 %5 %6 %7 %8 %9")
                      .arg(frame.x.low)
                      .arg(frame.x.high)
                      .arg(frame.y.low)
                      .arg(frame.y.high)
                      .arg(m_logarithmic)
                      .arg(ratio)
                      .arg(size.width())
                      .arg(size.height())
                      .arg(dot.rgb());
    if (key != m_cloudFor) {
        m_cloudFor = key;
        m_cloud = QImage(size, QImage::Format_ARGB32_Premultiplied);
        m_cloud.setDevicePixelRatio(ratio);
        m_cloud.fill(Qt::transparent);
        QRgb value = qPremultiply(qRgba(dot.red(), dot.green(), dot.blue(), 110));
        int side = std::max(1, static_cast<int>(std::lround(2 * ratio)));
        auto *bits = reinterpret_cast<QRgb *>(m_cloud.bits());
        qsizetype stride = m_cloud.bytesPerLine() / qsizetype(sizeof(QRgb));
        for (const QPointF &point : *m_data.cloud) {
            double left = (frame.x.toPixel(point.x()) - frame.plot.left()) * ratio,
                   top = (frame.y.toPixel(point.y()) - frame.plot.top()) * ratio;
            if (!(left >= 0 && top >= 0 && left < size.width() - side && top < size.height() - side))
                continue;
            for (int y = 0; y < side; ++y)
                for (int x = 0; x < side; ++x)
                    bits[(qsizetype(top) + y) * stride + qsizetype(left) + x] = value;
        }
    }
    painter.drawImage(frame.plot.topLeft(), m_cloud);
}

void FrontView::paintAxes(QPainter &painter, const Frame &frame) const
{
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(typeFont(Type::Caption));
    QFontMetricsF metrics(painter.font());
    for (double tick : frame.y.ticks(std::max(2, static_cast<int>(frame.plot.height() / 44)))) {
        double y = std::round(frame.y.toPixel(tick)) + 0.5;
        painter.setPen(QPen(colour(Colour::Line), 1));
        painter.drawLine(QPointF(frame.plot.left(), y), QPointF(frame.plot.right(), y));
        painter.setPen(colour(Colour::TextMuted));
        painter.drawText(QRectF(0, y - metrics.height() / 2, frame.plot.left() - kSpaceS, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, tickText(m_data.yTick, m_data.yText, tick));
    }
    for (double tick : frame.x.ticks(std::max(2, static_cast<int>(frame.plot.width() / 72)), m_data.xGrain)) {
        double x = std::round(frame.x.toPixel(tick)) + 0.5;
        painter.setPen(QPen(colour(Colour::LineStrong), 1));
        painter.drawLine(QPointF(x, frame.plot.bottom()), QPointF(x, frame.plot.bottom() + 4));
        painter.setPen(colour(Colour::TextMuted));
        painter.drawText(QRectF(x - 60, frame.plot.bottom() + 5, 120, metrics.height()), Qt::AlignHCenter,
                         tickText(m_data.xTick, m_data.xText, tick));
    }
    painter.setPen(QPen(colour(Colour::LineStrong), 1));
    painter.drawLine(frame.plot.bottomLeft(), frame.plot.bottomRight());
    painter.setPen(colour(Colour::TextMuted));
    painter.drawText(QRectF(frame.plot.left() - 200, frame.plot.bottom() + 6 + metrics.height(),
                            frame.plot.width() + 200, metrics.height() + 2),
                     Qt::AlignRight, m_data.xTitle);
    painter.drawText(QPointF(frame.legend.left(), frame.plot.top() - kSpaceS - 2), m_data.yTitle);
}

void FrontView::paintFront(QPainter &painter, const Frame &frame) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    if (!m_data.front.isEmpty()) {
        QPolygonF steps;
        for (const QPointF &point : m_data.front) {
            QPointF at(frame.x.toPixel(point.x()), frame.y.toPixel(point.y()));
            // Between two points no child is better than the cheaper one: the front is a staircase.
            if (!steps.isEmpty())
                steps.append(QPointF(at.x(), steps.last().y()));
            steps.append(at);
        }
        double right = m_data.limit ? std::clamp(frame.x.toPixel(*m_data.limit), frame.plot.left(), frame.plot.right())
                                    : frame.plot.right();
        QPainterPath region;
        region.moveTo(steps.first().x(), frame.plot.top());
        for (const QPointF &at : std::as_const(steps))
            region.lineTo(at);
        region.lineTo(frame.plot.right() + 10, steps.last().y());
        region.lineTo(frame.plot.right() + 10, frame.plot.top());
        region.closeSubpath();
        painter.save();
        painter.setClipRect(
            QRectF(QPointF(frame.plot.left() - 6, frame.plot.top()), QPointF(right, frame.plot.bottom())),
            Qt::IntersectClip);
        painter.fillPath(region, colour(Colour::Feasible));
        painter.restore();
        QColor pen = colour(m_data.stale ? Colour::TextFaint : Colour::Front);
        painter.setPen(QPen(pen, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(steps);
        painter.setPen(QPen(colour(Colour::Surface), 1));
        painter.setBrush(pen);
        if (m_data.front.size() <= 400)
            for (const QPointF &point : m_data.front)
                painter.drawEllipse(QPointF(frame.x.toPixel(point.x()), frame.y.toPixel(point.y())), 3.2, 3.2);
    }
    if (m_data.limit) {
        double x = std::round(frame.x.toPixel(*m_data.limit)) + 0.5;
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(colour(Colour::Child), 1.5, Qt::DashLine));
        painter.drawLine(QPointF(x, frame.plot.top()), QPointF(x, frame.plot.bottom()));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour(Colour::Child));
        painter.drawRoundedRect(QRectF(x - 4, frame.plot.top() - 2, 8, 14), 3, 3);
    }
}

void FrontView::paintLegend(QPainter &painter, const Frame &frame) const
{
    painter.setFont(typeFont(Type::Caption));
    QFontMetricsF metrics(painter.font());
    double x = frame.legend.left(), top = frame.legend.top();
    auto entry = [&](const QString &name, const std::function<void(const QPointF &)> &sign) {
        double width = metrics.horizontalAdvance(name);
        if (x > frame.legend.left() && x + kLegendSign + width > frame.legend.right()) {
            x = frame.legend.left();
            top += metrics.height() + 2;
        }
        sign({x + 6, top + metrics.height() / 2});
        painter.setPen(colour(Colour::TextMuted));
        painter.drawText(QRectF(x + kLegendSign, top, width + 4, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         name);
        x += kLegendSign + width + kSpaceL;
    };
    if (m_data.current)
        entry(tr("Child"),
              [&](const QPointF &at) { paintMark(painter, MarkShape::Circle, at, 4.5, colour(Colour::Child)); });
    if (!m_data.front.isEmpty())
        entry(tr("Best possible"), [&](const QPointF &at) {
            painter.setPen(QPen(colour(Colour::Front), 2));
            painter.drawLine(at - QPointF(6, 0), at + QPointF(6, 0));
        });
    if (m_data.cloud && !m_data.cloud->isEmpty())
        entry(m_data.cloudName, [&](const QPointF &at) {
            for (const QPointF &away : {QPointF(-4, -2), QPointF(1, 2), QPointF(3, -3)})
                painter.fillRect(QRectF(at + away, QSizeF(2, 2)), colour(Colour::TextFaint));
        });
    QStringList named;
    for (const FrontData::Mark &mark : m_data.marks) {
        if (named.contains(mark.name))
            continue;
        named.append(mark.name);
        entry(mark.name, [&](const QPointF &at) {
            paintMark(painter, mark.shape, at, 4, colour(mark.role),
                      mark.shape == MarkShape::Circle || mark.shape == MarkShape::Diamond);
        });
    }
}

QString FrontView::toCsv() const
{
    QString text = csvLine({tr("Mark"), m_data.xTitle, m_data.yTitle});
    auto line = [&](const QString &name, const QPointF &at) {
        text += csvLine({name, QString::number(at.x(), 'g', 17), QString::number(at.y(), 'g', 17)});
    };
    for (const QPointF &point : m_data.front)
        line(tr("Best possible"), point);
    for (const FrontData::Mark &mark : m_data.marks)
        line(mark.name, mark.at);
    if (m_data.current)
        line(tr("Child"), *m_data.current);
    return text;
}

} // namespace tessera::ui
