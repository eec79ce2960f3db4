// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/common/dock_page.h"

class QLabel;
class QPushButton;
class QSpinBox;
class QTableView;
class QTimer;

namespace tessera::ui {

class ParallelView;
class Pool;
class RowTableModel;
class Search;
class Session;

/// The best children side by side: lines across their figures, brushed by ranges, and the same as a table.
class PoolPanel : public DockPage {
    Q_OBJECT
public:
    PoolPanel(Session &session, Search &search, Pool &pool, QWidget *parent = nullptr);
    ParallelView *view() const { return m_view; }
    RowTableModel *table() const { return m_rows; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    void poolChanged();
    void showRows();
    void showSummary();
    void emphasise();
    void selectCurrent();

    Session &m_session;
    Search &m_search;
    Pool &m_pool;
    ParallelView *m_view;
    RowTableModel *m_rows;
    QTableView *m_table;
    QSpinBox *m_count, *m_distance;
    QLabel *m_summary;
    QPushButton *m_fetch, *m_asA, *m_asB;
    QTimer *m_rest;
    QStringList m_keys; ///< Of the axes: "objective", costs, "changes".
    bool m_selecting = false;
};

} // namespace tessera::ui
