// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/common/dock_page.h"

namespace tessera::ui {

class ChildPanel;
class ConstraintPanel;
class FrontPanel;
class FrontView;
class Pool;
class RowTableModel;
class Search;
class Session;
class SolutionStrip;
class TotalsPanel;

/// The front in the middle; limits, the child that keeps them best and its totals around it, live.
class SearchPage : public DockPage {
    Q_OBJECT
public:
    SearchPage(Session &session, Search &search, Pool &pool, QWidget *parent = nullptr);
    ConstraintPanel *constraints() const { return m_constraints; }
    FrontView *front() const;
    SolutionStrip *strip() const;
    RowTableModel *totals() const;
    TotalsPanel *totalsPanel() const { return m_totals; }

Q_SIGNALS:
    /// The present solution is to become a checkpoint.
    void realizeWanted();

private:
    ConstraintPanel *m_constraints;
    ChildPanel *m_child;
    TotalsPanel *m_totals;
    FrontPanel *m_front;
};

} // namespace tessera::ui
