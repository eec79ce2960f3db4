// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/heat_map_view.h"

#include "ui/plot/axis_scale.h"
#include "ui/theme/tokens.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera::ui {
namespace {

constexpr double kMostCellWidth = 120, kMostCellHeight = 64, kGroupGap = 20, kScaleWidth = 12, kKeySide = 14;

} // namespace

int HeatMapData::columnCount() const
{
    int count = 0;
    for (const Group &group : groups)
        count += static_cast<int>(group.columns.size());
    return count;
}

QString HeatMapData::columnName(int column) const
{
    for (const Group &group : groups) {
        if (column < group.columns.size())
            return group.title + QStringLiteral(" ") + group.columns[column];
        column -= static_cast<int>(group.columns.size());
    }
    return {};
}

HeatMapView::HeatMapView(QWidget *parent) : PlotView(parent) {}

void HeatMapView::setData(const HeatMapData &data)
{
    m_data = data;
    m_low = std::numeric_limits<double>::infinity();
    m_high = -m_low;
    for (double value : m_data.values)
        if (std::isfinite(value) && (!m_data.logarithmic || value > 0)) {
            m_low = std::min(m_low, value);
            m_high = std::max(m_high, value);
        }
    if (!(m_low <= m_high)) {
        m_low = 0;
        m_high = 1;
    }
    if (m_data.logarithmic) // Beyond five decades the rest is told apart by nobody.
        m_low = std::max(m_low, m_high * 1e-5);
    int columns = m_data.columnCount(), rows = static_cast<int>(m_data.rows.size());
    m_image = columns > 0 && rows > 0 ? QImage(columns, rows, QImage::Format_RGB32) : QImage();
    m_colouredFor = 0;
    m_nameWidths.reset();
    m_marks = QList<char>(qsizetype(columns) * rows, 0);
    if (m_row >= rows || m_column >= columns)
        m_row = m_column = -1;
    update();
}

void HeatMapView::setMarks(const QList<char> &marks)
{
    if (marks.size() == m_data.values.size())
        m_marks = marks;
    update();
}

void HeatMapView::setCurrent(int row, int column)
{
    if (row == m_row && column == m_column)
        return;
    m_row = row;
    m_column = column;
    setAccessibleDescription(row >= 0 ? tipOf(row, column).replace(QChar('\n'), QStringLiteral(", ")) : QString());
    update();
}

bool HeatMapView::exists(int row, int column) const
{
    return row >= 0 && column >= 0 && row < m_data.rows.size() && column < m_data.columnCount()
        && m_data.exists[m_data.index(row, column)];
}

double HeatMapView::shareOf(double value) const
{
    if (!(m_high > m_low))
        return 0;
    if (m_data.logarithmic)
        return value <= m_low ? 0 : std::log(value / m_low) / std::log(m_high / m_low);
    return (value - m_low) / (m_high - m_low);
}

const HeatMapView::NameWidths &HeatMapView::nameWidths() const
{
    QFont font = typeFont(Type::Caption);
    if (!m_nameWidths || m_nameWidths->font != font) {
        QFontMetricsF metrics(font);
        NameWidths widths{font, metrics.horizontalAdvance(m_data.rowTitle), 0};
        for (const QString &row : m_data.rows)
            widths.rows = std::max(widths.rows, metrics.horizontalAdvance(row));
        for (const HeatMapData::Group &group : m_data.groups)
            for (const QString &name : group.columns)
                widths.columns = std::max(widths.columns, metrics.horizontalAdvance(name));
        m_nameWidths = widths;
    }
    return *m_nameWidths;
}

HeatMapView::Layout HeatMapView::layoutIn(const QRectF &area) const
{
    Layout layout;
    QFontMetricsF metrics(typeFont(Type::Caption));
    double rowNames = nameWidths().rows + kSpaceM, longest = nameWidths().columns;
    double scale = metrics.horizontalAdvance(QStringLiteral("00.00 MiB")) + kScaleWidth + kSpaceXl;
    int columns = std::max(1, m_data.columnCount());
    double gaps = kGroupGap * static_cast<double>(std::max<qsizetype>(0, m_data.groups.size() - 1));
    double wide = area.width() - 2 * kSpaceL - rowNames - scale - gaps;
    layout.width = std::clamp(std::floor(wide / columns), 3.0, kMostCellWidth);
    layout.rotated = longest + 4 > layout.width;
    layout.names = layout.rotated ? std::max(longest, metrics.height()) : metrics.height();
    double heads = metrics.height() + kSpaceS + (layout.rotated ? longest : metrics.height()) + kSpaceXs;
    double high = area.height() - 2 * kSpaceL - heads;
    double rows = std::max<double>(1, static_cast<double>(m_data.rows.size()));
    layout.height = std::clamp(high / rows, 2.0, kMostCellHeight);
    if (layout.height > 8)
        layout.height = std::floor(layout.height);
    // Whole pixels: otherwise half of one shows beside the last cells.
    double left = std::floor(area.left() + kSpaceL + rowNames), x = left, y = std::floor(area.top() + kSpaceL + heads);
    for (const HeatMapData::Group &group : m_data.groups) {
        for (qsizetype i = 0; i < group.columns.size(); ++i)
            layout.left.append(x + static_cast<double>(i) * layout.width);
        x += static_cast<double>(group.columns.size()) * layout.width + kGroupGap;
    }
    double right = layout.left.isEmpty() ? x : layout.left.last() + layout.width;
    layout.cells = QRectF(left, y, right - left, rows * layout.height);
    layout.scale = QRectF(right + kSpaceXl, y, kScaleWidth, std::clamp(layout.cells.height(), 60.0, 240.0));
    return layout;
}

