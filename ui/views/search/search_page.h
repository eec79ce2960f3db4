// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QTableView;

namespace tessera::ui {

class ConstraintPanel;
class FrontView;
class RowTableModel;
class Search;
class Session;
class SolutionStrip;

/// Limits on the left; the child that keeps them best, its totals and its place on the front on the right, live.
class SearchPage : public QWidget {
    Q_OBJECT
public:
    SearchPage(Session &session, Search &search, QWidget *parent = nullptr);
    ConstraintPanel *constraints() const { return m_constraints; }
    FrontView *front() const { return m_front; }
    SolutionStrip *strip() const { return m_strip; }
    RowTableModel *totals() const { return m_totals; }

Q_SIGNALS:
    /// The present solution is to become a checkpoint.
    void realizeWanted();

private:
    void libraryChanged();
    void solutionChanged();
    void showHeadline();
    void showStrip();
    void showTotals();
    void showFront();
    int variantOf(int layer, bool ffn) const;
    void openMenu(int layer, bool ffn, const QPoint &global);
    void pinRange(int first, int last);

    Session &m_session;
    Search &m_search;
    ConstraintPanel *m_constraints;
    QLabel *m_figure, *m_metric, *m_proof, *m_detail;
    QPushButton *m_keep, *m_realize, *m_reference;
    SolutionStrip *m_strip;
    RowTableModel *m_totals;
    QTableView *m_table;
    QComboBox *m_axis;
    FrontView *m_front;
};

} // namespace tessera::ui
