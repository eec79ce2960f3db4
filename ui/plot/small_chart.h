// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QChartView>
#include <QList>
#include <QPointF>

namespace tessera::ui {

/// One line with its points in a small place: scores by window, a distillation curve. For up to 2,000 points; the series is
/// replaced as a whole before it is attached.
class SmallChart : public QChartView {
    Q_OBJECT
public:
    explicit SmallChart(QWidget *parent = nullptr);
    /// level draws a second, dashed line at a height (a mean); NaN: none.
    void setLine(const QList<QPointF> &points, const QString &xTitle, const QString &yTitle, double level);

protected:
    void changeEvent(QEvent *event) override;

private:
    void rebuild();
    QList<QPointF> m_points;
    QString m_xTitle, m_yTitle;
    double m_level = 0;
};

} // namespace tessera::ui
