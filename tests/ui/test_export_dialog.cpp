// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/children/export_dialog.h"

#include "tests/ui/journey.h"

#include <QComboBox>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>

#include <algorithm>
#include <memory>

namespace tessera::ui {
namespace {

/// The dialog on the demo's parent, whose layers are all alike.
class Exports : public Journey {
protected:
    void SetUp() override
    {
        Journey::SetUp();
        m_dialog = std::make_unique<ExportDialog>(m_session, TESSERA_RESOURCES "/demo");
        m_dialog->show();
        settle();
    }
    void TearDown() override
    {
        m_dialog.reset();
        Journey::TearDown();
    }
    QPushButton *button(const QString &text) const
    {
        const auto all = m_dialog->findChildren<QPushButton *>();
        for (QPushButton *candidate : all)
            if (candidate->text() == text)
                return candidate;
        return nullptr;
    }
    QString shown(int row, int column) const { return m_dialog->findChild<QTableView *>()->model()->index(row, column).data().toString(); }
    bool tells(const QString &beginning) const
    {
        const auto labels = m_dialog->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](QLabel *label) { return label->text().startsWith(beginning); });
    }

    std::unique_ptr<ExportDialog> m_dialog;
};

} // namespace

TEST_F(Exports, EveryProgramSaysWhetherItLoadsTheModelAndChoosingOneChoosesItsFormat)
{
    auto *table = m_dialog->findChild<QTableView *>();
    ASSERT_EQ(table->model()->rowCount(), 5) << said();
    EXPECT_EQ(shown(0, 0), "transformers");
    EXPECT_EQ(shown(0, 1), "yes");
    EXPECT_FALSE(m_dialog->findChild<QPlainTextEdit *>()->toPlainText().isEmpty());
    auto *format = m_dialog->findChild<QComboBox *>();
    EXPECT_EQ(format->currentData(), "hf");
    for (int row = 0; row < 5; ++row)
        if (shown(row, 0) == "llama.cpp")
            table->selectRow(row);
    EXPECT_EQ(format->currentData(), "gguf");
    EXPECT_TRUE(m_dialog->findChild<QLineEdit *>()->text().endsWith(".gguf"));
}

TEST_F(Exports, TheModelIsWrittenWhereItIsAskedFor)
{
    const QString path = m_folder.filePath("demo.gguf");
    auto *format = m_dialog->findChild<QComboBox *>();
    format->setCurrentIndex(format->findData("gguf"));
    m_dialog->findChild<QLineEdit *>()->setText(path);
    QTest::mouseClick(button("Export"), Qt::LeftButton);
    EXPECT_TRUE(button("Stop"));
    settle();
    EXPECT_TRUE(tells("Written: " + path)) << said();
    EXPECT_GT(QFileInfo(path).size(), 1 << 20);
    // What is there already stays as it is, and the dialog says so.
    const QDateTime written = QFileInfo(path).lastModified();
    QTest::mouseClick(button("Export"), Qt::LeftButton);
    settle();
    EXPECT_FALSE(tells("Written: "));
    EXPECT_EQ(QFileInfo(path).lastModified(), written);
}

TEST_F(Exports, ClosingItWhileItWritesLeavesNothing)
{
    const QString path = m_folder.filePath("demo-hf");
    m_dialog->findChild<QLineEdit *>()->setText(path);
    QTest::mouseClick(button("Export"), Qt::LeftButton);
    m_dialog->close();
    settle();
    EXPECT_FALSE(QFileInfo::exists(path) && QDir(path).isEmpty());
    EXPECT_TRUE(QDir(m_folder.path()).entryList({"*demo-hf?*"}).isEmpty()) << "no temporary folder stays";
}

} // namespace tessera::ui
