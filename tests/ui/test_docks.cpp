// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Panels of the workspaces: moved, floated, closed, remembered and put back.
#include "ui/theme/tokens.h"
#include "ui/views/common/dock_page.h"

#include "tests/ui/demo_journey.h"
#include "tests/ui/studio_application.h"
#include "ui/views/common/fit_columns.h"
#include "ui/views/compare/compare_page.h"
#include "ui/views/spectra/spectra_page.h"

#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>
#include <QStyle>
#include <QTableView>
#include <QTest>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace tessera::ui {
namespace {

/// Where a panel is, as a person would say it.
std::string placeOf(const DockPage &page, const QDockWidget &panel)
{
    std::string text = page.objectName().toStdString() + "/" + panel.objectName().toStdString() + ": ";
    if (panel.isHidden())
        return text + "closed";
    if (panel.isFloating())
        return text + "a window";
    return text + "at " + std::to_string(page.dockWidgetArea(const_cast<QDockWidget *>(&panel)));
}

std::vector<std::string> placesIn(const MainWindow &window)
{
    std::vector<std::string> places;
    const auto pages = window.findChildren<DockPage *>();
    for (const DockPage *page : pages)
        for (const QDockWidget *panel : page->panels())
            places.push_back(placeOf(*page, *panel));
    std::sort(places.begin(), places.end());
    return places;
}

/// Takes an entry of a panel's menu, or of its page's where the panel is null.
void choose(DockPage &page, const QDockWidget *panel, const QString &entry)
{
    QMenu menu;
    page.fillMenu(&menu);
    QMenu *from = &menu;
    if (panel)
        for (QAction *each : menu.actions())
            if (each->menu() && each->text() == panel->windowTitle())
                from = each->menu();
    for (QAction *each : from->actions())
        if (each->text() == entry)
            return each->trigger();
    ADD_FAILURE() << "no entry " << entry.toStdString();
}

/// A window as the next session opens it.
struct NextSession {
    NextSession() { window.setRemembers(true); }
    Session session;
    Search search{session};
    MainWindow window{session, search};
};

} // namespace

TEST_F(Journey, PanelsThatAreMovedFloatedOrClosedAreSoInTheNextSession)
{
    QSettings().clear();
    const std::vector<std::string> usual = placesIn(m_window);
    EXPECT_EQ(usual.size(), 11U) << "every workspace with more than one panel has docks";
    m_window.setRemembers(true);
    for (const char *entry : {"To the top", "To the right", "In a window of its own", "Shown"}) {
        const auto pages = m_window.findChildren<DockPage *>();
        for (DockPage *page : pages)
            for (QDockWidget *panel : page->panels())
                choose(*page, panel, entry);
        const std::vector<std::string> moved = placesIn(m_window);
        for (std::size_t i = 0; i < usual.size(); ++i)
            EXPECT_TRUE(moved[i] != usual[i] || moved[i].ends_with(": at 2") || moved[i].ends_with(": at 4"))
                << entry << " left it " << moved[i];
        m_window.close();
        {
            const NextSession next;
            EXPECT_EQ(placesIn(next.window), moved) << "after " << entry;
        }
        for (DockPage *page : pages)
            choose(*page, nullptr, "Put these panels back");
        EXPECT_EQ(placesIn(m_window), usual) << "after " << entry;
        m_window.show();
        m_window.close();
        const NextSession afterwards;
        EXPECT_EQ(placesIn(afterwards.window), usual) << "what was put back stays so";
        m_window.show();
        StudioApplication::forget(); // Whole windows were made in one go.
    }
    QSettings().clear();
}

TEST_F(Journey, APanelThatIsDraggedWiderStaysSoUntilItIsPutBack)
{
    m_window.showPlace(MainWindow::kJobs);
    QTest::qWait(50);
    auto *page = m_window.findChild<DockPage *>("jobs");
    ASSERT_TRUE(page);
    QDockWidget *log = page->panels().first();
    const int usual = log->height();
    const QPoint above =
        log->geometry().topLeft()
        + QPoint(log->width() / 2, -page->style()->pixelMetric(QStyle::PM_DockWidgetSeparatorExtent) / 2);
    QTest::mousePress(page, Qt::LeftButton, {}, above);
    QTest::mouseMove(page, above - QPoint(0, 120));
    QTest::qWait(50);
    QTest::mouseRelease(page, Qt::LeftButton, {}, above - QPoint(0, 120));
    QTest::qWait(50);
    EXPECT_NEAR(log->height(), usual + 120, 8);
    m_window.resize(m_window.width() + 200, m_window.height());
    QTest::qWait(50);
    EXPECT_NEAR(log->height(), usual + 120, 8) << "what a person arranged is not arranged anew";
    choose(*page, nullptr, "Put these panels back");
    QTest::qWait(50);
    EXPECT_NEAR(log->height(), usual, 8);
}

