// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/plot_view.h"
#include "ui/theme/colour_map.h"

#include <QFont>
#include <QImage>
#include <QList>
#include <QStringList>

#include <optional>

namespace tessera::ui {

/// What a heat map shows: rows of cells in groups of columns. Unknown values are NaN, and cells that do not exist are absent.
struct HeatMapData {
    struct Group {
        QString title;
        QStringList columns;
    };
    QList<Group> groups;
    QStringList rows;
    QString rowTitle, valueTitle;
    QList<double> values; ///< Row by row over all columns.
    QList<char> exists;   ///< The same shape; 0 where there is no such cell.
    bool logarithmic = false;
    ColourMap map = ColourMap::Cividis;
    NumberText text;      ///< For tooltips and CSV.
    NumberText shortText; ///< For cells.
    NumberText tickText;  ///< For the scale; as in cells where not set.
    double tickGrain = 1; ///< Of which round numbers on the scale are multiples.

    int columnCount() const;
    qsizetype index(int row, int column) const { return qsizetype(row) * columnCount() + column; }
    QString columnName(int column) const;
};

/// Marks on cells, as bits.
enum HeatMapMark : char { kMarkChosen = 1, kMarkParent = 2, kMarkPinned = 4, kMarkBanned = 8 };

/// Layers x variants as one image of colours with a scale beside it. Keyboard: arrows move the current cell, Space and the
/// context-menu key open its menu; the accessible description speaks the current cell.
class HeatMapView : public PlotView {
    Q_OBJECT
public:
    explicit HeatMapView(QWidget *parent = nullptr);

    void setData(const HeatMapData &data);
    const HeatMapData &data() const { return m_data; }
    /// One byte a cell, of HeatMapMark.
    void setMarks(const QList<char> &marks);
    void setCurrent(int row, int column);
    int currentRow() const { return m_row; }
    int currentColumn() const { return m_column; }
    /// What the tooltip of a cell says; the number alone where it is not set.
    void setTip(std::function<QString(int row, int column)> tip) { m_tip = std::move(tip); }
    void setEmptyText(const QString &text) { m_emptyText = text; }

    void paintPlot(QPainter &painter, const QRectF &area, bool forExport) override;
    QString toCsv() const override;
    QSize sizeHint() const override { return {640, 400}; }
    QSize minimumSizeHint() const override { return {280, 160}; }

Q_SIGNALS:
    void currentChanged(int row, int column);
    void menuWanted(int row, int column, const QPoint &global);
    void activated(int row, int column);

protected:
    bool event(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    struct Layout {
        QRectF cells; ///< All groups with the gaps between them.
        double width = 0, height = 0;
        QList<double> left; ///< Of each column.
        QRectF scale;
        bool rotated = false; ///< Column names.
        double names = 0;     ///< Height of the column names.
    };
    /// The widest of the names, in small type.
    struct NameWidths {
        QFont font;
        double rows = 0, columns = 0;
    };
    const NameWidths &nameWidths() const;
    Layout layoutIn(const QRectF &area) const;
    QRectF cellRect(const Layout &layout, int row, int column) const;
    bool cellAt(const QPointF &point, int *row, int *column) const;
    bool exists(int row, int column) const;
    double shareOf(double value) const;
    QString tipOf(int row, int column) const;
    void colourCells();
    void paintCells(QPainter &painter, const Layout &layout);
    void paintNumbers(QPainter &painter, const Layout &layout) const;
    void paintMarks(QPainter &painter, const Layout &layout) const;
    void paintNames(QPainter &painter, const Layout &layout) const;
    void paintScale(QPainter &painter, const Layout &layout) const;
    /// What the marks mean that some cell has, below the scale where there is room.
    void paintKey(QPainter &painter, const Layout &layout, const QRectF &area) const;
    static void paintMark(QPainter &painter, const QRectF &cell, char mark, bool large);

    HeatMapData m_data;
    QList<char> m_marks;
    QImage m_image;         ///< A pixel a cell,
    QRgb m_colouredFor = 0; ///< and the surface of the theme in whose colours it is; 0: not coloured yet.
    mutable std::optional<NameWidths> m_nameWidths; ///< Kept, because hundreds of names take as long as all the cells.
    double m_low = 0, m_high = 1;
    int m_row = -1, m_column = -1, m_hoverRow = -1, m_hoverColumn = -1;
    QString m_emptyText;
    std::function<QString(int, int)> m_tip;
};

} // namespace tessera::ui
