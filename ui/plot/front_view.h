// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/axis_scale.h"
#include "ui/plot/plot_view.h"
#include "ui/theme/tokens.h"

#include <QImage>
#include <QList>
#include <QPointF>
#include <QPolygonF>

#include <memory>
#include <optional>

namespace tessera::ui {

/// Shapes tell marks apart where colours do not.
enum class MarkShape { Circle, Square, Diamond, Triangle, Cross, Plus, Star };
void paintMark(QPainter &painter, MarkShape shape, const QPointF &at, double radius, const QColor &colour,
               bool filled = true);

/// Accuracy against one cost.
struct FrontData {
    struct Mark {
        QString name;
        QPointF at;
        MarkShape shape = MarkShape::Square;
        Colour role = Colour::MarkA;
    };
    QString xTitle, yTitle;
    NumberText xText, yText;
    NumberText xTick, yTick; ///< Round numbers along the axes; as xText and yText where not set.
    double xGrain = 1;       ///< Of which round numbers are multiples.
    QList<QPointF> front;    ///< By x; the proven best under each limit.
    bool stale = false;
    QList<Mark> marks; ///< Parent, baselines, pinned solutions: as they stand in the legend.
    std::optional<QPointF> current;
    bool currentStale = false;
    std::optional<double> limit; ///< Upper limit on x; drawn as a handle.
    /// Children drawn at random, many of them: drawn as a cloud of dots behind everything.
    std::shared_ptr<const QList<QPointF>> cloud;
    QString cloudName;
};

/// Wheel zooms around the pointer, drag pans, a drag on the limit's line or on the front moves the limit, a drag with Shift
/// draws a lasso, a double click shows everything again (a second one also ends far above the rest). Keyboard: Left and Right
/// walk along the front, Return adopts, Ctrl+A takes all points as a lasso would, plus and minus zoom, Home shows all.
class FrontView : public PlotView {
    Q_OBJECT
public:
    explicit FrontView(QWidget *parent = nullptr);

    void setData(const FrontData &data);
    const FrontData &data() const { return m_data; }
    void setEmptyText(const QString &text) { m_emptyText = text; }
    void setLogarithmic(bool logarithmic);
    /// A plain drag draws a lasso, as one with Shift always does.
    void setLassoMode(bool lasso) { m_lassoMode = lasso; }
    /// Ends zoom and pan. Where there is neither: with the ends of the front that are far above the rest, and without them again.
    void showAll();

    void paintPlot(QPainter &painter, const QRectF &area, bool forExport) override;
    QString toCsv() const override;
    QSize sizeHint() const override { return {560, 320}; }
    QSize minimumSizeHint() const override { return {280, 200}; }

Q_SIGNALS:
    /// The user takes the front's point with this number.
    void pointAdopted(int index);
    /// While the limit is dragged, and once with finished at the end.
    void limitDragged(double x, bool finished);
    /// What lies inside the lasso: numbers of the front's points and of the marks.
    void lassoed(const QList<int> &points, const QList<int> &marks);

protected:
    bool event(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    struct Frame {
        QRectF plot, legend;
        AxisScale x, y;
    };
    Frame frameIn(const QRectF &area) const;
    QStringList legendNames() const;
    int legendLines(double width) const;
    /// The highest score that is shown where the user has not zoomed.
    double highest() const;
    AxisScale wholeX() const;
    AxisScale wholeY() const;
    int pointAt(const QPointF &position) const;
    void finishLasso();
    QString tipOf(int index) const;
    void paintCloud(QPainter &painter, const Frame &frame);
    void paintAxes(QPainter &painter, const Frame &frame) const;
    void paintFront(QPainter &painter, const Frame &frame) const;
    void paintLegend(QPainter &painter, const Frame &frame) const;

    FrontData m_data;
    QString m_emptyText;
    bool m_logarithmic = false, m_lassoMode = false, m_farEnds = false;
    QPolygonF m_lasso;
    QImage m_cloud;                    ///< The dots as they were painted last,
    QString m_cloudFor;                ///< and for which place, scale and theme.
    std::optional<AxisScale> m_x, m_y; ///< Where the user has zoomed.
    int m_hover = -1, m_current = -1;
    enum class Drag { None, Pan, Limit, Press, Lasso } m_drag = Drag::None;
    QPointF m_from;
};

} // namespace tessera::ui
