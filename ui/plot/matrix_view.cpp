// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/matrix_view.h"

#include "ui/theme/colour_map.h"
#include "ui/theme/tokens.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr double kStrip = 6, kScaleWidth = 12, kScaleText = 64, kFoot = 24;

} // namespace

QColor classColour(int label)
{
    static const Colour colours[] = {Colour::MarkA, Colour::MarkB, Colour::MarkC, Colour::MarkD,
                                     Colour::MarkE, Colour::MarkF, Colour::Parent, Colour::Good};
    return colour(colours[label % 8]);
}

MatrixView::MatrixView(QWidget *parent) : PlotView(parent) {}

void MatrixView::setData(const MatrixPicture &data)
{
    m_data = data;
    m_row = m_column = -1;
    makeImage();
    update();
}

void MatrixView::makeImage()
{
    m_image = {};
    if (m_data.order < 1 || m_data.values.size() != qsizetype(m_data.order) * m_data.order)
        return;
    auto [low, high] = std::minmax_element(m_data.values.cbegin(), m_data.values.cend());
    m_low = *low;
    m_high = *high > *low ? *high : *low + 1;
    m_image = QImage(m_data.order, m_data.order, QImage::Format_RGB32);
    const QList<QRgb> &table = mapTable(ColourMap::Viridis);
    for (int row = 0; row < m_data.order; ++row) {
        auto *line = reinterpret_cast<QRgb *>(m_image.scanLine(row));
        for (int column = 0; column < m_data.order; ++column) {
            double share = (m_data.values[row * m_data.order + column] - m_low) / (m_high - m_low);
            line[column] = table[std::clamp(static_cast<int>(std::lround(255 * share)), 0, 255)];
        }
    }
}

QRectF MatrixView::squareIn(const QRectF &area) const
{
    double strip = m_data.labels.isEmpty() ? 0 : kStrip + kSpaceXs;
    double side = std::min(area.width() - 2 * kSpaceL - strip - kSpaceM - kScaleWidth - kScaleText,
                           area.height() - 2 * kSpaceS - strip - kFoot);
    side = std::max(side, 40.0);
    double whole = strip + side + kSpaceM + kScaleWidth + kScaleText;
    return {area.left() + std::max<double>(kSpaceL, (area.width() - whole) / 2) + strip, area.top() + kSpaceS + strip, side, side};
}

void MatrixView::paintPlot(QPainter &painter, const QRectF &area, bool forExport)
{
    if (m_image.isNull())
        return paintEmpty(painter, area, m_data.empty);
    QRectF square = squareIn(area);
    double cell = square.width() / m_data.order;
    painter.drawImage(square, m_image);
    for (int i = 0; i < m_data.labels.size(); ++i) {
        QColor ink = classColour(m_data.labels[i]);
        painter.fillRect(QRectF(square.left() - kStrip - kSpaceXs, square.top() + i * cell, kStrip, cell + 0.5), ink);
        painter.fillRect(QRectF(square.left() + i * cell, square.top() - kStrip - kSpaceXs, cell + 0.5, kStrip), ink);
    }
    paintScale(painter, square);
    painter.setFont(typeFont(Type::Caption));
    QRectF foot(area.left() + kSpaceL, square.bottom() + kSpaceXs, area.width() - 2 * kSpaceL, kFoot);
    bool told = m_row >= 0 && !forExport;
    painter.setPen(colour(Colour::TextMuted));
    if (told) {
        painter.drawText(foot, Qt::AlignCenter, cellText());
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(Colour::Text), 2));
        painter.drawRect(QRectF(square.left() + m_column * cell, square.top() + m_row * cell, cell, cell).adjusted(-2, -2, 2, 2));
    } else {
        double x = square.left();
        for (int label = 0; label < m_data.classes.size() && x < area.right() - kSpaceXl; ++label) {
            double width = painter.fontMetrics().horizontalAdvance(m_data.classes[label]);
            painter.fillRect(QRectF(x, foot.center().y() - 4, 8, 8), classColour(label));
            painter.drawText(QRectF(x + 12, foot.top(), width + kSpaceS, foot.height()), Qt::AlignVCenter, m_data.classes[label]);
            x += width + 12 + kSpaceL;
        }
    }
    if (hasFocus() && !forExport) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(Colour::Accent), 1));
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void MatrixView::paintScale(QPainter &painter, const QRectF &square) const
{
    QRectF scale(square.right() + kSpaceM, square.top(), kScaleWidth, square.height());
    const QList<QRgb> &table = mapTable(ColourMap::Viridis);
    for (int i = 0; i < 256; ++i)
        painter.fillRect(QRectF(scale.left(), scale.bottom() - (i + 1) * scale.height() / 256, scale.width(), scale.height() / 256 + 0.6),
                         QColor(table[i]));
    painter.setFont(typeFont(Type::Caption));
    painter.setPen(colour(Colour::TextMuted));
    QRectF text(scale.right() + kSpaceXs, scale.top(), kScaleText - kSpaceXs, scale.height());
    painter.drawText(text, Qt::AlignTop | Qt::AlignLeft, QLocale().toString(m_high, 'g', 3));
    painter.drawText(text, Qt::AlignBottom | Qt::AlignLeft, QLocale().toString(m_low, 'g', 3));
}

QString MatrixView::toCsv() const
{
    QString text;
    for (int row = 0; row < m_data.order; ++row) {
        QStringList fields;
        for (int column = 0; column < m_data.order; ++column)
            fields.append(QString::number(m_data.values[row * m_data.order + column], 'g', 17));
        text += csvLine(fields);
    }
    return text;
}

QString MatrixView::cellText() const
{
    auto name = [this](int point) {
        QString text = QString::number(point + 1);
        return point < m_data.labels.size() ? text + " (" + m_data.classes.value(m_data.labels[point]) + ")" : text;
    };
    return tr("Points %1 and %2: %3")
        .arg(name(m_row), name(m_column), QLocale().toString(m_data.values[m_row * m_data.order + m_column], 'g', 4));
}

void MatrixView::setCell(int row, int column)
{
    if (row == m_row && column == m_column)
        return;
    m_row = row;
    m_column = column;
    setAccessibleDescription(row >= 0 ? cellText() : QString());
    update();
}

void MatrixView::mouseMoveEvent(QMouseEvent *event)
{
    QRectF square = squareIn(rect());
    QPointF at = event->position() - square.topLeft();
    int row = static_cast<int>(std::floor(at.y() / square.height() * m_data.order)),
        column = static_cast<int>(std::floor(at.x() / square.width() * m_data.order));
    bool inside = !m_image.isNull() && row >= 0 && column >= 0 && row < m_data.order && column < m_data.order;
    setCell(inside ? row : -1, inside ? column : -1);
}

void MatrixView::leaveEvent(QEvent *) { setCell(-1, -1); }

void MatrixView::keyPressEvent(QKeyEvent *event)
{
    int key = event->key();
    int down = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0, right = key == Qt::Key_Right ? 1 : key == Qt::Key_Left ? -1 : 0;
    if (m_image.isNull() || (down == 0 && right == 0))
        return PlotView::keyPressEvent(event);
    if (m_row < 0)
        return setCell(0, 0);
    setCell(std::clamp(m_row + down, 0, m_data.order - 1), std::clamp(m_column + right, 0, m_data.order - 1));
}

} // namespace tessera::ui