TEST_F(DemoJourney, NothingIsCutOrOverlapsInAnyWorkspaceAtTheUsualSize)
{
    if (IsSkipped())
        return;
    Json choices = Json::array();
    for (const LayerNames &layer : m_session.project().parentLayers)
        choices.push_back({{"layer", choices.size()},
                           {"attention", layer.attention.toStdString()},
                           {"ffn", layer.ffn.toStdString()}});
    choices[1]["attention"] = "none";
    ask("children/realize", {{"out", m_folder.filePath("a-child-with-a-rather-long-name-in-its-folder").toStdString()},
                             {"choices", choices},
                             {"refit", false}});
    m_session.reloadLibrary();
    m_window.resize(1280, 800);
    settle();
    m_search.setPinned(0, m_search.solution());
    panel().setLimit("memory", "60%", false);
    settle();
    auto check = [&](const char *where) {
        QTest::qWait(100);
        const auto pages = m_window.findChildren<DockPage *>();
        for (DockPage *page : pages) {
            if (!page->isVisible())
                continue;
            QList<QWidget *> parts{page->centralWidget()};
            for (QDockWidget *panel : page->panels())
                if (panel->isVisible())
                    parts.append(panel);
            for (QWidget *part : parts) {
                const std::string name = std::string(where) + ", " + part->objectName().toStdString();
                EXPECT_TRUE(page->rect().contains(part->geometry())) << name;
                EXPECT_GE(part->width(), part->minimumSizeHint().width()) << name;
                EXPECT_GE(part->height(), part->minimumSizeHint().height()) << name;
                for (QWidget *other : parts)
                    EXPECT_TRUE(part == other || !part->geometry().intersects(other->geometry())) << name;
            }
        }
        const auto tables = m_window.findChildren<QTableView *>();
        for (QTableView *table : tables)
            if (table->isVisible() && table->accessibleName() != "Library as a table") {
                EXPECT_DOUBLE_EQ(table->horizontalHeader()->viewport()->font().pointSizeF(),
                                 typeFont(Type::Caption).pointSizeF())
                    << where << ": " << table->accessibleName().toStdString();
                // An answer may just have come: columns are fitted when the events before are done.
                auto fits = [table] { return table->horizontalScrollBar()->maximum() == 0; };
                EXPECT_TRUE(QTest::qWaitFor(fits, 2000)) << where << ": " << table->accessibleName().toStdString();
            }
        EXPECT_EQ(m_window.size(), QSize(1280, 800)) << where;
    };
    const char *const names[] = {"welcome", "library", "search", "compare", "children", "jobs", "spectra"};
    for (int place = MainWindow::kLibrary; place < MainWindow::kPlaces; ++place) {
        m_window.showPlace(place);
        check(names[place]);
    }
    for (int form = SpectraPage::kProfile; form <= SpectraPage::kModels; ++form) {
        m_window.spectraPage()->setForm(form);
        ASSERT_TRUE(QTest::qWaitFor([&] { return m_window.spectraPage()->isSettled(); }, 60000));
        check("a view of the spectra");
    }
    m_window.showPlace(MainWindow::kCompare);
    m_window.comparePage()->setForm(ComparePage::kPool);
    check("pool");
}

TEST(ColumnWidths, GiveWayAlikeAndNeverBelowWhatMustBeRead)
{
    const QList<ColumnWish> wishes{{100, 80, 40}, {60, 50, 50}, {140, 120, 72}};
    auto sum = [](const QList<int> &widths) { return std::accumulate(widths.begin(), widths.end(), 0); };
    for (int room = 0; room < 500; ++room)
        for (int stretched : {0, 2}) {
            const QList<int> widths = widthsWithin(room, wishes, stretched);
            ASSERT_EQ(widths.size(), wishes.size());
            EXPECT_EQ(sum(widths), std::max(room, 40 + 50 + 72))
                << room << ": all of the room, unless the least needs more";
            for (int i = 0; i < widths.size(); ++i) {
                EXPECT_GE(widths[i], wishes[i].least) << room;
                EXPECT_TRUE(i == stretched || widths[i] <= wishes[i].usual) << room;
                EXPECT_TRUE(room < 250 || widths[i] >= wishes[i].tight)
                    << room << ": no text is cut before the signs of sorting are gone";
            }
        }
}

} // namespace tessera::ui
