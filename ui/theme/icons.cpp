// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"

#include "ui/theme/tokens.h"

#include <QPainterPath>
#include <QPixmap>

namespace tessera::ui {
namespace {

void line(QPainterPath &path, double x1, double y1, double x2, double y2)
{
    path.moveTo(x1, y1);
    path.lineTo(x2, y2);
}

QPainterPath pathOf(Icon icon)
{
    QPainterPath path;
    switch (icon) {
    case Icon::Home:
        path.moveTo(2, 8);
        path.lineTo(8, 2.5);
        path.lineTo(14, 8);
        path.moveTo(4, 7);
        path.lineTo(4, 13.5);
        path.lineTo(12, 13.5);
        path.lineTo(12, 7);
        break;
    case Icon::Library:
        for (double x : {2.0, 6.5, 11.0})
            for (double y : {2.0, 6.5, 11.0})
                path.addRect(x, y, 3, 3);
        break;
    case Icon::Search:
        line(path, 2, 4, 14, 4);
        line(path, 2, 8, 14, 8);
        line(path, 2, 12, 14, 12);
        path.addEllipse(QPointF(10.5, 4), 1.8, 1.8);
        path.addEllipse(QPointF(5, 8), 1.8, 1.8);
        path.addEllipse(QPointF(8.5, 12), 1.8, 1.8);
        break;
    case Icon::Children:
        path.addEllipse(QPointF(8, 3.5), 2, 2);
        path.addEllipse(QPointF(4, 12.5), 2, 2);
        path.addEllipse(QPointF(12, 12.5), 2, 2);
        path.moveTo(8, 5.5);
        path.lineTo(8, 8);
        path.moveTo(4, 10.5);
        path.lineTo(4, 8);
        path.lineTo(12, 8);
        path.lineTo(12, 10.5);
        break;
    case Icon::Jobs:
        path.addEllipse(QPointF(8, 8), 6, 6);
        path.moveTo(8, 4.5);
        path.lineTo(8, 8);
        path.lineTo(10.8, 9.6);
        break;
    case Icon::Compare:
        path.addRect(2, 3, 4.5, 10);
        path.addRect(9.5, 3, 4.5, 10);
        line(path, 8, 1.5, 8, 14.5);
        break;
    case Icon::Pin:
        path.moveTo(5, 2.5);
        path.lineTo(11, 2.5);
        path.moveTo(6, 2.5);
        path.lineTo(6, 7);
        path.lineTo(4, 9.5);
        path.lineTo(12, 9.5);
        path.lineTo(10, 7);
        path.lineTo(10, 2.5);
        line(path, 8, 9.5, 8, 14);
        break;
    case Icon::Ban:
        path.addEllipse(QPointF(8, 8), 5.5, 5.5);
        line(path, 4.2, 4.2, 11.8, 11.8);
        break;
    case Icon::Remove:
        line(path, 4, 4, 12, 12);
        line(path, 12, 4, 4, 12);
        break;
    case Icon::Add:
        line(path, 8, 3, 8, 13);
        line(path, 3, 8, 13, 8);
        break;
    case Icon::Open:
        path.moveTo(2, 12.5);
        path.lineTo(2, 3.5);
        path.lineTo(6.5, 3.5);
        path.lineTo(8, 5.5);
        path.lineTo(14, 5.5);
        path.lineTo(14, 12.5);
        path.closeSubpath();
        break;
    case Icon::Export:
        line(path, 8, 2, 8, 9.5);
        path.moveTo(5, 5);
        path.lineTo(8, 2);
        path.lineTo(11, 5);
        path.moveTo(3, 9);
        path.lineTo(3, 13.5);
        path.lineTo(13, 13.5);
        path.lineTo(13, 9);
        break;
    case Icon::Undo:
    case Icon::Redo:
        path.moveTo(5.5, 3);
        path.lineTo(2.5, 6);
        path.lineTo(5.5, 9);
        path.moveTo(2.5, 6);
        path.lineTo(9.5, 6);
        path.cubicTo(15, 6, 15, 13, 9.5, 13);
        path.lineTo(6, 13);
        if (icon == Icon::Redo)
            path = QTransform(-1, 0, 0, 1, 16, 0).map(path);
        break;
    case Icon::Lasso:
        path.moveTo(5, 10.5);
        path.cubicTo(-1, 8, 2, 2.5, 8, 2.5);
        path.cubicTo(15, 2.5, 15.5, 10, 8.5, 10.5);
        path.cubicTo(5, 10.8, 4, 9, 5.5, 8.5);
        path.cubicTo(7.5, 8.2, 7.5, 12, 4.5, 14);
        break;
    case Icon::Lesson:
        path.moveTo(1.5, 6);
        path.lineTo(8, 3);
        path.lineTo(14.5, 6);
        path.lineTo(8, 9);
        path.closeSubpath();
        path.moveTo(4, 7.5);
        path.lineTo(4, 11);
        path.cubicTo(6, 13, 10, 13, 12, 11);
        path.lineTo(12, 7.5);
        break;
    case Icon::Spectra: // Eigenvalues, each smaller than the one before.
        line(path, 1.5, 13.5, 14.5, 13.5);
        line(path, 3.5, 2.5, 3.5, 13.5);
        line(path, 6.5, 6.5, 6.5, 13.5);
        line(path, 9.5, 9.2, 9.5, 13.5);
        line(path, 12.5, 11, 12.5, 13.5);
        break;
    }
    return path;
}

QPixmap pixmap(Icon icon, const QColor &colour, int scale)
{
    QPixmap image(16 * scale, 16 * scale);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    paintIcon(painter, icon, QRectF(0, 0, 16 * scale, 16 * scale), colour);
    painter.end();
    return image;
}

} // namespace

void paintIcon(QPainter &painter, Icon icon, const QRectF &place, const QColor &colour)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(place.topLeft());
    painter.scale(place.width() / 16, place.height() / 16);
    painter.setPen(QPen(colour, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(pathOf(icon));
    painter.restore();
}

QIcon makeIcon(Icon icon)
{
    QIcon made;
    for (int scale : {1, 2, 3}) {
        made.addPixmap(pixmap(icon, colour(Colour::TextMuted), scale), QIcon::Normal);
        made.addPixmap(pixmap(icon, colour(Colour::Text), scale), QIcon::Active);
        made.addPixmap(pixmap(icon, colour(Colour::Line), scale), QIcon::Disabled);
    }
    return made;
}

} // namespace tessera::ui
