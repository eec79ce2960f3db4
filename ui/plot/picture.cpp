// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/picture.h"

#include "ui/plot/plot_view.h"
#include "ui/theme/tokens.h"

#include <QImage>
#include <QSaveFile>
#include <QSvgGenerator>

namespace tessera::ui {

QString exportPicture(const PictureSource &source, const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return PlotView::tr("%1 cannot be written: %2").arg(path, file.errorString());
    QRectF area(QPointF(0, 0), QSizeF(source.size));
    if (path.endsWith(".csv", Qt::CaseInsensitive)) {
        file.write(csvComment(source.provenance).toUtf8() + source.csv().toUtf8());
    } else if (path.endsWith(".svg", Qt::CaseInsensitive)) {
        QSvgGenerator svg;
        svg.setOutputDevice(&file);
        svg.setSize(source.size);
        svg.setViewBox(area);
        svg.setTitle(source.title);
        svg.setDescription(source.provenance);
        QPainter painter(&svg);
        painter.fillRect(area, colour(Colour::Surface));
        source.paint(painter, area);
        painter.end();
    } else if (path.endsWith(".png", Qt::CaseInsensitive)) {
        constexpr int kScale = 2;
        QImage image(source.size * kScale, QImage::Format_ARGB32_Premultiplied);
        image.setDevicePixelRatio(kScale);
        image.fill(colour(Colour::Surface));
        image.setText("Title", source.title);
        image.setText("Description", source.provenance);
        image.setText("Software", "Tessera");
        QPainter painter(&image);
        source.paint(painter, area);
        painter.end();
        image.save(&file, "png");
    } else {
        file.cancelWriting();
        return PlotView::tr("%1: pictures are written as .png or .svg, numbers as .csv").arg(path);
    }
    return file.commit() ? QString() : PlotView::tr("%1 cannot be written: %2").arg(path, file.errorString());
}

} // namespace tessera::ui
