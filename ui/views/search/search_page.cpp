// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/search/search_page.h"

#include "ui/plot/solution_strip.h"
#include "ui/views/common/parts.h"
#include "ui/views/search/child_panel.h"
#include "ui/views/search/constraint_panel.h"
#include "ui/views/search/front_panel.h"
#include "ui/views/search/totals_panel.h"

#include <QApplication>

namespace tessera::ui {

SearchPage::SearchPage(Session &session, Search &search, Pool &pool, QWidget *parent) : DockPage("search", parent)
{
    QVBoxLayout *content = nullptr;
    QFrame *frontPanel = makePanel(tr("Front"), &content);
    m_front = new FrontPanel(session, search, pool);
    m_front->addTools(headingOf(frontPanel));
    content->addWidget(m_front);
    setCentralWidget(frontPanel);

    m_constraints = new ConstraintPanel(session, search);
    addPanel("limits", tr("What the child must keep"), Qt::LeftDockWidgetArea, m_constraints);
    m_child = new ChildPanel(session, search);
    QHBoxLayout *tools = nullptr;
    addPanel("child", tr("Best child"), Qt::TopDockWidgetArea, m_child, &tools);
    m_child->addTools(tools);
    m_totals = new TotalsPanel(session, search);
    addPanel("totals", tr("Totals"), Qt::RightDockWidgetArea, m_totals, &tools);
    m_totals->addTools(tools);
    panelsAdded();
    setFocusPolicy(Qt::ClickFocus);
    // A focus proxy would send the tab key back and forth between the two.
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) {
        if (now == this)
            m_child->strip()->setFocus();
    });

    connect(m_front, &FrontPanel::limitWanted, m_constraints, &ConstraintPanel::setLimit);
    connect(m_front->view(), &FrontView::lassoed, this, [this](const QList<int> &points, const QList<int> &marks) {
        m_totals->take(*m_front->view(), points, marks);
    });
    connect(m_child, &ChildPanel::realizeWanted, this, &SearchPage::realizeWanted);
}

FrontView *SearchPage::front() const { return m_front->view(); }

SolutionStrip *SearchPage::strip() const { return m_child->strip(); }

RowTableModel *SearchPage::totals() const { return m_totals->totals(); }

} // namespace tessera::ui
