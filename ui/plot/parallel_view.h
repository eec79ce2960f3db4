// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/axis_scale.h"
#include "ui/plot/plot_view.h"

#include <QImage>
#include <QList>
#include <QPair>

#include <optional>

namespace tessera::ui {

/// Rows of numbers as lines across upright axes. NaN leaves a gap.
struct ParallelData {
    struct Axis {
        QString title;
        NumberText text;
    };
    QList<Axis> axes;
    QList<QList<double>> rows; ///< One number an axis.
    QList<char> emphasised;    ///< One a row, or empty: rows that stand out whatever the brushes say.
    bool stale = false;
};

/// A drag on an axis keeps the rows whose lines pass there, a click on it lets all pass again, a click on a line selects it.
/// Keyboard: Left and Right change the axis, Up and Down walk through the rows by their number there, "[" and "]" end the
/// axis's brush at the current row, Escape drops all brushes.
class ParallelView : public PlotView {
    Q_OBJECT
public:
    using Brush = std::optional<QPair<double, double>>;

    explicit ParallelView(QWidget *parent = nullptr);

    /// Brushes stay where the axes keep their number and titles.
    void setData(const ParallelData &data);
    const ParallelData &data() const { return m_data; }
    void setEmptyText(const QString &text) { m_emptyText = text; }
    void setCurrent(int row);
    int current() const { return m_current; }
    void setBrush(int axis, const Brush &brush);
    void clearBrushes();
    /// Whether all brushes let a row pass.
    bool passes(int row) const;

    void paintPlot(QPainter &painter, const QRectF &area, bool forExport) override;
    QString toCsv() const override;
    QSize sizeHint() const override { return {720, 320}; }
    QSize minimumSizeHint() const override { return {320, 180}; }

Q_SIGNALS:
    void currentChanged(int row);
    void brushed();

protected:
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    struct Frame {
        QList<double> x;
        QList<AxisScale> y;
        double top = 0, bottom = 0;
    };
    Frame frameIn(const QRectF &area) const;
    QPolygonF lineOf(const Frame &frame, int row) const;
    void paintLines(QPainter &painter, const Frame &frame) const;
    void paintAxes(QPainter &painter, const Frame &frame) const;
    int axisAt(const Frame &frame, const QPointF &at) const;
    int rowAt(const Frame &frame, const QPointF &at) const;
    void choose(int row);

    ParallelData m_data;
    QList<Brush> m_brushes;
    QList<QPair<double, double>> m_ranges;
    QString m_emptyText;
    int m_current = -1, m_axis = 0, m_dragged = -1;
    QPointF m_from;
    bool m_moved = false;
};

} // namespace tessera::ui
