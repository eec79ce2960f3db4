// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/plot_view.h"

#include <QList>

namespace tessera::ui {

/// A child as a column per layer: attention grows upwards, FFN downwards, both as shares of the parent's.
struct StripData {
    struct Half {
        QString mark, title; ///< "3", "3 kv heads"
        double share = 0;    ///< Of the parent's sub-block, 0 to 1.
        bool parent = false, pinned = false;
        bool changed = false; ///< Against what it is compared with.
    };
    struct Column {
        Half attention, ffn;
    };
    QList<Column> layers;
    bool stale = false;
};

/// Click or Return pins and unpins a half; a drag selects a range of layers. Arrows move, Up and Down change the half.
class SolutionStrip : public PlotView {
    Q_OBJECT
public:
    explicit SolutionStrip(QWidget *parent = nullptr);

    void setData(const StripData &data);
    const StripData &data() const { return m_data; }
    void setEmptyText(const QString &text) { m_emptyText = text; }
    /// The layer that the other views look at; -1 for none.
    void setCurrent(int layer, bool ffn);
    int firstSelected() const { return m_first; }
    int lastSelected() const { return m_last; }

    void paintPlot(QPainter &painter, const QRectF &area, bool forExport) override;
    QString toCsv() const override;
    QSize sizeHint() const override { return {640, 180}; }
    QSize minimumSizeHint() const override { return {240, 132}; }

Q_SIGNALS:
    void currentChanged(int layer, bool ffn);
    void pinWanted(int layer, bool ffn);
    void menuWanted(int layer, bool ffn, const QPoint &global);
    void rangeSelected(int first, int last);

protected:
    bool event(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    struct Layout {
        double left = 0, width = 1, middle = 0, half = 1, labels = 0;
    };
    Layout layoutIn(const QRectF &area) const;
    bool halfAt(const QPointF &point, int *layer, bool *ffn) const;
    QString tipOf(int layer, bool ffn) const;
    void paintHalf(QPainter &painter, const QFontMetricsF &metrics, const Layout &layout, int layer, bool ffn) const;

    StripData m_data;
    QString m_emptyText;
    int m_layer = -1, m_hover = -1, m_first = -1, m_last = -1, m_pressed = -1;
    bool m_ffn = false, m_hoverFfn = false;
};

} // namespace tessera::ui
