// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/journey.h"
#include "tests/ui/studio_application.h"

#include "ui/plot/solution_strip.h"
#include "ui/views/search/limit_row.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QAction>
#include <QApplication>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <QTimer>
#include <QUndoStack>

#include <csignal>

using namespace tessera;
using namespace tessera::ui;

TEST_F(Journey, ADraggedLimitShowsTheBestChildThatBruteForceFinds)
{
    panel().addLimit("memory");
    settle();
    ASSERT_EQ(panel().rows().size(), 1);
    for (int percent : {90, 60, 45, 20}) {
        panel().rows()[0]->slider()->setValue(10 * percent);
        settle();
        EXPECT_TRUE(m_search.solution().proved())
            << percent << ": " << m_search.solution().status.toStdString() << said();
        EXPECT_NEAR(m_search.solution().objective, bestWithin(kToyMemory * percent / 100), 1e-9)
            << percent << " per cent";
    }
    EXPECT_FALSE(m_search.front().isEmpty());
    for (const FrontPoint &point : m_search.front())
        EXPECT_NEAR(point.objective, bestWithin(point.limits["memory"]), 1e-9) << "front at " << point.limits["memory"];
    EXPECT_EQ(m_window.searchPage()->strip()->data().layers.size(), kToyLayers);
    EXPECT_EQ(said(), "");
}

TEST_F(Journey, OnlyAnAnswerThatIsLateTurnsWhatItReplacesGrey)
{
    panel().setLimit("memory", "60%", false);
    settle();
    const SolutionStrip &strip = *m_window.searchPage()->strip();
    const auto engine = static_cast<pid_t>(m_session.engine().pid());
    ASSERT_EQ(::kill(engine, SIGSTOP), 0);
    panel().rows()[0]->slider()->setValue(450);
    EXPECT_TRUE(m_search.isStale());
    EXPECT_FALSE(strip.data().stale) << "an answer within a few frames must not flicker";
    EXPECT_TRUE(QTest::qWaitFor([&] { return strip.data().stale; }, 10000));
    EXPECT_EQ(::kill(engine, SIGCONT), 0);
    settle();
    EXPECT_FALSE(strip.data().stale);
    EXPECT_NEAR(m_search.solution().objective, bestWithin(kToyMemory * 45 / 100), 1e-9);
    EXPECT_EQ(said(), "");
}

TEST_F(Journey, UndoToTheStartAndRedoToTheEndGiveTheSameStates)
{
    QList<ScenarioDraft> states{m_session.scenario()};
    panel().addLimit("memory");
    states.append(m_session.scenario());
    m_session.togglePin(1);
    states.append(m_session.scenario());
    m_session.toggleBan(7);
    states.append(m_session.scenario());
    LimitSlider *slider = panel().rows()[0]->slider();
    slider->setSliderDown(true);
    for (int tenths : {790, 700, 650, 610})
        slider->setSliderPosition(tenths);
    slider->setSliderDown(false);
    states.append(m_session.scenario());
    EXPECT_EQ(m_session.undoStack().count(), 4) << "one drag is one step";
    settle();
    for (qsizetype i = states.size() - 2; i >= 0; --i) {
        m_session.undo();
        EXPECT_EQ(m_session.scenario(), states[i]) << i;
    }
    for (qsizetype i = 1; i < states.size(); ++i) {
        m_session.redo();
        EXPECT_EQ(m_session.scenario(), states[i]) << i;
    }
    settle();
    EXPECT_EQ(said(), "");
}

TEST_F(Journey, AnInfeasibleLimitIsExplainedAndRepairedByAButton)
{
    panel().setLimit("memory", "1%", false);
    settle();
    EXPECT_TRUE(m_search.solution().infeasible());
    EXPECT_FALSE(m_search.solution().conflict.isEmpty());
    QPushButton *repair = nullptr;
    for (QPushButton *button : panel().findChildren<QPushButton *>())
        if (button->toolTip().contains(QStringLiteral("→")))
            repair = button;
    ASSERT_TRUE(repair);
    QTest::mouseClick(repair, Qt::LeftButton);
    settle();
    EXPECT_TRUE(m_search.solution().proved());
    EXPECT_NEAR(m_search.solution().costs["memory"], 200, 1e-9) << "everything removed leaves the fixed part";
}

TEST_F(Journey, APinnedVariantIsInTheChildAndABannedOneIsNot)
{
    panel().setLimit("memory", "50%", false);
    settle();
    int none = m_session.library().find(3, BlockPart::Attention, "none"),
        full = m_session.library().find(3, BlockPart::Ffn, "width:8");
    m_session.togglePin(none);
    m_session.toggleBan(full);
    settle();
    EXPECT_EQ(m_search.solution().choices[3].attention.toStdString(), "none");
    EXPECT_NE(m_search.solution().choices[3].ffn.toStdString(), "width:8");
    EXPECT_TRUE(m_window.searchPage()->strip()->data().layers[3].attention.pinned);
}

