// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/children/distill_dialog.h"

#include "tests/ui/demo_journey.h"
#include "ui/views/children/child_figures.h"
#include "ui/views/children/children_page.h"
#include "ui/views/jobs/jobs_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QTableView>
#include <QTest>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kPatience = 240000;

/// The demo with one child, and the dialog that distils it, as a keyboard opens it.
class Distils : public DemoJourney {
protected:
    void SetUp() override
    {
        DemoJourney::SetUp();
        if (IsSkipped())
            return;
        // Without an attention, which needs no weights of a library.
        Json choices = Json::array();
        for (const LayerNames &layer : m_session.project().parentLayers)
            choices.push_back({{"layer", choices.size()}, {"attention", layer.attention.toStdString()}, {"ffn", layer.ffn.toStdString()}});
        choices[1]["attention"] = "none";
        ask("children/realize", {{"out", child().toStdString()}, {"choices", choices}, {"refit", false}});
        m_window.showPlace(MainWindow::kChildren);
        m_session.reloadLibrary();
        settle();
        open();
    }
    void open()
    {
        QPushButton *distil = button(&m_window, "Distil…");
        ASSERT_TRUE(distil && distil->isEnabled()) << said();
        distil->setFocus();
        QTest::keyClick(distil, Qt::Key_Space);
        m_dialog = m_window.findChild<DistillDialog *>();
        ASSERT_TRUE(m_dialog);
        ASSERT_TRUE(QTest::qWaitFor([&] { return field("Budget")->isEnabled() || shownBox("Go on with"); }, kPatience)) << told();
    }
    QString child() const { return m_folder.filePath("child-a"); }
    static QPushButton *button(QWidget *parent, const QString &text)
    {
        const auto all = parent->findChildren<QPushButton *>();
        auto found = std::find_if(all.begin(), all.end(), [&](QPushButton *each) { return each->text() == text; });
        return found == all.end() ? nullptr : *found;
    }
    QDoubleSpinBox *field(const QString &name) const
    {
        const auto all = m_dialog->findChildren<QDoubleSpinBox *>();
        auto found = std::find_if(all.begin(), all.end(), [&](QDoubleSpinBox *each) { return each->accessibleName() == name; });
        return found == all.end() ? nullptr : *found;
    }
    QCheckBox *shownBox(const QString &beginning) const
    {
        const auto all = m_dialog->findChildren<QCheckBox *>();
        auto found = std::find_if(all.begin(), all.end(),
                                  [&](QCheckBox *each) { return each->isVisible() && each->text().startsWith(beginning); });
        return found == all.end() ? nullptr : *found;
    }
    QLineEdit *place() const
    {
        const auto all = m_dialog->findChildren<QLineEdit *>();
        auto found = std::find_if(all.begin(), all.end(), [](QLineEdit *each) { return each->accessibleName() == "Folder of the new child"; });
        return *found;
    }
    std::string told() const
    {
        QStringList texts;
        if (!m_dialog)
            return "(the dialog is gone)";
        for (QLabel *label : m_dialog->findChildren<QLabel *>())
            texts.append(label->text());
        return texts.join("\n").toStdString();
    }
    bool tells(const std::string &part) const { return told().find(part) != std::string::npos; }
    bool hears(const std::string &part) const
    {
        return QTest::qWaitFor([&] { return tells(part); }, kPatience);
    }

    QPointer<DistillDialog> m_dialog;
};

} // namespace

