// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/curve_chart.h"

#include "ui/plot/axis_scale.h"
#include "ui/plot/chart_numbers.h"
#include "ui/plot/plot_view.h"
#include "ui/theme/tokens.h"

#include <QAreaSeries>
#include <QChart>
#include <QEvent>
#include <QKeyEvent>
#include <QLineSeries>
#include <QLocale>
#include <QLogValueAxis>
#include <QMouseEvent>
#include <QValueAxis>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace tessera::ui {
namespace {

constexpr double kReach = 24;                    ///< Pixels from the mouse to a point that it means.
constexpr double kLegendLine = 18, kSample = 28; ///< Of the legend.

struct Extent {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    void take(double value)
    {
        low = std::min(low, value);
        high = std::max(high, value);
    }
    bool known() const { return low <= high; }
};

/// Without the last digits of a product: from such an end the axis counts to 0, and not to a hair below it.
double tidy(double value) { return QString::number(value, 'g', 12).toDouble(); }

/// Whole decades, so that the axis stands still while a slider moves.
void spanDecades(QLogValueAxis *axis, const Extent &extent)
{
    double low = std::floor(std::log10(extent.low) + 1e-9), high = std::ceil(std::log10(extent.high) - 1e-9);
    if (high <= low)
        high = low + 1;
    double every = std::ceil((high - low) / 8);
    if (high - low > 3) // Shorter axes may end anywhere.
        low = high - every * std::ceil((high - low) / every);
    if (double base = std::pow(10, every); base != axis->base())
        axis->setBase(base); // It lays the chart out again, even where nothing changes.
    axis->setRange(std::pow(10, low), std::pow(10, high));
}

void span(QAbstractAxis *axis, const CurveAxis &wanted, Extent extent)
{
    bool fixed = wanted.low < wanted.high;
    if (fixed)
        extent = {wanted.low, wanted.high};
    else if (!extent.known())
        extent = {wanted.logarithmic ? 0.1 : 0, 1};
    if (auto *logarithmic = qobject_cast<QLogValueAxis *>(axis)) {
        if (fixed)
            logarithmic->setRange(extent.low, extent.high);
        else
            spanDecades(logarithmic, extent);
        return;
    }
    auto *linear = static_cast<QValueAxis *>(axis);
    if (fixed) {
        linear->setRange(extent.low, extent.high);
        return;
    }
    // Round ends with round steps between them.
    AxisScale scale;
    scale.low = extent.low;
    scale.high = extent.high > extent.low ? extent.high : extent.low + 1;
    const QList<double> ticks = scale.ticks(5);
    double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
    double low = step * std::floor(scale.low / step + 1e-9), high = step * std::ceil(scale.high / step - 1e-9);
    linear->setRange(tidy(low), tidy(high));
    if (int count = static_cast<int>(std::lround((high - low) / step)) + 1; count != linear->tickCount())
        linear->setTickCount(count);
}

void setFormat(QAbstractAxis *axis, const QString &format)
{
    auto *logarithmic = qobject_cast<QLogValueAxis *>(axis);
    auto *linear = qobject_cast<QValueAxis *>(axis);
    if (logarithmic && logarithmic->labelFormat() != format)
        logarithmic->setLabelFormat(format);
    else if (linear && linear->labelFormat() != format)
        linear->setLabelFormat(format);
}

bool sameAxes(const CurveData &a, const CurveData &b)
{
    return a.x.logarithmic == b.x.logarithmic && a.y.logarithmic == b.y.logarithmic;
}

double shareOf(const QAbstractAxis &axis, double value)
{
    if (auto *logarithmic = qobject_cast<const QLogValueAxis *>(&axis))
        return std::log(value / logarithmic->min()) / std::log(logarithmic->max() / logarithmic->min());
    auto &linear = static_cast<const QValueAxis &>(axis);
    return (value - linear.min()) / (linear.max() - linear.min());
}

QRectF cornerOf(const QRectF &plot, Qt::Corner corner, const QSizeF &size)
{
    QRectF box(QPointF(0, 0), size);
    bool left = corner == Qt::TopLeftCorner || corner == Qt::BottomLeftCorner;
    bool top = corner == Qt::TopLeftCorner || corner == Qt::TopRightCorner;
    box.moveLeft(left ? plot.left() + kSpaceM : plot.right() - kSpaceM - box.width());
    box.moveTop(top ? plot.top() + kSpaceM : plot.bottom() - kSpaceM - box.height());
    return box;
}

/// Whether a line passes through a box.
bool passes(const Curve &curve, const QAbstractAxis &x, const QAbstractAxis &y, const QRectF &plot, const QRectF &box)
{
    QPointF last;
    for (qsizetype p = 0; p < curve.points.size(); ++p) {
        QPointF at(plot.left() + shareOf(x, curve.points[p].x()) * plot.width(),
                   plot.bottom() - shareOf(y, curve.points[p].y()) * plot.height());
        // A few steps along the line between two points are enough for a box as large as a legend.
        double steps =
            p == 0 ? 1
                   : std::clamp(std::ceil(std::hypot(at.x() - last.x(), at.y() - last.y()) / kLegendLine), 1.0, 64.0);
        for (double step = 1; step <= steps; ++step)
            if (box.contains(p == 0 ? at : last + (at - last) * (step / steps)))
                return true;
        last = at;
    }
    return false;
}

/// The corner that is wanted, or else another, where no line is; empty where they all have some.
QRectF freeCorner(const CurveData &data, const QAbstractAxis &x, const QAbstractAxis &y, const QRectF &plot,
                  const QSizeF &size)
{
    for (Qt::Corner corner :
         {data.legend, Qt::TopRightCorner, Qt::TopLeftCorner, Qt::BottomLeftCorner, Qt::BottomRightCorner}) {
        const QRectF box = cornerOf(plot, corner, size);
        auto through = [&](const Curve &curve) { return passes(curve, x, y, plot, box); };
        if (std::none_of(data.curves.cbegin(), data.curves.cend(), through))
            return box;
    }
    return {};
}

} // namespace

