// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/journey.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/front_view.h"
#include "ui/plot/parallel_view.h"
#include "ui/plot/solution_strip.h"
#include "ui/state/pool.h"
#include "ui/views/compare/compare_page.h"
#include "ui/views/compare/pool_panel.h"
#include "ui/views/search/totals_panel.h"

#include <QTest>

#include <algorithm>

using namespace tessera::ui;

TEST_F(Journey, AIsComparedWithWhateverTheLimitsLeadTo)
{
    panel().setLimit("memory", "80%", false);
    settle();
    SolutionData first = m_search.solution();
    m_search.setPinned(0, first);
    panel().setLimit("memory", "40%", false);
    settle();
    m_window.showPlace(MainWindow::kCompare);
    const SolutionData &second = m_search.solution();
    int different = 0;
    double added = 0;
    for (int layer = 0; layer < kToyLayers; ++layer)
        different += (first.choices[layer].attention != second.choices[layer].attention)
                   + (first.choices[layer].ffn != second.choices[layer].ffn);
    RowTableModel *layers = m_window.comparePage()->layers();
    EXPECT_EQ(layers->rowCount(), different);
    for (int row = 0; row < layers->rowCount(); ++row)
        added += layers->index(row, 4).data(RowTableModel::kSortRole).toDouble();
    EXPECT_NEAR(added, second.objective - first.objective, 1e-9) << "the differences add up to the difference";
    EXPECT_EQ(m_window.comparePage()->strip(0)->data().layers.size(), kToyLayers);
    EXPECT_EQ(m_window.comparePage()->strip(1)->data().layers.size(), kToyLayers);
    EXPECT_EQ(said(), "");
}

TEST_F(Journey, ThePoolHoldsTheBestChildrenAndBrushesKeepSomeOfThem)
{
    panel().setLimit("memory", "60%", false);
    settle();
    m_window.showPlace(MainWindow::kCompare);
    m_window.comparePage()->setForm(ComparePage::kPool);
    m_window.pool().ask(12, 1);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !m_window.pool().isFetching(); }, 60000));
    const auto &solutions = m_window.pool().solutions();
    ASSERT_EQ(solutions.size(), 12) << m_window.pool().failure().toStdString();
    EXPECT_NEAR(solutions[0].objective, bestWithin(0.6 * kToyMemory), 1e-9);
    EXPECT_TRUE(std::is_sorted(solutions.begin(), solutions.end(),
                               [](const SolutionData &a, const SolutionData &b) { return a.objective < b.objective; }));
    PoolPanel *panel = m_window.comparePage()->pool();
    EXPECT_EQ(panel->table()->rowCount(), 12);
    panel->view()->setBrush(0, QPair{0.0, solutions[3].objective});
    int within = static_cast<int>(std::count_if(solutions.begin(), solutions.end(), [&](const SolutionData &solution) {
        return solution.objective <= solutions[3].objective;
    }));
    EXPECT_EQ(panel->table()->rowCount(), within);
    QTest::keyClick(panel->view(), Qt::Key_Up);
    EXPECT_GE(m_window.pool().current(), 0) << "the keyboard walks through the lines";
    bool marked = false;
    for (const FrontData::Mark &mark : m_window.searchPage()->front()->data().marks)
        marked = marked || mark.at.y() == solutions[m_window.pool().current()].objective;
    EXPECT_TRUE(marked) << "what is selected in the pool is marked on the front";
    QTest::keyClick(panel->view(), Qt::Key_Escape);
    EXPECT_EQ(panel->table()->rowCount(), 12);
    EXPECT_EQ(said(), "");
}

TEST_F(Journey, ALassoMakesATableOfWhatItTook)
{
    panel().setLimit("memory", "60%", false);
    settle();
    m_window.showPlace(MainWindow::kSearch);
    FrontView *front = m_window.searchPage()->front();
    QTest::keyClick(front, Qt::Key_A, Qt::ControlModifier);
    EXPECT_EQ(m_window.searchPage()->totalsPanel()->taken()->rowCount(),
              front->data().front.size() + front->data().marks.size());
}
