// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/row_table_model.h"
#include "ui/models/variant_table_model.h"
#include "ui/views/common/table_picture.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QImage>
#include <QSortFilterProxyModel>
#include <QTemporaryDir>

#include <gtest/gtest.h>

using namespace tessera::ui;

namespace {

Library twoVariants()
{
    Library library;
    library.layers = 1;
    library.metrics = {"kl_div"};
    library.costs = {{"memory", "memory", "default", "bytes"}};
    library.begin = {0, 2};
    library.variants = {{0, BlockPart::Attention, "gqa:3", {}, true, "parent"},
                        {0, BlockPart::Attention, "none", {}, false, "paper"}};
    library.columns = {{"score:kl_div", {0, 0.5}},
                       {"se:kl_div", {0, 0.1}},
                       {"cost:memory", {2048, kUnknown}},
                       {"estimated:memory", {1, 0}}};
    return library;
}

} // namespace

TEST(VariantTableModel, KeepsTheContractOfModelsAndItsNumbers)
{
    VariantTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QSortFilterProxyModel sorted;
    sorted.setSourceModel(&model);
    sorted.setSortRole(VariantTableModel::kSortRole);
    QAbstractItemModelTester proxyTester(&sorted, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setLibrary(twoVariants());
    ASSERT_EQ(model.rowCount(), 2);
    int score = VariantTableModel::kFirstNumber, memory = score + 1;
    EXPECT_EQ(model.index(1, score).data(VariantTableModel::kSortRole).toDouble(), 0.5);
    EXPECT_EQ(model.index(0, memory).data().toString().toStdString(), "≈ 2.000 KiB");
    EXPECT_EQ(model.index(1, memory).data().toString().toStdString(), "–");
    EXPECT_FALSE(model.index(1, memory).data(VariantTableModel::kSortRole).isValid());
    sorted.sort(score, Qt::DescendingOrder);
    EXPECT_EQ(sorted.mapToSource(sorted.index(0, 0)).row(), 1);
    model.setState([](int variant) { return variant == 0 ? QString("chosen") : QString(); });
    model.stateChanged();
    EXPECT_EQ(model.index(0, model.columnCount() - 1).data().toString().toStdString(), "chosen");
    model.setLibrary({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(RowTableModel, IsReplacedAsAWholeAndWrittenAsCsv)
{
    RowTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setHeads({{"Name"}, {"Number", true}});
    model.setRows({{1, {{"a, b"}, {"1.5 ms", 1.5}}}});
    int resets = 0;
    QObject::connect(&model, &QAbstractItemModel::modelReset, [&] { ++resets; });
    model.setRows({{1, {{"a, b"}, {"2.5 ms", 2.5}}}});
    EXPECT_EQ(resets, 0) << "the same rows with other numbers keep their places";
    EXPECT_EQ(model.toCsv().toStdString(), "Name,Number\n\"a, b\",2.5\n");
    model.setRows({{2, {{"c"}, {"3"}}}, {3, {{"d"}, {"4"}}}});
    EXPECT_EQ(resets, 1);
    EXPECT_EQ(model.index(1, 0).data(RowTableModel::kKeyRole).toInt(), 3);
}

TEST(TablePicture, ATableIsWrittenAsPictureDrawingAndNumbers)
{
    RowTableModel model;
    model.setHeads({{"Cost"}, {"Child", true}});
    model.setRows({{1, {{"Memory"}, {"10.76 MiB", 11282678.0}}},
                   {2, {{"Run time"}, {"343.6 ms", 343.6, {}, RowTableModel::Tone::Good, 0.7}}}});
    QTemporaryDir folder;
    for (const char *name : {"a.png", "a.svg", "a.csv"})
        EXPECT_EQ(exportPicture(tablePicture(model, "totals", "toy"), folder.filePath(name)).toStdString(), "") << name;
    auto read = [&](const char *name) {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    };
    EXPECT_EQ(read("a.csv").toStdString(), "# toy\nCost,Child\nMemory,11282678\nRun time,343.60000000000002\n");
    for (const char *word : {"Cost", "Child", "Memory", "10.76 MiB", "343.6 ms", "toy"})
        EXPECT_TRUE(read("a.svg").contains(QLatin1String(word))) << word;
    QImage picture(folder.filePath("a.png"));
    EXPECT_EQ(picture.text("Description").toStdString(), "toy");
    model.setRows({{1, {{"Memory"}, {"10.76 MiB", 11282678.0}}}});
    EXPECT_GT(picture.height(), 2 * tablePicture(model, {}, {}).size.height()) << "a row more, in double resolution";
}
