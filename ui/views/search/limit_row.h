// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/library.h"
#include "ui/state/scenario.h"

#include <QSlider>
#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QToolButton;

namespace tessera::ui {

/// A slider over per cent of the parent (in tenths), with what no child can reach hatched and a mark where the child is.
class LimitSlider : public QSlider {
    Q_OBJECT
public:
    explicit LimitSlider(QWidget *parent = nullptr);
    /// In tenths of per cent; nothing where unknown.
    void setReachable(std::optional<QPair<double, double>> reachable);
    void setUsed(std::optional<double> used);
    void setAtLeast(bool atLeast);
    QSize sizeHint() const override { return {160, 24}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    double xOf(double tenths) const;
    int valueAt(double x) const;
    std::optional<QPair<double, double>> m_reachable;
    std::optional<double> m_used;
    bool m_atLeast = false;
};

/// One limit of the scenario: slider and exact field with the same value, what the child uses of it, slack and price.
class LimitRow : public QWidget {
    Q_OBJECT
public:
    LimitRow(const LimitDraft &limit, const CostKey &cost, double parentTotal, QWidget *parent = nullptr);

    const LimitDraft &limit() const { return m_limit; }
    /// From outside (undo, another view): shown without a signal.
    void setLimit(const LimitDraft &limit);
    struct Report {
        double used = kUnknown, slack = kUnknown, price = 0;
        QString metric;
        bool stale = false, inConflict = false, estimated = false, infeasible = false;
        std::optional<QPair<double, double>> reachable;
    };
    void setReport(const Report &report);
    QLineEdit *field() const { return m_field; }
    LimitSlider *slider() const { return m_slider; }

Q_SIGNALS:
    void changed(const tessera::ui::LimitDraft &limit, bool dragging);
    void dragFinished();
    void removed();

private:
    void showLimit();
    void fieldEdited();
    void slid(int tenths);
    double percent() const;

    LimitDraft m_limit;
    CostKey m_cost;
    double m_parent;
    bool m_showing = false;
    QToolButton *m_sense;
    QLineEdit *m_field;
    QLabel *m_other, *m_used, *m_price;
    LimitSlider *m_slider;
};

} // namespace tessera::ui
