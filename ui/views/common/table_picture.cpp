// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/common/table_picture.h"

#include "ui/models/row_table_model.h"
#include "ui/theme/tokens.h"

#include <QBrush>
#include <QFontMetricsF>
#include <QList>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr double kHeadHeight = 32, kAir = kSpaceM; ///< Air on both sides of a cell's text.

QString headOf(const QAbstractItemModel &model, int column)
{
    return model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
}

QList<double> widthsOf(const QAbstractItemModel &model)
{
    QFontMetricsF head(typeFont(Type::Caption)), body(typeFont(Type::Body));
    QList<double> widths;
    for (int column = 0; column < model.columnCount(); ++column) {
        double width = head.horizontalAdvance(headOf(model, column));
        for (int row = 0; row < model.rowCount(); ++row)
            width = std::max(width, body.horizontalAdvance(model.index(row, column).data().toString()));
        widths.append(std::ceil(width) + 2 * kAir);
    }
    return widths;
}

Qt::Alignment alignmentOf(const QVariant &value)
{
    return value.isValid() ? value.value<Qt::Alignment>() : Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void paintCell(QPainter &painter, const QRectF &cell, const QModelIndex &index)
{
    QVariant ink = index.data(Qt::ForegroundRole), share = index.data(RowTableModel::kShareRole);
    painter.setPen(ink.canConvert<QColor>() ? ink.value<QColor>() : colour(Colour::Text));
    painter.drawText(cell.adjusted(kAir, 0, -kAir, 0), static_cast<int>(alignmentOf(index.data(Qt::TextAlignmentRole))),
                     index.data().toString());
    if (!share.isValid())
        return;
    QRectF track(cell.left() + kAir, cell.bottom() - 5, cell.width() - 2 * kAir, 3);
    painter.fillRect(track, colour(Colour::Sunken));
    track.setWidth(track.width() * std::clamp(share.toDouble(), 0.0, 1.0));
    painter.fillRect(track, colour(Colour::Attention));
}

void paintTable(QPainter &painter, const QRectF &area, const QAbstractItemModel &model, const QList<double> &widths)
{
    double x = area.left() + kSpaceXs;
    for (int column = 0; column < widths.size(); x += widths[column], ++column) {
        painter.setFont(typeFont(Type::Caption));
        painter.setPen(colour(Colour::TextMuted));
        QVariant alignment = model.headerData(column, Qt::Horizontal, Qt::TextAlignmentRole);
        painter.drawText(QRectF(x, area.top(), widths[column], kHeadHeight).adjusted(kAir, 0, -kAir, 0),
                         static_cast<int>(alignmentOf(alignment)), headOf(model, column));
        painter.setFont(typeFont(Type::Body));
        for (int row = 0; row < model.rowCount(); ++row)
            paintCell(painter, {x, area.top() + kHeadHeight + row * kRowHeight, widths[column], kRowHeight},
                      model.index(row, column));
    }
    painter.fillRect(QRectF(area.left() + kSpaceXs, area.top() + kHeadHeight - 1, x - area.left() - kSpaceXs, 1),
                     colour(Colour::LineStrong));
}

} // namespace

PictureSource tablePicture(const QAbstractItemModel &model, const QString &title, const QString &provenance)
{
    QList<double> widths = widthsOf(model);
    double width = 2 * kSpaceXs;
    for (double each : std::as_const(widths))
        width += each;
    QSize size(static_cast<int>(width), static_cast<int>(kHeadHeight) + model.rowCount() * kRowHeight + kSpaceXs);
    return {size, title, provenance,
            [&model, widths](QPainter &painter, const QRectF &area) { paintTable(painter, area, model, widths); },
            [&model] { return csvOf(model, RowTableModel::kSortRole); }};
}

} // namespace tessera::ui