QRectF HeatMapView::cellRect(const Layout &layout, int row, int column) const
{
    return {layout.left[column], layout.cells.top() + row * layout.height, layout.width, layout.height};
}

bool HeatMapView::cellAt(const QPointF &point, int *row, int *column) const
{
    if (m_data.rows.isEmpty())
        return false;
    Layout layout = layoutIn(rect());
    if (point.y() < layout.cells.top() || point.y() >= layout.cells.bottom())
        return false;
    *row = static_cast<int>((point.y() - layout.cells.top()) / layout.height);
    for (int i = 0; i < layout.left.size(); ++i)
        if (point.x() >= layout.left[i] && point.x() < layout.left[i] + layout.width) {
            *column = i;
            return exists(*row, i);
        }
    return false;
}

void HeatMapView::paintPlot(QPainter &painter, const QRectF &area, bool forExport)
{
    if (m_data.rows.isEmpty() || m_data.groups.isEmpty()) {
        paintEmpty(painter, area, m_emptyText);
        return;
    }
    Layout layout = layoutIn(area);
    paintCells(painter, layout);
    paintNumbers(painter, layout);
    paintNames(painter, layout);
    paintScale(painter, layout);
    paintMarks(painter, layout);
    paintKey(painter, layout, area);
    if (forExport)
        return;
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    if (exists(m_hoverRow, m_hoverColumn)) {
        painter.setPen(QPen(colour(Colour::Text), 1));
        painter.drawRect(cellRect(layout, m_hoverRow, m_hoverColumn).adjusted(0, 0, -1, -1));
    }
    if (exists(m_row, m_column)) {
        QRectF cell = cellRect(layout, m_row, m_column);
        painter.setPen(QPen(colour(Colour::Surface), 1));
        painter.drawRect(cell.adjusted(1, 1, -3, -3));
        painter.setPen(QPen(colour(Colour::Accent), hasFocus() ? 3 : 2));
        painter.drawRect(cell.adjusted(-1, -1, 0, 0));
    }
}

void HeatMapView::colourCells()
{
    QRgb unknown = colour(Colour::Unknown).rgb(), absent = colour(Colour::Surface).rgb();
    if (m_colouredFor == absent)
        return;
    m_colouredFor = absent;
    int columns = m_image.width();
    qsizetype i = 0;
    for (int row = 0; row < m_image.height(); ++row) {
        auto *pixels = reinterpret_cast<QRgb *>(m_image.scanLine(row));
        for (int column = 0; column < columns; ++column, ++i) {
            double value = m_data.values[i];
            pixels[column] = !m_data.exists[i] ? absent
                           : std::isnan(value) ? unknown
                                               : sampleMap(m_data.map, shareOf(value));
        }
    }
}

void HeatMapView::paintCells(QPainter &painter, const Layout &layout)
{
    // One pixel a cell, enlarged without smoothing: the cost does not grow with the window.
    colourCells();
    const QImage &image = m_image;
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    int from = 0;
    for (const HeatMapData::Group &group : m_data.groups) {
        int count = static_cast<int>(group.columns.size());
        if (count > 0)
            painter.drawImage(
                QRectF(layout.left[from], layout.cells.top(), count * layout.width, layout.cells.height()), image,
                QRectF(from, 0, count, image.height()));
        from += count;
    }
    if (layout.width < 10 || layout.height < 10)
        return;
    painter.setPen(QPen(colour(Colour::Surface), 1));
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (int row = 0; row <= image.height(); ++row) {
        double y = layout.cells.top() + row * layout.height - 1;
        painter.drawLine(QPointF(layout.cells.left(), y), QPointF(layout.cells.right(), y));
    }
    for (double x : layout.left)
        painter.drawLine(QPointF(x + layout.width - 1, layout.cells.top()),
                         QPointF(x + layout.width - 1, layout.cells.bottom()));
}