TEST_F(Distils, ItOffersTheEnginesDefaultsAndMakesAChildThatIsHeldAgainstTheOld)
{
    EXPECT_EQ(field("Budget")->value(), 131072);
    EXPECT_EQ(field("Weight of KL")->value(), 1);
    EXPECT_EQ(field("Weight of Cosine")->value(), 1);
    EXPECT_EQ(field("Weight of Next token")->value(), 0);
    EXPECT_EQ(field("Learning rate")->value(), 1e-4);
    QComboBox *train = nullptr;
    for (QComboBox *box : m_dialog->findChildren<QComboBox *>())
        if (box->accessibleName() == "What is trained")
            train = box;
    ASSERT_TRUE(train);
    EXPECT_EQ(train->currentData(), "all");
    EXPECT_GE(train->findData("all:ffn"), 0);
    EXPECT_EQ(place()->text(), child() + "-distilled");
    for (QWidget *each : m_dialog->findChildren<QWidget *>()) {
        const bool ownWindow = each->window() != m_dialog; // A combo box's list.
        if (each->focusPolicy() & Qt::TabFocus && !ownWindow && !each->inherits("QAbstractButton")
            && !qobject_cast<QDoubleSpinBox *>(each->parentWidget())) {
            EXPECT_FALSE(each->accessibleName().isEmpty()) << each->metaObject()->className();
        }
    }

    field("Budget")->setValue(4096);
    field("Learning rate")->setValue(1e-3);
    QTest::keyClick(m_dialog, Qt::Key_Return); // The button that is the default.
    EXPECT_TRUE(button(m_dialog, "Stop")->isVisible());
    EXPECT_FALSE(field("Budget")->isEnabled());
    ASSERT_TRUE(hears("The new child is " + (child() + "-distilled").toStdString())) << told();
    EXPECT_TRUE(tells("on held-out text")) << told();
    EXPECT_FALSE(button(m_dialog, "Distil")->isEnabled());
    m_dialog->close();
    settle();
    EXPECT_TRUE(m_dialog.isNull());

    auto *page = m_window.findChild<ChildrenPage *>();
    const auto tables = page->findChildren<QTableView *>();
    const auto found = std::find_if(tables.begin(), tables.end(), [](QTableView *each) { return each->accessibleName() == "Children"; });
    ASSERT_NE(found, tables.end());
    QTableView *list = *found;
    ASSERT_EQ(list->model()->rowCount(), 2);
    const bool second = list->model()->index(1, 0).data() == "child-a-distilled";
    list->selectRow(second ? 1 : 0);
    EXPECT_EQ(list->model()->index(second ? 1 : 0, 7).data(), "distilled from child-a");
    auto *figures = page->findChild<ChildFigures *>();
    QTableView *beforeAndAfter = nullptr;
    for (QTableView *table : figures->findChildren<QTableView *>())
        if (table->isVisible())
            beforeAndAfter = table;
    ASSERT_TRUE(beforeAndAfter);
    EXPECT_EQ(beforeAndAfter->model()->headerData(2, Qt::Horizontal), "After");
    EXPECT_EQ(beforeAndAfter->model()->rowCount(), 5);
    EXPECT_EQ(beforeAndAfter->model()->index(0, 0).data(), "KL divergence");
    list->selectRow(second ? 0 : 1);
    EXPECT_FALSE(beforeAndAfter->isVisible()) << "the other child was not distilled";
}

TEST_F(Distils, WhatWasStoppedGoesOnAndRunsOnWhenTheDialogIsClosed)
{
    field("Budget")->setValue(1e6);
    button(m_dialog, "Distil")->click();
    ASSERT_TRUE(hears(" done")) << told();
    button(m_dialog, "Stop")->click();
    ASSERT_TRUE(hears("Stopped.")) << told();
    ASSERT_TRUE(QTest::qWaitFor([&] { return shownBox("Go on with") != nullptr; }, kPatience)) << told();
    EXPECT_TRUE(shownBox("Go on with child-a-distilled")->isChecked());
    EXPECT_FALSE(field("Budget")->isEnabled());
    EXPECT_EQ(field("Budget")->value(), 1e6);
    shownBox("Go on with")->setChecked(false);
    EXPECT_TRUE(field("Budget")->isEnabled());
    EXPECT_EQ(field("Budget")->value(), 131072);
    EXPECT_EQ(place()->text(), child() + "-distilled-2") << "what was reached is not overwritten";
    EXPECT_TRUE(button(m_dialog, "Distil"));

    m_dialog->close();
    settle();
    open();
    EXPECT_TRUE(shownBox("Go on with")->isChecked()) << "another day";
    button(m_dialog, "Continue")->click();
    ASSERT_TRUE(hears("It goes on when this window is closed")) << told();
    m_dialog->close();
    EXPECT_FALSE(m_dialog.isNull() || m_dialog->isVisible());
    auto *jobs = m_window.findChild<JobsPage *>();
    ASSERT_TRUE(button(jobs, "Stop")) << "the job is among the others";
    open();
    EXPECT_TRUE(button(m_dialog, "Stop")->isVisible()) << "the one that runs, not a second one";
    m_dialog->close();
    button(jobs, "Stop")->click();
    ASSERT_TRUE(QTest::qWaitFor([&] { return m_dialog.isNull(); }, kPatience));
    settle();
}

TEST_F(Distils, WhatCannotBeIsNotOrderedOrSaysWhyAndLeavesTheFormOpen)
{
    field("Weight of KL")->setValue(0);
    field("Weight of Cosine")->setValue(0);
    EXPECT_FALSE(button(m_dialog, "Distil")->isEnabled());
    field("Weight of Next token")->setValue(0.5);
    EXPECT_TRUE(button(m_dialog, "Distil")->isEnabled());
    place()->clear();
    EXPECT_FALSE(button(m_dialog, "Distil")->isEnabled());
    place()->setText(child());
    button(m_dialog, "Distil")->click();
    ASSERT_TRUE(hears("exists and is not empty")) << told();
    EXPECT_TRUE(field("Budget")->isEnabled());
    EXPECT_FALSE(QFileInfo::exists(child() + ".training"));
    m_dialog->close();
    settle();
}

} // namespace tessera::ui
