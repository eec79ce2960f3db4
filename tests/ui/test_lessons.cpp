// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/journey.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/front_view.h"
#include "ui/plot/heat_map_view.h"
#include "ui/plot/solution_strip.h"
#include "ui/views/lessons/lesson_panel.h"
#include "ui/views/library/library_page.h"
#include "ui/views/search/search_page.h"
#include "ui/views/window/report.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace tessera::ui;

TEST_F(Journey, EveryLessonGoesToItsEndAndLeavesTheScenarioAsItWas)
{
    panel().setLimit("memory", "55%", false);
    settle();
    ScenarioDraft before = m_session.scenario();
    const QList<Lesson> all = allLessons();
    EXPECT_EQ(all.size(), 5);
    for (const Lesson &lesson : all) {
        m_window.startLesson(lesson.name);
        LessonPanel *panel = m_window.lessonPanel();
        ASSERT_TRUE(panel->isRunning()) << lesson.name.toStdString();
        for (int step = 0; step < lesson.steps.size(); ++step) {
            settle();
            EXPECT_EQ(panel->step(), step) << lesson.name.toStdString();
            QPushButton *next = panel->findChildren<QPushButton *>().last();
            QTest::mouseClick(next, Qt::LeftButton);
        }
        EXPECT_FALSE(panel->isRunning()) << lesson.name.toStdString();
        settle();
        EXPECT_EQ(m_session.scenario(), before) << lesson.name.toStdString();
    }
    EXPECT_EQ(said(), "");
}

TEST_F(Journey, TheLessonOnRepairEndsWithAChildThatHolds)
{
    m_window.startLesson("infeasible");
    settle();
    EXPECT_TRUE(m_search.solution().infeasible());
    QPushButton *next = m_window.lessonPanel()->findChildren<QPushButton *>().last();
    QTest::mouseClick(next, Qt::LeftButton);
    settle();
    QTest::mouseClick(next, Qt::LeftButton);
    settle();
    EXPECT_TRUE(m_search.solution().proved());
    EXPECT_NEAR(m_search.solution().costs["memory"], 200, 1e-9);
    m_window.lessonPanel()->end();
    settle();
}

TEST_F(Journey, LargeTypeIsLargerAndComesBack)
{
    QList<QWidget *> texts;
    QList<double> before;
    const auto all = m_window.findChildren<QWidget *>();
    for (QWidget *widget : all)
        if (qobject_cast<QLabel *>(widget) || qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget)
            || qobject_cast<QLineEdit *>(widget) || qobject_cast<QAbstractItemView *>(widget)) {
            texts.append(widget);
            before.append(widget->font().pointSizeF());
        }
    ASSERT_GT(texts.size(), 50);
    m_window.setPresenter(true);
    for (qsizetype i = 0; i < texts.size(); ++i)
        EXPECT_GT(texts[i]->font().pointSizeF(), 1.2 * before[i]) << texts[i]->metaObject()->className() << " " << texts[i]->accessibleName().toStdString();
    m_window.setPresenter(false);
    for (qsizetype i = 0; i < texts.size(); ++i)
        EXPECT_NEAR(texts[i]->font().pointSizeF(), before[i], 0.3) << texts[i]->metaObject()->className();
}

TEST_F(Journey, TheDemoOpensInOneStep)
{
    m_window.openDemo();
    ASSERT_TRUE(QTest::qWaitFor([this] { return m_session.library().variants.size() > kToyLayers * 5; }, 60000))
        << said();
    settle();
    EXPECT_TRUE(m_search.solution().proved());
    EXPECT_EQ(said(), "");
}

TEST_F(Journey, TheReportHoldsFiguresPicturesAndWhereTheyComeFrom)
{
    panel().setLimit("memory", "50%", false);
    settle();
    ReportSources sources{m_session, m_search, *m_window.libraryPage()->map(), *m_window.searchPage()->strip(),
                          *m_window.searchPage()->front()};
    RowTableModel children;
    children.setHeads({{"Child"}, {"KL divergence"}});
    children.setRows({{1, {{"half the memory"}, {"0.25"}}}});
    sources.children = &children;
    for (const char *name : {"report.html", "report.pdf"})
        EXPECT_EQ(writeReport(sources, m_folder.filePath(name)).toStdString(), "") << name;
    QFile html(m_folder.filePath("report.html")), pdf(m_folder.filePath("report.pdf"));
    ASSERT_TRUE(html.open(QIODevice::ReadOnly) && pdf.open(QIODevice::ReadOnly));
    QByteArray text = html.readAll();
    EXPECT_EQ(text.count("data:image/png;base64,"), 3);
    EXPECT_TRUE(text.contains(m_session.library().hash.left(16).toUtf8()));
    EXPECT_TRUE(text.contains("memory=50%"));
    EXPECT_TRUE(text.contains("half the memory"));
    EXPECT_TRUE(pdf.readAll().startsWith("%PDF"));
    EXPECT_NE(writeReport(sources, m_folder.filePath("report.doc")).toStdString(), "");
    EXPECT_NE(writeReport(sources, "/nowhere/report.html").toStdString(), "");
}

TEST_F(Journey, APageOfLargeTypeBesideALessonScrollsRatherThanOverlaps)
{
    m_window.resize(1280, 800);
    m_window.show();
    m_window.startLesson("infeasible");
    m_window.setPresenter(true);
    settle();
    const QWidget *page = m_window.searchPage();
    EXPECT_GE(page->width(), page->minimumSizeHint().width());
    const auto docks = page->findChildren<QDockWidget *>();
    for (const QDockWidget *one : docks)
        for (const QDockWidget *other : docks)
            if (one != other && one->isVisible() && other->isVisible()) {
                EXPECT_FALSE(one->geometry().intersects(other->geometry())) << one->objectName().toStdString() << " " << other->objectName().toStdString();
            }
    m_window.setPresenter(false);
}
