// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Whoever has no mouse: the tab key visits every control of every workspace and dialog, each says what it is, and dialogs open
// and close by keys.
#include "tests/ui/journey.h"
#include "ui/views/children/distill_dialog.h"
#include "ui/views/children/export_dialog.h"
#include "ui/views/compare/compare_page.h"
#include "ui/views/lessons/lesson_panel.h"
#include "ui/views/spectra/spectra_page.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QMenuBar>
#include <QSet>
#include <QTest>

namespace tessera::ui {
namespace {

constexpr int kMostSteps = 400, kStepsTold = 12;

std::string called(const QWidget *widget)
{
    const QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
    const QString name = interface ? interface->text(QAccessible::Name) : QString();
    return std::string(widget->metaObject()->className()) + " \"" + name.toStdString() + "\"";
}

/// What a person without a mouse must come to.
QSet<QWidget *> controlsOf(QWidget &window)
{
    QSet<QWidget *> controls;
    const auto all = window.findChildren<QWidget *>();
    for (QWidget *widget : all) {
        const bool partOfOne = qobject_cast<QAbstractSpinBox *>(widget->parentWidget()) || qobject_cast<QComboBox *>(widget->parentWidget());
        if (widget->window() == &window && widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus)
            && !widget->focusProxy() && !partOfOne && !widget->inherits("QMenuBar"))
            controls.insert(widget);
    }
    return controls;
}

/// Walks through the window once by the tab key.
void expectReachedByTab(QWidget &window, const std::string &where)
{
    window.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&window)) << where;
    QSet<QWidget *> missing = controlsOf(window);
    std::string way;
    for (int step = 0; step < kMostSteps && !missing.isEmpty(); ++step) {
        QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, Qt::Key_Tab);
        missing.remove(QApplication::focusWidget());
        if (step < kStepsTold && QApplication::focusWidget())
            way += "\n  " + called(QApplication::focusWidget());
    }
    missing.intersect(controlsOf(window)); // Of buttons that exclude each other one stands for all.
    for (const QWidget *widget : std::as_const(missing))
        ADD_FAILURE() << where << ": the tab key does not come to " << called(widget);
    EXPECT_TRUE(missing.isEmpty()) << "its way: " << way;
}

void expectNamed(QWidget &window, const std::string &where)
{
    const QSet<QWidget *> controls = controlsOf(window);
    for (QWidget *widget : controls) {
        const QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
        EXPECT_FALSE(!interface || interface->text(QAccessible::Name).isEmpty())
            << where << ": " << widget->metaObject()->className() << " in " << widget->parentWidget()->metaObject()->className();
        if (auto *button = qobject_cast<QAbstractButton *>(widget); button && button->text().isEmpty()) {
            EXPECT_FALSE(button->toolTip().isEmpty()) << where << ": a button of a picture alone says what it does: " << called(button);
        }
    }
}

} // namespace

TEST_F(Journey, TheTabKeyComesToEveryControlOfEveryWorkspace)
{
    panel().setLimit("memory", "60%", false);
    settle();
    m_search.setPinned(0, m_search.solution());
    const char *const names[] = {"welcome", "library", "search", "compare", "children", "jobs", "spectra"};
    for (int place = 0; place < MainWindow::kPlaces; ++place) {
        m_window.showPlace(place);
        QTest::qWait(50);
        expectReachedByTab(m_window, names[place]);
        expectNamed(m_window, names[place]);
    }
    for (int form = SpectraPage::kProfile; form <= SpectraPage::kModels; ++form) {
        m_window.spectraPage()->setForm(form);
        ASSERT_TRUE(QTest::qWaitFor([&] { return m_window.spectraPage()->isSettled(); }, 60000));
        expectReachedByTab(m_window, "view " + std::to_string(form) + " of the spectra");
        expectNamed(m_window, "view " + std::to_string(form) + " of the spectra");
    }
    m_window.showPlace(MainWindow::kCompare);
    m_window.comparePage()->setForm(ComparePage::kPool);
    QTest::qWait(50);
    expectReachedByTab(m_window, "pool");
    expectNamed(m_window, "pool");
    m_window.startLesson("prices");
    settle();
    expectReachedByTab(m_window, "a lesson");
    expectNamed(m_window, "a lesson");
    m_window.lessonPanel()->end();
    settle();
}

TEST_F(Journey, EveryActionOfTheMenusHasALetterOrAKey)
{
    for (QAction *menu : m_window.menuBar()->actions()) {
        EXPECT_TRUE(menu->text().contains('&')) << menu->text().toStdString();
        ASSERT_TRUE(menu->menu());
        for (QAction *action : menu->menu()->actions())
            EXPECT_TRUE(action->isSeparator() || !action->text().isEmpty());
    }
}

TEST_F(Journey, TheExportDialogIsUsedWithoutAMouse)
{
    ExportDialog dialog(m_session, TESSERA_RESOURCES "/demo");
    dialog.show();
    settle();
    expectNamed(dialog, "export");
    expectReachedByTab(dialog, "export");
    QTest::keyClick(&dialog, Qt::Key_Escape);
    EXPECT_FALSE(dialog.isVisible());
}

TEST_F(Journey, TheDistilDialogIsUsedWithoutAMouse)
{
    DistillDialog dialog(m_session, TESSERA_RESOURCES "/demo");
    dialog.show();
    settle();
    expectNamed(dialog, "distil");
    expectReachedByTab(dialog, "distil");
    QTest::keyClick(&dialog, Qt::Key_Escape);
    EXPECT_FALSE(dialog.isVisible());
}

} // namespace tessera::ui
