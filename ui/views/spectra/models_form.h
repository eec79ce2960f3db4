// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/spectra_answers.h"

#include <QList>
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

/// The empirical tangent kernels of language models that the project keeps: spectra of parent and children that may be compared, and
/// what every block has of them.
class ModelsForm : public QWidget {
    Q_OBJECT
public:
    explicit ModelsForm(Session &session, QWidget *parent = nullptr);
    CurveChart *chart() const { return m_chart; }
    ContributionView *contributions() const { return m_contributions; }
    RowTableModel *networks() const { return m_rows; }
    const QList<TangentData> &kept() const { return m_kept; }
    bool isSettled() const { return m_waiting == 0; }

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeResults();
    void reload();
    void load(qint64 id);
    void compute();
    void showAll();
    void showSpectra();
    void showContributions();

    Session &m_session;
    QList<TangentData> m_kept;
    int m_waiting = 0, m_current = -1, m_round = 0;
    qint64 m_job = -1;
    QString m_project;
    QStackedWidget *m_pages;
    EmptyState *m_noProject, *m_none;
    QPushButton *m_first, *m_compute;
    QCheckBox *m_children;
    QLabel *m_progress;
    CurveChart *m_chart;
    ContributionView *m_contributions;
    RowTableModel *m_rows;
    QTableView *m_table;
};

} // namespace tessera::ui
