// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/race_view.h"

#include "ui/theme/tokens.h"

#include <QKeyEvent>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr double kTitleWidth = 56, kStepsWidth = 104, kHeadHeight = 28;

} // namespace

RaceView::RaceView(QWidget *parent) : PlotView(parent) {}

void RaceView::setData(const RaceData &data)
{
    m_data = data;
    setTime(std::clamp(m_time, 0, std::max(0, static_cast<int>(data.times.size()) - 1)));
    update();
}

void RaceView::setTime(int index)
{
    m_time = index;
    int learnt[2] = {0, 0};
    for (const RaceData::Row &row : m_data.rows)
        for (int way = 0; way < 2; ++way)
            learnt[way] += m_time < row.left[way].size() && row.left[way][m_time] <= m_data.tolerance;
    if (m_time < m_data.times.size())
        setAccessibleDescription(tr("After %1 steps %2 has learnt %3 of %4 frequencies, %5 has learnt %6")
                                     .arg(QLocale().toString(m_data.times[m_time], 'f', 0), m_data.names[0])
                                     .arg(learnt[0])
                                     .arg(m_data.rows.size())
                                     .arg(m_data.names[1])
                                     .arg(learnt[1]));
    update();
}

void RaceView::paintPlot(QPainter &painter, const QRectF &area, bool forExport)
{
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_data.rows.isEmpty() || m_data.times.isEmpty())
        return paintEmpty(painter, area, m_data.empty);
    QRectF inner = area.adjusted(kSpaceL, 0, -kSpaceL, -kSpaceM);
    painter.setFont(typeFont(Type::Caption));
    double x = inner.left() + kTitleWidth;
    for (int way = 0; way < 2; ++way) {
        painter.fillRect(QRectF(x, inner.top() + kHeadHeight / 2 - 4, 8, 8), colour(way == 0 ? Colour::Attention : Colour::Ffn));
        painter.setPen(colour(Colour::Text));
        double width = painter.fontMetrics().horizontalAdvance(m_data.names[way]);
        painter.drawText(QRectF(x + 12, inner.top(), width + kSpaceS, kHeadHeight), Qt::AlignVCenter, m_data.names[way]);
        x += width + 12 + kSpaceXl;
    }
    painter.setPen(colour(Colour::TextMuted));
    painter.drawText(QRectF(inner.right() - kStepsWidth, inner.top(), kStepsWidth, kHeadHeight),
                     Qt::AlignRight | Qt::AlignVCenter, tr("steps"));
    double height = (inner.height() - kHeadHeight) / static_cast<double>(m_data.rows.size());
    for (int i = 0; i < m_data.rows.size(); ++i)
        paintRow(painter, {inner.left(), inner.top() + kHeadHeight + i * height, inner.width(), height}, m_data.rows[i]);
    if (hasFocus() && !forExport) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(Colour::Accent), 1));
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void RaceView::paintRow(QPainter &painter, const QRectF &row, const RaceData::Row &data) const
{
    QLocale locale;
    painter.setPen(colour(Colour::TextMuted));
    painter.drawText(QRectF(row.left(), row.top(), kTitleWidth, row.height()), Qt::AlignVCenter,
                     QStringLiteral("k = %1").arg(data.frequency));
    QRectF track(row.left() + kTitleWidth, row.top(), row.width() - kTitleWidth - kStepsWidth, row.height());
    double bar = std::clamp(row.height() / 2 - 4, 2.0, 12.0);
    QStringList steps;
    for (int way = 0; way < 2; ++way) {
        double left = m_time < data.left[way].size() ? std::clamp(data.left[way][m_time], 0.0, 1.0) : 1;
        bool learnt = left <= m_data.tolerance;
        QRectF place(track.left(), row.center().y() + (way == 0 ? -bar - 1 : 1), track.width(), bar);
        painter.fillRect(place, colour(Colour::Sunken));
        place.setWidth(place.width() * left);
        painter.fillRect(place, colour(way == 0 ? Colour::Attention : Colour::Ffn, learnt ? 0.35 : 1));
        steps.append(std::isnan(data.steps[way]) ? QStringLiteral("∞") : locale.toString(data.steps[way], 'f', 0));
    }
    // Where a bar is short enough.
    double limit = track.left() + track.width() * m_data.tolerance;
    painter.setPen(QPen(colour(Colour::LineStrong), 1, Qt::DotLine));
    painter.drawLine(QPointF(limit, row.top()), QPointF(limit, row.bottom()));
    painter.setPen(colour(Colour::Text));
    painter.drawText(QRectF(row.right() - kStepsWidth, row.top(), kStepsWidth, row.height()),
                     Qt::AlignRight | Qt::AlignVCenter, steps.join(QStringLiteral("  ·  ")));
}

QString RaceView::toCsv() const
{
    QString text = csvLine({tr("Frequency"), tr("Steps"), m_data.names[0], m_data.names[1]});
    for (const RaceData::Row &row : m_data.rows)
        for (int i = 0; i < m_data.times.size(); ++i)
            text += csvLine({QString::number(row.frequency), QString::number(m_data.times[i], 'f', 0),
                             QString::number(row.left[0].value(i), 'g', 17), QString::number(row.left[1].value(i), 'g', 17)});
    return text;
}

void RaceView::keyPressEvent(QKeyEvent *event)
{
    int last = static_cast<int>(m_data.times.size()) - 1, step = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        Q_EMIT timeWanted(std::max(0, m_time - step));
        break;
    case Qt::Key_Right:
        Q_EMIT timeWanted(std::clamp(m_time + step, 0, std::max(0, last)));
        break;
    case Qt::Key_Home:
        Q_EMIT timeWanted(0);
        break;
    case Qt::Key_End:
        Q_EMIT timeWanted(std::max(0, last));
        break;
    default:
        PlotView::keyPressEvent(event);
    }
}

} // namespace tessera::ui