CurveChart::CurveChart(QWidget *parent) : QChartView(parent)
{
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setInteractive(false); // The mouse means points here, not the chart's items.
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setMinimumSize(240, 160);
    QChart *chart = this->chart();
    chart->legend()->hide();
    chart->setMargins(QMargins(kSpaceS, kSpaceS, kSpaceL, kSpaceS));
    chart->setBackgroundVisible(false);
    chart->setAcceptHoverEvents(false);
    localizeNumbers(*chart);
    makeAxes();
    paintColours();
}

void CurveChart::makeAxes()
{
    for (QAbstractAxis *axis : {m_x, m_y})
        if (axis) {
            chart()->removeAxis(axis);
            delete axis;
        }
    auto make = [](bool logarithmic) -> QAbstractAxis * {
        return logarithmic ? static_cast<QAbstractAxis *>(new QLogValueAxis) : new QValueAxis;
    };
    m_x = make(m_data.x.logarithmic);
    m_y = make(m_data.y.logarithmic);
    chart()->addAxis(m_x, Qt::AlignBottom);
    chart()->addAxis(m_y, Qt::AlignLeft);
    for (const Line &line : std::as_const(m_lines))
        for (QAbstractSeries *series :
             {static_cast<QAbstractSeries *>(line.line), static_cast<QAbstractSeries *>(line.band)})
            if (series) {
                series->attachAxis(m_x);
                series->attachAxis(m_y);
            }
}

void CurveChart::paintColours()
{
    setBackgroundBrush(colour(Colour::Surface));
    for (QAbstractAxis *axis : {m_x, m_y}) {
        axis->setLabelsFont(typeFont(Type::Caption));
        axis->setTitleFont(typeFont(Type::Caption));
        axis->setLabelsColor(colour(Colour::TextMuted));
        axis->setTitleBrush(colour(Colour::TextMuted));
        axis->setGridLineColor(colour(Colour::Line));
        axis->setLinePenColor(colour(Colour::LineStrong));
    }
    m_x->setGridLineVisible(m_data.x.logarithmic);
}

