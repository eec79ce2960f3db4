// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/row_table_model.h"
#include "ui/plot/front_view.h"
#include "ui/plot/heat_map_view.h"
#include "ui/plot/solution_strip.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/views/library/library_page.h"
#include "ui/views/search/constraint_panel.h"
#include "ui/views/search/limit_row.h"
#include "ui/views/search/search_page.h"
#include "ui/views/window/main_window.h"

#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <csignal>

using namespace tessera;
using namespace tessera::ui;

namespace {

constexpr int kLayers = 4;
constexpr double kAttention[] = {400, 0}, kFfn[] = {800, 400, 0};

double attentionDamage(int layer, int option) { return option * (0.3 + 0.2 * layer); }
double ffnDamage(int layer, int option) { return option * option * (0.5 - 0.1 * layer); }

/// A library of four layers; costs and scores as above.
Json toyLibrary()
{
    const char *attention[] = {"attention=gqa:2", "attention=none"},
               *ffn[] = {"ffn=width:8", "ffn=width:4", "ffn=none"};
    Json layers = Json::array();
    for (int layer = 0; layer < kLayers; ++layer) {
        Json blocks = Json::array();
        for (int i = 0; i < 2; ++i)
            blocks.push_back({{"block", attention[i]},
                              {"costs", {{"memory", kAttention[i]}}},
                              {"scores", {{"kl_div", attentionDamage(layer, i)}}}});
        for (int i = 0; i < 3; ++i)
            blocks.push_back(
                {{"block", ffn[i]}, {"costs", {{"memory", kFfn[i]}}}, {"scores", {{"kl_div", ffnDamage(layer, i)}}}});
        layers.push_back({{"parent", "attention=gqa:2+ffn=width:8"}, {"blocks", blocks}});
    }
    return {{"name", "toy"},
            {"objective_default", "kl_div"},
            {"workload", {{"name", "chat"}, {"batch", 1}, {"input", 8}, {"output", 8}}},
            {"fixed", {{"memory", 200}}},
            {"layers", layers}};
}

/// The least damage within a limit, by trying every child.
double bestWithin(double memory)
{
    double best = 1e300;
    int combinations = 1;
    for (int layer = 0; layer < kLayers; ++layer)
        combinations *= 6;
    for (int code = 0; code < combinations; ++code) {
        double cost = 200, damage = 0;
        for (int layer = 0, rest = code; layer < kLayers; ++layer, rest /= 6) {
            cost += kAttention[rest % 2] + kFfn[rest % 6 / 2];
            damage += attentionDamage(layer, rest % 2) + ffnDamage(layer, rest % 6 / 2);
        }
        if (cost <= memory)
            best = std::min(best, damage);
    }
    return best;
}

constexpr double kParentMemory = 200 + kLayers * 1200.0;

/// The window on a fresh toy project.
class Journey : public testing::Test {
protected:
    void SetUp() override
    {
        QFile file(m_folder.filePath("toy.json"));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(toyLibrary().dump()));
        file.close();
        m_window.setRemembers(false);
        QObject::connect(&m_session, &Session::complained, [this](const QString &text) { m_complaints.append(text); });
        m_window.show();
        m_session.start(QString::fromLatin1(TESSERA_BIN_DIR) + "/tessera");
        ASSERT_TRUE(QTest::qWaitFor([this] { return m_session.engine().isConnected(); }, 20000)) << said();
        QString project = m_folder.filePath("toy.tessera");
        bool made = false;
        m_session.engine().call("project/import",
                                {{"format", "library"},
                                 {"source", m_folder.filePath("toy.json").toStdString()},
                                 {"path", project.toStdString()}},
                                &m_window, [&](const Reply &reply) {
                                    made = reply.ok();
                                    if (!made)
                                        m_complaints.append(reply.sentence());
                                });
        ASSERT_TRUE(QTest::qWaitFor([&] { return made; }, 20000)) << said();
        m_window.openPath(project);
        settle();
        ASSERT_EQ(m_session.library().variants.size(), kLayers * 5) << said();
    }

    void settle()
    {
        int calm = 0;
        ASSERT_TRUE(QTest::qWaitFor(
            [&] {
                bool ready = m_session.engine().isConnected() && m_session.project().isOpen()
                          && !m_session.library().isEmpty() && m_session.isSettled() && m_search.isSettled();
                calm = ready ? calm + 1 : 0;
                return calm > 3;
            },
            30000))
            << said();
    }
    std::string said() const { return m_complaints.join("; ").toStdString(); }
    ConstraintPanel &panel() { return *m_window.searchPage()->constraints(); }

    QTemporaryDir m_folder;
    QStringList m_complaints;
    Session m_session;
    Search m_search{m_session};
    MainWindow m_window{m_session, m_search};
};

} // namespace

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
        EXPECT_NEAR(m_search.solution().objective, bestWithin(kParentMemory * percent / 100), 1e-9)
            << percent << " per cent";
    }
    EXPECT_FALSE(m_search.front().isEmpty());
    for (const FrontPoint &point : m_search.front())
        EXPECT_NEAR(point.objective, bestWithin(point.limits["memory"]), 1e-9) << "front at " << point.limits["memory"];
    EXPECT_EQ(m_window.searchPage()->strip()->data().layers.size(), kLayers);
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
    EXPECT_NEAR(m_search.solution().objective, bestWithin(0.4 * kParentMemory), 1e-9);
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
