// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QCheckBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace tessera::ui {

class ContributionView;
class CurveChart;
class EmptyState;
class RowTableModel;
class Session;
class Tangents;

/// The empirical tangent kernels of language models that the project keeps: spectra of parent and children that may be compared, and
/// what every block has of them.
class ModelsForm : public QWidget {
    Q_OBJECT
public:
    ModelsForm(Session &session, Tangents &tangents, QWidget *parent = nullptr);
    CurveChart *chart() const { return m_chart; }
    ContributionView *contributions() const { return m_contributions; }
    RowTableModel *networks() const { return m_rows; }
    bool isSettled() const;

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeResults();
    void compute();
    void showAll();
    void showProgress();
    void showSpectra();
    void showContributions();

    Session &m_session;
    Tangents &m_tangents;
    int m_current = -1;
    QString m_project;
    QStackedWidget *m_pages;
    EmptyState *m_noProject, *m_none;
    QPushButton *m_first, *m_stopFirst, *m_compute, *m_stop;
    QCheckBox *m_children;
    QLabel *m_progress;
    CurveChart *m_chart;
    ContributionView *m_contributions;
    RowTableModel *m_rows;
    QTableView *m_table;
};

} // namespace tessera::ui
