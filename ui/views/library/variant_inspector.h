// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/answers.h"
#include "ui/plot/picture.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;
class QTimer;
class QVBoxLayout;

namespace tessera::ui {

class RowTableModel;
class Session;
class SmallChart;
class TangentSection;
class Tangents;

/// Everything about the selected variant, with where each number comes from, and what can be done with it.
class VariantInspector : public QWidget {
    Q_OBJECT
public:
    VariantInspector(Session &session, Tangents &tangents, QWidget *parent = nullptr);
    QSize sizeHint() const override { return {352, 480}; }
    /// Asks what the best child would lose with the selected variant, and without it.
    void explain();
    TangentSection *spectrum() const { return m_spectrum; }
    /// All of it as one picture, and its tables with the scores by window and the distillation curve as CSV.
    PictureSource picture() const;

private:
    void fetch();
    void showDetail(const VariantDetail &detail);
    void showScores(const VariantDetail &detail);
    void showCosts(const VariantDetail &detail);
    void updateButtons();

    Session &m_session;
    int m_variant = -1;
    QStackedWidget *m_pages;
    QWidget *m_page;
    QLabel *m_title, *m_subtitle, *m_chartTitle, *m_curveTitle, *m_loss, *m_why;
    QPushButton *m_pin, *m_ban, *m_explain;
    SmallChart *m_chart, *m_curve;
    QString m_points; ///< Of both charts, as CSV.
    TangentSection *m_spectrum;
    RowTableModel *m_scores, *m_costs, *m_shape;
    QTableView *m_scoreTable, *m_costTable, *m_shapeTable;
    QTimer *m_timer;
};

} // namespace tessera::ui
