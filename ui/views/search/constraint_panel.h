// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/state/scenario.h"

#include <QList>
#include <QWidget>

class QComboBox;
class QFrame;
class QLabel;
class QMenu;
class QPushButton;
class QVBoxLayout;

namespace tessera::ui {

class LimitRow;
class Search;
class Session;

/// What is asked of the search: objective, limits, pins and bans; and where nothing can satisfy it, what conflicts and what
/// would repair it.
class ConstraintPanel : public QWidget {
    Q_OBJECT
public:
    ConstraintPanel(Session &session, Search &search, QWidget *parent = nullptr);
    const QList<LimitRow *> &rows() const { return m_rows; }
    /// Changes or adds the upper limit on a cost.
    void setLimit(const QString &key, const QString &value, bool dragging);
    void addLimit(const QString &key);

private:
    void libraryChanged();
    void scenarioChanged();
    void rebuildRows();
    void rebuildDecisions();
    void report();
    void showConflict();
    void fillAddMenu();
    void rowChanged(int index, const LimitDraft &limit, bool dragging);

    Session &m_session;
    Search &m_search;
    QComboBox *m_objective, *m_workload, *m_noise;
    QPushButton *m_add;
    QMenu *m_addMenu;
    QVBoxLayout *m_limits, *m_decisions, *m_conflictRows;
    QFrame *m_conflict;
    QLabel *m_none, *m_decisionsTitle;
    QList<LimitRow *> m_rows;
    QStringList m_shownDecisions; ///< Pins, an empty word, bans.
    int m_drag = 0;
};

} // namespace tessera::ui
