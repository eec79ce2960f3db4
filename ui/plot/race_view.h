// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/plot_view.h"

#include <QList>

namespace tessera::ui {

/// What two ways of training leave of each frequency, over time.
struct RaceData {
    struct Row {
        int frequency = 0;
        double steps[2];       ///< Until it is learnt; NaN: never.
        QList<double> left[2]; ///< A number a time, 1 at first.
    };
    QString names[2];
    QList<double> times;
    QList<Row> rows;
    double tolerance = 0.05; ///< What is left of a frequency that counts as learnt.
    QString empty;
};

/// A frequency a row, a bar for each way: full at first, gone when it is learnt. Left and right move through time.
class RaceView : public PlotView {
    Q_OBJECT
public:
    explicit RaceView(QWidget *parent = nullptr);

    void setData(const RaceData &data);
    const RaceData &data() const { return m_data; }
    /// A number of data().times.
    void setTime(int index);
    int time() const { return m_time; }

    void paintPlot(QPainter &painter, const QRectF &area, bool forExport) override;
    QString toCsv() const override;
    QSize sizeHint() const override { return {420, 360}; }
    QSize minimumSizeHint() const override { return {260, 200}; }

Q_SIGNALS:
    void timeWanted(int index);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void paintRow(QPainter &painter, const QRectF &row, const RaceData::Row &data) const;
    RaceData m_data;
    int m_time = 0;
};

} // namespace tessera::ui