void CurveChart::setData(const CurveData &data)
{
    bool axesStay = sameAxes(m_data, data), sameLook = axesStay && m_data.curves.size() == data.curves.size();
    m_data = data;
    if (!axesStay)
        makeAxes();
    while (m_lines.size() > m_data.curves.size()) {
        Line line = m_lines.takeLast();
        // The chart's items for them live on until the event loop comes round, and so must they.
        for (QAbstractSeries *series :
             {static_cast<QAbstractSeries *>(line.band), static_cast<QAbstractSeries *>(line.line)})
            if (series) {
                chart()->removeSeries(series);
                series->setParent(this); // Or nobody would own it where no event loop comes round any more.
                series->deleteLater();
            }
        for (QLineSeries *edge : {line.low, line.high})
            if (edge)
                edge->deleteLater();
    }
    while (m_lines.size() < m_data.curves.size()) {
        Line line;
        line.line = new QLineSeries;
        chart()->addSeries(line.line);
        line.line->attachAxis(m_x);
        line.line->attachAxis(m_y);
        m_lines.append(line);
    }
    if (!sameLook)
        paintColours();
    giveNumbers();
    if (m_markCurve >= m_data.curves.size()
        || (m_markCurve >= 0 && m_markPoint >= m_data.curves[m_markCurve].points.size()))
        m_markCurve = m_markPoint = -1;
    m_fresh = true;
    viewport()->update();
}

void CurveChart::giveNumbers()
{
    Extent x, y;
    for (int i = 0; i < m_lines.size(); ++i) {
        const Curve &curve = m_data.curves[i];
        Line &line = m_lines[i];
        QColor colour = curve.colour;
        if (m_data.stale)
            colour.setAlphaF(0.45F);
        QPen pen(colour, curve.width, curve.style, Qt::FlatCap,
                 Qt::BevelJoin); // Round ends of dashes cost more than all the rest.
        if (line.line->pen() != pen)
            line.line->setPen(pen);
        if (line.line->pointsVisible() != curve.dots) {
            line.line->setPointsVisible(curve.dots);
            line.line->setMarkerSize(6);
        }
        bool band = curve.low.size() == curve.points.size() && !curve.points.isEmpty();
        if (band && !line.band) {
            line.low = new QLineSeries(this); // The band does not own its edges.
            line.high = new QLineSeries(this);
            line.band = new QAreaSeries(line.high, line.low);
            chart()->addSeries(line.band);
            line.band->attachAxis(m_x);
            line.band->attachAxis(m_y);
        }
        if (line.band) {
            QList<QPointF> low, high;
            for (int p = 0; band && p < curve.points.size(); ++p) {
                low.append({curve.points[p].x(), curve.low[p]});
                high.append({curve.points[p].x(), curve.high[p]});
                y.take(curve.low[p]);
                y.take(curve.high[p]);
            }
            line.low->replace(low);
            line.high->replace(high);
            QColor fill = curve.colour;
            fill.setAlphaF(0.18F);
            line.band->setBrush(fill);
            line.band->setPen(Qt::NoPen);
            line.band->setVisible(band);
        }
        if (line.line->points() != curve.points) // What stands still costs nothing.
            line.line->replace(curve.points);
        if (curve.guide)
            continue;
        for (const QPointF &point : curve.points) {
            x.take(point.x());
            y.take(point.y());
        }
    }
    span(m_x, m_data.x, x);
    span(m_y, m_data.y, y);
    m_x->setTitleText(m_data.x.title);
    m_y->setTitleText(m_data.y.title);
    setFormat(m_x, m_data.x.format);
    setFormat(m_y, m_data.y.format);
}

QString CurveChart::toCsv() const
{
    // One row an x, one column a curve; what a curve has not is empty.
    std::map<double, QStringList> rows;
    QStringList head{m_data.x.title};
    int columns = 0;
    for (const Curve &curve : m_data.curves)
        columns += curve.guide ? 0 : 1;
    int column = 0;
    for (const Curve &curve : m_data.curves) {
        if (curve.guide)
            continue;
        head.append(curve.name);
        for (const QPointF &point : curve.points) {
            QStringList &row = rows[point.x()];
            row.resize(columns);
            row[column] = QString::number(point.y(), 'g', 17);
        }
        ++column;
    }
    QString text = csvLine(head);
    for (const auto &[x, row] : rows)
        text += csvLine(QStringList{QString::number(x, 'g', 17)} + row);
    return text;
}

