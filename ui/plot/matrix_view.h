// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/plot_view.h"

#include <QImage>
#include <QList>

namespace tessera::ui {

/// A symmetric matrix of points with themselves.
struct MatrixPicture {
    int order = 0;
    QList<double> values; ///< Row by row.
    QList<int> labels;    ///< A class a point, or empty.
    QStringList classes;
    QString empty; ///< What is said where there is none.
};

/// A matrix as a picture, its classes along two sides and a scale beside it. Arrow keys move a cell that is told.
class MatrixView : public PlotView {
    Q_OBJECT
public:
    explicit MatrixView(QWidget *parent = nullptr);

    void setData(const MatrixPicture &data);
    const MatrixPicture &data() const { return m_data; }

    void paintPlot(QPainter &painter, const QRectF &area, bool forExport) override;
    QString toCsv() const override;
    QSize sizeHint() const override { return {380, 320}; }
    QSize minimumSizeHint() const override { return {240, 200}; }

protected:
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QRectF squareIn(const QRectF &area) const;
    void paintScale(QPainter &painter, const QRectF &square) const;
    void setCell(int row, int column);
    QString cellText() const;
    void makeImage();

    MatrixPicture m_data;
    QImage m_image;
    double m_low = 0, m_high = 1;
    int m_row = -1, m_column = -1;
};

/// The colour of a class, by its number.
QColor classColour(int label);

} // namespace tessera::ui