void HeatMapView::paintNumbers(QPainter &painter, const Layout &layout) const
{
    painter.setFont(typeFont(Type::Caption));
    QFontMetricsF metrics(painter.font());
    if (!m_data.shortText || layout.height < metrics.height() + 2)
        return;
    // All numbers or none: a few of them would look as if they were chosen for a reason.
    for (double value : m_data.values)
        if (std::isfinite(value) && metrics.horizontalAdvance(m_data.shortText(value)) > layout.width - 4)
            return;
    for (int row = 0; row < m_data.rows.size(); ++row)
        for (int column = 0; column < layout.left.size(); ++column) {
            qsizetype i = m_data.index(row, column);
            if (!m_data.exists[i])
                continue;
            double value = m_data.values[i];
            QString text = std::isnan(value) ? QStringLiteral("–") : m_data.shortText(value);
            painter.setPen(std::isnan(value) ? colour(Colour::TextFaint)
                                             : readableOn(QColor(sampleMap(m_data.map, shareOf(value)))));
            painter.drawText(cellRect(layout, row, column).adjusted(0, 0, -1, -1), Qt::AlignCenter, text);
        }
}

void HeatMapView::paintMarks(QPainter &painter, const Layout &layout) const
{
    painter.setBrush(Qt::NoBrush);
    bool large = layout.width >= 16 && layout.height >= 14;
    qsizetype cellNumber = 0;
    for (int row = 0; row < m_data.rows.size(); ++row)
        for (int column = 0; column < layout.left.size(); ++column) {
            char mark = m_marks[cellNumber++];
            if (!mark)
                continue;
            paintMark(painter, cellRect(layout, row, column).adjusted(0, 0, -1, -1), mark, large);
        }
}

void HeatMapView::paintMark(QPainter &painter, const QRectF &cell, char mark, bool large)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    if (mark & kMarkBanned) {
        painter.fillRect(cell, colour(Colour::Surface, 0.72));
        painter.setPen(QPen(colour(Colour::Bad), 1.5));
        painter.drawLine(cell.topLeft() + QPointF(3, 3), cell.bottomRight() - QPointF(3, 3));
        painter.drawLine(cell.topRight() + QPointF(-3, 3), cell.bottomLeft() + QPointF(3, -3));
    }
    if (mark & kMarkChosen) {
        painter.setPen(QPen(colour(Colour::Surface), large ? 4 : 2));
        painter.drawRect(cell.adjusted(1, 1, -1, -1));
        painter.setPen(QPen(colour(Colour::Child), large ? 2.5 : 1.5));
        painter.drawRect(cell.adjusted(1, 1, -1, -1));
    }
    if (mark & kMarkPinned) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour(Colour::Accent));
        double side = large ? 10 : 5;
        painter.drawPolygon(
            QPolygonF{cell.topLeft(), cell.topLeft() + QPointF(side, 0), cell.topLeft() + QPointF(0, side)});
        painter.setBrush(Qt::NoBrush);
    }
}

void HeatMapView::paintNames(QPainter &painter, const Layout &layout) const
{
    QFontMetricsF metrics(typeFont(Type::Caption));
    double namesBottom = layout.cells.top() - kSpaceXs;
    double namesHeight = layout.names;
    int column = 0;
    int every = std::max(1, static_cast<int>(std::ceil(metrics.height() / layout.width)));
    for (const HeatMapData::Group &group : m_data.groups) {
        if (group.columns.isEmpty())
            continue;
        double left = layout.left[column], width = static_cast<double>(group.columns.size()) * layout.width;
        painter.setFont(typeFont(Type::Strong));
        painter.setPen(colour(Colour::Text));
        painter.drawText(QRectF(left, namesBottom - namesHeight - kSpaceXs - metrics.height() - 4, width + kGroupGap,
                                metrics.height() + 4),
                         Qt::AlignLeft | Qt::AlignVCenter, group.title);
        painter.setFont(typeFont(Type::Caption));
        painter.setPen(colour(Colour::TextMuted));
        for (qsizetype i = 0; i < group.columns.size(); ++i, ++column) {
            if (layout.rotated && i % every != 0)
                continue;
            if (layout.rotated) {
                painter.save();
                painter.translate(layout.left[column] + layout.width / 2, namesBottom);
                painter.rotate(-90);
                painter.drawText(QRectF(0, -metrics.height() / 2, namesHeight + 2, metrics.height()),
                                 Qt::AlignLeft | Qt::AlignVCenter, group.columns[i]);
                painter.restore();
            } else {
                painter.drawText(QRectF(layout.left[column] - 8, namesBottom - metrics.height(), layout.width + 15,
                                        metrics.height()),
                                 Qt::AlignHCenter | Qt::AlignBottom, group.columns[i]);
            }
        }
    }
    painter.setPen(colour(Colour::TextMuted));
    int everyRow = std::max(1, static_cast<int>(std::ceil(metrics.height() / layout.height)));
    for (int row = 0; row < m_data.rows.size(); row += everyRow)
        painter.drawText(
            QRectF(0, layout.cells.top() + row * layout.height - 4, layout.cells.left() - kSpaceS, layout.height + 8),
            Qt::AlignRight | Qt::AlignVCenter, m_data.rows[row]);
    painter.drawText(QRectF(0, namesBottom - metrics.height(), layout.cells.left() - kSpaceS, metrics.height()),
                     Qt::AlignRight | Qt::AlignBottom, m_data.rowTitle);
}

