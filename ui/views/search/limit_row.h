// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/library.h"
#include "ui/state/scenario.h"
#include "ui/views/common/limit_slider.h"

#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QToolButton;

namespace tessera::ui {

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
        bool alone = false; ///< In conflict with itself: no child can hold this limit.
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
