// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/plot_view.h"

#include "ui/plot/picture.h"
#include "ui/plot/plot_accessible.h"
#include "ui/theme/tokens.h"

#include <QEvent>

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
    return exportPicture({size(), accessibleName(), m_provenance,
                          [this](QPainter &painter, const QRectF &area) { paintPlot(painter, area, true); },
                          [this] { return toCsv(); }},
                         path);
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
