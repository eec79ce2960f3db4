// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/plot_view.h"

#include "ui/plot/plot_accessible.h"
#include "ui/theme/tokens.h"

#include <QEvent>
#include <QImage>
#include <QSaveFile>
#include <QSvgGenerator>

namespace tessera::ui {

PlotView::PlotView(QWidget *parent) : QWidget(parent)
{
    PlotAccessible::install();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
}

void PlotView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), colour(Colour::Surface));
    paintPlot(painter, rect(), false);
}

void PlotView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange
        || event->type() == QEvent::StyleChange)
        update();
    QWidget::changeEvent(event);
}

void PlotView::paintEmpty(QPainter &painter, const QRectF &area, const QString &text)
{
    painter.setFont(typeFont(Type::Body));
    painter.setPen(colour(Colour::TextMuted));
    painter.drawText(area.adjusted(kSpaceXl, kSpaceL, -kSpaceXl, -kSpaceL), Qt::AlignCenter | Qt::TextWordWrap, text);
}

QString PlotView::exportTo(const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return tr("%1 cannot be written: %2").arg(path, file.errorString());
    if (path.endsWith(".csv", Qt::CaseInsensitive)) {
        file.write(csvComment(m_provenance).toUtf8() + toCsv().toUtf8());
    } else if (path.endsWith(".svg", Qt::CaseInsensitive)) {
        QSvgGenerator svg;
        svg.setOutputDevice(&file);
        svg.setSize(size());
        svg.setViewBox(rect());
        svg.setTitle(accessibleName());
        svg.setDescription(m_provenance);
        QPainter painter(&svg);
        painter.fillRect(rect(), colour(Colour::Surface));
        paintPlot(painter, rect(), true);
        painter.end();
    } else if (path.endsWith(".png", Qt::CaseInsensitive)) {
        constexpr int kScale = 2;
        QImage image(size() * kScale, QImage::Format_ARGB32_Premultiplied);
        image.setDevicePixelRatio(kScale);
        image.fill(colour(Colour::Surface));
        image.setText("Title", accessibleName());
        image.setText("Description", m_provenance);
        image.setText("Software", "Tessera");
        QPainter painter(&image);
        paintPlot(painter, QRectF(QPointF(0, 0), QSizeF(size())), true);
        painter.end();
        image.save(&file, "png");
    } else {
        file.cancelWriting();
        return tr("%1: pictures are written as .png or .svg, numbers as .csv").arg(path);
    }
    return file.commit() ? QString() : tr("%1 cannot be written: %2").arg(path, file.errorString());
}

QString csvComment(const QString &text)
{
    return text.isEmpty() ? QString() : "# " + QString(text).replace('\n', ' ') + '\n';
}

QString csvLine(const QStringList &fields)
{
    QStringList quoted;
    for (QString field : fields) {
        if (field.contains(u'"') || field.contains(u',') || field.contains(u'\n'))
            field = u'"' + field.replace("\"", "\"\"") + u'"';
        quoted.append(field);
    }
    return quoted.join(u',') + u'\n';
}

} // namespace tessera::ui