PictureSource CurveChart::picture(const QString &provenance)
{
    return {size(), accessibleName(), provenance,
            [this](QPainter &painter, const QRectF &area) {
                painter.setRenderHint(QPainter::Antialiasing);
                m_exporting = true;
                render(&painter, area);
                m_exporting = false;
            },
            [this] { return toCsv(); }};
}

void CurveChart::setMark(int curve, int point)
{
    if (curve == m_markCurve && point == m_markPoint)
        return;
    m_markCurve = curve;
    m_markPoint = point;
    setAccessibleDescription(markText());
    viewport()->update();
}

QString CurveChart::markText() const
{
    if (m_markCurve < 0)
        return {};
    const Curve &curve = m_data.curves[m_markCurve];
    const QPointF &point = curve.points[m_markPoint];
    QLocale locale;
    return QStringLiteral("%1: %2 %3, %4 %5")
        .arg(curve.name, m_data.x.title, locale.toString(point.x(), 'g', 4), m_data.y.title,
             locale.toString(point.y(), 'g', 4));
}

void CurveChart::mouseMoveEvent(QMouseEvent *event)
{
    QPointF mouse = event->position();
    double best = kReach;
    int curveFound = -1, pointFound = -1;
    for (int i = 0; i < m_lines.size(); ++i) {
        const Curve &curve = m_data.curves[i];
        for (int p = 0; !curve.guide && p < curve.points.size(); ++p) {
            QPointF at = mapFromScene(chart()->mapToScene(chart()->mapToPosition(curve.points[p], m_lines[i].line)));
            double distance = std::hypot(at.x() - mouse.x(), at.y() - mouse.y());
            if (distance < best) {
                best = distance;
                curveFound = i;
                pointFound = p;
            }
        }
    }
    setMark(curveFound, pointFound);
}

void CurveChart::leaveEvent(QEvent *event)
{
    setMark(-1, -1);
    QChartView::leaveEvent(event);
}

void CurveChart::keyPressEvent(QKeyEvent *event)
{
    QList<int> curves;
    for (int i = 0; i < m_data.curves.size(); ++i)
        if (!m_data.curves[i].guide && !m_data.curves[i].points.isEmpty())
            curves.append(i);
    int key = event->key();
    bool along = key == Qt::Key_Left || key == Qt::Key_Right, across = key == Qt::Key_Up || key == Qt::Key_Down;
    if (curves.isEmpty() || (!along && !across)) {
        if (key == Qt::Key_Escape && m_markCurve >= 0)
            setMark(-1, -1);
        else
            QChartView::keyPressEvent(event);
        return;
    }
    if (m_markCurve < 0)
        return setMark(curves.first(), 0);
    if (along) {
        int step = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
        int last = static_cast<int>(m_data.curves[m_markCurve].points.size()) - 1;
        return setMark(m_markCurve, std::clamp(m_markPoint + (key == Qt::Key_Right ? step : -step), 0, last));
    }
    auto at = std::find(curves.cbegin(), curves.cend(), m_markCurve) - curves.cbegin();
    int next = curves[(at + (key == Qt::Key_Down ? 1 : curves.size() - 1)) % curves.size()];
    setMark(next, std::min(m_markPoint, static_cast<int>(m_data.curves[next].points.size()) - 1));
}