void HeatMapView::paintScale(QPainter &painter, const Layout &layout) const
{
    QRectF bar = layout.scale;
    QImage ramp(1, 256, QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        ramp.setPixel(0, i, sampleMap(m_data.map, 1 - i / 255.0));
    painter.drawImage(bar, ramp);
    painter.setFont(typeFont(Type::Caption));
    QFontMetricsF metrics(painter.font());
    painter.setPen(colour(Colour::TextMuted));
    painter.drawText(QRectF(bar.left(), bar.top() - kSpaceXs - metrics.height(), 160, metrics.height()),
                     Qt::AlignLeft | Qt::AlignBottom, m_data.valueTitle);
    AxisScale axis{m_low, m_high, bar.bottom(), bar.top(), m_data.logarithmic};
    QList<double> ticks = axis.ticks(5, m_data.tickGrain);
    if (ticks.size() < 2)
        ticks = {m_low, m_high};
    for (double tick : std::as_const(ticks)) {
        double y = axis.toPixel(tick);
        painter.setPen(QPen(colour(Colour::LineStrong), 1));
        painter.drawLine(QPointF(bar.right() + 1, y), QPointF(bar.right() + 4, y));
        painter.setPen(colour(Colour::TextMuted));
        const NumberText &number = m_data.tickText ? m_data.tickText : m_data.shortText;
        QString text = number ? number(tick) : QString::number(tick);
        painter.drawText(QRectF(bar.right() + kSpaceS, y - metrics.height() / 2, 100, metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, text);
    }
    // The bar is told apart from the surface at its dark and at its light end.
    painter.setPen(QPen(colour(Colour::Line), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar);
}

void HeatMapView::paintKey(QPainter &painter, const Layout &layout, const QRectF &area) const
{
    QList<std::pair<char, QString>> key;
    char all = 0;
    for (char mark : m_marks)
        all = static_cast<char>(all | mark);
    for (const auto &[mark, name] : {std::pair{kMarkChosen, tr("Child")}, std::pair{kMarkPinned, tr("Pinned")},
                                     std::pair{kMarkBanned, tr("Banned")}})
        if (all & mark)
            key.append({mark, name});
    painter.setFont(typeFont(Type::Caption));
    QFontMetricsF metrics(painter.font());
    double line = metrics.height() + kSpaceS, y = layout.scale.bottom() + kSpaceXl;
    if (y + static_cast<double>(key.size()) * line > area.bottom())
        return;
    for (const auto &[mark, name] : std::as_const(key)) {
        QRectF sign(layout.scale.left() - 1, y + std::round((metrics.height() - kKeySide) / 2), kKeySide, kKeySide);
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.fillRect(sign, colour(Colour::Unknown));
        paintMark(painter, sign, mark, false);
        painter.setPen(colour(Colour::TextMuted));
        painter.drawText(QRectF(sign.right() + kSpaceS, y, 160, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         name);
        y += line;
    }
}

QString HeatMapView::toCsv() const
{
    QStringList head{m_data.rowTitle};
    for (int column = 0; column < m_data.columnCount(); ++column)
        head.append(m_data.columnName(column));
    QString text = csvLine(head);
    for (int row = 0; row < m_data.rows.size(); ++row) {
        QStringList line{m_data.rows[row]};
        for (int column = 0; column < m_data.columnCount(); ++column) {
            double value = m_data.values[m_data.index(row, column)];
            line.append(std::isnan(value) ? QString() : QString::number(value, 'g', 17));
        }
        text += csvLine(line);
    }
    return text;
}

QString HeatMapView::tipOf(int row, int column) const
{
    if (!exists(row, column))
        return {};
    if (m_tip)
        return m_tip(row, column);
    double value = m_data.values[m_data.index(row, column)];
    return m_data.rowTitle + " " + m_data.rows[row] + "\n" + m_data.columnName(column) + "\n"
         + (m_data.text ? m_data.text(value) : QString::number(value));
}

} // namespace tessera::ui
