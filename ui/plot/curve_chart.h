// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/picture.h"

#include <QChartView>
#include <QList>
#include <QPen>
#include <QPointF>

#include <functional>

class QAbstractAxis;
class QAreaSeries;
class QLineSeries;

namespace tessera::ui {

/// A line of a chart. Where an axis is logarithmic its numbers must be positive.
struct Curve {
    QString name;   ///< Of the column in CSV and of what the mouse is told.
    QString legend; ///< Curves without are not in the legend.
    QList<QPointF> points = {};
    QColor colour = {};
    double width = 2;
    Qt::PenStyle style = Qt::SolidLine;
    bool guide = false;                ///< Drawn, but no data: not in CSV, not under the mouse.
    bool dots = false;                 ///< Its points are marked too.
    QList<double> low = {}, high = {}; ///< A band around the line, a number a point; may be empty.

    bool operator==(const Curve &) const = default;
};

struct CurveAxis {
    QString title;
    bool logarithmic = false;
    double low = 0, high = 0;                ///< A range that does not follow the numbers; low == high: it does.
    QString format = QStringLiteral("%.6g"); ///< Of printf, with a precision.
    bool operator==(const CurveAxis &) const = default;
};

struct CurveData {
    CurveAxis x, y;
    QList<Curve> curves;
    QString empty; ///< What is said where there is no curve.
    Qt::Corner legend = Qt::TopRightCorner;
    bool stale = false;
};

/// Lines over one another on linear or logarithmic axes (Qt Charts), fast enough to follow a slider: lines and axes are kept and
/// given new numbers.
class CurveChart : public QChartView {
    Q_OBJECT
public:
    explicit CurveChart(QWidget *parent = nullptr);

    void setData(const CurveData &data);
    const CurveData &data() const { return m_data; }
    QString toCsv() const;
    /// For exportPicture.
    PictureSource picture(const QString &provenance);

Q_SIGNALS:
    /// What was given last is on the screen.
    void painted();

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void drawForeground(QPainter *painter, const QRectF &area) override;

private:
    struct Line {
        QLineSeries *line = nullptr, *low = nullptr, *high = nullptr;
        QAreaSeries *band = nullptr;
    };
    void makeAxes();
    void paintColours();
    void giveNumbers();
    void setMark(int curve, int point);
    QString markText() const;
    void drawLegend(QPainter &painter, const QRectF &plot) const;
    void drawMark(QPainter &painter, const QRectF &plot) const;

    CurveData m_data;
    QList<Line> m_lines;
    QAbstractAxis *m_x = nullptr, *m_y = nullptr;
    int m_markCurve = -1, m_markPoint = -1;
    bool m_fresh = false, m_exporting = false;
};

} // namespace tessera::ui