void CurveChart::drawLegend(QPainter &painter, const QRectF &plot) const
{
    QList<const Curve *> shown;
    for (const Curve &curve : m_data.curves)
        if (!curve.legend.isEmpty())
            shown.append(&curve);
    if (shown.isEmpty())
        return;
    painter.setFont(typeFont(Type::Caption));
    double widest = 0, together = 0;
    for (const Curve *curve : shown) {
        double width = QFontMetricsF(painter.font()).horizontalAdvance(curve->legend);
        widest = std::max(widest, width);
        together += kSample + kSpaceS + width + kSpaceL;
    }
    auto draw = [&painter](const Curve &curve, double left, double middle, double width) {
        painter.setPen(QPen(curve.colour, curve.width, curve.style));
        painter.drawLine(QPointF(left, middle), QPointF(left + kSample, middle));
        painter.setPen(colour(Colour::Text));
        painter.drawText(QRectF(left + kSample + kSpaceS, middle - kLegendLine / 2, width + kSpaceS, kLegendLine),
                         Qt::AlignLeft | Qt::AlignVCenter, curve.legend);
    };
    QSizeF size(widest + kSample + 3 * kSpaceS, static_cast<double>(shown.size()) * kLegendLine + kSpaceS);
    const QRectF box = freeCorner(m_data, *m_x, *m_y, plot, size);
    if (box.isEmpty() && together <= plot.width() && plot.top() >= kLegendLine + kSpaceXs) {
        double left = plot.left();
        for (const Curve *curve : shown) {
            double width = QFontMetricsF(painter.font()).horizontalAdvance(curve->legend);
            draw(*curve, left, plot.top() - kSpaceXs - kLegendLine / 2, width);
            left += kSample + kSpaceS + width + kSpaceL;
        }
        return;
    }
    const QRectF place = box.isEmpty() ? cornerOf(plot, m_data.legend, size) : box;
    painter.setPen(colour(Colour::Line));
    painter.setBrush(colour(Colour::Surface, 0.9));
    painter.drawRoundedRect(place, kRadius, kRadius);
    for (int i = 0; i < shown.size(); ++i)
        draw(*shown[i], place.left() + kSpaceS, place.top() + kSpaceXs + (i + 0.5) * kLegendLine, widest);
}

void CurveChart::drawMark(QPainter &painter, const QRectF &plot) const
{
    const Curve &curve = m_data.curves[m_markCurve];
    const QPointF &point = curve.points[m_markPoint];
    QPointF at = chart()->mapToPosition(point, m_lines[m_markCurve].line);
    painter.setPen(QPen(colour(Colour::Text), 2));
    painter.setBrush(curve.colour);
    painter.drawEllipse(at, 5, 5);
    QLocale locale;
    const QString lines = curve.name + '\n' + m_data.x.title + ' ' + locale.toString(point.x(), 'g', 4) + '\n'
                        + m_data.y.title + ' ' + locale.toString(point.y(), 'g', 4);
    painter.setFont(typeFont(Type::Caption));
    QRectF box = painter.boundingRect(QRectF(0, 0, 360, 200), Qt::AlignLeft, lines)
                     .adjusted(-kSpaceS, -kSpaceXs, kSpaceS, kSpaceXs);
    box.moveTopLeft({at.x() + kSpaceM, at.y() - box.height() - kSpaceXs});
    if (box.right() > plot.right())
        box.moveRight(at.x() - kSpaceM);
    box.moveTop(std::clamp(box.top(), plot.top(), std::max(plot.top(), plot.bottom() - box.height())));
    painter.setPen(colour(Colour::LineStrong));
    painter.setBrush(colour(Colour::Raised));
    painter.drawRoundedRect(box, kRadius, kRadius);
    painter.setPen(colour(Colour::Text));
    painter.drawText(box.adjusted(kSpaceS, kSpaceXs, -kSpaceS, -kSpaceXs), Qt::AlignLeft, lines);
}

void CurveChart::drawForeground(QPainter *painter, const QRectF &area)
{
    QChartView::drawForeground(painter, area);
    // The chart fills the view, so the scene's coordinates are the view's.
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QRectF plot = chart()->plotArea();
    if (m_data.curves.isEmpty()) {
        painter->setFont(typeFont(Type::Body));
        painter->setPen(colour(Colour::TextMuted));
        painter->drawText(plot.adjusted(kSpaceXl, 0, -kSpaceXl, 0), Qt::AlignCenter | Qt::TextWordWrap, m_data.empty);
    }
    drawLegend(*painter, plot);
    if (m_markCurve >= 0 && !m_exporting)
        drawMark(*painter, plot);
    if (hasFocus() && !m_exporting) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(colour(Colour::Accent), 1));
        painter->drawRect(plot);
    }
    painter->restore();
}

void CurveChart::paintEvent(QPaintEvent *event)
{
    QChartView::paintEvent(event);
    if (std::exchange(m_fresh, false))
        Q_EMIT painted();
}

void CurveChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        paintColours();
}

} // namespace tessera::ui