TEST_F(Journey, TheExactFieldTakesUnitsAndRefusesNonsense)
{
    panel().addLimit("memory");
    QLineEdit *field = panel().rows()[0]->field();
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, "2KiB");
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_EQ(m_session.scenario().limits[0].value.toStdString(), "2KiB");
    settle();
    EXPECT_NEAR(m_search.solution().objective, bestWithin(2048), 1e-9);
    field->selectAll();
    QTest::keyClicks(field, "5 cats");
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_EQ(m_session.scenario().limits[0].value.toStdString(), "2KiB");
}

TEST_F(Journey, AKilledEngineIsStartedAgainWithWhatWasOpen)
{
    panel().setLimit("memory", "50%", false);
    settle();
    qint64 first = m_session.engine().pid();
    panel().setLimit("memory", "40%", false);
    ::kill(static_cast<pid_t>(first), SIGKILL);
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return m_session.engine().isConnected() && m_session.engine().pid() != first; }, 20000))
        << said();
    settle();
    EXPECT_NE(said(), "") << "the user is told";
    EXPECT_EQ(m_session.scenario().limits.size(), 1);
    EXPECT_NEAR(m_search.solution().objective, bestWithin(0.4 * kToyMemory), 1e-9);
}

TEST_F(Journey, TheScenarioIsThereAgainAfterReopening)
{
    panel().setLimit("memory", "55%", false);
    settle();
    ScenarioDraft before = m_session.scenario();
    QString path = m_session.project().path;
    m_session.close();
    m_session.open(path);
    settle();
    EXPECT_EQ(m_session.scenario(), before);
    EXPECT_TRUE(m_session.canUndo());
}

TEST_F(Journey, TheWholeWindowIsReachedByKeyboardAndEveryControlHasAName)
{
    for (int place = 1; place < MainWindow::kPlaces; ++place) {
        QTest::keyClick(&m_window, static_cast<Qt::Key>(Qt::Key_1 + place), Qt::ControlModifier);
        EXPECT_EQ(m_window.place(), place);
    }
    m_window.showPlace(MainWindow::kSearch);
    panel().addLimit("memory");
    settle();
    for (QWidget *widget : m_window.findChildren<QWidget *>()) {
        if (!widget->isVisibleTo(&m_window) || widget->focusPolicy() == Qt::NoFocus
            || qobject_cast<QAbstractScrollArea *>(widget))
            continue;
        auto *button = qobject_cast<QAbstractButton *>(widget);
        if (widget->parentWidget()
            && (widget->parentWidget()->inherits("QComboBox") || widget->inherits("QTabBar")
                || widget->inherits("QMenuBar")))
            continue;
        EXPECT_TRUE(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty())
                    || widget->inherits("QSplitterHandle"))
            << widget->metaObject()->className() << " in " << widget->parentWidget()->metaObject()->className();
    }
    m_window.close();
}

TEST_F(Journey, CostsFromElsewhereComeIntoTheOpenProjectByTheMenu)
{
    Json variants = Json::array();
    int joule = 0;
    for (const char *block : {"attention=gqa:2", "attention=none", "ffn=width:8", "ffn=width:4", "ffn=none"})
        variants.push_back({{"block", block}, {"layer", "all"}, {"costs", {{"joule", ++joule}}}});
    const QString path = m_folder.filePath("costs.json");
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(Json{{"workload", "chat"}, {"variants", variants}}.dump()));
    file.close();
    QAction *action = nullptr;
    for (QAction *candidate : m_window.findChildren<QAction *>())
        if (candidate->text() == QString::fromUtf8("&Costs for the open project…"))
            action = candidate;
    ASSERT_TRUE(action);
    QTimer::singleShot(0, &m_window, [&] {
        auto *dialog = qobject_cast<QFileDialog *>(QApplication::activeModalWidget());
        ASSERT_TRUE(dialog) << "a file is asked for";
        dialog->selectFile(path);
        QMetaObject::invokeMethod(dialog, "accept");
    });
    action->trigger();
    StudioApplication::forget(); // Qt's own dialog took its time.
    ASSERT_TRUE(QTest::qWaitFor([this] { return m_session.library().findCost("joule") != nullptr; }, 60000)) << said();
    settle();
    EXPECT_EQ(m_session.library().parentTotal("joule"), kToyLayers * (1 + 3));
}
