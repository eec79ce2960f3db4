// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/small_chart.h"

#include "ui/plot/axis_scale.h"
#include "ui/plot/chart_numbers.h"
#include "ui/theme/tokens.h"

#include <QChart>
#include <QEvent>
#include <QLineSeries>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

namespace tessera::ui {

SmallChart::SmallChart(QWidget *parent) : QChartView(parent)
{
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setMinimumHeight(136);
    setFocusPolicy(Qt::NoFocus);
    m_level = std::nan("");
    rebuild();
}

void SmallChart::setLine(const QList<QPointF> &points, const QString &xTitle, const QString &yTitle, double level)
{
    m_points = points;
    m_xTitle = xTitle;
    m_yTitle = yTitle;
    m_level = level;
    rebuild();
}

void SmallChart::rebuild()
{
    auto *chart = new QChart;
    chart->legend()->hide();
    chart->setMargins(QMargins(0, 0, 0, 0));
    chart->setContentsMargins(0, 0, 0, 0);
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    chart->setBackgroundVisible(false);
    localizeNumbers(*chart);
    setBackgroundBrush(colour(Colour::Surface));
    if (!m_points.isEmpty()) {
        auto *line = new QLineSeries;
        line->replace(m_points);
        line->setPen(QPen(colour(Colour::Front), 2));
        line->setPointsVisible(m_points.size() <= 64);
        chart->addSeries(line);
        double low = 0, high = 0;
        for (const QPointF &point : std::as_const(m_points)) {
            low = std::min(low, point.y());
            high = std::max(high, point.y());
        }
        auto *x = new QValueAxis, *y = new QValueAxis;
        AxisScale scale = paddedScale(low, high, 0.08, false);
        y->setRange(low < 0 ? scale.low : 0, scale.high);
        y->setTickCount(3);
        y->setLabelFormat("%.2g");
        x->setRange(m_points.first().x(), std::max(m_points.last().x(), m_points.first().x() + 1));
        double step = std::max(1.0, std::ceil((m_points.last().x() - m_points.first().x()) / 4));
        x->setTickType(QValueAxis::TicksDynamic);
        x->setTickAnchor(m_points.first().x());
        x->setTickInterval(step);
        x->setLabelFormat("%.6g");
        x->setTitleText(m_xTitle);
        y->setTitleText(m_yTitle);
        for (QValueAxis *axis : {x, y}) {
            axis->setLabelsFont(typeFont(Type::Caption));
            axis->setTitleFont(typeFont(Type::Caption));
            axis->setLabelsColor(colour(Colour::TextMuted));
            axis->setTitleBrush(colour(Colour::TextMuted));
            axis->setGridLineColor(colour(Colour::Line));
            axis->setLinePenColor(colour(Colour::LineStrong));
        }
        x->setGridLineVisible(false);
        chart->addAxis(x, Qt::AlignBottom);
        chart->addAxis(y, Qt::AlignLeft);
        line->attachAxis(x);
        line->attachAxis(y);
        if (!std::isnan(m_level)) {
            auto *level = new QLineSeries;
            level->replace({{m_points.first().x(), m_level}, {m_points.last().x(), m_level}});
            level->setPen(QPen(colour(Colour::Child), 1.5, Qt::DashLine));
            chart->addSeries(level);
            level->attachAxis(x);
            level->attachAxis(y);
        }
    }
    QChart *old = this->chart();
    setChart(chart);
    delete old;
}

void SmallChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        rebuild();
}

} // namespace tessera::ui
