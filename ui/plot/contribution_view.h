// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/plot_view.h"

#include <QList>

namespace tessera::ui {

/// How much every part has of some wholes: the shares of a row add up to one.
struct ContributionData {
    struct Part {
        QString name;
        bool ffn = false;
        int layer = 0;
        bool fixed = false; ///< Of no layer: embedding, final norm, head.
    };
    struct Row {
        QString title;
        QList<double> shares; ///< One a part.
    };
    QList<Part> parts;
    QList<Row> rows;
    QString empty;
};

/// Stacked bars, one a row: attention and FFN in their colours, layers told apart by lightness. Arrow keys move through the parts.
class ContributionView : public PlotView {
    Q_OBJECT
public:
    explicit ContributionView(QWidget *parent = nullptr);

    void setData(const ContributionData &data);
    const ContributionData &data() const { return m_data; }
    /// Marks a part in all rows; -1: none.
    void setCurrent(int row, int part);

    void paintPlot(QPainter &painter, const QRectF &area, bool forExport) override;
    QString toCsv() const override;
    QSize sizeHint() const override { return {520, 280}; }
    QSize minimumSizeHint() const override { return {280, 160}; }

protected:
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QRectF barOf(const QRectF &area, int row) const;
    QString currentText() const;
    ContributionData m_data;
    int m_row = -1, m_part = -1, m_layers = 1;
};

} // namespace tessera::ui
