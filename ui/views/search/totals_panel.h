// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;
class QStackedWidget;
class QTableView;

namespace tessera::ui {

class FrontView;
class RowTableModel;
class Search;
class Segments;
class Session;

/// What the child costs in all, against the parent and against A; and as a second table what a lasso took from the front.
class TotalsPanel : public QWidget {
    Q_OBJECT
public:
    TotalsPanel(Session &session, Search &search, QWidget *parent = nullptr);
    QSize sizeHint() const override { return {404, 320}; }
    RowTableModel *totals() const { return m_totals; }
    RowTableModel *taken() const { return m_taken; }
    void addTools(QHBoxLayout *heading);
    /// Shows these points and marks of the front as a table.
    void take(const FrontView &front, const QList<int> &points, const QList<int> &marks);

private:
    void refresh();

    Session &m_session;
    Search &m_search;
    Segments *m_form;
    QStackedWidget *m_forms;
    RowTableModel *m_totals, *m_taken;
    QTableView *m_table, *m_takenTable;
};

} // namespace tessera::ui
